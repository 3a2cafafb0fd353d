import { AbiCoder, keccak256, Signature } from "ethers";
import { pubkeyProof } from "../consensus/merkle.ts";
import { MESSAGE_KIND_NUMBER } from "../consensus/messageHash.ts";
import type {
  AttestationValue,
  ConsensusValue,
  ProposalValue,
  Pubkey,
  Root,
  SignedMessage,
} from "../consensus/types.ts";
import { DUTY_TYPE_NUMBER } from "../consensus/value.ts";

/** What FaultCourt takes, made from messages and values as nodes keep them. */

/** A message as the court hashes it, with its signature in the one form that the court reads. */
export function courtMessage({ message, signature }: SignedMessage) {
  const { kind, instance, ...fields } = message;
  const { setId, configuration, slot, type } = instance;
  const id = { setId, configuration, slot, dutyType: DUTY_TYPE_NUMBER[type] };
  return {
    message: { kind: MESSAGE_KIND_NUMBER[kind], ...id, ...fields },
    signature: canonicalSignature(signature),
  };
}

/** All fields but the validators, whose root stands in the message. */
export function attestationFields({ type: _, validators: __, ...fields }: AttestationValue) {
  return fields;
}

/** All fields but the validator, whose root stands in the message. */
export function proposalFields({ type: _, validators: __, ...fields }: ProposalValue) {
  return fields;
}

/** Proof that both values name the validator; undefined when one of them doesn't. */
export function commonValidator(first: ConsensusValue, second: ConsensusValue, pubkey: Pubkey) {
  const [firstIndex, secondIndex] = [first.validators.indexOf(pubkey), second.validators.indexOf(pubkey)];
  if (firstIndex < 0 || secondIndex < 0) return undefined;
  return {
    pubkey,
    firstProof: pubkeyProof(first.validators, firstIndex),
    secondProof: pubkeyProof(second.validators, secondIndex),
  };
}

/** What `commitReport` takes; the digests in the order of the later report. */
export function reportCommitment(firstDigest: Root, secondDigest: Root, reporter: string, salt: Root): Root {
  const abi = AbiCoder.defaultAbiCoder();
  const evidenceHash = keccak256(abi.encode(["bytes32", "bytes32"], [firstDigest, secondDigest]));
  return keccak256(abi.encode(["bytes32", "address", "bytes32"], [evidenceHash, reporter, salt]));
}

/**
 * Low s, and v 27 or 28: peers take a node-key signature in other forms too, and a faulty seat could choose one that the
 * court does not read.
 */
export function canonicalSignature(signature: string): string {
  const bytes = Buffer.from(signature.slice(2), "hex");
  const [r, s] = [bytes.subarray(0, 32), BigInt(`0x${bytes.subarray(32, 64).toString("hex")}`)];
  const odd = Signature.getNormalizedV(bytes[64] ?? 0) === 28;
  const high = s > SECP256K1_ORDER / 2n;
  const low = (high ? SECP256K1_ORDER - s : s).toString(16).padStart(64, "0");
  return `0x${r.toString("hex")}${low}${odd !== high ? "1c" : "1b"}`;
}

const SECP256K1_ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
