// mongosh in small: runs a script against users kept in a file, so that the generated scripts run as they are.
const fs = require("node:fs");
const vm = require("node:vm");

const file = "/data/db/users.json";
const users = () => (fs.existsSync(file) ? JSON.parse(fs.readFileSync(file, "utf8")) : []);
const listens = (port) =>
  fs.readFileSync("/proc/net/tcp", "utf8").split("\n").some((line) => {
    const [, local, , state] = line.trim().split(/\s+/);
    return state === "0A" && local?.endsWith(":" + port.toString(16).toUpperCase().padStart(4, "0"));
  });

const database = (name) => ({
  getSiblingDB: database,
  createUser: ({ user, pwd, roles }) => {
    if (!user || !pwd || !Array.isArray(roles) || roles.length === 0) throw new Error(`createUser: ${user}: incomplete`);
    if (users().some((u) => u.db === name && u.user === user)) throw new Error(`User "${user}@${name}" already exists`);
    fs.writeFileSync(file, JSON.stringify([...users(), { db: name, user, pwd }]));
  },
  runCommand: (command) => ({ ok: "ping" in command ? 1 : 0 }),
});

const connect = (text) => {
  const url = new URL(text);
  const [user, pwd, db] = [decodeURIComponent(url.username), decodeURIComponent(url.password), url.pathname.slice(1)];
  if (!listens(Number(url.port || 27017))) throw new Error("connect ECONNREFUSED");
  if (!users().some((u) => u.db === db && u.user === user && u.pwd === pwd)) throw new Error("Authentication failed.");
  return database(db);
};

const options = process.argv.slice(2);
const at = options.indexOf("--eval");
const script = at >= 0 ? options[at + 1] : fs.readFileSync(options.find((o) => !o.startsWith("--")), "utf8");
const quit = (code) => process.exit(code ?? 0);
vm.runInNewContext(script, { process, encodeURIComponent, connect, quit, db: database(process.env.MONGO_INITDB_DATABASE), console });
