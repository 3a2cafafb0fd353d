import { randomBytes } from "node:crypto";
import { SecretKey } from "@chainsafe/blst";
import { bls12_381 } from "@noble/curves/bls12-381.js";
import fc from "fast-check";
import { integerLagrangeWeights } from "../../services/crypto/lagrange.ts";
import {
  evaluatePolynomial,
  type Polynomial,
  publicKeyOf,
  randomPolynomial,
} from "../../services/crypto/polynomial.ts";
import { Fr, scalarToBytes } from "../../services/crypto/scalars.ts";
import { SEATS, type Seat } from "../../services/crypto/seats.ts";
import type { PartialSignature } from "../../services/crypto/threshold.ts";
import { systemRandomness } from "../../services/ports/systemRandomness.ts";

/** A sharing made by one dealer, which only a test may know as a whole. */
export interface Sharing {
  polynomial: Polynomial;
  groupSecret: bigint;
  groupKey: Uint8Array;
  shareKeys: Uint8Array[];
}

export function shareWith(polynomial: Polynomial): Sharing {
  const groupSecret = Fr.mul(720n, polynomial[0] ?? 0n);
  const shareKeys = SEATS.map((seat) => publicKeyOf(evaluatePolynomial(polynomial, seat)));
  return { polynomial, groupSecret, groupKey: publicKeyOf(groupSecret), shareKeys };
}

export const randomSharing = () => shareWith(randomPolynomial(systemRandomness));

export const sign = (secret: bigint, message: Uint8Array) =>
  SecretKey.fromBytes(scalarToBytes(secret)).sign(message).toBytes();

export const partialOf = (sharing: Sharing, seat: Seat, message: Uint8Array): PartialSignature => ({
  seat,
  signature: sign(evaluatePolynomial(sharing.polynomial, seat), message),
});

export const randomRoot = () => new Uint8Array(randomBytes(32));

/** The 35 ways to choose four seats, in ascending order. */
export const FOUR_SUBSETS: Seat[][] = SEATS.flatMap((a) =>
  SEATS.flatMap((b) => SEATS.flatMap((c) => SEATS.filter((d) => a < b && b < c && c < d).map((d) => [a, b, c, d]))),
);

/** The group key that the share keys of four seats determine, by an independent implementation. */
export function groupKeyFrom(seats: readonly Seat[], shareKeys: readonly Uint8Array[]): Uint8Array {
  const { Point } = bls12_381.G1;
  const weights = integerLagrangeWeights(seats);
  const terms = seats.map((seat, i) => {
    const weight = weights[i] ?? 0;
    const multiple = Point.fromBytes(shareKeys[seat - 1] ?? new Uint8Array()).multiplyUnsafe(BigInt(Math.abs(weight)));
    return weight < 0 ? multiple.negate() : multiple;
  });
  return terms.reduce((sum, term) => sum.add(term), Point.ZERO).toBytes(true);
}

export const anyScalar = fc.bigInt({ min: 1n, max: Fr.ORDER - 1n });
export const anyPolynomial = fc.tuple(anyScalar, anyScalar, anyScalar, anyScalar);
export const anyFourSeats = fc.shuffledSubarray([...SEATS], { minLength: 4, maxLength: 4 });
export const anyRoot = fc.uint8Array({ minLength: 32, maxLength: 32 });
