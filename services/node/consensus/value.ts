import { keccak256 } from "ethers";
import type { InstanceId, Vote } from "../locks/types.ts";
import { MAX_VALIDATORS } from "./limits.ts";
import { pubkeysRoot } from "./merkle.ts";
import type { ConsensusValue, Pubkey, Root } from "./types.ts";
import { ConsensusError } from "./types.ts";
import { encodeWords } from "./words.ts";

/** On-chain numbers of the duty types. */
export const DUTY_TYPE_NUMBER = { attestation: 1, proposal: 2 } as const;

const PUBKEY = /^0x[0-9a-f]{96}$/;
const ROOT = /^0x[0-9a-f]{64}$/;

export interface ValueHashes {
  valueHash: Root;
  validatorsRoot: Root;
}

/**
 * keccak256(abi.encode(type, fields…, validatorsRoot)): a contract that is given the fields can compare source, target
 * and root of two values and check that one key belongs to both.
 */
export function hashValue(value: ConsensusValue): ValueHashes {
  const validatorsRoot = pubkeysRoot(value.validators);
  const fields =
    value.type === "attestation"
      ? [
          value.slot,
          value.index,
          value.beaconBlockRoot,
          value.sourceEpoch,
          value.sourceRoot,
          value.targetEpoch,
          value.targetRoot,
          value.dependentRoot,
        ]
      : [value.slot, value.headerRoot, value.parentRoot];
  const valueHash = keccak256(encodeWords([DUTY_TYPE_NUMBER[value.type], ...fields, validatorsRoot]));
  return { valueHash, validatorsRoot };
}

/**
 * Checks that every signer makes of a value by itself, whatever its guards say: it belongs to the instance, the target is
 * the slot's epoch and later than the source, the index is 0 (Electra), and it names its validators in order.
 *
 * @throws {ConsensusError} `malformed-value`
 */
export function checkValue(value: ConsensusValue, instance: InstanceId, slotsPerEpoch: number): void {
  const problem = findProblem(value, instance, slotsPerEpoch);
  if (problem) throw new ConsensusError("malformed-value", problem);
}

function findProblem(value: ConsensusValue, instance: InstanceId, slotsPerEpoch: number): string | undefined {
  if (value.type !== instance.type || value.slot !== instance.slot) return "value of another instance";
  if (!sortedPubkeys(value.validators)) return "validators not sorted, repeated, none or too many";
  if (value.type === "proposal") {
    if (value.validators.length !== 1) return "a proposal has one proposer";
    return ROOT.test(value.headerRoot) && ROOT.test(value.parentRoot) ? undefined : "malformed root";
  }
  const { beaconBlockRoot, sourceRoot, targetRoot, dependentRoot, sourceEpoch, targetEpoch } = value;
  if (![beaconBlockRoot, sourceRoot, targetRoot, dependentRoot].every((root) => ROOT.test(root))) {
    return "malformed root";
  }
  if (value.index !== 0) return "committee index other than 0";
  // A far-future target would silence the validators for ever.
  if (targetEpoch !== Math.floor(value.slot / slotsPerEpoch)) return "target is not the epoch of the slot";
  if (!Number.isSafeInteger(sourceEpoch) || sourceEpoch < 0 || sourceEpoch >= targetEpoch)
    return "source not before target";
  return undefined;
}

function sortedPubkeys(pubkeys: readonly Pubkey[]): boolean {
  if (pubkeys.length === 0 || pubkeys.length > MAX_VALIDATORS) return false;
  return pubkeys.every((pubkey, i) => PUBKEY.test(pubkey) && (i === 0 || (pubkeys[i - 1] as Pubkey) < pubkey));
}

/** What the lock database compares of a value. */
export function voteOf(value: ConsensusValue, instance: InstanceId, round: number, valueHash: Root): Vote {
  const common = { instance, round, valueHash, validators: value.validators };
  return value.type === "attestation"
    ? { ...common, type: "attestation", sourceEpoch: value.sourceEpoch, targetEpoch: value.targetEpoch }
    : { ...common, type: "proposal" };
}
