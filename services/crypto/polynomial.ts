import { SecretKey } from "@chainsafe/blst";
import type { Randomness } from "../ports/randomness.ts";
import { CryptoError } from "./errors.ts";
import { Fr, randomScalar, scalarToBytes } from "./scalars.ts";
import { type Seat, THRESHOLD } from "./seats.ts";

/** Coefficients of a polynomial of degree 3 modulo r, constant term first. */
export type Polynomial = readonly bigint[];

export function randomPolynomial(randomness: Randomness): Polynomial {
  return Array.from({ length: THRESHOLD }, () => randomScalar(randomness));
}

/** P(seat): the (sub-)share of a seat. */
export function evaluatePolynomial(polynomial: Polynomial, seat: Seat): bigint {
  const x = BigInt(seat);
  return polynomial.reduceRight((sum, coefficient) => Fr.add(Fr.mul(sum, x), coefficient), 0n);
}

/** scalar·G1, compressed. Refuses zero, whose point is the identity. */
export function publicKeyOf(scalar: bigint): Uint8Array {
  return SecretKey.fromBytes(scalarToBytes(scalar)).toPublicKey().toBytes();
}

/** Feldman commitments: coefficient·G1 for each coefficient, compressed. */
export function commitPolynomial(polynomial: Polynomial): Uint8Array[] {
  if (polynomial.length !== THRESHOLD) throw new CryptoError("invalid_length", "a polynomial has four coefficients");
  return polynomial.map(publicKeyOf);
}
