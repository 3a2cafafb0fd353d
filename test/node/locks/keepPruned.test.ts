import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { keepPruned } from "../../../services/node/locks/pruning.ts";
import { VirtualClock } from "../../support/virtualClock.ts";

const time = { genesisTimeMs: 0, slotDurationMs: 12_000, slotsPerEpoch: 32 };
const EPOCH_MS = time.slotDurationMs * time.slotsPerEpoch;

describe("the lock database stays small while a node runs for months", () => {
  it("is pruned at the start and every 32 epochs, always 256 epochs behind the clock", async () => {
    const clock = new VirtualClock(1_000 * EPOCH_MS);
    const pruned: number[] = [];
    const life = new AbortController();
    const locks = { prune: ({ beforeEpoch }: { beforeEpoch: number }) => void pruned.push(beforeEpoch) };
    keepPruned({ locks, clock, time, onError: (error) => assert.fail(String(error)) }, life.signal);
    await clock.advanceBy(64 * EPOCH_MS);
    assert.deepEqual(pruned, [744, 776, 808]);
    life.abort();
    await clock.advanceBy(64 * EPOCH_MS);
    assert.equal(pruned.length, 3);
  });

  it("goes on after a pruning that failed", async () => {
    const clock = new VirtualClock(1_000 * EPOCH_MS);
    const errors: unknown[] = [];
    const locks = {
      prune() {
        throw new Error("disk full");
      },
    };
    keepPruned({ locks, clock, time, onError: (error) => errors.push(error) }, new AbortController().signal);
    await clock.advanceBy(32 * EPOCH_MS);
    assert.equal(errors.length, 2);
  });
});
