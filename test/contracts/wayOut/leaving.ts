import { expect } from "chai";
import { ethers, networkHelpers } from "../support/chain.ts";
import { account, ETHER, SEVEN, type Septet } from "../support/septet.ts";
import { expireRequests, reportNow, tendKey } from "./keepers.ts";
import { DAY, FEE, HOLDERS, NEWCOMER, OPERATORS, STATE, type World } from "./world.ts";

const NEVER = Number.POSITIVE_INFINITY;
const SET = 1;
const ROUNDS = 140;
/** Roundings of many fees and fills, in shares or wei. */
const DUST = 10n ** 6n;

const people = (septet: Septet) => [
  septet.governance,
  ...[...HOLDERS.slice(1), ...OPERATORS].map((number) => account(septet, number)),
];

/** Everyone asks for everything, and only calls that anyone may make follow, until all have their ETH. */
export async function leaveByRedemption(world: World): Promise<void> {
  const { septet, beacon } = world;
  const before = await world.heldWei();
  const from = await ethers.provider.getBlockNumber();
  let lentWei = 0n;
  for (let round = 0; round < ROUNDS; round++) {
    const waiting = await holdersWait(septet);
    await beacon.advance((waiting ? 2 : 20) * DAY);
    await tend(world);
    await reportNow(world);
    await world.attempt("fill", () => septet.stakingPool.fill(32));
    for (const number of OPERATORS) await unbond(world, number, waiting);
    for (const person of people(septet)) await redeemAll(world, person);
    lentWei += await takeOver(world);
    if (!(await isAnyoneIn(septet))) {
      await expectNothingLost(world, before + lentWei, from);
      return expectNothingLeft(world, lentWei);
    }
  }
  throw new Error("somebody is still in");
}

/** Nobody reports any more: the pool is closed, its keys are exited and all draw their part, without a proof. */
export async function leaveByClosing(world: World): Promise<void> {
  const { septet, beacon } = world;
  const { stakingPool: pool, validatorExits: exits } = septet;
  const before = await world.heldWei();
  const from = await ethers.provider.getBlockNumber();
  await beacon.advance(60 * DAY + 1);
  await pool.close();
  for (let round = 0; round < ROUNDS && (round === 0 || activeKeys(world).length > 0); round++) {
    for (const { key } of activeKeys(world)) {
      await world.attempt("exit after closing", () => exits.requestExitAfterClosing(key.pubkey, FEE));
    }
    await beacon.advance((round < 5 ? 2 : 20) * DAY);
  }
  expect(activeKeys(world), "keys that never left").to.deep.equal([]);
  await world.attempt("return unpaid fees", () => septet.feeDistributor.returnUnpaid());
  for (const number of OPERATORS) {
    await claimFees(world, number);
    const owner = account(septet, number);
    await world.attempt("withdraw a bond", () => septet.operatorRegistry.connect(owner).withdrawBond(number, owner));
  }
  for (const person of people(septet)) await drawAll(world, person);
  await expectNothingLost(world, before, from);
  await expectDrawn(world);
}

/** What was there is there or was paid, but for the fees of requests. */
async function expectNothingLost(world: World, before: bigint, fromBlock: number): Promise<void> {
  const { stakingPool: pool } = world.septet;
  const paid = await Promise.all([
    pool.queryFilter(pool.filters.Withdraw(), fromBlock + 1),
    pool.queryFilter(pool.filters.Drawn(), fromBlock + 1),
  ]);
  const paidWei =
    paid[0].reduce((sum, { args }) => sum + args.assets, 0n) + paid[1].reduce((sum, { args }) => sum + args[2], 0n);
  expect((await world.heldWei()) + paidWei, "held and paid").to.be.closeTo(before, DUST);
}

/** Our keys that still have ETH which an exit brings back. */
function activeKeys({ memory, beacon }: World) {
  return memory.keys.filter(({ key }) => {
    const shown = beacon.find(key.pubkey);
    return shown !== undefined && shown.activationEpoch !== NEVER && shown.balanceGwei > 0;
  });
}

async function tend(world: World): Promise<void> {
  const { setChanges } = world.septet;
  await expireRequests(world);
  if ((await setChanges.resharing(SET)).proposedAt > 0n) {
    await world.attempt("abort a resharing", () => setChanges.abortResharing(SET));
  }
  for (const key of world.memory.keys) await tendKey(world, key);
}

type Person = Septet["governance"];

async function redeemAll(world: World, person: Person): Promise<void> {
  const { stakingPool, voteToken } = world.septet;
  const [pool, votes] = [stakingPool.connect(person), voteToken.connect(person)];
  const locked = await votes.balanceOf(person);
  if (locked > 0n) await world.attempt("unlock votes", () => votes.requestUnlock(locked));
  const [unlocking] = await votes.unlockOf(person);
  if (unlocking > 0n) await world.attempt("withdraw votes", () => votes.withdrawTo(person, unlocking));
  const shares = await pool.balanceOf(person);
  const minimum = await pool.minimumRequestShares();
  if (shares > minimum) await world.attempt("request redemption", () => pool.requestRedeem(shares, person, person));
  const claimable = await pool.maxRedeem(person);
  if (claimable > 0n) await world.attempt("redeem", () => pool.redeem(claimable, person, person));
}

