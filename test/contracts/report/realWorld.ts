import "../../support/preset.ts";
import { SecretKey } from "@chainsafe/blst";
import { getBytes, hexlify, toBeHex } from "ethers";
import { openState, type StateProofs } from "../../../services/beacon/stateProofs.ts";
import type { StateSnapshot } from "../../beacon/realChain.ts";
import { type OurRole, type OurValidator, type RealState, realState } from "../../beacon/realState.ts";
import { ethers, networkHelpers } from "../support/chain.ts";
import { signDeposit, type TestKey, testKey } from "../support/keys.ts";
import { account, ETHER, SEVEN, type Septet, submissionOf, submit, withOperatorsOn } from "../support/septet.ts";
import { setSimulatedRoot } from "../support/simulatedRoots.ts";

const { ssz } = await import("@lodestar/types");

/** Ten times those of mainnet, so that no run of these tests is slower than the chain in it; the day likewise. */
export const SECONDS_PER_SLOT = 120;
export const DAY_SECONDS = 12_000;
export const GWEI = 10n ** 9n;
/** Of contracts/interfaces/IParameters.sol. */
const MINIMUM_TOP_UP_WEI = 25;
const TOP_UPS: Partial<Record<OurRole, bigint>> = { credited: 10n, exitingWithTopUp: 16n, toppedUp: 100n };

export interface World {
  septet: Septet;
  /** Unix time of slot 0: when these tests began, whatever ran on the network before. */
  genesisTime: number;
  real: RealState;
  /** Two blocks later. */
  next: StateSnapshot;
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
export const validatorIdOf = ({ pubkey }: OurValidator) => hexlify(ssz.BLSPubkey.hashTreeRoot(pubkey));
export const indexOf = ({ index }: OurValidator) => {
  if (index === undefined) throw new Error("the state does not have this validator");
  return index;
};

/** The next transaction is in the block behind that of the snapshot, where EIP-4788 gives the snapshot's root. */
export async function reach({ genesisTime }: World, snapshot: StateSnapshot) {
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

export async function makeWorld(): Promise<World> {
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
  real.chain.runBlocks(2);
  const ours = [...Object.values(real.ours), ...real.steady];
  const world = { septet, genesisTime, real, next: real.chain.snapshot(), ours, paidCount: 0 };
  await proveEarly(world);
  await proveLate(world);
  return world;
}

/** Pays to the vault what the beacon chain withdrew up to the snapshot, as a simulated network does not. */
export async function payWithdrawals(world: World, { header }: StateSnapshot): Promise<bigint> {
  const vault = await world.septet.withdrawalVault.getAddress();
  const paid = world.real.chain.withdrawals.filter(({ slot }) => slot <= header.slot);
  const due = paid.slice(world.paidCount).filter(({ address }) => hexlify(address) === vault.toLowerCase());
  world.paidCount = paid.length;
  const dueWei = due.reduce((sum, { amountGwei }) => sum + amountGwei, 0n) * GWEI;
  await networkHelpers.setBalance(vault, (await ethers.provider.getBalance(vault)) + dueWei);
  return dueWei;
}

/**
 * What the holders own, from the state's SSZ and the execution chain's balances alone: balances of all validators with our
 * credentials, deposits to them that still wait in the queue, and ETH of vault and pool.
 */
export async function trueTotalWei({ septet, real }: World, snapshot: StateSnapshot): Promise<bigint> {
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

export async function report(
  { septet, ours }: World,
  proofs: StateProofs,
  batchesOf: (indices: number[]) => number[][],
) {
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

/** Place of the exiting validator's top-up in the queue; below 0 when it is not there. */
export function waitingTopUp({ real }: World, { state }: StateSnapshot): number {
  const { pubkey } = real.ours.exitingWithTopUp;
  const queue = ssz.electra.BeaconState.deserializeToViewDU(state).pendingDeposits.getAllReadonlyValues();
  return queue.findIndex((entry) => Buffer.compare(entry.pubkey, pubkey) === 0);
}

/**
 * A whole report on the snapshot.
 *
 * @returns What the holders own by the state, and its proofs
 */
export async function reportOn(world: World, snapshot: StateSnapshot) {
  await payWithdrawals(world, snapshot);
  const totalWei = await trueTotalWei(world, snapshot);
  const { proofs, anchor } = await reach(world, snapshot);
  const { balanceReport, validatorManager } = world.septet;
  await balanceReport.start();
  const id = validatorIdOf(world.real.ours.exitingWithTopUp);
  const waiting = waitingTopUp(world, snapshot);
  if (waiting >= 0) await validatorManager.provePendingTopUp(id, anchor, proofs.pendingDeposit(waiting));
  // As long as it might still be shown in the queue, a leaving key's top-up is not given up.
  await networkHelpers.time.increase(DAY_SECONDS / 8);
  await report(world, proofs, (indices) => [indices]);
  return { totalWei, proofs, anchor };
}
