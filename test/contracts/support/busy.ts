import { concat, getBytes, hexlify, id, sha256 } from "ethers";
import { openState } from "../../../services/beacon/stateProofs.ts";
import { beaconFixture, pubkeyOf } from "../../beacon/state.ts";
import { DAY, GENESIS_TIME, networkHelpers, SECONDS_PER_SLOT, setBeaconRoot } from "./chain.ts";
import { signDeposit, type TestKey, testKey } from "./keys.ts";
import { proveBalance, proveValidator } from "./proofs.ts";
import { account, depositTerms, ETHER, type Septet, submissionOf, submit, withSet } from "./septet.ts";

/** Holder of the shares and of redemptions in every state. */
export const HOLDER = 10;

export type Busy = Awaited<ReturnType<typeof busyPool>>;

/**
 * A pool in the middle of its work. Key `proven` waits for a top-up, key `verified` for its predeposit; of the holder's
 * redemptions one is filled, one can be filled, one waits in the present cycle; a report may start.
 */
export async function busyPool() {
  const septet = await withSet();
  const { stakingPool, operatorRegistry, balanceReport: report, validatorManager: manager } = septet;
  const holder = account(septet, HOLDER);
  const pool = stakingPool.connect(holder);
  await pool.deposit(300n * ETHER, holder, { value: 300n * ETHER });
  await operatorRegistry.bondEther(8, { value: 3n * ETHER });
  await pool.approve(septet.voteToken, 300n * ETHER);
  await pool.approve(operatorRegistry, 300n * ETHER);
  await septet.voteToken.connect(holder).depositFor(holder, 10n * ETHER);
  for (const fills of [true, false]) {
    await pool.requestRedeem(5n * ETHER, holder, holder);
    await startReport(septet);
    await report.finish();
    if (fills) await pool.fill(1);
    await networkHelpers.time.increase(DAY);
  }
  await pool.requestRedeem(5n * ETHER, holder, holder);

  const terms = await depositTerms(septet);
  const [proven, verified] = [testKey("proven"), testKey("verified")];
  for (const [index, key] of [proven, verified].entries()) {
    await manager.requestKeys(1, 1);
    await submit(septet, await submissionOf(septet, [key], { requestId: BigInt(index + 1) }));
  }
  await manager.predeposit(proven.pubkey, signDeposit(proven.groupSecret, proven.pubkey, terms).compressed);
  const fresh = await proveValidator(beaconValidator(proven, terms.withdrawalCredentials, 1));
  await manager.proveCredentials(validatorIdOf(proven), ...fresh);
  return { ...septet, holder, terms, proven, verified };
}

/** Starts a report in a block whose parent's beacon root is known, as it is in every block of a real chain. */
export async function startReport({ balanceReport }: Pick<Septet, "balanceReport">, root = id("a beacon block")) {
  const timestamp = (await networkHelpers.time.latest()) + 1;
  await networkHelpers.time.setNextBlockTimestamp(timestamp);
  await setBeaconRoot(BigInt(timestamp), root);
  await balanceReport.start();
  return BigInt(timestamp);
}

/**
 * A whole report, from a real beacon state in which the pool's one validator, number 17, has 1 ETH.
 *
 * @param report The contract through another connection.
 */
export async function finishReport({ proven, terms, balanceReport }: Busy, report = balanceReport): Promise<void> {
  const timestamp = (await networkHelpers.time.latest()) + 2 * Number(SECONDS_PER_SLOT);
  const slot = Math.floor((timestamp - GENESIS_TIME) / Number(SECONDS_PER_SLOT)) - 1;
  const { pubkey, withdrawalCredentials, effectiveBalance } = beaconValidator(proven, terms.withdrawalCredentials, 1);
  const ours = { pubkey: getBytes(pubkey), withdrawalCredentials: getBytes(withdrawalCredentials), effectiveBalance };
  const other = { pubkey: pubkeyOf(16), withdrawalCredentials: new Uint8Array(32).fill(9) };
  const { state, header, blockRoot } = beaconFixture(slot, [other, ours]);
  await networkHelpers.time.setNextBlockTimestamp(timestamp);
  await setBeaconRoot(BigInt(timestamp), hexlify(blockRoot));
  await report.start();
  const proofs = openState({ fork: "electra", state, header });
  await report.prove(proofs.anchor(BigInt(timestamp)).header, proofs.balances([17]));
  await report.finish();
}

