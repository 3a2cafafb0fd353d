import { AbiCoder, getBytes, keccak256 } from "ethers";
import { z } from "zod";
import { HPKE_KEY_BYTES, HPKE_OVERHEAD_BYTES } from "../crypto/hpke.ts";
import { G1_BYTES, G2_BYTES } from "../crypto/points.ts";
import { PROOF_BYTES } from "../crypto/proofOfKnowledge.ts";
import { SCALAR_BYTES } from "../crypto/scalars.ts";
import { isSeat, SEAT_COUNT, type Seat, THRESHOLD } from "../crypto/seats.ts";
import { ENCRYPTED_SHARE_BYTES } from "../crypto/shareEncryption.ts";
import { MAX_ATTEMPTS, MAX_KEYS_PER_CEREMONY } from "./context.ts";
import { CeremonyError } from "./errors.ts";

/** Upper bound of a serialized message; a deal of 128 keys has about 135,000 bytes. */
export const MAX_MESSAGE_BYTES = 196_608;

export const ABORT_REASONS = [
  /** A message of the accused didn't come in time. */
  "timeout",
  /** The accused signed two different messages of one kind. */
  "equivocation",
  /** Nobody can encrypt to the accused's one-time key. */
  "bad_one_time_key",
  /** The deal was made for other one-time keys than those opened. */
  "opens_mismatch",
  "bad_commitment",
  "bad_proof",
  /** The sub-share doesn't decrypt, or doesn't lie on the committed polynomial. */
  "bad_sub_share",
  /** The sum of the deals has an identity point or two equal keys; nobody is accused. */
  "degenerate_key",
  "transcript_mismatch",
  "bad_partial_signature",
  "bad_combined_signature",
  "acknowledgement_mismatch",
  /** The sender finds messages of its own that its storage doesn't know. */
  "state_lost",
] as const;
export type AbortReason = (typeof ABORT_REASONS)[number];

const bytes = (minimum: number, maximum = minimum) =>
  z
    .string()
    .min(2 + 2 * minimum)
    .max(2 + 2 * maximum)
    .regex(/^0x(?:[0-9a-f]{2})*$/);
const perKey = <T extends z.ZodType>(item: T) => z.array(item).min(1).max(MAX_KEYS_PER_CEREMONY);
const seat = z.custom<Seat>(isSeat);

const header = {
  /** uint256 in decimal. */
  requestId: z.string().regex(/^(?:0|[1-9][0-9]{0,77})$/),
  attempt: z.int().min(1).max(MAX_ATTEMPTS),
  seat,
  signature: bytes(65),
};

const messageSchema = z.discriminatedUnion("kind", [
  /** A fresh X25519 key for this attempt. */
  z.strictObject({
    ...header,
    kind: z.literal("open"),
    payload: z.strictObject({ oneTimeKey: bytes(HPKE_KEY_BYTES) }),
  }),
  /** For each key commitments to a polynomial; for each seat, in order, its sub-shares of all keys, sealed. */
  z.strictObject({
    ...header,
    kind: z.literal("deal"),
    payload: z.strictObject({
      /** Of the seven opens that the deal was made for. */
      opensHash: bytes(32),
      commitments: perKey(z.array(bytes(G1_BYTES)).length(THRESHOLD)),
      proofs: perKey(bytes(PROOF_BYTES)),
      ciphertexts: z
        .array(bytes(SCALAR_BYTES + HPKE_OVERHEAD_BYTES, MAX_KEYS_PER_CEREMONY * SCALAR_BYTES + HPKE_OVERHEAD_BYTES))
        .length(SEAT_COUNT),
    }),
  }),
  /** What a seat makes of seven valid deals, for each key. */
  z.strictObject({
    ...header,
    kind: z.literal("result"),
    payload: z.strictObject({
      transcriptHash: bytes(32),
      encryptedShares: perKey(bytes(ENCRYPTED_SHARE_BYTES)),
      depositSignatures: perKey(bytes(G2_BYTES)),
    }),
  }),
  /** Signed as the contract's KeyAcknowledgement. */
  z.strictObject({
    ...header,
    kind: z.literal("acknowledgement"),
    payload: z.strictObject({ transcriptHash: bytes(32), keysHash: bytes(32), encryptedSharesHash: bytes(32) }),
  }),
  /** Ends the attempt. `accused` is 0 when the reason names nobody. */
  z.strictObject({
    ...header,
    kind: z.literal("abort"),
    payload: z.strictObject({ reason: z.enum(ABORT_REASONS), accused: z.union([z.literal(0), seat]) }),
  }),
]);

