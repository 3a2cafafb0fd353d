import { bls12_381 } from "@noble/curves/bls12-381.js";
import { bytesToNumberBE, numberToBytesBE } from "@noble/curves/utils.js";
import type { Randomness } from "../ports/randomness.ts";
import { CryptoError } from "./errors.ts";

/** Integers modulo r, the order of the BLS12-381 groups. bigint arithmetic isn't constant time. */
export const Fr = bls12_381.fields.Fr;

export const SCALAR_BYTES = 32;

/** Reads 32 big-endian bytes; refuses zero and anything from r on, as EIP-2333 does for secret keys. */
export function scalarFromBytes(bytes: Uint8Array): bigint {
  if (bytes.length !== SCALAR_BYTES) throw new CryptoError("invalid_length", "a scalar has 32 bytes");
  const value = bytesToNumberBE(bytes);
  if (value === 0n || value >= Fr.ORDER) throw new CryptoError("invalid_scalar", "scalar out of range");
  return value;
}

/** 32 big-endian bytes of a scalar in 1..r-1. */
export function scalarToBytes(scalar: bigint): Uint8Array {
  if (scalar <= 0n || scalar >= Fr.ORDER) throw new CryptoError("invalid_scalar", "scalar out of range");
  return numberToBytesBE(scalar, SCALAR_BYTES);
}

/** A uniform scalar in 1..r-1; 48 bytes are drawn so that the bias of the reduction is below 2^-128 (RFC 9380 §5.1). */
export function randomScalar(randomness: Randomness): bigint {
  for (;;) {
    const scalar = Fr.create(bytesToNumberBE(randomness.bytes(48)));
    if (scalar !== 0n) return scalar;
  }
}
