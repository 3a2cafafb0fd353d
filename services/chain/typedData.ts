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
