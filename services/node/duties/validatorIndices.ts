import type { BeaconAccess, BeaconValidator, Pubkey } from "../../ports/beacon.ts";

/** Of the validators asked about, those that the beacon node knows; contradictions in its answer are an error. */
export async function readValidators(
  beacon: BeaconAccess,
  pubkeys: readonly Pubkey[],
): Promise<ReadonlyMap<Pubkey, BeaconValidator>> {
  const asked = new Set(pubkeys);
  const validators = new Map<Pubkey, BeaconValidator>();
  const indices = new Set<number>();
  for (const validator of pubkeys.length === 0 ? [] : await beacon.validators(pubkeys)) {
    const { pubkey, index } = validator;
    const isSound = asked.has(pubkey) && !validators.has(pubkey) && !indices.has(index) && Number.isSafeInteger(index);
    if (!isSound) throw new Error("the beacon node's list of validators contradicts itself or the question");
    validators.set(pubkey, validator);
    indices.add(index);
  }
  return validators;
}

/** Whether the validator has duties: active, also while it is leaving or slashed. */
export function isActive({ status }: BeaconValidator): boolean {
  return status.startsWith("active");
}
