import { concat, keccak256, type TypedDataDomain } from "ethers";

/** EIP-712 types of what node keys sign for the contracts; the names of the fields are part of the signature. */
export const NODE_KEY_PROOF_TYPES = {
  NodeKeyProof: [
    { name: "owner", type: "address" },
    { name: "nodeKey", type: "address" },
    { name: "payout", type: "address" },
  ],
};

export interface NodeKeyProof {
  /** Account that sends the registration. */
  owner: string;
  nodeKey: string;
  payout: string;
}

/** What a new node key signs when it replaces the old one. */
export const NODE_KEY_ROTATION_TYPES = {
  NodeKeyRotation: [
    { name: "operatorId", type: "uint256" },
    { name: "nodeKey", type: "address" },
  ],
};

export interface NodeKeyRotation {
  operatorId: bigint;
  nodeKey: string;
}

/** What the present node key signs when its operator starts anew on another machine or after a loss. */
export const NEW_INSTANCE_TYPES = {
  NewInstance: [
    { name: "operatorId", type: "uint256" },
    { name: "instance", type: "uint64" },
    { name: "blockNumber", type: "uint256" },
    { name: "blockHash", type: "bytes32" },
  ],
};

export interface NewInstance {
  operatorId: bigint;
  /** The running instance plus one. */
  instance: bigint;
  /** A final block, at most 8,191 blocks old. */
  blockNumber: number;
  blockHash: string;
}

export const KEY_ACKNOWLEDGEMENT_TYPES = {
  KeyAcknowledgement: [
    { name: "requestId", type: "uint256" },
    { name: "setId", type: "uint256" },
    { name: "attempt", type: "uint32" },
    { name: "transcriptHash", type: "bytes32" },
    { name: "keysHash", type: "bytes32" },
    { name: "encryptedSharesHash", type: "bytes32" },
  ],
};

export interface KeyAcknowledgement {
  requestId: bigint;
  setId: bigint;
  attempt: number;
  transcriptHash: string;
  /** `keyFieldHash` of the keys' points. */
  keysHash: string;
  /** `keyFieldHash` of the keys' encrypted shares. */
  encryptedSharesHash: string;
}

/** The domain of every signature for Septet's contracts; `verifyingContract` is the one that checks it. */
export function septetDomain(chainId: number | bigint, verifyingContract: string): TypedDataDomain {
  return { name: "Septet", version: "1", chainId, verifyingContract };
}

/**
 * keccak256 over the keccak256 of one field of each key in turn: the `keysHash` of all `points` (1024 bytes each) and the
 * `encryptedSharesHash` of all `encryptedShares` (336 bytes each).
 */
export function keyFieldHash(fields: readonly (Uint8Array | string)[]): string {
  return keccak256(concat(fields.map((field) => keccak256(field))));
}

/** Kinds of changes as SetChanges numbers them. */
export const CHANGE_KIND = { lease: 1, renewal: 2, restore: 3, rotation: 4, refresh: 5 } as const;

/** Signed by members of configuration k for k + 1; domain: SetChanges. */
export const SET_CHANGE_TYPES = {
  SetChange: [
    { name: "setId", type: "uint256" },
    { name: "configuration", type: "uint64" },
    { name: "kind", type: "uint8" },
    { name: "seats", type: "uint8" },
    { name: "generation", type: "uint64" },
    { name: "includeBy", type: "uint64" },
  ],
};

export interface SetChange {
  setId: bigint;
  /** Number k of the configuration that signs. */
  configuration: bigint;
  /** One of `CHANGE_KIND`. */
  kind: number;
  /** Bitmap, seat i at bit i − 1: leased seats, or seats handed over by a rotation. */
  seats: number;
  /** Generation of configuration k + 1. */
  generation: bigint;
  /** Last epoch in which the contract accepts it. */
  includeBy: bigint;
}

/** A sign of life of an operator; domain: SetChanges. */
export const ALIVE_TYPES = {
  Alive: [
    { name: "operatorId", type: "uint256" },
    { name: "blockNumber", type: "uint256" },
    { name: "blockHash", type: "bytes32" },
  ],
};

/** Signed by four members who want a new sharing among themselves; domain: SetChanges. */
export const REFRESH_PROPOSAL_TYPES = {
  RefreshProposal: [
    { name: "setId", type: "uint256" },
    { name: "generation", type: "uint64" },
  ],
};

/** Signed by the parties of a resharing for one slice of its result; domain: SetChanges. */
export const RESHARING_ACKNOWLEDGEMENT_TYPES = {
  ResharingAcknowledgement: [
    { name: "setId", type: "uint256" },
    { name: "generation", type: "uint64" },
    { name: "attempt", type: "uint32" },
    { name: "transcriptHash", type: "bytes32" },
    { name: "keysHash", type: "bytes32" },
    { name: "encryptedSharesHash", type: "bytes32" },
  ],
};

export interface ResharingAcknowledgement {
  setId: bigint;
  generation: bigint;
  attempt: number;
  transcriptHash: string;
  /** `keyFieldHash` of the keys' points. */
  keysHash: string;
  /** `keyFieldHash` of the keys' encrypted shares. */
  encryptedSharesHash: string;
}
