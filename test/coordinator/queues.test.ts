import assert from "node:assert/strict";
import path from "node:path";
import { after, afterEach, before, describe, it } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { Redis } from "ioredis";
import {
  type Job,
  type JobKind,
  PermanentFailure,
  type Step,
  type Worker,
} from "../../services/coordinator/queues/job.ts";
import { type QueueOptions, type Queues, startQueues } from "../../services/coordinator/queues/queues.ts";
import { type AcquiredRedis, acquireRedis } from "../../services/redis/redis.ts";
import { temporaryFolder } from "./support/temporaryStore.ts";

const JOB: Job = { kind: "predeposit", id: "0xabcd" };

describe("queues on a real Redis", { timeout: 240_000 }, () => {
  let redis: AcquiredRedis;
  let admin: Redis;
  let queues: Queues | undefined;
  before(async () => {
    const dataDir = path.join(temporaryFolder(), "redis");
    redis = await acquireRedis({ dataDir, signal: new AbortController().signal, log: () => {} });
    admin = new Redis(redis.url);
  });
  after(async () => {
    admin.disconnect();
    await redis.stop();
  });
  afterEach(async () => {
    await queues?.close();
    queues = undefined;
    await admin.flushall();
  });

  const nothing: Worker = async () => ({ done: "nothing" });
  async function start(worker: Worker, changes: Partial<QueueOptions> = {}): Promise<Queues> {
    const workers: Record<JobKind, Worker> = {
      ...{ "key-request": nothing, ceremony: nothing, prove: nothing, "top-up": nothing, activation: nothing },
      ...{ report: nothing, fill: nothing, withdrawal: nothing, ending: nothing },
      predeposit: worker,
    };
    queues = await startQueues({
      ...{ redisUrl: redis.url, prefix: "test", workers },
      ...{ onStep: () => {}, onFailure: () => {}, onConnectionError: () => {} },
      ...changes,
    });
    return queues;
  }
  const until = async (condition: () => boolean) => {
    while (!condition()) await delay(10);
  };

  it("runs a job that is added many times once at a time, and again after it ended", async () => {
    let running = 0;
    let runs = 0;
    const { add } = await start(async () => {
      assert.equal(++running, 1);
      await delay(50);
      running--;
      runs++;
      return { done: "done" };
    });
    await Promise.all([add(JOB), add(JOB), add(JOB)]);
    await until(() => runs === 1);
    await delay(100);
    assert.equal(runs, 1);
    await add(JOB);
    await until(() => runs === 2);
  });

  it("waits as a delayed job, not as a sleeping worker, and runs at once when woken", async () => {
    const steps: Step[] = [];
    const { add, wake } = await start(
      async () => (steps.length === 0 ? { awaiting: "a message", retryAfterMs: 3_600_000 } : { done: "done" }),
      { onStep: (_, step) => void steps.push(step) },
    );
    await add(JOB);
    await until(() => steps.length === 1);
    while ((await admin.zcard("test:predeposit:delayed")) === 0) await delay(10);
    assert.equal(await admin.llen("test:predeposit:active"), 0);
    await wake(JOB);
    await until(() => steps.length === 2);
  });

  it("tries a failed job again until it passes", async () => {
    let runs = 0;
    const failures: boolean[] = [];
    const { add } = await start(
      async () => {
        if (++runs === 1) throw new Error("the node is away");
        return { done: "done" };
      },
      { onFailure: (_job, _error, permanent) => void failures.push(permanent) },
    );
    await add(JOB);
    await until(() => runs === 2);
    assert.deepEqual(failures, [false]);
  });

  it("keeps a permanent failure, does not repeat it while it runs, and tries it again after a restart", async () => {
    let runs = 0;
    const failures: boolean[] = [];
    const worker = async () => {
      runs++;
      throw new PermanentFailure("foreign credentials");
    };
    const onFailure = (_job: Job, _error: unknown, permanent: boolean) => void failures.push(permanent);
    const first = await start(worker, { onFailure });
    await first.add(JOB);
    await until(() => runs === 1);
    while ((await admin.zcard("test:predeposit:failed")) === 0) await delay(10);
    await first.add(JOB);
    await delay(200);
    assert.equal(runs, 1);
    assert.deepEqual(failures, [true]);
    await first.close();
    const second = await start(worker, { onFailure });
    await second.add(JOB);
    await until(() => runs === 2);
  });

  it("stores nothing in Redis but kinds and ids, whatever an error says", async () => {
    let runs = 0;
    const { add } = await start(async () => {
      runs++;
      throw new Error("fetch https://user:opensesame@node.example/?token=topsecret failed");
    });
    await add(JOB);
    await until(() => runs === 1);
    while ((await admin.zcard("test:predeposit:delayed")) === 0) await delay(10);
    const stored: unknown[] = [];
    for (const key of await admin.keys("*")) {
      const type = await admin.type(key);
      if (type === "hash") stored.push(await admin.hgetall(key));
      if (type === "stream") stored.push(await admin.xrange(key, "-", "+"));
    }
    assert.doesNotMatch(JSON.stringify(stored), /opensesame|topsecret/);
    const job = await admin.hgetall("test:predeposit:predeposit-0xabcd");
    assert.deepEqual(JSON.parse(job["data"] ?? ""), JOB);
  });

  it("goes on after Redis was wiped under it", async () => {
    let runs = 0;
    const { add } = await start(async () => {
      if (++runs === 1) await admin.flushall();
      return runs < 3 ? { awaiting: "more", retryAfterMs: 20 } : { done: "done" };
    });
    await add(JOB);
    await until(() => runs === 1);
    await add(JOB);
    await until(() => runs === 3);
  });

  it("refuses to start without Redis", async () => {
    await assert.rejects(start(nothing, { redisUrl: "redis://127.0.0.1:1" }));
  });
});
