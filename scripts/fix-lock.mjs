// npm skips an optional package whose "engines" the running Node does not satisfy. npm itself may run on Node 20 while
// Hardhat runs on the bundled Node 24, so the lock entries of EDR's platform binaries must not name an engine.
import { readFileSync, writeFileSync } from "node:fs";

const file = new URL("../package-lock.json", import.meta.url);
const lock = JSON.parse(readFileSync(file, "utf8"));
let stripped = 0;
for (const [path, entry] of Object.entries(lock.packages)) {
  if (entry.optional && entry.engines && /@nomicfoundation\/edr-/.test(path)) {
    delete entry.engines;
    stripped++;
  }
}
writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
console.log(`fix-lock: stripped "engines" from ${stripped} EDR entries`);
