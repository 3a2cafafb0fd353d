import { aggregatePublicKeys, aggregateSignatures, PublicKey, Signature } from "@chainsafe/blst";
import { CryptoError } from "./errors.ts";
import { weightedSum } from "./horner.ts";
import { integerLagrangeWeights } from "./lagrange.ts";
import { G1_BYTES, G2_BYTES, isIdentity } from "./points.ts";
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
  const points = partials.map(({ seat, signature }) => ({ seat, bytes: signature }));
  return combine(points, G2_BYTES, (bytes) => Signature.fromBytes(bytes, false), aggregateSignatures).toBytes();
}

/** The group key from the share keys of exactly four seats, 48 bytes; inputs must have been validated before. */
export function combineShareKeys(shares: readonly { seat: Seat; shareKey: Uint8Array }[]): Uint8Array {
  const points = shares.map(({ seat, shareKey }) => ({ seat, bytes: shareKey }));
  return combine(points, G1_BYTES, (bytes) => PublicKey.fromBytes(bytes, false), aggregatePublicKeys).toBytes();
}

function combine<P>(
  points: readonly { seat: Seat; bytes: Uint8Array }[],
  length: number,
  parse: (bytes: Uint8Array) => P,
  sum: (points: P[]) => P,
): P {
  const weights = integerLagrangeWeights(points.map(({ seat }) => seat));
  const terms = points.map(({ bytes }, index) => {
    const weight = weights[index] ?? 0;
    return { point: parse(weight < 0 ? negate(bytes, length) : checked(bytes, length)), weight: Math.abs(weight) };
  });
  return weightedSum(terms, sum);
}

function checked(bytes: Uint8Array, length: number): Uint8Array {
  if (bytes.length !== length) throw new CryptoError("invalid_length", `a compressed point has ${length} bytes here`);
  if (isIdentity(bytes)) throw new CryptoError("invalid_point", "the identity is no share");
  return bytes;
}

/** The compressed form carries the sign of y in one bit, so negation flips it. */
function negate(bytes: Uint8Array, length: number): Uint8Array {
  const negated = Uint8Array.from(checked(bytes, length));
  negated[0] = (negated[0] ?? 0) ^ SIGN_FLAG;
  return negated;
}
