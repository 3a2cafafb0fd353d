import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { decodePacket } from "../../../services/node/consensus/codec.ts";
import { Adversary } from "./support/adversary.ts";
import { attestationValue, instanceOf, leaderOf, operatorOf, SEATS, TIME } from "./support/fixtures.ts";
import type { NetworkConditions } from "./support/network.ts";
import { World } from "./support/world.ts";

/** `SEPTET_SEED=n` repeats one run; `SEPTET_SEEDS=n` makes each sweep n runs long. */
const ONLY = process.env["SEPTET_SEED"];
const RUNS = Number(process.env["SEPTET_SEEDS"] ?? 3);
const SEEDS = ONLY === undefined ? Array.from({ length: RUNS }, (_, i) => i + 1) : [Number(ONLY)];

interface Scenario {
  conditions?: Partial<NetworkConditions> | ((seed: number) => Partial<NetworkConditions>);
  /** Seats without an honest node. */
  absent?: (seed: number) => number[];
  /** Heads of the values that the absent seats push; without any they are silent. */
  byzantine?: readonly number[];
}

/** Runs one instance per seed: all honest seats must decide, and the same value. */
function sweep(scenario: Scenario): void {
  for (const seed of SEEDS) void it(`seed ${seed}`, () => simulate(seed, scenario));
}

async function simulate(seed: number, { conditions = {}, absent = () => [], byzantine }: Scenario): Promise<void> {
  const id = instanceOf(100 + (seed % 7));
  const seats = absent(seed);
  const world = new World(seed, typeof conditions === "function" ? conditions(seed) : conditions, { absent: seats });
  try {
    const started = world.run(id);
    if (byzantine) {
      const values = byzantine.map((head) => attestationValue(id.slot, {}, head));
      world.clock.setTimer(id.slot * TIME.slotDurationMs + 1, () => void new Adversary(world, seats, id, values));
    }
    await started;
    const hashes = world.nodes.flatMap(({ decisions }) => decisions.map(({ decision }) => decision.valueHash));
    assert.equal(new Set(hashes).size, 1, `agreement (seed ${seed})`);
    assert.equal(hashes.length, world.nodes.length, `termination, each once (seed ${seed})`);
  } finally {
    world.close();
  }
}

/**
 * The worst network for agreement: one seat alone learns that round 1 decided, and nobody hears of it until two
 * Byzantine leaders have had their rounds.
 */
function hidesDecision(seed: number): Partial<NetworkConditions> {
  const id = instanceOf(100 + (seed % 7));
  const informed = operatorOf(leaderOf(id, 4));
  const thirdRoundEndMs = id.slot * TIME.slotDurationMs + 7_000;
  return {
    delivers: (_from, to, bytes, nowMs) => {
      const packet = decodePacket(bytes);
      if (packet.kind === "decided") return nowMs > thirdRoundEndMs;
      return packet.kind !== "commit" || packet.signed.message.round > 1 || to === informed;
    },
  };
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
  describe("two Byzantine", () => sweep({ absent: pick(2), byzantine: [98, 99] }));
  describe("two Byzantine lead first", () =>
    sweep({
      absent: (seed) => [1, 2].map((round) => leaderOf(instanceOf(100 + (seed % 7)), round)),
      byzantine: [98, 99],
      conditions: { dropRate: 0.1, maxDelayMs: 300 },
    }));
  describe("two Byzantine lead the rounds after a decision that only one seat knows", () =>
    sweep({
      absent: (seed) => [2, 3].map((round) => leaderOf(instanceOf(100 + (seed % 7)), round)),
      byzantine: [99],
      conditions: hidesDecision,
    }));
  describe("two Byzantine, 30 % lost, up to 500 ms late", () =>
    sweep({ absent: pick(2), byzantine: [98, 99], conditions: { dropRate: 0.3, maxDelayMs: 500 } }));
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
