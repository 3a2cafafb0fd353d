import "../../support/preset.ts";
import { getBytes, hexlify } from "ethers";
import { openState } from "../../../services/beacon/stateProofs.ts";
import type {
  Anchor,
  BalancesProof,
  EarliestExitEpochProof,
  PendingDepositProof,
  ValidatorProof,
} from "../../../services/beacon/types.ts";
import { beaconFixture, pubkeyOf } from "../../beacon/state.ts";
import { GENESIS_TIME, networkHelpers, SECONDS_PER_SLOT, setBeaconRoot } from "./chain.ts";

export interface ProvenValidator {
  /** 48 bytes. */
  pubkey: string;
  withdrawalCredentials: string;
  /** Beacon index, 17 by default. */
  index?: number;
  effectiveBalance?: number;
  /** Gwei; the effective one by default. */
  balance?: number;
  slashed?: boolean;
  activationEligibilityEpoch?: number;
  activationEpoch?: number;
  exitEpoch?: number;
  withdrawableEpoch?: number;
  /** Gwei of deposits to it that wait in the queue. */
  pending?: number[];
}

/** The slot of the latest execution block. */
export async function currentSlot(): Promise<number> {
  return Math.floor((Number(await networkHelpers.time.latest()) - GENESIS_TIME) / Number(SECONDS_PER_SLOT));
}

/**
 * Makes a real beacon state with the validator at its index at `slot` (the next one by default), stores its block root
 * for EIP-4788 and proves the validator: the two arguments that contracts take.
 */
export async function proveValidator(validator: ProvenValidator, atSlot?: number): Promise<[Anchor, ValidatorProof]> {
  const { anchor, proof } = await proveBalance(validator, atSlot);
  return [anchor, proof];
}

/** As proveValidator, with the balance. */
export async function proveBalance(
  { index = 17, pending = [], ...validator }: ProvenValidator,
  atSlot?: number,
): Promise<{
  anchor: Anchor;
  proof: ValidatorProof;
  balances: BalancesProof;
  earliestExitEpoch: EarliestExitEpochProof;
  pendingDeposits: PendingDepositProof[];
}> {
  const slot = atSlot ?? (await currentSlot()) + 1;
  const others = Array.from({ length: index - 16 }, (_, number) => ({
    pubkey: pubkeyOf(16 + number),
    withdrawalCredentials: new Uint8Array(32).fill(9),
  }));
  const proven = {
    ...validator,
    pubkey: getBytes(validator.pubkey),
    withdrawalCredentials: getBytes(validator.withdrawalCredentials),
  };
  const { state, header, blockRoot } = beaconFixture(
    slot,
    [...others, proven],
    pending.map((amount) => ({ ...proven, amount, slot: 1 })),
  );
  const timestamp = BigInt(GENESIS_TIME) + BigInt(slot + 1) * SECONDS_PER_SLOT;
  await setBeaconRoot(timestamp, hexlify(blockRoot));
  const proofs = openState({ fork: "electra", state, header });
  return {
    anchor: proofs.anchor(timestamp),
    proof: proofs.validator(index),
    balances: proofs.balances([index]),
    earliestExitEpoch: proofs.earliestExitEpoch(),
    pendingDeposits: pending.map((_, position) => proofs.pendingDeposit(position)),
  };
}

/** The validator with its balance in the next slot, as arguments of `topUp` after the amount. */
export async function proveForTopUp(validator: ProvenValidator): Promise<[Anchor, ValidatorProof, BalancesProof]> {
  const { anchor, proof, balances } = await proveBalance(validator);
  // A top-up's proof may be a day old, which is thirty seconds here: a busy machine may need as long.
  await networkHelpers.time.setNextBlockTimestamp(anchor.timestamp);
  return [anchor, proof, balances];
}
