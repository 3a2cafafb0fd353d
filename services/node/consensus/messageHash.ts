import {
  concat,
  getBytes,
  id,
  keccak256,
  recoverAddress,
  type SigningKey,
  TypedDataEncoder,
  type TypedDataField,
} from "ethers";
import type { QbftMessage, Root, SignedMessage } from "./types.ts";
import { DUTY_TYPE_NUMBER } from "./value.ts";
import { encodeWords } from "./words.ts";

/** Binds node-key signatures to one chain and one OperatorSets contract (EIP-712). */
export interface SigningDomain {
  chainId: bigint;
  /** Address of OperatorSets. */
  verifyingContract: string;
}

export const QBFT_MESSAGE_TYPES: Record<string, TypedDataField[]> = {
  QbftMessage: [
    { name: "kind", type: "uint8" },
    { name: "setId", type: "uint256" },
    { name: "configuration", type: "uint64" },
    { name: "slot", type: "uint64" },
    { name: "dutyType", type: "uint8" },
    { name: "round", type: "uint32" },
    { name: "valueHash", type: "bytes32" },
    { name: "validatorsRoot", type: "bytes32" },
    { name: "instanceCounter", type: "uint64" },
    { name: "preparedRound", type: "uint32" },
    { name: "preparedValueHash", type: "bytes32" },
    { name: "refusedRoot", type: "bytes32" },
  ],
};

/** On-chain numbers of the message kinds. */
export const MESSAGE_KIND_NUMBER = { "pre-prepare": 1, prepare: 2, commit: 3, "round-change": 4 } as const;

const TYPE_HASH = id(TypedDataEncoder.from(QBFT_MESSAGE_TYPES).encodeType("QbftMessage"));

export type MessageHasher = (message: QbftMessage) => Root;
export type Recover = (digest: Root, signature: string) => string | undefined;

/** EIP-712 digests of messages for one domain; the parts that never change are hashed once. */
export function messageHasher({ chainId, verifyingContract }: SigningDomain): MessageHasher {
  const domainSeparator = TypedDataEncoder.hashDomain({ name: "Septet", version: "1", chainId, verifyingContract });
  return (message) => {
    const { setId, configuration, slot, type } = message.instance;
    const struct = encodeWords([
      TYPE_HASH,
      MESSAGE_KIND_NUMBER[message.kind],
      setId,
      configuration,
      slot,
      DUTY_TYPE_NUMBER[type],
      message.round,
      message.valueHash,
      message.validatorsRoot,
      message.instanceCounter,
      message.preparedRound,
      message.preparedValueHash,
      message.refusedRoot,
    ]);
    return keccak256(getBytes(concat(["0x1901", domainSeparator, keccak256(struct)])));
  };
}

/** Signs with the node key; deterministic (RFC 6979), so signing a message again gives the same bytes. */
export function messageSigner(domain: SigningDomain, nodeKey: SigningKey): (message: QbftMessage) => SignedMessage {
  const hash = messageHasher(domain);
  return (message) => ({ message, signature: nodeKey.sign(hash(message)).serialized });
}

/** Address whose key made the signature, or `undefined` when it is none. */
export function recoverSigner(digest: Root, signature: string): string | undefined {
  try {
    return recoverAddress(digest, signature);
  } catch {
    return undefined;
  }
}