/** A message as it is sent, stored and served: JSON whose byte strings are lower-case hex. */
export type CeremonyMessage = z.infer<typeof messageSchema>;
export type MessageKind = CeremonyMessage["kind"];
export type MessageOf<K extends MessageKind> = Extract<CeremonyMessage, { kind: K }>;

/** What a message says, without who says it and when. */
export type Statement<K extends MessageKind = MessageKind> = { [P in K]: Pick<MessageOf<P>, "kind" | "payload"> }[K];

/** Numbers of the kinds in signed messages. */
export const KIND_NUMBERS = { open: 1, deal: 2, result: 3, abort: 4 } as const;

/** Checks the form of an untrusted value, not its signature; throws `malformed_message`. */
export function parseMessage(input: unknown): CeremonyMessage {
  const parsed = messageSchema.safeParse(input);
  if (parsed.success) return parsed.data;
  const path = parsed.error.issues[0]?.path.slice(0, 3).join(".") ?? "";
  throw new CeremonyError("malformed_message", `ceremony message is malformed at "${path.slice(0, 60)}"`);
}

/** {@link parseMessage} of JSON text of at most {@link MAX_MESSAGE_BYTES} characters. */
export function parseMessageText(text: string): CeremonyMessage {
  if (text.length > MAX_MESSAGE_BYTES) throw new CeremonyError("wrong_size", "ceremony message is too long");
  try {
    return parseMessage(JSON.parse(text));
  } catch (error) {
    if (error instanceof CeremonyError) throw error;
    throw new CeremonyError("malformed_message", "ceremony message is not JSON");
  }
}

// A deal's hash takes tens of milliseconds and is asked for again and again; messages aren't changed once made.
const payloadHashes = new WeakMap<object, Uint8Array>();

/** keccak256 of the ABI-encoded payload: what the sender signs, and what a transcript is made of. */
export function hashPayload(message: Statement): Uint8Array {
  const known = payloadHashes.get(message.payload);
  if (known !== undefined) return known;
  const hash = getBytes(keccak256(encodePayload(message)));
  payloadHashes.set(message.payload, hash);
  return hash;
}

function encodePayload({ kind, payload }: Statement): string {
  const abi = AbiCoder.defaultAbiCoder();
  switch (kind) {
    case "open":
      return abi.encode(["bytes32"], [payload.oneTimeKey]);
    case "deal": {
      const { opensHash, commitments, proofs, ciphertexts } = payload;
      return abi.encode(["bytes32", "bytes[][]", "bytes[]", "bytes[]"], [opensHash, commitments, proofs, ciphertexts]);
    }
    case "result": {
      const { transcriptHash, encryptedShares, depositSignatures } = payload;
      return abi.encode(["bytes32", "bytes[]", "bytes[]"], [transcriptHash, encryptedShares, depositSignatures]);
    }
    case "acknowledgement": {
      const { transcriptHash, keysHash, encryptedSharesHash } = payload;
      return abi.encode(["bytes32", "bytes32", "bytes32"], [transcriptHash, keysHash, encryptedSharesHash]);
    }
    case "abort":
      return abi.encode(["string", "uint8"], [payload.reason, payload.accused]);
  }
}
