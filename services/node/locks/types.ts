/** Duties that need agreement before they are signed. */
export type DutyType = "attestation" | "proposal";

/** One consensus instance: all validators of a set that have this duty in this slot. */
export interface InstanceId {
  setId: number;
  /** Number of the set's configuration (its members, sharing and mode). */
  configuration: number;
  slot: number;
  type: DutyType;
}

interface VoteBase {
  instance: InstanceId;
  /** QBFT round, from 1. */
  round: number;
  /** `0x` and 64 hex digits. */
  valueHash: string;
  /** BLS public keys, `0x` and 96 lower-case hex digits, without repeats. */
  validators: readonly string[];
  /** Root that was signed; written to the EIP-3076 export when known. */
  signingRoot?: string;
}

export interface AttestationVote extends VoteBase {
  type: "attestation";
  sourceEpoch: number;
  targetEpoch: number;
}

/** A block proposal; its slot is the instance's. */
export interface ProposalVote extends VoteBase {
  type: "proposal";
}

/** What a node is about to prepare, commit or sign for every validator of an instance. */
export type Vote = AttestationVote | ProposalVote;

/** The rule of EIP-3076 (or the floor) that a vote would break for one validator. */
export type BrokenRule = "double-vote" | "surrounding-vote" | "surrounded-vote" | "double-proposal" | "below-floor";

export interface RefusedValidator {
  pubkey: string;
  rule: BrokenRule;
}

/**
 * - `conflict`: some validators are bound by another instance or by a floor; all of them are named.
 * - `already-signed`: another value of this instance was signed.
 * - `stale-round`: another value of this instance was committed in this round or a later one.
 */
export type LockResult =
  | { ok: true }
  | { ok: false; reason: "conflict"; refused: RefusedValidator[] }
  | { ok: false; reason: "already-signed" | "stale-round" };

/** Nothing below these marks is signed: `source < minSourceEpoch`, `target < minTargetEpoch`, `slot < minProposalSlot`. */
export interface Floor {
  minSourceEpoch: number;
  minTargetEpoch: number;
  minProposalSlot: number;
}

/** What a node keeps to convict others by: encoded messages signed with node keys. */
export interface Evidence {
  kind: "justification" | "prepared" | "decided";
  bytes: Uint8Array;
}

/** The part of the lock database that consensus and signing use. */
export interface Locks {
  /** Reads only: would `lockCommit` accept this vote now? Asked before PREPARE. */
  check(vote: Vote): LockResult;
  /** Binds every validator of the instance to the vote, or none. Durable on return; called before COMMIT is sent. */
  lockCommit(vote: Vote, evidence?: readonly Evidence[]): LockResult;
  /** Binds and marks as signed. Durable on return; called for a decided value before any share signs it. */
  recordSigning(vote: Vote, evidence?: readonly Evidence[]): LockResult;
}

/** How slots and epochs follow from Unix time. */
export interface ChainTime {
  genesisTimeMs: number;
  slotDurationMs: number;
  slotsPerEpoch: number;
}

export type LockDatabaseErrorCode =
  | "missing"
  | "exists"
  | "in-use"
  | "corrupt"
  | "unsupported-schema"
  | "counter-mismatch"
  | "wrong-chain"
  | "invalid-vote"
  | "invalid-interchange";

export class LockDatabaseError extends Error {
  readonly code: LockDatabaseErrorCode;

  constructor(code: LockDatabaseErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "LockDatabaseError";
    this.code = code;
  }
}
