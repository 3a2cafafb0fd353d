import type { OperatorId } from "./peers.ts";

/** An operator as registered. */
export interface Operator {
  operatorId: OperatorId;
  /** `0x` and 40 hex digits, checksummed. */
  nodeAddress: string;
  /** 64 bytes, x ‖ y. */
  nodePublicKey: Uint8Array;
  multiaddrs: readonly string[];
}

/** A set that this operator sits in; seat i+1 is `members[i]`. */
export interface OperatorSet {
  setId: number;
  configuration: number;
  members: readonly Operator[];
}

export interface KeyRequest {
  requestId: number;
  setId: number;
  configuration: number;
  keyCount: number;
  /** Unix seconds of the last block that may take the keys. */
  deadline: number;
}

/** A key that the contract verified for one of our sets. */
export interface VerifiedKey {
  /** `0x` and 96 lower-case hex digits. */
  pubkey: string;
  requestId: number;
  setId: number;
  attempt: number;
  transcriptHash: string;
  /** Share keys of seats 1..7, 48 bytes each, compressed. */
  shareKeys: readonly Uint8Array[];
  /** The self-encrypted final shares of seats 1..7, 48 bytes each. */
  encryptedShares: readonly Uint8Array[];
}

/** What this operator needs of the contracts, as of one block that is deep enough. */
export interface ChainView {
  blockNumber: number;
  /** `undefined` until the registration is that deep. */
  operatorId: OperatorId | undefined;
  sets: readonly OperatorSet[];
  /** Requests neither completed nor expired, of our sets. */
  openRequests: readonly KeyRequest[];
  verifiedKeys: readonly VerifiedKey[];
}

/** The execution chain as this operator's own client shows it. */
export interface ChainAccess {
  view(): ChainView;
  /** Calls back with each changed view until the returned function is called. */
  onView(listener: (view: ChainView) => void): () => void;
}
