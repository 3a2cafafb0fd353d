import type { electra, phase0 } from "@lodestar/types";

/** `0x` and 64 lower-case hex digits. */
export type Root = string;
/** BLS public key: `0x` and 96 lower-case hex digits. */
export type Pubkey = string;

/** A validator as the head state knows it. */
export interface BeaconValidator {
  pubkey: Pubkey;
  index: number;
  /** Beacon API status, e.g. `active_ongoing`. */
  status: string;
}

export interface AttesterDuty {
  pubkey: Pubkey;
  validatorIndex: number;
  committeeIndex: number;
  slot: number;
}

export interface ProposerDuty {
  pubkey: Pubkey;
  validatorIndex: number;
  slot: number;
}

/** Duties of one epoch and the block root that their shuffling depends on. */
export interface Duties<D> {
  dependentRoot: Root;
  duties: readonly D[];
}

export interface HeadEvent {
  slot: number;
  block: Root;
  /** Dependent root of the attester duties of the head's epoch. */
  previousDutyDependentRoot: Root;
  /** Dependent root of the proposer duties of the head's epoch and the attester duties of the next. */
  currentDutyDependentRoot: Root;
}

export interface BlockHeader {
  root: Root;
  slot: number;
  parentRoot: Root;
  /** Imported without the execution client's verdict. */
  executionOptimistic: boolean;
}

/** A block to sign: SSZ of the fork's `BlockContents` (block, KZG proofs, blobs), or a blinded one. */
export type ProducedBlock = { blinded: false; contents: Uint8Array } | { blinded: true };

export interface SyncStatus {
  isSyncing: boolean;
  isOptimistic: boolean;
  elOffline: boolean;
}

/**
 * The beacon node(s) of this operator. Every method may reject, and whatever resolves has the right shape but may be a
 * lie: a node checks what it signs, and a beacon node that lies counts as a fault of this one seat.
 */
export interface BeaconAccess {
  syncStatus(): Promise<SyncStatus>;
  /** Those of `pubkeys` that the head state knows. */
  validators(pubkeys: readonly Pubkey[]): Promise<BeaconValidator[]>;
  attesterDuties(epoch: number, validatorIndices: readonly number[]): Promise<Duties<AttesterDuty>>;
  proposerDuties(epoch: number): Promise<Duties<ProposerDuty>>;
  attestationData(slot: number): Promise<phase0.AttestationData>;
  /** `undefined` when this beacon node hasn't imported the block. */
  blockHeader(block: Root | "head"): Promise<BlockHeader | undefined>;
  produceBlock(slot: number, randaoReveal: Uint8Array): Promise<ProducedBlock>;
  publishAttestations(attestations: readonly electra.SingleAttestation[]): Promise<void>;
  /** `contents` as produced; the beacon node gossips the block before it imports it. */
  publishBlock(slot: number, contents: Uint8Array, signature: Uint8Array): Promise<void>;
  /** `feeRecipient`: `0x` and 40 hex digits. */
  prepareProposers(proposers: readonly { validatorIndex: number; feeRecipient: string }[]): Promise<void>;
  /** Calls back on each new head until the returned function is called. */
  onHead(listener: (head: HeadEvent) => void): () => void;
}
