import "../../support/preset.ts";
import type { SnapshotRestorer } from "@nomicfoundation/hardhat-network-helpers/types";
import { expect } from "chai";
import type { OurValidator } from "../../beacon/realState.ts";
import { networkHelpers } from "../support/chain.ts";
import { ETHER } from "../support/septet.ts";
import { installSimulatedRoots } from "../support/simulatedRoots.ts";
import {
  GWEI,
  makeWorld,
  payWithdrawals,
  reach,
  report,
  reportOn,
  trueTotalWei,
  validatorIdOf,
  type World,
  waitingTopUp,
} from "./realWorld.ts";
import { SlashedStory } from "./slashedStory.ts";

const BATCHINGS = 40;

/** Pseudo-random numbers, the same in each run. */
function randomness(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** Splits all in random order into batches of random size, some validators twice and strangers among them. */
function randomBatches(indices: number[], strangers: number, random: (below: number) => number): number[][] {
  const left = [...indices, ...Array.from({ length: random(10) }, () => random(strangers))];
  const batches: number[][] = [];
  while (left.length > 0) {
    const size = 1 + random(random(2) === 0 ? 4 : left.length);
    const batch = Array.from({ length: Math.min(size, left.length) }, () => left.splice(random(left.length), 1)).flat();
    if (random(3) === 0) batch.push(indices[random(indices.length)] ?? 0);
    batches.push(batch);
  }
  return batches;
}

/** The whole way with nothing simulated but the network's clock, its EIP-4788 roots and the vault's withdrawals. */
describe("Report of a real beacon state", function () {
  this.timeout(600_000);
  let restore = async () => {};
  let world: World;
  let made: SnapshotRestorer;

  before(async () => {
    restore = await installSimulatedRoots();
    world = await makeWorld();
    made = await networkHelpers.takeSnapshot();
  });
  after(() => restore());

  it("books what the state and the execution chain hold, to the wei, in any order and batches", async () => {
    const { septet, next } = world;
    expect((await payWithdrawals(world, next)) > 32n * ETHER).to.equal(true);
    const total = await trueTotalWei(world, next);
    const { proofs } = await reach(world, next);
    await septet.balanceReport.start();
    expect(await septet.balanceReport.validatorCount()).to.equal(29n);
    // Only the key in the queue and two of the top-ups are on their way.
    const started = await networkHelpers.takeSnapshot();
    const random = randomness(7);
    const counts = new Set<number>();
    for (let i = 0; i < BATCHINGS; i++) {
      counts.add(await report(world, proofs, (indices) => randomBatches(indices, proofs.validatorCount, random)));
      expect(await septet.stakingPool.bookedWei(), `batching ${i}`).to.equal(total);
      await started.restore();
    }
    expect(counts.size).to.be.greaterThan(5);
    await report(world, proofs, (indices) => [indices]);
    expect(await septet.stakingPool.bookedWei()).to.equal(total);
  });

  it("credits the top-up that has arrived since, keeps the re-queued one of an exiting key, and goes on to the wei", async () => {
    const { septet, real } = world;
    const { toppedUp, exitingWithTopUp } = real.ours;
    const inFlight = async (validator: OurValidator) =>
      (await septet.validatorManager.validator(validatorIdOf(validator))).topUpGwei;
    expect(await inFlight(toppedUp)).to.equal(100n * GWEI);
    real.chain.runToEpoch(real.chain.epoch + 12);
    const snapshot = real.chain.snapshot();
    const { totalWei } = await reportOn(world, snapshot);
    expect(await inFlight(toppedUp)).to.equal(0n);
    expect(await inFlight(exitingWithTopUp)).to.equal(waitingTopUp(world, snapshot) >= 0 ? 16n * GWEI : 0n);
    expect(await septet.stakingPool.bookedWei()).to.equal(totalWei);
  });

  it("takes the slashed key all the way: recorded, valued by each report, settled, withdrawn, each figure to the wei", async () => {
    await made.restore();
    world.paidCount = 0;
    const story = await SlashedStory.begin(world);
    await story.record();
    await story.reportAt(16);
    await story.fill();
    for (const epochsLater of [28, 40, 62]) await story.reportAt(epochsLater);
    await story.settle();
    await story.end();
  });
});
