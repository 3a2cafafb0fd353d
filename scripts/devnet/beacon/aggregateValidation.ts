import { DOMAIN_AGGREGATE_AND_PROOF, DOMAIN_SELECTION_PROOF } from "@lodestar/params";
import {
  computeSigningRoot,
  createIndexedSignatureSetFromComponents,
  isAggregatorFromCommitteeLength,
  verifySignatureSet,
} from "@lodestar/state-transition";
import { type electra, ssz } from "@lodestar/types";
import type { CommitteeVote } from "./attestationPool.ts";
import { invalidAttestation, isValidSignature, validateAggregate } from "./attestationValidation.ts";
import type { Chain } from "./chain.ts";

/** As for the `beacon_aggregate_and_proof` topic (electra p2p spec). @throws Rejection */
export function validateSignedAggregate(chain: Chain, signed: electra.SignedAggregateAndProof): CommitteeVote {
  const { aggregatorIndex, aggregate, selectionProof } = signed.message;
  const { vote, committee, pubkeyCache } = validateAggregate(chain, aggregate);
  if (!committee.includes(aggregatorIndex)) invalidAttestation(`aggregator ${aggregatorIndex} is not in the committee`);
  if (!isAggregatorFromCommitteeLength(committee.length, selectionProof)) {
    invalidAttestation(`validator ${aggregatorIndex} is not selected as aggregator`);
  }
  const { slot } = aggregate.data;
  const { config } = chain;
  const selectionRoot = computeSigningRoot(ssz.Slot, slot, config.getDomain(slot, DOMAIN_SELECTION_PROOF, slot));
  const domain = config.getDomain(slot, DOMAIN_AGGREGATE_AND_PROOF, slot);
  const aggregateRoot = computeSigningRoot(ssz.electra.AggregateAndProof, signed.message, domain);
  const signatureSets = [
    createIndexedSignatureSetFromComponents(aggregatorIndex, selectionRoot, selectionProof),
    createIndexedSignatureSetFromComponents(aggregatorIndex, aggregateRoot, signed.signature),
  ];
  if (!isValidSignature(() => signatureSets.every((set) => verifySignatureSet(set, pubkeyCache)))) {
    invalidAttestation(`signatures of aggregator ${aggregatorIndex} do not verify`);
  }
  return vote;
}
