import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { pino } from "pino";
import { type ChainEvent, createChainStore } from "../../services/coordinator/store/chainStore.ts";
import { advance, type WatcherOptions } from "../../services/coordinator/watcher/watcher.ts";
import { systemClock } from "../../services/ports/systemClock.ts";
import { FakeExecutionChain, STRANGER, WATCHED } from "./support/fakeExecutionChain.ts";
import { temporaryDatabase } from "./support/temporaryStore.ts";

function setUp({ confirmations = 0 } = {}) {
  const chain = new FakeExecutionChain();
  const store = createChainStore(temporaryDatabase());
  const seen: ChainEvent[] = [];
  let rollbacks = 0;
  const options: WatcherOptions = {
    reader: chain,
    store,
    addresses: [WATCHED],
    decode: (log) => ({ name: "Said", arguments: { text: Buffer.from(log.data.slice(2), "hex").toString() } }),
    deployedAtBlock: 0,
    confirmations,
    pollIntervalMs: 1,
    clock: systemClock,
    log: pino({ level: "silent" }),
    onEvents: (events) => void seen.push(...events),
    onRollback: () => void rollbacks++,
    onError: () => {},
    onProgress: () => {},
  };
  const texts = () => store.events().map((event) => event.arguments["text"]);
  return { chain, store, options, seen, texts, rollbacks: () => rollbacks };
}

describe("watcher", () => {
  it("reads every event once and in order, range by range", async () => {
    const { chain, options, texts, seen } = setUp();
    for (const text of ["a", "b", "c"]) {
      chain.mineMany(3);
      chain.mine([text, `${text}2`]);
    }
    while (!(await advance(options, 5)).synced);
    assert.deepEqual(texts(), ["a", "a2", "b", "b2", "c", "c2"]);
    assert.equal(seen.length, 6);
    await advance(options, 5);
    assert.equal(seen.length, 6);
  });

  it("leaves blocks above the confirmation depth unread", async () => {
    const { chain, options, texts, store } = setUp({ confirmations: 2 });
    chain.mine(["deep"]);
    chain.mine(["fresh"]);
    chain.mine();
    await advance(options);
    assert.deepEqual(texts(), ["deep"]);
    assert.equal(store.cursor()?.number, 0);
  });

  it("refuses to move its cursor over logs that the node dropped in silence", async () => {
    const { chain, options, store, texts } = setUp();
    chain.mine();
    await advance(options);
    chain.mine(["lost"]);
    chain.droppedLogs.add(1);
    await assert.rejects(advance(options), { code: "LOGS_INCOMPLETE", blockNumber: 1 });
    assert.equal(store.cursor()?.number, 0);
    chain.droppedLogs.clear();
    await advance(options);
    assert.deepEqual(texts(), ["lost"]);
  });

  it("refuses logs whose block is not the one of the header", async () => {
    const { chain, options } = setUp();
    chain.mine(["real"]);
    const { logs } = chain;
    chain.logs = async (from, to) =>
      (await logs.call(chain, from, to)).map((log) => ({ ...log, blockHash: `0x${"11".repeat(32)}` }));
    await assert.rejects(advance(options), { code: "LOGS_INCOMPLETE" });
  });

  it("ignores other contracts' logs, whatever the node filters", async () => {
    const { chain, options, texts } = setUp();
    chain.mine(["theirs"], STRANGER);
    await advance(options);
    assert.deepEqual(texts(), []);
  });

  it("takes back the events of blocks that a reorganisation dropped", async () => {
    const { chain, options, texts, rollbacks } = setUp();
    chain.mine(["kept"]);
    chain.mine(["dropped"]);
    chain.mine();
    await advance(options);
    chain.reorganise(2);
    chain.mine(["instead"]);
    chain.mine();
    chain.mine();
    await advance(options);
    assert.deepEqual(texts(), ["kept", "instead"]);
    assert.equal(rollbacks(), 1);
  });

  it("keeps what it has while the node is behind it", async () => {
    const { chain, options, texts } = setUp();
    chain.mine(["a"]);
    chain.mine(["b"]);
    await advance(options);
    chain.reorganise(1);
    await assert.rejects(advance(options), { code: "BLOCK_MISSING" });
    assert.deepEqual(texts(), ["a", "b"]);
  });

  it("starts again from the deployment when the reorganisation is deeper than the kept blocks", async () => {
    const { chain, options, store, texts } = setUp();
    chain.mine(["early"]);
    chain.mineMany(600);
    while (!(await advance(options)).synced);
    assert.ok(store.recentBlocks().length < 600);
    chain.reorganise(601);
    chain.mine(["other"]);
    chain.mineMany(601);
    while (!(await advance(options)).synced);
    assert.deepEqual(texts(), ["other"]);
  });

  it("ends with the chain's own events whatever is mined, reorganised and dropped between", async () => {
    const step = fc.oneof(
      fc.record({ kind: fc.constant("mine" as const), logs: fc.nat(2) }),
      fc.record({ kind: fc.constant("reorganise" as const), depth: fc.integer({ min: 1, max: 4 }) }),
      fc.record({ kind: fc.constant("drop" as const) }),
      fc.record({ kind: fc.constant("read" as const), blocks: fc.integer({ min: 1, max: 4 }) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
        const { chain, options, store, texts } = setUp();
        let next = 0;
        chain.mine();
        for (const action of steps) {
          const head = await chain.headNumber();
          if (action.kind === "mine") chain.mine(Array.from({ length: action.logs }, () => `${next++}`));
          if (action.kind === "reorganise") chain.reorganise(Math.min(head, action.depth));
          if (action.kind === "drop") chain.droppedLogs.add(head);
          if (action.kind === "read") await advance(options, action.blocks).catch(() => {});
        }
        chain.droppedLogs.clear();
        while ((await chain.headNumber()) <= (store.cursor()?.number ?? 0)) chain.mine();
        while (!(await advance(options)).synced);
        const expected = await chain.logs(0, await chain.headNumber());
        assert.deepEqual(
          texts(),
          expected.map((log) => Buffer.from(log.data.slice(2), "hex").toString()),
        );
      }),
      { numRuns: 60 },
    );
  });
});
