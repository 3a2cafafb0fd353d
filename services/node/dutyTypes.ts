import type { AttesterDuty, Pubkey, Root } from "../ports/beacon.ts";
import type { InstanceId } from "./locks/types.ts";

/** Attestations of one set in one slot: one consensus instance, one message that all its validators sign. */
export interface AttestationDuty {
  type: "attestation";
  instance: InstanceId;
  /** What the committees of the epoch depend on. */
  dependentRoot: Root;
  /** Sorted by public key. */
  assignments: readonly AttesterDuty[];
}

/** The block of one validator. */
export interface ProposalDuty {
  type: "proposal";
  instance: InstanceId;
  pubkey: Pubkey;
  validatorIndex: number;
}

export type Duty = AttestationDuty | ProposalDuty;

export function pubkeysOf(duty: Duty): readonly Pubkey[] {
  return duty.type === "attestation" ? duty.assignments.map(({ pubkey }) => pubkey) : [duty.pubkey];
}
