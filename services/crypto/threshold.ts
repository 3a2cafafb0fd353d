import { aggregateSignatures, Signature } from "@chainsafe/blst";
import { CryptoError } from "./errors.ts";
import { weightedSum } from "./horner.ts";
import { integerLagrangeWeights } from "./lagrange.ts";
import { G2_BYTES, isIdentity } from "./points.ts";
import type { Seat } from "./seats.ts";

/** A seat's signature share: 96 bytes compressed G2. */
export interface PartialSignature {
  seat: Seat;
  signature: Uint8Array;
}

const SIGN_FLAG = 0x20;

/**
 * The group's signature from exactly four partials, 96 bytes: Σ 720·λᵢ(0)·σᵢ. Points are only checked to be on the
 * curve, so the result means nothing until it is verified against the group key.
 */
export function combineSignatures(partials: readonly PartialSignature[]): Uint8Array {
  const weights = integerLagrangeWeights(partials.map(({ seat }) => seat));
  const terms = partials.map(({ signature }, index) => {
    const weight = weights[index] ?? 0;
    return { point: parsePartial(signature, weight < 0), weight: Math.abs(weight) };
  });
  return weightedSum(terms, aggregateSignatures).toBytes();
}

/** Parses a partial or, since the compressed form carries the sign of y in one bit, its negation. */
function parsePartial(signature: Uint8Array, isNegated: boolean): Signature {
  if (signature.length !== G2_BYTES) throw new CryptoError("invalid_length", "a compressed G2 point has 96 bytes");
  if (isIdentity(signature)) throw new CryptoError("invalid_point", "the identity is no share");
  const bytes = Uint8Array.from(signature);
  if (isNegated) bytes[0] = (bytes[0] ?? 0) ^ SIGN_FLAG;
  return Signature.fromBytes(bytes, false);
}
