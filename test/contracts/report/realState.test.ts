import "../../support/preset.ts";
import { SecretKey } from "@chainsafe/blst";
import { expect } from "chai";
import { getBytes, hexlify, toBeHex } from "ethers";
import { openState, type StateProofs } from "../../../services/beacon/stateProofs.ts";
import type { StateSnapshot } from "../../beacon/realChain.ts";
import { type OurRole, type OurValidator, type RealState, realState } from "../../beacon/realState.ts";
import { ethers, networkHelpers } from "../support/chain.ts";
import { signDeposit, type TestKey, testKey } from "../support/keys.ts";
import { account, ETHER, SEVEN, type Septet, submissionOf, submit, withOperatorsOn } from "../support/septet.ts";
import { installSimulatedRoots, setSimulatedRoot } from "../support/simulatedRoots.ts";

const { ssz } = await import("@lodestar/types");

/** Ten times those of mainnet, so that no run of these tests is slower than the chain in it; the day likewise. */
const SECONDS_PER_SLOT = 120;
const DAY_SECONDS = 12_000;
const BATCHINGS = 40;
const GWEI = 10n ** 9n;
/** Of contracts/interfaces/IParameters.sol. */
const MINIMUM_TOP_UP_WEI = 25;
const TOP_UPS: Partial<Record<OurRole, bigint>> = { credited: 10n, exitingWithTopUp: 16n, toppedUp: 100n };

interface World {
  septet: Septet;
  /** Unix time of slot 0: when these tests began, whatever ran on the network before. */
  genesisTime: number;
  real: RealState;
  ours: OurValidator[];
  /** Withdrawals of the beacon chain that the vault has. */
  paidCount: number;
}

/** Keys by the names that the real state gives its validators, made as seven seats make them. */
const keys = new Map<string, TestKey>();

function keyNamed(name: string): TestKey {
  const key = keys.get(name) ?? testKey(`real state ${name}`);
  keys.set(name, key);
  return key;
}

const secretKeyOf = (name: string) => SecretKey.fromBytes(getBytes(toBeHex(keyNamed(name).groupSecret, 32)));
const validatorIdOf = ({ pubkey }: OurValidator) => hexlify(ssz.BLSPubkey.hashTreeRoot(pubkey));
const indexOf = ({ index }: OurValidator) => {
  if (index === undefined) throw new Error("the state does not have this validator");
  return index;
};

