import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, describe, it } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { Redis } from "ioredis";
import { downloadRedis } from "../../services/redis/download.ts";
import { ping } from "../../services/redis/ping.ts";
import { acquireRedis } from "../../services/redis/redis.ts";

const log = () => {};
const { signal } = new AbortController();
const debian = await stat("/usr/bin/apt-get").then(
  () => true,
  () => false,
);

/** The system's programs as if no Redis were installed. */
const withoutRedis = (name: string) => (/^(redis|valkey)-/.test(name) ? undefined : `/usr/bin/${name}`);

async function untilSilent(url: string): Promise<void> {
  while (await ping(url, 500)) await delay(20);
}

describe("redis launcher", { timeout: 240_000 }, () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), "septet-redis-test-"));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  it("unpacks the distribution's server where none is installed", { skip: !debian }, async () => {
    const cacheDir = path.join(folder, "fresh-cache/redis");
    const dataDir = path.join(folder, "downloaded");
    const redis = await acquireRedis({ dataDir, signal, log, redisUrl: "", cacheDir, findBinary: withoutRedis });
    assert.equal(redis.source, "downloaded");
    const client = new Redis(redis.url);
    try {
      const config = async (name: string) => ((await client.config("GET", name)) as string[])[1];
      assert.equal(await config("appendonly"), "yes");
      assert.equal(await config("maxmemory-policy"), "noeviction");
      assert.equal(await config("port"), "0");
      assert.equal((await stat(path.dirname(redis.url))).mode & 0o077, 0);
    } finally {
      client.disconnect();
      await redis.stop();
    }
    assert.equal(await ping(redis.url, 500), false);
  });

  it("names the install command where there is no package archive", async () => {
    const cacheDir = path.join(folder, "empty/redis");
    await assert.rejects(
      downloadRedis(cacheDir, () => undefined, signal, log),
      { code: "NOT_INSTALLED", message: /install/ },
    );
  });

  it("refuses a REDIS_URL at which nothing answers, without naming its password", async () => {
    const redisUrl = "redis://:opensesame@127.0.0.1:1";
    await assert.rejects(acquireRedis({ dataDir: folder, signal, log, redisUrl }), (error: Error) => {
      assert.equal((error as Error & { code: string }).code, "UNREACHABLE");
      assert.ok(!error.message.includes("opensesame"));
      return true;
    });
  });

  it("reports what a server that can't start says", async () => {
    const findBinary = () => "/bin/false";
    const dataDir = path.join(folder, "false");
    await assert.rejects(acquireRedis({ dataDir, signal, log, redisUrl: "", findBinary }), { code: "START_FAILED" });
  });

  it("keeps acknowledged writes over stop and start", async () => {
    const dataDir = path.join(folder, "durable");
    const first = await acquireRedis({ dataDir, signal, log, redisUrl: "" });
    const writer = new Redis(first.url);
    await writer.set("height", "7");
    writer.disconnect();
    await first.stop();
    const second = await acquireRedis({ dataDir, signal, log, redisUrl: "" });
    const reader = new Redis(second.url);
    assert.equal(await reader.get("height"), "7");
    reader.disconnect();
    await second.stop();
  });

  it("ends the server when its parent is killed with SIGKILL, and the next one takes the data over", async () => {
    const dataDir = path.join(folder, "killed");
    const script = `
      const { acquireRedis } = await import(${JSON.stringify(import.meta.resolve("../../services/redis/redis.ts"))});
      const { Redis } = await import("ioredis");
      const redis = await acquireRedis({ dataDir: ${JSON.stringify(dataDir)}, signal: new AbortController().signal,
        log: () => {}, redisUrl: "" });
      await new Redis(redis.url).set("height", "8");
      process.send(redis.url);`;
    const parent = spawn(process.execPath, ["--input-type=module", "-e", script], {
      stdio: ["ignore", "inherit", "inherit", "ipc"],
    });
    const [url] = (await once(parent, "message")) as [string];
    parent.kill("SIGKILL");
    const next = await acquireRedis({ dataDir, signal, log, redisUrl: "" });
    await untilSilent(url);
    const reader = new Redis(next.url);
    assert.equal(await reader.get("height"), "8");
    reader.disconnect();
    await next.stop();
  });
});
