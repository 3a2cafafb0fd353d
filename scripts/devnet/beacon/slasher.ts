import { type CachedBeaconStateElectra, verifyProposerSignature } from "@lodestar/state-transition";
import { type electra, type phase0, ssz } from "@lodestar/types";
import type { CommitteeVote } from "./attestationPool.ts";
import { isValidSignature } from "./attestationValidation.ts";
import type { BlockStore } from "./blockStore.ts";
import type { ChainEvents } from "./events.ts";
import type { OperationPool } from "./operationPool.ts";

/** Older votes are forgotten; conflicts are looked for within this many epochs. */
const HISTORY_EPOCHS = 64;

interface RecordedVote {
  data: phase0.AttestationData;
  vote: CommitteeVote;
}

/**
 * Watches for slashable messages, as slashers on a public network do: without it a validator that signs twice would get
 * away with it here, and a report of zero slashings would prove nothing.
 */
export class Slasher {
  private readonly operations: OperationPool;
  private readonly events: ChainEvents;
  private readonly votes = new Map<number, RecordedVote[]>();

  constructor(operations: OperationPool, events: ChainEvents) {
    this.operations = operations;
    this.events = events;
  }

  /** Records a vote whose signature is verified; `state` is the head's. */
  onAttestation(state: CachedBeaconStateElectra, data: phase0.AttestationData, vote: CommitteeVote): void {
    for (const validator of vote.validatorIndices) {
      const history = (this.votes.get(validator) ?? []).filter(
        (recorded) => recorded.data.target.epoch + HISTORY_EPOCHS >= data.target.epoch,
      );
      const conflict = history.find((recorded) => isSlashable(recorded.data, data) || isSlashable(data, recorded.data));
      if (conflict !== undefined) this.reportVotes(state, validator, conflict, { data, vote });
      else if (!history.some((recorded) => ssz.phase0.AttestationData.equals(recorded.data, data))) {
        history.push({ data, vote });
      }
      this.votes.set(validator, history);
    }
  }

  /** Looks whether a block that was refused conflicts with one that the same proposer has in the chain. */
  onRefusedBlock(state: CachedBeaconStateElectra, blocks: BlockStore, refused: electra.SignedBeaconBlock): void {
    const known = blocks.bySlot(refused.message.slot)?.signedBlock;
    if (known === undefined || known.message.slot === 0) return;
    if (known.message.proposerIndex !== refused.message.proposerIndex) return;
    if (ssz.electra.BeaconBlock.equals(known.message, refused.message)) return;
    const { config, epochCtx } = state;
    if (!isValidSignature(() => verifyProposerSignature(config, epochCtx.pubkeyCache, refused))) return;
    this.report(`validator ${refused.message.proposerIndex} proposed twice at slot ${refused.message.slot}`, () =>
      this.operations.addProposerSlashing(state, {
        signedHeader1: toSignedHeader(known),
        signedHeader2: toSignedHeader(refused),
      }),
    );
  }

  private reportVotes(state: CachedBeaconStateElectra, validator: number, a: RecordedVote, b: RecordedVote): void {
    const [first, second] = isSlashable(a.data, b.data) ? [a, b] : [b, a];
    this.report(`validator ${validator} cast slashable votes for epoch ${b.data.target.epoch}`, () =>
      this.operations.addAttesterSlashing(state, { attestation1: toIndexed(first), attestation2: toIndexed(second) }),
    );
  }

  private report(offence: string, add: () => void): void {
    this.events.emit("warning", offence);
    try {
      add();
    } catch (error) {
      this.events.emit("warning", `no slashing for it: ${(error as Error).message}`);
    }
  }
}

/** `is_slashable_attestation_data` of the consensus specs: a double vote, or `first` surrounds `second`. */
function isSlashable(first: phase0.AttestationData, second: phase0.AttestationData): boolean {
  const isDoubleVote = first.target.epoch === second.target.epoch && !ssz.phase0.AttestationData.equals(first, second);
  return isDoubleVote || (first.source.epoch < second.source.epoch && second.target.epoch < first.target.epoch);
}

function toIndexed({ data, vote }: RecordedVote): electra.AttesterSlashing["attestation1"] {
  return {
    attestingIndices: vote.validatorIndices.toSorted((a, b) => a - b),
    data: ssz.phase0.AttestationDataBigint.fromJson(ssz.phase0.AttestationData.toJson(data)),
    signature: vote.signature,
  };
}

function toSignedHeader({ message, signature }: electra.SignedBeaconBlock) {
  const { slot, proposerIndex, parentRoot, stateRoot, body } = message;
  const bodyRoot = ssz.electra.BeaconBlockBody.hashTreeRoot(body);
  const header = { slot, proposerIndex, parentRoot, stateRoot, bodyRoot };
  return {
    message: ssz.phase0.BeaconBlockHeaderBigint.fromJson(ssz.phase0.BeaconBlockHeader.toJson(header)),
    signature,
  };
}