/** Pseudo-random numbers, the same in each run. */
function randomness(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** The next transaction is in the block behind that of the snapshot, where EIP-4788 gives the snapshot's root. */
async function reach({ genesisTime }: World, snapshot: StateSnapshot) {
  const timestamp = genesisTime + (Number(snapshot.header.slot) + 1) * SECONDS_PER_SLOT;
  await setSimulatedRoot(BigInt(timestamp), hexlify(snapshot.blockRoot));
  await networkHelpers.time.setNextBlockTimestamp(timestamp);
  const proofs = openState(snapshot);
  return { proofs, anchor: proofs.anchor(BigInt(timestamp)) };
}

/** All keys verified by ceremonies and predeposited, by real calls, before the stories of the beacon state begin. */
async function withPredeposits(genesisTime: number, names: string[]): Promise<Septet> {
  const septet = await withOperatorsOn({
    genesisTime,
    daySeconds: DAY_SECONDS,
    secondsPerSlot: SECONDS_PER_SLOT,
    targetBalanceEther: 200,
  });
  const { operatorRegistry, operatorSets, parameters, stakingPool, validatorManager } = septet;
  for (const number of SEVEN) await operatorRegistry.bondEther(number, { value: 40n * ETHER });
  await operatorSets.formSet([...SEVEN]);
  await parameters.set(MINIMUM_TOP_UP_WEI, ETHER);
  const depositor = account(septet, 10);
  await stakingPool.connect(depositor).deposit(6_500n * ETHER, depositor, { value: 6_500n * ETHER });
  for (let from = 0, requestId = 1n; from < names.length; from += 20, requestId++) {
    const batch = names.slice(from, from + 20).map(keyNamed);
    await validatorManager.requestKeys(1, batch.length);
    await submit(septet, await submissionOf(septet, batch, { requestId }));
  }
  const withdrawalCredentials = await validatorManager.withdrawalCredentials();
  const terms = { withdrawalCredentials, genesisForkVersion: "0x00000001", amountGwei: GWEI };
  for (const name of names) {
    const { groupSecret, pubkey } = keyNamed(name);
    await validatorManager.predeposit(pubkey, signDeposit(groupSecret, pubkey, terms).compressed);
  }
  return septet;
}

/** Proves what the early state has, and sends the top-ups of the stories. */
async function proveEarly(world: World): Promise<void> {
  const { real, ours } = world;
  const { validatorManager } = world.septet;
  const { proofs, anchor } = await reach(world, real.early);
  for (const validator of ours) {
    if (validator === real.ours.proven || validator === real.ours.predeposited) continue;
    await validatorManager.proveCredentials(validatorIdOf(validator), anchor, proofs.validator(indexOf(validator)));
  }
  for (const [role, amount] of Object.entries(TOP_UPS) as [OurRole, bigint][]) {
    const { pubkey, index = 0 } = real.ours[role];
    const evidence = [anchor, proofs.validator(index), proofs.balances([index])] as const;
    await validatorManager.topUp(hexlify(pubkey), amount * ETHER, ...evidence);
  }
}

/** Proves the newcomer, and records who leaves. */
async function proveLate(world: World): Promise<void> {
  const { real } = world;
  const { validatorManager } = world.septet;
  const { proofs, anchor } = await reach(world, real);
  const { proven, exitingWithTopUp, consolidationSource, withdrawn } = real.ours;
  await validatorManager.proveCredentials(validatorIdOf(proven), anchor, proofs.validator(indexOf(proven)));
  for (const leaving of [exitingWithTopUp, consolidationSource, withdrawn]) {
    await validatorManager.recordExit(validatorIdOf(leaving), anchor, proofs.validator(indexOf(leaving)));
  }
}

async function makeWorld(): Promise<World> {
  const roles = [
    ...["toppedUp", "credited", "exitingWithTopUp", "partial", "consolidationSource", "consolidationTarget"],
    ...["slashed", "withdrawn", "proven", "predeposited"],
  ];
  const genesisTime = await networkHelpers.time.latest();
  const septet = await withPredeposits(genesisTime, [
    ...roles,
    ...Array.from({ length: 20 }, (_, number) => `steady ${number}`),
  ]);
  const withdrawalCredentials = getBytes(await septet.validatorManager.withdrawalCredentials());
  const clock = { genesisTime, secondsPerSlot: SECONDS_PER_SLOT };
  const real = realState({ ...clock, withdrawalCredentials, secretKeyOf });
  const world = { septet, genesisTime, real, ours: [...Object.values(real.ours), ...real.steady], paidCount: 0 };
  await proveEarly(world);
  await proveLate(world);
  return world;
}

/** Pays to the vault what the beacon chain withdrew since the last time, as a simulated network does not. */
async function payWithdrawals(world: World): Promise<bigint> {
  const vault = await world.septet.withdrawalVault.getAddress();
  const { withdrawals } = world.real.chain;
  const due = withdrawals.slice(world.paidCount).filter(({ address }) => hexlify(address) === vault.toLowerCase());
  world.paidCount = withdrawals.length;
  const dueWei = due.reduce((sum, { amountGwei }) => sum + amountGwei, 0n) * GWEI;
  await networkHelpers.setBalance(vault, (await ethers.provider.getBalance(vault)) + dueWei);
  return dueWei;
}

/**
 * What the holders own, from the state's SSZ and the execution chain's balances alone: balances of all validators with our
 * credentials, deposits to them that still wait in the queue, and ETH of vault and pool.
 */
async function trueTotalWei({ septet, real }: World, snapshot: StateSnapshot): Promise<bigint> {
  const state = ssz.electra.BeaconState.deserializeToViewDU(snapshot.state);
  const isOurs = (credentials: Uint8Array) => Buffer.compare(credentials, real.withdrawalCredentials) === 0;
  let sumGwei = 0n;
  for (const [index, validator] of state.validators.getAllReadonlyValues().entries()) {
    if (isOurs(validator.withdrawalCredentials)) sumGwei += BigInt(state.balances.get(index));
  }
  for (const { withdrawalCredentials, amount } of state.pendingDeposits.getAllReadonlyValues()) {
    if (isOurs(withdrawalCredentials)) sumGwei += BigInt(amount);
  }
  const { stakingPool, withdrawalVault } = septet;
  const heldWei = await Promise.all(
    [stakingPool, withdrawalVault].map(async (contract) => ethers.provider.getBalance(await contract.getAddress())),
  );
  return heldWei.reduce((sum, wei) => sum + wei, sumGwei * GWEI) - (await stakingPool.reservedWei());
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

async function report({ septet, ours }: World, proofs: StateProofs, batchesOf: (indices: number[]) => number[][]) {
  const { balanceReport } = septet;
  const { header } = proofs.anchor(0n);
  const indices = ours.flatMap(({ index }) => (index === undefined ? [] : [index]));
  let batches = 0;
  for (const batch of batchesOf(indices)) {
    await balanceReport.prove(header, proofs.balances(batch));
    batches++;
  }
  await balanceReport.finish();
  return batches;
}

/** The whole way with nothing simulated but the network's clock, its EIP-4788 roots and the vault's withdrawals. */
describe("Report of a real beacon state", function () {
  this.timeout(600_000);
  let restore = async () => {};
  let world: World;

  before(async () => {
    restore = await installSimulatedRoots();
    world = await makeWorld();
  });
  after(() => restore());

  it("books what the state and the execution chain hold, to the wei, in any order and batches", async () => {
    const { septet, real } = world;
    real.chain.runBlocks(2);
    const snapshot = real.chain.snapshot();
    expect((await payWithdrawals(world)) > 32n * ETHER).to.equal(true);
    const total = await trueTotalWei(world, snapshot);
    const { proofs } = await reach(world, snapshot);
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

  it("credits the top-up that has arrived since, keeps the one that was put back, and goes on to the wei", async () => {
    const { septet, real } = world;
    const { validatorManager, balanceReport } = septet;
    const { toppedUp, exitingWithTopUp } = real.ours;
    const inFlight = async (validator: OurValidator) =>
      (await validatorManager.validator(validatorIdOf(validator))).topUpGwei;
    expect(await inFlight(toppedUp)).to.equal(100n * GWEI);
    real.chain.runToEpoch(real.chain.epoch + 12);
    await payWithdrawals(world);
    const snapshot = real.chain.snapshot();
    const total = await trueTotalWei(world, snapshot);
    const { proofs, anchor } = await reach(world, snapshot);
    await balanceReport.start();
    const waiting = ssz.electra.BeaconState.deserializeToViewDU(snapshot.state)
      .pendingDeposits.getAllReadonlyValues()
      .findIndex(({ pubkey }) => Buffer.compare(pubkey, exitingWithTopUp.pubkey) === 0);
    if (waiting >= 0) {
      const id = validatorIdOf(exitingWithTopUp);
      await validatorManager.provePendingTopUp(id, anchor, proofs.pendingDeposit(waiting));
    }
    // As long as it might still be shown in the queue, a leaving key's top-up is not given up.
    await networkHelpers.time.increase(DAY_SECONDS / 8);
    await report(world, proofs, (indices) => [indices]);
    expect(await inFlight(toppedUp)).to.equal(0n);
    expect(await inFlight(exitingWithTopUp)).to.equal(waiting >= 0 ? 16n * GWEI : 0n);
    expect(await septet.stakingPool.bookedWei()).to.equal(total);
  });
});
