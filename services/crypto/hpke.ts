import { Chacha20Poly1305 } from "@hpke/chacha20poly1305";
import { CipherSuite, HkdfSha256 } from "@hpke/core";
import { DhkemX25519HkdfSha256 } from "@hpke/dhkem-x25519";
import { x25519 } from "@noble/curves/ed25519.js";
import type { Randomness } from "../ports/randomness.ts";
import { CryptoError } from "./errors.ts";

/** RFC 9180 base mode: DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, ChaCha20-Poly1305. */
const suite = new CipherSuite({
  kem: new DhkemX25519HkdfSha256(),
  kdf: new HkdfSha256(),
  aead: new Chacha20Poly1305(),
});

export const HPKE_KEY_BYTES = 32;
/** What sealing adds to a plaintext: the encapsulated key and the tag. */
export const HPKE_OVERHEAD_BYTES = 32 + 16;

/** A key pair that serves one ceremony attempt and is then erased; 32 bytes each. */
export interface OneTimeKey {
  secret: Uint8Array;
  publicKey: Uint8Array;
}

export function generateOneTimeKey(randomness: Randomness): OneTimeKey {
  const secret = randomness.bytes(HPKE_KEY_BYTES);
  return { secret, publicKey: x25519.getPublicKey(secret) };
}

/** Seals to an X25519 key: encapsulated key, ciphertext, tag. Throws `invalid_point` for a key of low order. */
export async function hpkeSeal(
  publicKey: Uint8Array,
  info: Uint8Array,
  plaintext: Uint8Array,
  randomness: Randomness,
): Promise<Uint8Array> {
  // `ekm` is the RFC's ikmE. The library calls it a testing hook; here it carries the process's randomness instead.
  const ekm = randomness.bytes(HPKE_KEY_BYTES);
  try {
    const recipientPublicKey = await suite.kem.deserializePublicKey(publicKey);
    const sender = await suite.createSenderContext({ recipientPublicKey, info, ekm });
    const ciphertext = await sender.seal(plaintext);
    return Buffer.concat([new Uint8Array(sender.enc), new Uint8Array(ciphertext)]);
  } catch {
    throw new CryptoError("invalid_point", "the recipient's one-time key is unusable");
  } finally {
    ekm.fill(0);
  }
}

/** Opens what {@link hpkeSeal} made for this key and info; throws `decryption_failed` for anything else. */
export async function hpkeOpen(secret: Uint8Array, info: Uint8Array, sealed: Uint8Array): Promise<Uint8Array> {
  try {
    const recipientKey = await suite.kem.deserializePrivateKey(secret);
    const enc = sealed.slice(0, HPKE_KEY_BYTES);
    const recipient = await suite.createRecipientContext({ recipientKey, info, enc });
    return new Uint8Array(await recipient.open(sealed.slice(HPKE_KEY_BYTES)));
  } catch {
    throw new CryptoError("decryption_failed", "the ciphertext isn't for this key and context");
  }
}
