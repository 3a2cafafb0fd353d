import {
  type CachedBeaconStateElectra,
  computeEpochAtSlot,
  createAggregateSignatureSetFromComponents,
  getAttestationDataSigningRoot,
  verifySignatureSet,
} from "@lodestar/state-transition";
import type { electra, phase0 } from "@lodestar/types";
import { toRootHex } from "@lodestar/utils";
import type { CommitteeVote } from "./attestationPool.ts";
import type { Chain } from "./chain.ts";
import { Rejection } from "./errors.ts";

export function invalidAttestation(reason: string): never {
  throw new Rejection("ATTESTATION_INVALID", reason);
}

/** A state that knows the committees of the attestation's slot. */
function stateForCommittees(chain: Chain, data: phase0.AttestationData): CachedBeaconStateElectra {
  const currentSlot = chain.slotClock.latestAcceptableSlot();
  if (data.index !== 0) invalidAttestation(`data.index is ${data.index}, must be 0 since EIP-7549`);
  if (data.slot > currentSlot) invalidAttestation(`slot ${data.slot} is in the future, now ${currentSlot}`);
  const epoch = computeEpochAtSlot(data.slot);
  if (data.target.epoch !== epoch) invalidAttestation(`target epoch ${data.target.epoch} for slot ${data.slot}`);
  if (epoch + 1 < computeEpochAtSlot(currentSlot))
    invalidAttestation(`slot ${data.slot} is too old, now ${currentSlot}`);
  const state = chain.stateInEpoch(epoch);
  return state ?? invalidAttestation(`the state of epoch ${epoch} is not kept`);
}

function committeeAt(state: CachedBeaconStateElectra, slot: number, committeeIndex: number): Uint32Array {
  const count = state.epochCtx.getCommitteeCountPerSlot(computeEpochAtSlot(slot));
  if (committeeIndex >= count) invalidAttestation(`committee ${committeeIndex} of ${count}`);
  return state.epochCtx.getBeaconCommittee(slot, committeeIndex);
}

function verifyVote(
  state: CachedBeaconStateElectra,
  data: phase0.AttestationData,
  { validatorIndices, signature }: CommitteeVote,
): void {
  // The domain depends on the target epoch alone, so any state of the chain gives the same signing root.
  const root = getAttestationDataSigningRoot(state.config, data.slot, data);
  const signatureSet = createAggregateSignatureSetFromComponents(validatorIndices, root, signature);
  if (!isValidSignature(() => verifySignatureSet(signatureSet, state.epochCtx.pubkeyCache))) {
    invalidAttestation(`signature of ${validatorIndices.join(",")} does not verify`);
  }
}

/** blst throws for bytes that are no point of the curve or of its subgroup. */
export function isValidSignature(verify: () => boolean): boolean {
  try {
    return verify();
  } catch {
    return false;
  }
}

/**
 * Committee membership, slot range and signature, as for the `beacon_attestation_{subnet_id}` topic (electra p2p spec).
 * What the vote says is judged by {@link checkVotedBlocks}.
 * @throws Rejection
 */
export function validateSingleAttestation(chain: Chain, attestation: electra.SingleAttestation): CommitteeVote {
  const { committeeIndex, attesterIndex, data, signature } = attestation;
  const state = stateForCommittees(chain, data);
  const committee = committeeAt(state, data.slot, committeeIndex);
  const position = committee.indexOf(attesterIndex);
  if (position === -1)
    invalidAttestation(`validator ${attesterIndex} is not in committee ${committeeIndex} of slot ${data.slot}`);
  const vote = {
    committeeIndex,
    committeeLength: committee.length,
    positions: [position],
    validatorIndices: [attesterIndex],
    signature,
  };
  verifyVote(state, data, vote);
  return vote;
}

/** The same for an aggregate of one committee. @throws Rejection */
export function validateAggregate(chain: Chain, aggregate: electra.Attestation) {
  const { aggregationBits, committeeBits, data, signature } = aggregate;
  const state = stateForCommittees(chain, data);
  const [committeeIndex, ...others] = committeeBits.getTrueBitIndexes();
  if (committeeIndex === undefined || others.length > 0)
    invalidAttestation("an aggregate must be of exactly one committee");
  const committee = committeeAt(state, data.slot, committeeIndex);
  if (aggregationBits.bitLen !== committee.length)
    invalidAttestation(`${aggregationBits.bitLen} bits for ${committee.length}`);
  const positions = aggregationBits.getTrueBitIndexes();
  if (positions.length === 0) invalidAttestation("an aggregate of nobody");
  const validatorIndices = aggregationBits.intersectValues(committee);
  const vote = { committeeIndex, committeeLength: committee.length, positions, validatorIndices, signature };
  verifyVote(state, data, vote);
  return { vote, committee, pubkeyCache: state.epochCtx.pubkeyCache };
}

/** The voted head must be a block of the chain, and the target the one that this head implies. @throws Rejection */
export function checkVotedBlocks(chain: Chain, data: phase0.AttestationData): void {
  const head = chain.blocks.byBlockRoot(toRootHex(data.beaconBlockRoot));
  if (head === undefined) invalidAttestation(`block ${toRootHex(data.beaconBlockRoot)} is unknown`);
  if (head.slot > data.slot) invalidAttestation(`block of slot ${head.slot} attested at slot ${data.slot}`);
  const target = chain.blocks.byBlockRoot(toRootHex(data.target.root));
  if (target === undefined || target.slot > head.slot)
    invalidAttestation("the target is not an ancestor of the voted block");
}
