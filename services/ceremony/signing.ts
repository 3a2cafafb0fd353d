import { type TypedDataDomain, type TypedDataField, verifyTypedData } from "ethers";
import { KEY_ACKNOWLEDGEMENT_TYPES, septetDomain } from "../chain/typedData.ts";
import { HPKE_OVERHEAD_BYTES } from "../crypto/hpke.ts";
import { SCALAR_BYTES } from "../crypto/scalars.ts";
import type { CeremonyContext } from "./context.ts";
import { CeremonyError } from "./errors.ts";
import { type CeremonyMessage, hashPayload, KIND_NUMBERS, type MessageKind, type MessageOf } from "./messages.ts";

/** Signs EIP-712 typed data with the node key; an ethers Wallet is one. */
export interface TypedDataSigner {
  signTypedData(
    domain: TypedDataDomain,
    types: Record<string, TypedDataField[]>,
    value: Record<string, unknown>,
  ): Promise<string>;
}

type WithoutSignature<T> = T extends unknown ? Omit<T, "signature"> : never;
export type UnsignedMessage<K extends MessageKind = MessageKind> = WithoutSignature<MessageOf<K>>;

const CEREMONY_MESSAGE: Record<string, TypedDataField[]> = {
  CeremonyMessage: [
    { name: "requestId", type: "uint256" },
    { name: "attempt", type: "uint32" },
    { name: "kind", type: "uint8" },
    { name: "seat", type: "uint8" },
    { name: "payloadHash", type: "bytes32" },
  ],
};

function typedData(context: CeremonyContext, message: UnsignedMessage) {
  const { chainId, verifyingContract, setId } = context;
  const domain = septetDomain(chainId, verifyingContract);
  const { requestId, attempt, seat } = message;
  if (message.kind === "acknowledgement") {
    return { domain, types: KEY_ACKNOWLEDGEMENT_TYPES, value: { requestId, setId, attempt, ...message.payload } };
  }
  const value = { requestId, attempt, kind: KIND_NUMBERS[message.kind], seat, payloadHash: hashPayload(message) };
  return { domain, types: CEREMONY_MESSAGE, value };
}

/** Adds the seat's signature to a message of its own. */
export async function signMessage<M extends UnsignedMessage>(
  context: CeremonyContext,
  signer: TypedDataSigner,
  unsigned: M,
): Promise<M & { signature: string }> {
  const { domain, types, value } = typedData(context, unsigned);
  return { ...unsigned, signature: await signer.signTypedData(domain, types, value) };
}

/**
 * Checks that a well-formed message belongs to this request, has one entry for each of its keys and is signed by its
 * seat's node key. Throws `wrong_request`, `wrong_size` or `bad_signature`.
 */
export function verifyMessage(context: CeremonyContext, message: CeremonyMessage): void {
  if (message.requestId !== context.requestId.toString()) {
    throw new CeremonyError("wrong_request", "ceremony message is of another request");
  }
  if (!hasSizes(context.keyCount, message)) {
    throw new CeremonyError("wrong_size", "ceremony message doesn't fit the number of keys");
  }
  const member = context.members[message.seat - 1];
  const { domain, types, value } = typedData(context, message);
  if (member === undefined || recover(domain, types, value, message.signature) !== member.nodeKey.toLowerCase()) {
    throw new CeremonyError("bad_signature", "ceremony message isn't signed by its seat's node key");
  }
}

function recover(
  domain: TypedDataDomain,
  types: Record<string, TypedDataField[]>,
  value: Record<string, unknown>,
  signature: string,
): string | undefined {
  try {
    return verifyTypedData(domain, types, value, signature).toLowerCase();
  } catch {
    return undefined;
  }
}

function hasSizes(keyCount: number, message: CeremonyMessage): boolean {
  if (message.kind === "deal") {
    const { commitments, proofs, ciphertexts } = message.payload;
    const ciphertextLength = 2 + 2 * (keyCount * SCALAR_BYTES + HPKE_OVERHEAD_BYTES);
    return (
      commitments.length === keyCount &&
      proofs.length === keyCount &&
      ciphertexts.every(({ length }) => length === ciphertextLength)
    );
  }
  if (message.kind === "result") {
    const { encryptedShares, depositSignatures } = message.payload;
    return encryptedShares.length === keyCount && depositSignatures.length === keyCount;
  }
  return true;
}
