import { concat, sha256 } from "ethers";
import { ethers, networkHelpers } from "./chain.ts";
import { signDeposit, type TestKey, testKey } from "./keys.ts";
import { currentSlot, type ProvenValidator, proveBalance, proveForTopUp, proveValidator } from "./proofs.ts";
import { account, depositTerms, ETHER, type Septet, submissionOf, submit, withSet } from "./septet.ts";

export const REASON = { liquidity: 0, bondShortfall: 1, deadSet: 2, leaverDeadline: 3, governance: 4, closing: 5 };

export const idOf = ({ pubkey }: Pick<TestKey, "pubkey">) => sha256(concat([pubkey, `0x${"00".repeat(16)}`]));

/** A key of set 1 and how the beacon state shows it once it has its predeposit. */
export interface Known {
  key: TestKey;
  id: string;
  shown: ProvenValidator;
}

/** 100 ETH staked by account 10; keys asked for and verified, each with a beacon index of its own. */
export async function withVerified(septet: Septet, names: string[]): Promise<Known[]> {
  const { validatorManager: manager } = septet;
  const requestId = (await manager.requestCount()) + 1n;
  await manager.requestKeys(1, names.length);
  const keys = names.map((name) => testKey(name));
  await submit(septet, await submissionOf(septet, keys, { requestId }));
  const { withdrawalCredentials } = await depositTerms(septet);
  return keys.map((key, i) => ({
    key,
    id: idOf(key),
    shown: { pubkey: key.pubkey, withdrawalCredentials, effectiveBalance: 1e9, index: 17 + i },
  }));
}

export async function predeposit(septet: Septet, { key }: Known): Promise<void> {
  const { compressed } = signDeposit(key.groupSecret, key.pubkey, await depositTerms(septet));
  await septet.validatorManager.predeposit(key.pubkey, compressed);
}

export async function prove(septet: Septet, { id, shown }: Known): Promise<void> {
  await septet.validatorManager.proveCredentials(id, ...(await proveValidator(shown)));
}

export async function topUp(septet: Septet, { key, shown }: Known, amountWei = 31n * ETHER) {
  return septet.validatorManager.topUp(key.pubkey, amountWei, ...(await proveForTopUp(shown)));
}

/** Opens a report and proves the validators as the state of its block shows them. */
export async function report({ balanceReport }: Septet, shown: ProvenValidator) {
  const proven = await proveBalance(shown, (await currentSlot()) + 2);
  await networkHelpers.time.setNextBlockTimestamp(proven.anchor.timestamp);
  await balanceReport.start();
  return balanceReport.prove(proven.anchor.header, proven.balances);
}

/** Two keys of set 1, both active for long; 30 ETH in the pool, 140 ETH of shares with account 10. */
export async function withTwoActive() {
  const septet = await withSet();
  const holder = account(septet, 10);
  await septet.stakingPool.connect(holder).deposit(100n * ETHER, holder, { value: 100n * ETHER });
  const [first, second] = await withVerified(septet, ["exit one", "exit two"]);
  if (!first || !second) throw new Error("two keys were asked for");
  for (const known of [first, second]) {
    await predeposit(septet, known);
    await prove(septet, known);
    Object.assign(known.shown, { activationEligibilityEpoch: 0, activationEpoch: 0, effectiveBalance: 32e9 });
    await septet.validatorManager.recordActivation(known.id, ...(await proveValidator(known.shown)));
  }
  await simulateFunding(septet, 130n * ETHER);
  await networkHelpers.time.increase(200);
  return { ...septet, manager: septet.validatorManager, exits: septet.validatorExits, holder, first, second };
}

/** Takes ETH out of the pool as ValidatorManager does for top-ups; the beacon states of the tests show any balance. */
async function simulateFunding({ validatorManager, stakingPool }: Septet, amountWei: bigint): Promise<void> {
  const manager = await validatorManager.getAddress();
  await networkHelpers.impersonateAccount(manager);
  await networkHelpers.setBalance(manager, ETHER);
  await stakingPool.connect(await ethers.getSigner(manager)).fundTopUp(amountWei);
}

/** The holder asks for so much that redemptions lack about `wei`. */
export async function needOf(septet: Septet, wei: bigint): Promise<void> {
  const { stakingPool: pool } = septet;
  const holder = account(septet, 10);
  const assets = (await pool.liquidWei()) + wei;
  await pool.connect(holder).requestRedeem(await pool.convertToShares(assets), holder, holder);
}

/**
 * Anchor and evidence of a key as ValidatorExits takes them. The next block is as old as the proof: a day has thirty
 * seconds here, and a busy machine may need as long for one.
 */
export async function evidence({ key, shown }: Known, changes: Partial<ProvenValidator> = {}, atSlot?: number) {
  const { anchor, proof, balances } = await proveBalance({ ...shown, ...changes }, atSlot);
  if (atSlot === undefined) await networkHelpers.time.setNextBlockTimestamp(anchor.timestamp);
  return [anchor, { pubkey: key.pubkey, validator: proof, balances }] as const;
}

/** What the predeploy logged: the source address and the request. */
export async function requestsIn(sent: { hash: string }, predeploy: string): Promise<string[]> {
  const receipt = await ethers.provider.getTransactionReceipt(sent.hash);
  return (receipt?.logs ?? []).filter(({ address }) => address === predeploy).map(({ data }) => data);
}
