import { expect } from "chai";
import { ethers } from "../support/chain.ts";
import { ETHER, SEVEN } from "../support/septet.ts";
import { installSimulatedRoots } from "../support/simulatedRoots.ts";
import { reportNow } from "./keepers.ts";
import { begin, makeKey } from "./walk.ts";
import { DAY, FEE, HOLDERS, type Key, World } from "./world.ts";

const SET = 1;
const BOND_SHORTFALL = 1;
const FULL_BPS = 10_000n;

describe("attacks on the whole system", function () {
  this.timeout(0);
  let restore: () => Promise<void>;
  let world: World;
  let beginning: () => Promise<void>;

  before(async () => {
    restore = await installSimulatedRoots();
    world = await World.create();
    await begin(world);
    beginning = await world.save();
  });
  beforeEach(() => beginning());
  after(() => restore());

  it("closing with half the validators gone: those who draw first take nothing from those who draw last", async () => {
    const { stakingPool: pool, validatorExits: exits } = world.septet;
    const [large, ...others] = world.memory.keys;
    if (!large) throw new Error("the beginning has five keys");
    const [first, second] = [world.signer(HOLDERS[1]), world.signer(HOLDERS[2])];
    await pool.connect(first).transfer(second, (await pool.balanceOf(first)) / 2n);
    await world.beacon.advance(60 * DAY + 1);
    await pool.close();
    // The hundred ether of one key come back at once, the others' operators are gone and the chain drops the requests.
    await exits.requestExitAfterClosing(large.key.pubkey, FEE);
    await world.beacon.advance(2 * DAY);
    world.beacon.dropsRequests = () => true;
    for (const { key } of others) await exits.requestExitAfterClosing(key.pubkey, FEE);
    await world.beacon.advance(2 * DAY);

    for (const holder of [first, second]) await pool.connect(holder).lock(await pool.balanceOf(holder));
    const early = await drawn(world, first);
    world.beacon.dropsRequests = () => false;
    for (const { key } of others) await exits.requestExitAfterClosing(key.pubkey, FEE);
    for (const days of [2, 2]) await world.beacon.advance(days * DAY);
    const late = await drawn(world, second);
    expect(early).to.be.lessThan(late);
    expect(early + (await drawn(world, first))).to.be.closeTo(late, 1n);
    expect(await drawn(world, second)).to.equal(0n);
  });

  it("1-bp loss with all sets full: no validator is exited, and a top-up of the bonds ends it", async () => {
    const { operatorSets: sets, validatorManager: manager, validatorExits: exits, operatorRegistry } = world.septet;
    while ((await sets.stakeWei(SET)) + 100n * ETHER <= (await sets.capacityWei(SET))) await makeKey(world);
    await expect(manager.requestKeys(SET, 1)).to.be.revertedWithCustomError(sets, "CapacityExceeded");
    const booked = await world.septet.stakingPool.bookedWei();
    world.beacon.earn(world.beacon.indexOf(keyAt(world, 0).key.pubkey), -Number(booked / 10n ** 9n / FULL_BPS));
    await world.beacon.advance(2 * DAY);
    await reportNow(world);
    expect(await sets.coverageBps(SET)).to.be.lessThan(FULL_BPS);
    expect(await sets.canTakeKey(SET)).to.equal(false);

    await expect(sets.recordShortfall(SET)).to.be.revertedWithCustomError(sets, "NoShortfall");
    await world.beacon.advance(20 * DAY);
    for (const key of world.memory.keys.slice(0, 5)) {
      const evidence = await world.evidence(key);
      if (!evidence) throw new Error("the chain has the first five keys");
      await expect(exits.requestExit(BOND_SHORTFALL, ...evidence.exit, FEE)).to.be.revertedWithCustomError(
        sets,
        "ShortfallExitNotDue",
      );
    }
    await reportNow(world);
    for (const number of SEVEN) await operatorRegistry.bondEther(number, { value: ETHER / 100n });
    expect(await sets.coverageBps(SET)).to.be.at.least(FULL_BPS);
  });
});

function keyAt({ memory }: World, number: number): Key {
  const key = memory.keys[number];
  if (!key) throw new Error(`there is no key ${number}`);
  return key;
}

/** What the pool paid for a draw. */
async function drawn(world: World, holder: ReturnType<World["signer"]>): Promise<bigint> {
  const pool = world.septet.stakingPool.connect(holder);
  const expected = await pool.drawableOf(holder);
  const sent = await pool.draw(holder);
  await expect(sent).to.changeEtherBalance(ethers, holder, expected);
  return expected;
}
