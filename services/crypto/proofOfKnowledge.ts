import { bls12_381 } from "@noble/curves/bls12-381.js";
import { bytesToNumberBE } from "@noble/curves/utils.js";
import { sha256 } from "@noble/hashes/sha2.js";
import type { Randomness } from "../ports/randomness.ts";
import { G1_BYTES, parseG1 } from "./points.ts";
import { publicKeyOf } from "./polynomial.ts";
import { Fr, randomScalar, SCALAR_BYTES, scalarFromBytes, scalarToBytes } from "./scalars.ts";

/** Schnorr's proof of knowledge of a discrete logarithm on G1: nonce point R, then the response z = k + c·x. */
export const PROOF_BYTES = G1_BYTES + SCALAR_BYTES;

const DOMAIN = new TextEncoder().encode("septet/schnorr-proof-of-knowledge/bls12-381-g1/v1");

/** Proves knowledge of `secret` for its public key; `binding` ties the proof to the one place where it counts. */
export function proveKnowledge(secret: bigint, binding: Uint8Array, randomness: Randomness): Uint8Array {
  for (;;) {
    const nonce = randomScalar(randomness);
    const noncePoint = publicKeyOf(nonce);
    const challenge = challengeOf(binding, publicKeyOf(secret), noncePoint);
    const response = Fr.add(nonce, Fr.mul(challenge, secret));
    if (response !== 0n) return Buffer.concat([noncePoint, scalarToBytes(response)]);
  }
}

/** Whether z·G1 = R + c·publicKey for this binding; false for malformed input. */
export function verifyKnowledge(publicKey: Uint8Array, binding: Uint8Array, proof: Uint8Array): boolean {
  if (proof.length !== PROOF_BYTES) return false;
  const noncePoint = proof.subarray(0, G1_BYTES);
  try {
    const response = publicKeyOf(scalarFromBytes(proof.subarray(G1_BYTES)));
    const right = affine(publicKey)
      .multiplyUnsafe(challengeOf(binding, publicKey, noncePoint))
      .add(affine(noncePoint));
    return Buffer.compare(right.toBytes(true), response) === 0;
  } catch {
    return false;
  }
}

/** blst validates and decompresses; the scalar multiplication, which it doesn't offer, is noble's. */
function affine(compressed: Uint8Array) {
  const serialized = parseG1(compressed).toBytes(false);
  const { Fp } = bls12_381.fields;
  return bls12_381.G1.Point.fromAffine({
    x: Fp.fromBytes(serialized.subarray(0, G1_BYTES)),
    y: Fp.fromBytes(serialized.subarray(G1_BYTES)),
  });
}

/** 128 bits are enough for soundness, and halve the work of verifying. */
function challengeOf(binding: Uint8Array, publicKey: Uint8Array, noncePoint: Uint8Array): bigint {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(binding.length);
  const hash = sha256(Buffer.concat([DOMAIN, length, binding, publicKey, noncePoint]));
  return bytesToNumberBE(hash.subarray(0, 16));
}
