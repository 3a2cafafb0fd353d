import "../../support/preset.ts";
import { getBytes, hexlify } from "ethers";
import { openState } from "../../../services/beacon/stateProofs.ts";
import type { Anchor, BalancesProof, ValidatorProof } from "../../../services/beacon/types.ts";
import { beaconFixture, pubkeyOf } from "../../beacon/state.ts";
import { GENESIS_TIME, networkHelpers, SECONDS_PER_SLOT, setBeaconRoot } from "./chain.ts";

export interface ProvenValidator {
  /** 48 bytes. */
  pubkey: string;
  withdrawalCredentials: string;
  effectiveBalance?: number;
  /** Gwei; the effective one by default. */
  balance?: number;
  slashed?: boolean;
  activationEligibilityEpoch?: number;
  activationEpoch?: number;
  exitEpoch?: number;
  withdrawableEpoch?: number;
}

/** The slot of the latest execution block. */
export async function currentSlot(): Promise<number> {
  return Math.floor((Number(await networkHelpers.time.latest()) - GENESIS_TIME) / Number(SECONDS_PER_SLOT));
}

/**
 * Makes a real beacon state with the validator at index 17 at `slot` (the next one by default), stores its block root
 * for EIP-4788 and proves the validator: the two arguments that contracts take.
 */
export async function proveValidator(validator: ProvenValidator, atSlot?: number): Promise<[Anchor, ValidatorProof]> {
  const { anchor, proof } = await proveBalance(validator, atSlot);
  return [anchor, proof];
}

/** As proveValidator, with the balance. */
export async function proveBalance(
  validator: ProvenValidator,
  atSlot?: number,
): Promise<{ anchor: Anchor; proof: ValidatorProof; balances: BalancesProof }> {
  const slot = atSlot ?? (await currentSlot()) + 1;
  const other = { pubkey: pubkeyOf(16), withdrawalCredentials: new Uint8Array(32).fill(9) };
  const proven = {
    ...validator,
    pubkey: getBytes(validator.pubkey),
    withdrawalCredentials: getBytes(validator.withdrawalCredentials),
  };
  const { state, header, blockRoot } = beaconFixture(slot, [other, proven]);
  const timestamp = BigInt(GENESIS_TIME) + BigInt(slot + 1) * SECONDS_PER_SLOT;
  await setBeaconRoot(timestamp, hexlify(blockRoot));
  const proofs = openState({ fork: "electra", state, header });
  return { anchor: proofs.anchor(timestamp), proof: proofs.validator(17), balances: proofs.balances([17]) };
}
