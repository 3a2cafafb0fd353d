// `node scripts/run.mjs <command> [args...]` runs a binary of this project, or "node", under the Node that Hardhat 3 needs:
// the one bundled from npm, or the machine's own where no bundle exists. Plain JavaScript, because it must start on Node 20.
import { spawn, spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";

const root = path.join(path.dirname(fileURLToPath(import.meta.url)), "..");
const require = createRequire(path.join(root, "package.json"));

function isSupported(version) {
  const [major, minor] = version.replace("v", "").split(".").map(Number);
  return major === 22 ? minor >= 18 : major > 22 && major % 2 === 0;
}

function bundledNode() {
  try {
    const folder = path.dirname(require.resolve(`node-${process.platform}-${process.arch}/package.json`));
    const binary = path.join(folder, "bin", "node");
    return existsSync(binary) ? binary : undefined;
  } catch {
    return undefined;
  }
}

function fail(message) {
  console.error(message);
  process.exit(1);
}

if (!existsSync(path.join(root, "node_modules"))) fail("Dependencies are missing: run `npm ci` first.");
const node = bundledNode() ?? (isSupported(process.version) ? process.execPath : undefined);
if (!node) {
  fail(
    `Septet needs Node 22.18 or later (this is ${process.version}) and npm has no bundled Node for ` +
      `${process.platform}-${process.arch}: install Node 24 LTS and run the command again.`,
  );
}

// EDR's native binding is an optional dependency, which npm leaves out when npm itself runs on an old Node.
const libc =
  process.platform === "linux" ? (process.report.getReport().header.glibcVersionRuntime ? "-gnu" : "-musl") : "";
const edr = `@nomicfoundation/edr-${process.platform}-${process.arch}${libc}`;
if (!existsSync(path.join(root, "node_modules", edr, "package.json"))) {
  const manifest = path.join(root, "node_modules/@nomicfoundation/edr/package.json");
  const { version } = JSON.parse(readFileSync(manifest, "utf8"));
  console.error(`installing ${edr}@${version}, which npm left out`);
  const args = ["install", "--no-save", "--no-package-lock", "--ignore-scripts", `${edr}@${version}`];
  const { status } = spawnSync("npm", args, { cwd: root, stdio: "inherit" });
  if (status !== 0) process.exit(status ?? 1);
}

const [command, ...args] = process.argv.slice(2);
const bin = path.join(root, "node_modules/.bin");
const env = {
  ...process.env,
  PATH: [path.dirname(node), bin, process.env.PATH].join(path.delimiter),
};
const child = spawn(command === "node" ? node : path.join(bin, command), args, { cwd: root, env, stdio: "inherit" });
// Ctrl-C reaches the whole foreground group by itself; only signals sent to this process alone need passing on.
process.on("SIGINT", () => {});
for (const signal of ["SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
child.on("exit", (code, signal) => process.exit(signal ? 1 : (code ?? 1)));
