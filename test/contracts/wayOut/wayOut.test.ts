import { expect } from "chai";
import { installSimulatedRoots } from "../support/simulatedRoots.ts";
import { leaveByClosing, leaveByRedemption } from "./leaving.ts";
import { FEARED, featuresOf } from "./reached.ts";
import { begin, beginEverything, beginTrouble, walk } from "./walk.ts";
import { randomness, World } from "./world.ts";

/** The same walks each time; WALK_SEED=… explores another one. */
const { WALK_SEED } = process.env;
const SEEDS = WALK_SEED === undefined ? [1, 2] : [Number(WALK_SEED)];
const STEPS = 140;
/** Without keys no report is due, and the pool can't be closed for want of one. */
const NOT_CLOSABLE = 2n ** 40n - 1n;

describe("I17: from every reachable state all holders get out", function () {
  this.timeout(0);
  let restore: () => Promise<void>;
  let world: World;
  let beginning: () => Promise<void>;
  const left = new Set<string>();

  before(async () => {
    restore = await installSimulatedRoots();
    world = await World.create();
    await begin(world);
    beginning = await world.save();
  });
  after(() => restore());

  async function leaveBothWays(): Promise<void> {
    for (const state of await featuresOf(world)) left.add(state);
    const { closableAt } = await world.septet.stakingPool.stops();
    const back = await world.save();
    world.done.clear();
    await leaveByRedemption(world);
    await back();
    if (closableAt !== NOT_CLOSABLE) await leaveByClosing(world);
  }

  it("by redemption, and by closing, when everything was begun and nothing ended", async () => {
    await beginning();
    await beginEverything(world);
    await leaveBothWays();
  });

  it("by redemption, and by closing, out of stops, losses and keys that came to nothing", async () => {
    await beginning();
    await beginTrouble(world);
    await leaveBothWays();
  });

  for (const seed of SEEDS) {
    it(`by redemption, and by closing, after the random walk ${seed}`, async () => {
      await beginning();
      world.done.clear();
      await walk(world, randomness(seed), STEPS);
      await leaveBothWays();
    });
  }

  // One walk of an explorer need not reach all.
  if (WALK_SEED === undefined)
    it("was asked of every state that somebody could fear", () => {
      expect(FEARED.filter((state) => !left.has(state))).to.deep.equal([]);
    });
});
