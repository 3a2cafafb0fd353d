import { chacha20poly1305 } from "@noble/ciphers/chacha.js";
import { hkdf } from "@noble/hashes/hkdf.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { AbiCoder } from "ethers";
import { CryptoError } from "./errors.ts";
import { publicKeyOf } from "./polynomial.ts";
import { SCALAR_BYTES, scalarFromBytes } from "./scalars.ts";

/** A share encrypted by a seat to itself: 32 bytes of ciphertext and the tag. */
export const ENCRYPTED_SHARE_BYTES = SCALAR_BYTES + 16;

/** Where a share was made. */
export interface ShareBinding {
  chainId: bigint;
  /** Address of the ValidatorManager. */
  verifyingContract: string;
  requestId: bigint;
  setId: bigint;
  generation: number;
  attempt: number;
  /** Position of the key in its batch, from 0. */
  keyIndex: number;
}

const DOMAIN = new TextEncoder().encode("septet/self-encrypted-share/v1");
// The AEAD key is derived from the share key too, so that one key never encrypts two different shares.
const NONCE = new Uint8Array(12);

/** Encrypts a 32-byte share under `secret`, for its owner to find again on chain. */
export function encryptShare(secret: Uint8Array, binding: ShareBinding, share: Uint8Array): Uint8Array {
  const shareKey = publicKeyOf(scalarFromBytes(share));
  return chacha20poly1305(keyOf(secret, binding, shareKey), NONCE).encrypt(share);
}

/**
 * The 32-byte share behind `encrypted`, checked against its share key P(i)·G1 (48 bytes). Throws `decryption_failed`.
 */
export function decryptShare(
  secret: Uint8Array,
  binding: ShareBinding,
  shareKey: Uint8Array,
  encrypted: Uint8Array,
): Uint8Array {
  try {
    const share = chacha20poly1305(keyOf(secret, binding, shareKey), NONCE).decrypt(encrypted);
    if (Buffer.compare(publicKeyOf(scalarFromBytes(share)), shareKey) === 0) return share;
  } catch {
    // Falls through to the one error: a caller can't do anything with the difference.
  }
  throw new CryptoError("decryption_failed", "the encrypted share isn't this secret's for this share key");
}

function keyOf(secret: Uint8Array, binding: ShareBinding, shareKey: Uint8Array): Uint8Array {
  if (secret.length < 32) throw new CryptoError("invalid_length", "the encryption secret has at least 32 bytes");
  const info = AbiCoder.defaultAbiCoder().encode(
    ["uint256", "address", "uint256", "uint256", "uint256", "uint256", "uint256", "bytes"],
    [
      binding.chainId,
      binding.verifyingContract,
      binding.requestId,
      binding.setId,
      binding.generation,
      binding.attempt,
      binding.keyIndex,
      shareKey,
    ],
  );
  return hkdf(sha256, secret, DOMAIN, Buffer.from(info.slice(2), "hex"), 32);
}