export const validatorIdOf = ({ pubkey }: TestKey) => sha256(concat([pubkey, `0x${"00".repeat(16)}`]));

/** Active since genesis with 32 ETH or more; with less it waits. (The real state transition ejects active ones with less.) */
export function beaconValidator({ pubkey }: TestKey, withdrawalCredentials: string, balanceEther: number) {
  const effectiveBalance = balanceEther * 1e9;
  const waiting = { pubkey, withdrawalCredentials, effectiveBalance };
  return balanceEther < 32 ? waiting : { ...waiting, activationEligibilityEpoch: 0, activationEpoch: 0 };
}

/** Exit of the proven key, as governance: with a proof of this moment. */
export async function exitOf(septet: Busy) {
  const { proven, terms, validatorExits: exits } = septet;
  const { anchor, proof, balances } = await proveBalance(beaconValidator(proven, terms.withdrawalCredentials, 32));
  return exits.requestExit(GOVERNANCE_REASON, anchor, { pubkey: proven.pubkey, validator: proof, balances }, FEE);
}

const GOVERNANCE_REASON = 4;
/** EIP-7002 asks for 1 wei and more when many ask; the rest returns. */
const FEE = { value: ETHER / 100n };

/** What somebody may try in any state of the pool. */
export const ENTRY_POINTS: Record<string, (septet: Busy) => Promise<unknown>> = {
  "deposit, mint": ({ stakingPool, holder }) => stakingPool.deposit(ETHER, holder, { value: ETHER }),
  "bond with ETH (a deposit)": ({ operatorRegistry }) => operatorRegistry.bondEther(1, { value: ETHER }),
  "bond with shares": ({ operatorRegistry, holder }) => operatorRegistry.connect(holder).bond(1, ETHER),
  transfer: ({ stakingPool, holder, governance }) => stakingPool.connect(holder).transfer(governance, ETHER),
  "ask for redemption": ({ stakingPool, holder }) => stakingPool.connect(holder).requestRedeem(ETHER, holder, holder),
  "fill redemptions": ({ stakingPool }) => stakingPool.fill(1),
  "claim what is filled": ({ stakingPool, holder }) => stakingPool.connect(holder).redeem(ETHER, holder, holder),
  "start a report": (septet) => startReport(septet),
  "mint fees": ({ stakingPool }) => stakingPool.mintFees(),
  "request keys": ({ validatorManager }) => validatorManager.requestKeys(1, 1),
  predeposit: ({ validatorManager, verified, terms }) =>
    validatorManager.predeposit(verified.pubkey, signDeposit(verified.groupSecret, verified.pubkey, terms).compressed),
  "top up": async ({ validatorManager, proven, terms }) => {
    const { anchor, proof, balances } = await proveBalance(beaconValidator(proven, terms.withdrawalCredentials, 1));
    await validatorManager.topUp(proven.pubkey, 31n * ETHER, anchor, proof, balances);
  },
  "request an exit": exitOf,
  "propose a rotation": ({ setChanges }) => setChanges.proposeRotation(1, [1, 2, 3, 4, 5, 6, 8]),
  "lock and unlock votes": async ({ voteToken, holder }) => {
    await voteToken.connect(holder).depositFor(holder, ETHER);
    await voteToken.connect(holder).requestUnlock(ETHER);
  },
  "set a parameter": ({ parameters }) => parameters.set(0, 900),
  "exit without proof": ({ validatorExits, proven }) => validatorExits.requestExitAfterClosing(proven.pubkey, FEE),
  "lock shares and draw": async ({ stakingPool, holder }) => {
    await stakingPool.connect(holder).lock(ETHER);
    await stakingPool.connect(holder).draw(holder);
  },
  "take votes back at once": ({ voteToken, holder }) => voteToken.connect(holder).withdrawTo(holder, ETHER),
};
