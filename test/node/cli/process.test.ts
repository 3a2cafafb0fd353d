import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { CONTRACT_NAMES } from "../../../services/chain/deployment.ts";

const MAIN = fileURLToPath(new URL("../../../services/node/main.ts", import.meta.url));
const NOWHERE = "http://127.0.0.1:1";
const folder = mkdtempSync(path.join(tmpdir(), "septet-cli-"));
const dataDir = path.join(folder, "data");
const deployment = path.join(folder, "deployment");
const children = new Set<ChildProcess>();

before(() => {
  mkdirSync(deployment);
  const contracts = Object.fromEntries(CONTRACT_NAMES.map((name, i) => [name, `0x${String(i + 1).padStart(40, "0")}`]));
  const summary = {
    ...{ chainId: 31_337, deployedAtBlock: 1, day: 30, genesisForkVersion: "0x00000001", contracts },
    ...{ governance: contracts["StakingPool"], depositContract: contracts["StakingPool"] },
  };
  writeFileSync(path.join(deployment, "deployment.json"), JSON.stringify(summary));
  for (const name of CONTRACT_NAMES) {
    const record = {
      address: contracts[name],
      abi: [],
      constructorArguments: [],
      transactionHash: `0x${"00".repeat(32)}`,
    };
    writeFileSync(path.join(deployment, `${name}.json`), JSON.stringify(record));
  }
});

after(() => {
  for (const child of children) child.kill("SIGKILL");
  rmSync(folder, { recursive: true });
});

function start(args: string[], env: NodeJS.ProcessEnv = {}) {
  const child = spawn(process.execPath, [MAIN, ...args], { env: { ...process.env, ...env } });
  children.add(child);
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (data) => (output += data));
  const ended = new Promise<{ code: number | null; output: string }>((resolve) => {
    child.once("close", (code) => {
      children.delete(child);
      resolve({ code, output });
    });
  });
  return { child, ended, said: (text: string) => output.includes(text) };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  assert.ok(address && typeof address === "object");
  return address.port;
}

async function runArguments(apiPort: number): Promise<string[]> {
  const urls = ["--execution-url", NOWHERE, "--beacon-url", NOWHERE, "--coordinator-url", NOWHERE];
  return ["run", "--data-dir", dataDir, "--deployment", deployment, ...urls, "--api-port", String(apiPort)];
}

async function until(what: string, condition: () => boolean | Promise<boolean>): Promise<void> {
  for (let attempt = 0; attempt < 400; attempt++) {
    if (await condition()) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  assert.fail(`waited in vain for: ${what}`);
}

test("init makes a data directory that only its owner can read, and never touches one that exists", async () => {
  const first = await start(["init", "--data-dir", dataDir]).ended;
  assert.equal(first.code, 0, first.output);
  assert.match(JSON.parse(first.output).nodeAddress, /^0x[0-9a-fA-F]{40}$/);
  assert.equal(statSync(dataDir).mode & 0o777, 0o700);
  for (const name of readdirSync(dataDir)) {
    const stats = statSync(path.join(dataDir, name));
    assert.equal(stats.mode & 0o077, 0, `${name} is open to others`);
  }
  const before = readdirSync(dataDir).map((name) => statSync(path.join(dataDir, name)).mtimeMs);
  const second = await start(["init", "--data-dir", dataDir]).ended;
  assert.equal(second.code, 1);
  assert.match(second.output, /exists/);
  assert.deepEqual(
    readdirSync(dataDir).map((name) => statSync(path.join(dataDir, name)).mtimeMs),
    before,
  );
});

test("says that it is alive and why it isn't ready, refuses a second process, and stops at SIGTERM", async () => {
  const apiPort = await freePort();
  const node = start(await runArguments(apiPort));
  const get = (route: string) => fetch(`http://127.0.0.1:${apiPort}${route}`);
  await until("the API", () =>
    get("/livez").then(
      ({ ok }) => ok,
      () => false,
    ),
  );
  const ready = await get("/readyz");
  assert.equal(ready.status, 503);
  const { reasons } = (await ready.json()) as { reasons: { code: string }[] };
  assert.deepEqual(
    reasons.map(({ code }) => code),
    ["beacon_unreachable"],
  );
  assert.equal((await get("/v1/status")).status, 503);
  assert.match(await (await get("/metrics")).text(), /septet_duties_total/);

  const status = await start(["status", "--api-url", `http://127.0.0.1:${apiPort}`]).ended;
  assert.equal(status.code, 1);
  assert.match(status.output, /beacon_unreachable/);

  const second = await start(await runArguments(await freePort())).ended;
  assert.equal(second.code, 1);
  assert.match(second.output, /directory_locked/);

  node.child.kill("SIGTERM");
  const { code, output } = await node.ended;
  assert.equal(code, 0, output);
  assert.match(output, /Stopped/);
});

test("a killed process leaves no lock behind", async () => {
  const first = start(await runArguments(await freePort()));
  await until("the first process", () => first.said("Starting"));
  first.child.kill("SIGKILL");
  await first.ended;
  const second = start(await runArguments(await freePort()));
  await until("the second process", () => second.said("Starting"));
  second.child.kill("SIGINT");
  assert.equal((await second.ended).code, 0);
});

test("refuses missing and malformed options, which may also come from the environment", async () => {
  const [missing, malformed] = await Promise.all([
    start(["run", "--data-dir", dataDir]).ended,
    start(["run"], { SEPTET_DATA_DIR: dataDir, SEPTET_DEPLOYMENT: deployment, SEPTET_EXECUTION_URL: "nonsense" }).ended,
  ]);
  assert.equal(missing.code, 1);
  assert.match(missing.output, /--deployment/);
  assert.equal(malformed.code, 1);
  assert.match(malformed.output, /SEPTET_EXECUTION_URL.*not an http/s);
});

test("no output ever shows the password", async () => {
  const { readFileSync } = await import("node:fs");
  const password = readFileSync(path.join(dataDir, "password"), "utf8").trim();
  const node = start([...(await runArguments(await freePort())), "--log-level", "debug"]);
  await until("the process", () => node.said("Waiting for the beacon node"));
  node.child.kill("SIGTERM");
  const { output } = await node.ended;
  assert.ok(!output.includes(password));
});
