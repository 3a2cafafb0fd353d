import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Adversary } from "./support/adversary.ts";
import { attestationValue, instanceOf, leaderOf, SEATS } from "./support/fixtures.ts";
import type { NetworkConditions } from "./support/network.ts";
import { World } from "./support/world.ts";

/** `SEPTET_SEED=n` repeats one run; `SEPTET_SEEDS=n` makes each sweep n runs long. */
const ONLY = process.env["SEPTET_SEED"];
const RUNS = Number(process.env["SEPTET_SEEDS"] ?? 6);
const SEEDS = ONLY === undefined ? Array.from({ length: RUNS }, (_, i) => i + 1) : [Number(ONLY)];

interface Scenario {
  conditions?: Partial<NetworkConditions>;
  /** Seats without an honest node. */
  absent?: (seed: number) => number[];
  byzantine?: boolean;
}

/** Runs one instance per seed: all honest seats must decide, and the same value. */
function sweep(scenario: Scenario): void {
  for (const seed of SEEDS) void it(`seed ${seed}`, () => simulate(seed, scenario));
}

async function simulate(seed: number, { conditions = {}, absent = () => [], byzantine }: Scenario): Promise<void> {
  const id = instanceOf(100 + (seed % 7));
  const seats = absent(seed);
  const world = new World(seed, conditions, { absent: seats });
  try {
    const started = world.run(id);
    if (byzantine) {
      const values = [attestationValue(id.slot, {}, 98), attestationValue(id.slot, {}, 99)];
      world.clock.setTimer(id.slot * 12_000 + 1, () => void new Adversary(world, seats, id, values));
    }
    await started;
    const hashes = world.nodes.flatMap(({ decisions }) => decisions.map(({ decision }) => decision.valueHash));
    assert.equal(new Set(hashes).size, 1, `agreement (seed ${seed})`);
    assert.equal(hashes.length, world.nodes.length, `termination, each once (seed ${seed})`);
  } finally {
    world.close();
  }
}

const pick = (count: number) => (seed: number) =>
  Array.from({ length: count }, (_, i) => (seed * 3 + i * (1 + (seed % 5))) % SEATS.length);

describe("agreement and termination", () => {
  describe("messages arrive", () => sweep({}));
  describe("10 % lost", () => sweep({ conditions: { dropRate: 0.1 } }));
  describe("30 % lost, up to 500 ms late", () => sweep({ conditions: { dropRate: 0.3, maxDelayMs: 500 } }));
  describe("two crashed, 10 % lost", () => sweep({ absent: pick(2), conditions: { dropRate: 0.1 } }));
  describe("the first two leaders crashed", () =>
    sweep({ absent: (seed) => [1, 2].map((round) => leaderOf(instanceOf(100 + (seed % 7)), round)) }));
  describe("two Byzantine", () => sweep({ absent: pick(2), byzantine: true }));
  describe("two Byzantine lead first", () =>
    sweep({
      absent: (seed) => [1, 2].map((round) => leaderOf(instanceOf(100 + (seed % 7)), round)),
      byzantine: true,
      conditions: { dropRate: 0.1, maxDelayMs: 300 },
    }));
  describe("two Byzantine, 30 % lost, up to 500 ms late", () =>
    sweep({ absent: pick(2), byzantine: true, conditions: { dropRate: 0.3, maxDelayMs: 500 } }));
});

it("decides in the first round when messages arrive, with a certificate of five seats", async () => {
  const world = new World(1);
  await world.run(instanceOf(100));
  for (const { decisions } of world.nodes) {
    assert.equal(decisions[0]?.decision.round, 1);
    assert.ok((decisions[0]?.decision.commits.length ?? 0) >= 5);
  }
  world.close();
});

it("decides in the second round when the first leader is down", async () => {
  const id = instanceOf(100);
  const world = new World(2, {}, { absent: [leaderOf(id, 1)] });
  await world.run(id);
  for (const { decisions } of world.nodes) assert.equal(decisions[0]?.decision.round, 2);
  world.close();
});

it("decides nothing with three seats gone", async () => {
  const world = new World(3, {}, { absent: [0, 1, 2] });
  await world.run(instanceOf(100), undefined, { slots: 4 });
  for (const { decisions } of world.nodes) assert.equal(decisions.length, 0);
  world.close();
});
