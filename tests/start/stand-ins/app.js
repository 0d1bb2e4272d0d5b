// An application in small: it answers, and is ready when those it needs are.
const crypto = require("node:crypto");
const fs = require("node:fs");
const http = require("node:http");
const net = require("node:net");

const env = process.env;
const reach = (text) =>
  new Promise((resolve, reject) => {
    const { hostname, port } = new URL(text);
    const socket = net.connect({ host: hostname, port: Number(port), timeout: 2000 }, () => resolve(socket.destroy()));
    socket.on("error", reject).on("timeout", () => reject(socket.destroy(new Error(`${text}: timeout`))));
  });
const needed = ["DATABASE_URL", "REDIS_URL", "MONGO_URL"].filter((name) => env[name]).map((name) => env[name]);
const ready = async () => {
  await Promise.all(needed.map(reach));
  if (env.BACKEND_URL && !(await fetch(env.BACKEND_URL + "/api/health")).ok) throw new Error("the backend is not ready");
};
// Three events, half a second apart.
const events = (response) => {
  response.writeHead(200, { "Content-Type": "text/event-stream" });
  let count = 0;
  const timer = setInterval(() => {
    response.write(`data: ${++count}\n\n`);
    if (count === 3) response.end(clearInterval(timer));
  }, 500);
};
const end = () => {
  console.log("ends gracefully");
  process.exit(0);
};
process.on("SIGTERM", end);

const port = env.GATEWAY_PORT || env.BACKEND_PORT || env.PORT;
const name = process.argv[1].split("/").pop();
if (port) {
  const server = http.createServer((request, response) => {
    if (request.url.endsWith("/metrics")) return response.setHeader("Content-Type", "text/plain; version=0.0.4").end("# TYPE app gauge\napp 1\n");
    if (request.url === "/events") return events(response);
    if (request.url.startsWith("/a/")) return response.end(request.url);
    // A body is read before the answer.
    request.resume().on("end", () => ready().then(() => response.end("ready\n"), (error) => response.writeHead(503).end(`${error.message}\n`)));
  });
  server.on("upgrade", (request, socket) => {
    // RFC 6455, section 1.3
    const accept = crypto.createHash("sha1").update(`${request.headers["sec-websocket-key"]}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest("base64");
    socket.write(`HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`);
    socket.end(Buffer.concat([Buffer.from([0x81, 5]), Buffer.from("hello")]));
  });
  server.listen(Number(port), "0.0.0.0");
} else {
  ready().then(() => {
    if (name === "clean-up.js") fs.writeFileSync("/uploads/cleaned", "x");
    if (name === "worker.js") return setInterval(() => {}, 1000);
    console.log(`${name} is done`);
  }).catch((error) => {
    console.error(error);
    process.exit(1);
  });
}
