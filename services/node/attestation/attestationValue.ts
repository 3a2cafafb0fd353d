import type { phase0 } from "@lodestar/types";
import { fromHex, toHex } from "@lodestar/utils";
import type { Pubkey } from "../../ports/beacon.ts";
import type { AttestationValue } from "../consensus/types.ts";
import type { AttestationDuty } from "../dutyTypes.ts";

/** The value to agree on: the beacon node's view for those validators of the duty that nobody's lock binds. */
export function attestationValue(
  duty: AttestationDuty,
  data: phase0.AttestationData,
  excluded: readonly Pubkey[],
): AttestationValue {
  return {
    type: "attestation",
    slot: data.slot,
    index: data.index,
    beaconBlockRoot: toHex(data.beaconBlockRoot),
    sourceEpoch: data.source.epoch,
    sourceRoot: toHex(data.source.root),
    targetEpoch: data.target.epoch,
    targetRoot: toHex(data.target.root),
    dependentRoot: duty.dependentRoot,
    validators: duty.assignments.map(({ pubkey }) => pubkey).filter((pubkey) => !excluded.includes(pubkey)),
  };
}

/** What every validator of the value signs. */
export function attestationData(value: AttestationValue): phase0.AttestationData {
  return {
    slot: value.slot,
    index: value.index,
    beaconBlockRoot: fromHex(value.beaconBlockRoot),
    source: { epoch: value.sourceEpoch, root: fromHex(value.sourceRoot) },
    target: { epoch: value.targetEpoch, root: fromHex(value.targetRoot) },
  };
}
