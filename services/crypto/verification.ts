import { aggregateWithRandomness, verify } from "@chainsafe/blst";
import { CryptoError } from "./errors.ts";
import { G2_BYTES, parseG1, parseG2 } from "./points.ts";
import { type Seat, THRESHOLD } from "./seats.ts";
import { combineSignatures, type PartialSignature } from "./threshold.ts";

/** Whether `signature` (96 bytes) is `publicKey`'s (48 bytes) on the message; false for malformed points. */
export function verifySignature(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  try {
    return verify(message, parseG1(publicKey), parseG2(signature));
  } catch {
    return false;
  }
}

/** Whether a partial is valid under the seat's share key P(i)·G1. */
export function verifyPartial(shareKey: Uint8Array, signingRoot: Uint8Array, signature: Uint8Array): boolean {
  return verifySignature(shareKey, signingRoot, signature);
}

export interface CombineRequest {
  /** The validator's public key, 48 bytes. */
  groupKey: Uint8Array;
  /** Share keys of seats 1..7 in seat order, 48 bytes each. */
  shareKeys: readonly Uint8Array[];
  signingRoot: Uint8Array;
  /** At most one partial of each seat; of several the first counts. */
  partials: readonly PartialSignature[];
}

/** `culprits` are the seats whose partials were found to be invalid; after a lucky first combination nobody looks. */
export type CombineResult =
  | { ok: true; signature: Uint8Array; culprits: Seat[] }
  | { ok: false; reason: "too_few_partials" | "inconsistent_keys"; culprits: Seat[] };

/**
 * Combines any four valid partials into a signature that verifies under the group key. Optimistic: the first four
 * partials are combined and the result verified; only when that fails is each partial checked by itself.
 */
export function combineVerified({ groupKey, shareKeys, signingRoot, partials }: CombineRequest): CombineResult {
  const bySeat = new Map<Seat, PartialSignature>();
  for (const partial of partials) if (!bySeat.has(partial.seat)) bySeat.set(partial.seat, partial);
  const candidates = [...bySeat.values()];
  if (candidates.length < THRESHOLD) return { ok: false, reason: "too_few_partials", culprits: [] };

  const optimistic = tryCombine(groupKey, signingRoot, candidates);
  if (optimistic) return { ok: true, signature: optimistic, culprits: [] };

  const isValid = ({ seat, signature }: PartialSignature) => {
    const shareKey = shareKeys[seat - 1];
    return shareKey !== undefined && verifyPartial(shareKey, signingRoot, signature);
  };
  const valid = candidates.filter(isValid);
  const culprits = candidates.filter((partial) => !valid.includes(partial)).map(({ seat }) => seat);
  if (valid.length < THRESHOLD) return { ok: false, reason: "too_few_partials", culprits };

  const signature = tryCombine(groupKey, signingRoot, valid);
  return signature ? { ok: true, signature, culprits } : { ok: false, reason: "inconsistent_keys", culprits };
}

function tryCombine(
  groupKey: Uint8Array,
  signingRoot: Uint8Array,
  partials: readonly PartialSignature[],
): Uint8Array | undefined {
  let signature: Uint8Array;
  try {
    signature = combineSignatures(partials.slice(0, THRESHOLD));
  } catch {
    return undefined;
  }
  return verifySignature(groupKey, signingRoot, signature) ? signature : undefined;
}

/**
 * Which of many signatures on one message are valid, in the order given. One pairing check over a combination with
 * random 64-bit scalars (drawn by blst itself) when all are, one check each otherwise.
 */
export function verifySameMessage(
  message: Uint8Array,
  items: readonly { publicKey: Uint8Array; signature: Uint8Array }[],
): boolean[] {
  if (items.length > 1 && allValid(message, items)) return items.map(() => true);
  return items.map(({ publicKey, signature }) => verifySignature(publicKey, message, signature));
}

function allValid(message: Uint8Array, items: readonly { publicKey: Uint8Array; signature: Uint8Array }[]): boolean {
  try {
    // Parsing refuses infinity, on which the bare aggregate would be silent.
    const sets = items.map(({ publicKey, signature }) => {
      if (signature.length !== G2_BYTES) throw new CryptoError("invalid_length", "a compressed G2 point has 96 bytes");
      return { pk: parseG1(publicKey), sig: signature };
    });
    const { pk, sig } = aggregateWithRandomness(sets);
    return verify(message, pk, sig);
  } catch {
    return false;
  }
}