/** @param waiting While holders wait, months before notices end: nothing else is tried. */
async function unbond(world: World, number: number, waiting: boolean): Promise<void> {
  const { operatorRegistry, operatorSets: sets } = world.septet;
  const owner = account(world.septet, number);
  const registry = operatorRegistry.connect(owner);
  await claimFees(world, number);
  if ((await registry.bondOf(number)) === 0n) return;
  if (number <= SEVEN.length && (await sets.noticeOf(SET, number)) === 0n) {
    await world.attempt("give notice", () => sets.connect(owner).giveNotice(SET, number));
  }
  if (!waiting) {
    await world.attempt("start leaving", () => sets.startLeaving(SET, number));
    await world.attempt("release a leaver", () => sets.releaseLeaver(SET, number));
  }
  const [unbonding, withdrawableAt] = await registry.unbondingOf(number);
  if (unbonding > 0n && withdrawableAt <= BigInt(await networkHelpers.time.latest())) {
    await world.attempt("withdraw a bond", () => registry.withdrawBond(number, owner));
  }
  const [stillUnbonding, free] = [(await registry.unbondingOf(number))[0], await registry.freeBondOf(number)];
  if (stillUnbonding === 0n && free > 0n) {
    await world.attempt("request a bond", () => registry.requestUnbond(number, free));
  }
}

async function claimFees(world: World, number: number): Promise<void> {
  const fees = world.septet.feeDistributor;
  if ((await fees.undivided(SET)) >= 7n) await world.attempt("divide fees", () => fees.divide(SET));
  if ((await fees.claimable(number)) > 0n) await world.attempt("claim fees", () => fees.claim(number));
}

/**
 * A key with nothing but its predeposit is not active, so nobody can exit it: its ether goes to the last who leave only if
 * somebody comes in their place. Nobody has to lend more than that.
 */
async function takeOver(world: World): Promise<bigint> {
  const { stakingPool: pool } = world.septet;
  if (activeKeys(world).length > 0 || world.beacon.copy().deposits.length > 0) return 0n;
  const lacking = (await pool.queueWei()) - (await pool.liquidWei());
  if (lacking <= 0n) return 0n;
  const newcomer = account(world.septet, NEWCOMER);
  const came = await world.attempt("take over", () =>
    pool.connect(newcomer).deposit(lacking, newcomer, { value: lacking }),
  );
  return came ? lacking : 0n;
}

async function holdersWait(septet: Septet): Promise<boolean> {
  const { stakingPool: pool } = septet;
  return (await pool.queueWei()) > DUST;
}

async function isAnyoneIn(septet: Septet): Promise<boolean> {
  const { stakingPool: pool, voteToken: votes, operatorRegistry: registry } = septet;
  const minimum = await pool.minimumRequestShares();
  if ((await pool.queueWei()) > 0n || (await pool.reservedWei()) > DUST) return true;
  for (const number of OPERATORS) if ((await registry.bondOf(number)) > minimum) return true;
  for (const person of people(septet)) {
    const shares = [pool.balanceOf(person), votes.balanceOf(person), pool.maxRedeem(person)];
    if ((await Promise.all(shares)).some((amount) => amount > minimum)) return true;
    if ((await votes.unlockOf(person))[0] > 0n) return true;
  }
  return false;
}

async function expectNothingLeft(world: World, lentWei: bigint): Promise<void> {
  const { stakingPool: pool } = world.septet;
  expect(lentWei <= world.beacon.heldWei() + DUST, "lent more than lies in keys that can't be exited").to.equal(true);
  expect(await pool.reservedWei(), "reserved").to.be.at.most(DUST);
  for (const { id } of world.memory.keys) {
    const { state } = await world.septet.validatorManager.validator(id);
    expect(state === STATE.verified, "a key that nobody ended").to.equal(false);
  }
}

async function drawAll(world: World, person: Person): Promise<void> {
  const { stakingPool, voteToken } = world.septet;
  const [pool, votes] = [stakingPool.connect(person), voteToken.connect(person)];
  const claimable = await pool.maxRedeem(person);
  if (claimable > 0n) await world.attempt("redeem", () => pool.redeem(claimable, person, person));
  const cycles = Array.from({ length: Number(await pool.currentCycle()) }, (_, number) => number + 1);
  await world.attempt("return shares", () => pool.returnShares(person, cycles));
  const locked = (await votes.balanceOf(person)) + (await votes.unlockOf(person))[0];
  if (locked > 0n) await world.attempt("withdraw votes", () => votes.withdrawTo(person, locked));
  const shares = await pool.balanceOf(person);
  if (shares > 0n) await world.attempt("lock", () => pool.lock(shares));
  await world.attempt("draw", () => pool.draw(person));
}

async function expectDrawn(world: World): Promise<void> {
  const { stakingPool: pool, withdrawalVault, feeDistributor, operatorRegistry } = world.septet;
  for (const person of people(world.septet)) {
    const left = [pool.balanceOf(person), pool.maxRedeem(person), pool.drawableOf(person)];
    for (const amount of await Promise.all(left)) expect(amount).to.equal(0n);
  }
  // Who has no way to lock: roundings, and fees that came while no stake was proven.
  const outside = (await pool.balanceOf(feeDistributor)) + (await pool.balanceOf(operatorRegistry));
  const supply = await pool.closedSupply();
  const balances = await Promise.all(
    [pool, withdrawalVault].map((contract) => contract.runner?.provider?.getBalance(contract)),
  );
  const left = balances.reduce<bigint>((sum, balance) => sum + (balance ?? 0n), 0n);
  const received = left + ETHER;
  expect(left <= (outside * received) / supply + DUST, `${left} wei left in a closed pool`).to.equal(true);
}
