import { aggregateSignatures, Signature } from "@chainsafe/blst";
import { BitArray } from "@chainsafe/ssz";
import { MAX_ATTESTATIONS_ELECTRA, MAX_COMMITTEES_PER_SLOT } from "@lodestar/params";
import { type CachedBeaconStateElectra, computeEpochAtSlot } from "@lodestar/state-transition";
import { type electra, type phase0, ssz } from "@lodestar/types";
import { toRootHex } from "@lodestar/utils";

/** Votes of members of one committee under one signature, already verified. */
export interface CommitteeVote {
  committeeIndex: number;
  committeeLength: number;
  /** Positions in the committee, and the validators there. */
  positions: number[];
  validatorIndices: number[];
  signature: Uint8Array;
}

interface DataVotes {
  data: phase0.AttestationData;
  votes: CommitteeVote[];
}

/** Verified attestations that a block may include (attestations stay includable for two epochs, EIP-7045). */
export class AttestationPool {
  private readonly byDataRoot = new Map<string, DataVotes>();
  private readonly included = new Map<number, Set<number>>();

  add(data: phase0.AttestationData, vote: CommitteeVote): void {
    const dataRoot = toRootHex(ssz.phase0.AttestationData.hashTreeRoot(data));
    const known = this.byDataRoot.get(dataRoot) ?? { data, votes: [] };
    this.byDataRoot.set(dataRoot, known);
    const voters = new Set(
      known.votes.filter((v) => v.committeeIndex === vote.committeeIndex).flatMap((v) => v.validatorIndices),
    );
    if (vote.validatorIndices.every((validator) => voters.has(validator))) return;
    known.votes.push(vote);
  }

  /** The best aggregate for one committee, or `undefined` when nobody has voted. */
  aggregate(dataRoot: string, committeeIndex: number): electra.Attestation | undefined {
    const known = this.byDataRoot.get(dataRoot);
    const votes = known?.votes.filter((vote) => vote.committeeIndex === committeeIndex) ?? [];
    return known === undefined || votes.length === 0 ? undefined : merge(known.data, disjoint(votes));
  }

  /** One aggregate per attestation data and committee. */
  all(slot?: number, committeeIndex?: number): electra.Attestation[] {
    return [...this.byDataRoot.values()]
      .filter(({ data }) => slot === undefined || data.slot === slot)
      .flatMap(({ data, votes }) => {
        const committees = new Set(votes.map((vote) => vote.committeeIndex));
        return [...committees]
          .filter((index) => committeeIndex === undefined || index === committeeIndex)
          .map((index) => merge(data, disjoint(votes.filter((vote) => vote.committeeIndex === index))));
      });
  }

  /** On-chain aggregates (EIP-7549) of what no block has included yet and the state accepts, newest first. */
  forBlock(state: CachedBeaconStateElectra): electra.Attestation[] {
    const candidates = [...this.byDataRoot.values()].filter(({ data }) => isIncludable(state, data));
    candidates.sort((a, b) => b.data.slot - a.data.slot);
    const aggregates: electra.Attestation[] = [];
    for (const { data, votes } of candidates) {
      if (aggregates.length === MAX_ATTESTATIONS_ELECTRA) break;
      const included = this.included.get(data.target.epoch) ?? new Set();
      const fresh = votes.filter((vote) => vote.validatorIndices.some((validator) => !included.has(validator)));
      if (fresh.length > 0) aggregates.push(merge(data, disjoint(fresh)));
    }
    return aggregates;
  }

  /** Remembers whose votes the block included; `state` knows the committees. */
  markIncluded(state: CachedBeaconStateElectra, attestations: electra.Attestation[]): void {
    const fork = state.config.getForkSeq(state.slot);
    for (const attestation of attestations) {
      const { epoch } = attestation.data.target;
      const validators = this.included.get(epoch) ?? new Set();
      this.included.set(epoch, validators);
      for (const validator of state.epochCtx.getAttestingIndices(fork, attestation)) validators.add(validator);
    }
  }

  /** Drops what can no longer be included in a block of the epoch. */
  prune(currentEpoch: number): void {
    for (const [dataRoot, { data }] of this.byDataRoot) {
      if (data.target.epoch + 1 < currentEpoch) this.byDataRoot.delete(dataRoot);
    }
    for (const epoch of this.included.keys()) if (epoch + 1 < currentEpoch) this.included.delete(epoch);
  }
}

function isIncludable(state: CachedBeaconStateElectra, data: phase0.AttestationData): boolean {
  const currentEpoch = computeEpochAtSlot(state.slot);
  const { epoch } = data.target;
  if (data.slot >= state.slot || (epoch !== currentEpoch && epoch !== currentEpoch - 1)) return false;
  const justified = epoch === currentEpoch ? state.currentJustifiedCheckpoint : state.previousJustifiedCheckpoint;
  return ssz.phase0.Checkpoint.equals(data.source, justified);
}

/** Votes that share no validator, so that their signatures can be aggregated; the larger first. */
function disjoint(votes: CommitteeVote[]): CommitteeVote[] {
  const chosen: CommitteeVote[] = [];
  const validators = new Set<number>();
  for (const vote of votes.toSorted((a, b) => b.validatorIndices.length - a.validatorIndices.length)) {
    if (vote.validatorIndices.some((validator) => validators.has(validator))) continue;
    chosen.push(vote);
    for (const validator of vote.validatorIndices) validators.add(validator);
  }
  return chosen;
}

function merge(data: phase0.AttestationData, votes: CommitteeVote[]): electra.Attestation {
  const lengths = new Map(votes.map((vote) => [vote.committeeIndex, vote.committeeLength]));
  const offsets = new Map<number, number>();
  const committeeBits = BitArray.fromBitLen(MAX_COMMITTEES_PER_SLOT);
  let length = 0;
  for (const [committeeIndex, committeeLength] of [...lengths].sort(([a], [b]) => a - b)) {
    committeeBits.set(committeeIndex, true);
    offsets.set(committeeIndex, length);
    length += committeeLength;
  }
  const aggregationBits = BitArray.fromBitLen(length);
  for (const vote of votes) {
    const offset = offsets.get(vote.committeeIndex) ?? 0;
    for (const position of vote.positions) aggregationBits.set(offset + position, true);
  }
  const signatures = votes.map((vote) => Signature.fromBytes(vote.signature));
  return { aggregationBits, data, signature: aggregateSignatures(signatures).toBytes(), committeeBits };
}
