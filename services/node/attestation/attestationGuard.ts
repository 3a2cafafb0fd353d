import { toHex } from "@lodestar/utils";
import type { BeaconAccess } from "../../ports/beacon.ts";
import type { Clock } from "../../ports/clock.ts";
import { epochOf, firstSlotOf, slotAt } from "../chainSpec.ts";
import type { AttestationValue, Verdict } from "../consensus/types.ts";
import type { AttestationDuty } from "../dutyTypes.ts";
import type { ChainTime } from "../locks/types.ts";

/** From this round on a target that differs from the local one is accepted when its block was imported here. */
const LENIENT_ROUND = 3;

export interface AttestationGuardPorts {
  beacon: BeaconAccess;
  clock: Clock;
  time: ChainTime;
  /** The duty as the own beacon node tells it now; `undefined` when it has none. */
  dutyNow: () => AttestationDuty | undefined;
}

/**
 * What this node checks of a proposed attestation by itself, afresh each time it is asked: the duties, the clock, and
 * that the vote is for the fork its own beacon node is on. Rejects when the beacon node doesn't answer.
 */
export async function judgeAttestation(
  value: AttestationValue,
  round: number,
  { beacon, clock, time, dutyNow }: AttestationGuardPorts,
): Promise<Verdict> {
  const refuse = (reason: string): Verdict => ({ ok: false, reason });
  const duty = dutyNow();
  if (!duty || value.slot !== duty.instance.slot) return refuse("no duty in this slot");
  if (value.index !== 0) return refuse("committee index other than 0");
  if (value.targetEpoch !== epochOf(value.slot, time)) return refuse("target is not the epoch of the slot");
  // A far-future target would silence the validator for ever.
  if (value.targetEpoch > epochOf(slotAt(clock.nowMs(), time), time)) return refuse("target is in the future");
  const isGenesis = value.sourceEpoch === 0 && value.targetEpoch === 0;
  if (value.sourceEpoch >= value.targetEpoch && !isGenesis) return refuse("source is not before the target");
  // Another shuffling would make two slots of one epoch attest for one validator.
  if (value.dependentRoot !== duty.dependentRoot) return refuse("duties depend on another block");
  const due = new Set(duty.assignments.map(({ pubkey }) => pubkey));
  const refused = value.validators.filter((pubkey) => !due.has(pubkey));
  if (refused.length > 0) return { ok: false, reason: "validators without this duty", refused };

  const local = await beacon.attestationData(value.slot);
  if (value.sourceEpoch !== local.source.epoch || value.sourceRoot !== toHex(local.source.root)) {
    return refuse("source differs from the local one");
  }
  if (value.targetEpoch !== local.target.epoch) return refuse("target epoch differs from the local one");
  if (value.targetRoot !== toHex(local.target.root)) {
    if (round < LENIENT_ROUND) return refuse("target differs from the local one");
    const target = await beacon.blockHeader(value.targetRoot);
    if (!target || target.root !== value.targetRoot || target.executionOptimistic)
      return refuse("target is not imported");
    if (target.slot > firstSlotOf(value.targetEpoch, time)) return refuse("target is a later block");
  }
  if (value.beaconBlockRoot === toHex(local.beaconBlockRoot)) return { ok: true };
  const head = await beacon.blockHeader(value.beaconBlockRoot);
  if (!head || head.root !== value.beaconBlockRoot) return refuse("head block is not imported");
  return head.slot <= value.slot ? { ok: true } : refuse("head is a later block");
}
