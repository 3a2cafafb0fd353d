import type { OperatorId } from "../../ports/peers.ts";
import type { InstanceId } from "../locks/types.ts";

/** `0x` and 64 lower-case hex digits. */
export type Root = string;
/** BLS public key of a validator: `0x` and 96 lower-case hex digits. */
export type Pubkey = string;

/** Since Electra every attester of a slot signs the same AttestationData (EIP-7549: index 0). */
export interface AttestationValue {
  type: "attestation";
  slot: number;
  index: number;
  beaconBlockRoot: Root;
  sourceEpoch: number;
  sourceRoot: Root;
  targetEpoch: number;
  targetRoot: Root;
  /** Dependent root of the attester duties that the value was made from. */
  dependentRoot: Root;
  /** Sorted, without repeats, at most `MAX_VALIDATORS`. */
  validators: readonly Pubkey[];
}

/** Agreement is on the header; the block itself travels beside the value and is not hashed into it. */
export interface ProposalValue {
  type: "proposal";
  slot: number;
  /** Hash tree root of the BeaconBlock, which equals that of its header. */
  headerRoot: Root;
  parentRoot: Root;
  /** The proposer, alone. */
  validators: readonly Pubkey[];
}

export type ConsensusValue = AttestationValue | ProposalValue;

/** A value and, for proposals, the encoded block that `validateValue` checks against `headerRoot`. */
export interface Proposal {
  value: ConsensusValue;
  body?: Uint8Array;
}

/** A seat of the set, in the order of seats 1..7. */
export interface Seat {
  operatorId: OperatorId;
  /** Address of the operator's node key. */
  nodeAddress: string;
  /** The operator's instance counter on chain. */
  instanceCounter: number;
}

/** One configuration of a set as its members know it. */
export interface ConsensusSet {
  setId: number;
  configuration: number;
  seats: readonly Seat[];
  /** PREPARE and ROUND-CHANGE quorum: at least ⌈2n/3⌉, or one Byzantine seat can split a decision. */
  quorum: number;
}

export type MessageKind = "pre-prepare" | "prepare" | "commit" | "round-change";

/** The fields that a node key signs (EIP-712). */
export interface QbftMessage {
  kind: MessageKind;
  instance: InstanceId;
  round: number;
  valueHash: Root;
  validatorsRoot: Root;
  instanceCounter: number;
  /** ROUND-CHANGE only: the highest round this seat prepared in and that value; 0 and zero root if none. */
  preparedRound: number;
  preparedValueHash: Root;
  /** ROUND-CHANGE only: root over the validators that this seat refuses. */
  refusedRoot: Root;
}

export interface SignedMessage {
  message: QbftMessage;
  /** 65 bytes r ‖ s ‖ v of the node key. */
  signature: string;
}

/** Opens a round: the leader's proposal. */
export interface PrePreparePacket {
  kind: "pre-prepare";
  instance: InstanceId;
  signed: SignedMessage;
  proposal: Proposal;
  /** In rounds > 1: a quorum of ROUND-CHANGEs for the round, and the PREPAREs of the highest prepared among them. */
  roundChanges: readonly SignedMessage[];
  prepares: readonly SignedMessage[];
}

export interface VotePacket {
  kind: "prepare" | "commit";
  instance: InstanceId;
  signed: SignedMessage;
}

export interface RoundChangePacket {
  kind: "round-change";
  instance: InstanceId;
  signed: SignedMessage;
  /** Validators that this seat refuses, because of its locks or its duty checks. */
  refused: readonly Pubkey[];
  /** The prepared value and the quorum of PREPAREs that proves it. */
  prepared?: { proposal: Proposal; prepares: readonly SignedMessage[] };
}

/** Catches a straggler up. It proves itself, so it is not signed as a whole. */
export interface DecidedPacket {
  kind: "decided";
  instance: InstanceId;
  proposal: Proposal;
  /** A quorum of COMMITs of distinct seats in one round. */
  commits: readonly SignedMessage[];
}

/** What one peer sends another; all that matters in it is signed or checked against something signed. */
export type Packet = PrePreparePacket | VotePacket | RoundChangePacket | DecidedPacket;
export type PacketKind = Packet["kind"];

/** What the fork guard and the duty checks say of a value. */
export type Verdict =
  | { ok: true }
  | { ok: false; reason: string }
  /** Some validators are refused (unknown, not due, shares not held); they are named in the next ROUND-CHANGE. */
  | { ok: false; reason: string; refused: readonly Pubkey[] };

/** Value with a quorum of COMMITs of distinct seats in one round: the only thing that a share may sign. */
export interface Decision {
  instance: InstanceId;
  round: number;
  proposal: Proposal;
  valueHash: Root;
  commits: readonly SignedMessage[];
}

/** What the duty pipeline hands in for one instance. */
export interface InstanceCallbacks {
  /**
   * The leader's present view for this round, without the excluded validators. Rejecting (or `undefined`) skips the round.
   */
  proposeValue(round: number, excluded: readonly Pubkey[]): Promise<Proposal | undefined>;
  /** Guards and duty checks, evaluated afresh in each round and on each head event. */
  validateValue(proposal: Proposal, round: number): Promise<Verdict> | Verdict;
  /**
   * Sign only when the verdict is ok: a node whose guard refuses the value does not sign it when decided either. Called
   * once, and again if the guard accepts after a later head event what it refused at first.
   */
  onDecided(decision: Decision, verdict: Verdict): void;
  /** Called once when the instance ends undecided. */
  onExpired?(round: number): void;
}

/** Counts what was dropped or refused, by reason. */
export type Count = (reason: string) => void;

export type ConsensusErrorCode =
  | "instance-before-start"
  | "instance-exists"
  | "instance-too-old"
  | "unknown-set"
  | "unsafe-quorum"
  | "not-a-member"
  | "uncertified"
  | "malformed-packet"
  | "oversized-packet"
  | "malformed-value";

export class ConsensusError extends Error {
  readonly code: ConsensusErrorCode;

  constructor(code: ConsensusErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "ConsensusError";
    this.code = code;
  }
}
