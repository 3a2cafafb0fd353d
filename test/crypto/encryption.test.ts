import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { generateOneTimeKey, HPKE_OVERHEAD_BYTES, hpkeOpen, hpkeSeal } from "../../services/crypto/hpke.ts";
import { publicKeyOf } from "../../services/crypto/polynomial.ts";
import { scalarToBytes } from "../../services/crypto/scalars.ts";
import {
  decryptShare,
  ENCRYPTED_SHARE_BYTES,
  encryptShare,
  type ShareBinding,
} from "../../services/crypto/shareEncryption.ts";
import type { Randomness } from "../../services/ports/randomness.ts";
import { systemRandomness } from "../../services/ports/systemRandomness.ts";
import { anyScalar } from "./sharing.ts";

const info = new TextEncoder().encode("info");

test("HPKE opens what was sealed to the key under the same info, up to a full batch of 128 scalars", async () => {
  const bytes = fc.uint8Array({ minLength: 1, maxLength: 4096 });
  await fc.assert(
    fc.asyncProperty(bytes, async (plaintext) => {
      const key = generateOneTimeKey(systemRandomness);
      const sealed = await hpkeSeal(key.publicKey, info, plaintext, systemRandomness);
      assert.equal(sealed.length, plaintext.length + HPKE_OVERHEAD_BYTES);
      assert.deepEqual(Buffer.from(await hpkeOpen(key.secret, info, sealed)), Buffer.from(plaintext));
    }),
    { numRuns: 5 },
  );
});

test("HPKE refuses another key, another info, a changed byte and an empty ciphertext", async () => {
  const key = generateOneTimeKey(systemRandomness);
  const other = generateOneTimeKey(systemRandomness);
  const sealed = await hpkeSeal(key.publicKey, info, new Uint8Array(32), systemRandomness);
  const changed = Uint8Array.from(sealed);
  changed[40] = (changed[40] ?? 0) ^ 1;
  const refused = { code: "decryption_failed" };
  await assert.rejects(hpkeOpen(other.secret, info, sealed), refused);
  await assert.rejects(hpkeOpen(key.secret, new Uint8Array(1), sealed), refused);
  await assert.rejects(hpkeOpen(key.secret, info, changed), refused);
  await assert.rejects(hpkeOpen(key.secret, info, new Uint8Array(0)), refused);
});

test("HPKE refuses to seal to a key of low order or of a wrong length", async () => {
  for (const key of [new Uint8Array(32), new Uint8Array(31)]) {
    await assert.rejects(hpkeSeal(key, info, new Uint8Array(32), systemRandomness), { code: "invalid_point" });
  }
});

test("HPKE draws its ephemeral key from the randomness handed in, and from nothing else", async () => {
  const key = generateOneTimeKey(systemRandomness);
  const fixed = { bytes: (length: number) => new Uint8Array(length).fill(9) };
  const seal = (randomness: Randomness) => hpkeSeal(key.publicKey, info, new Uint8Array(32), randomness);
  assert.deepEqual(await seal(fixed), await seal(fixed));
  assert.notDeepEqual(await seal(fixed), await seal(systemRandomness));
});

const secret = new Uint8Array(32).fill(3);
const binding: ShareBinding = {
  chainId: 31337n,
  verifyingContract: "0x00000000000000000000000000000000000000aa",
  requestId: 5n,
  setId: 1n,
  generation: 0,
  attempt: 1,
  keyIndex: 0,
};

test("a self-encrypted share of 48 bytes decrypts to the share it was", () => {
  fc.assert(
    fc.property(anyScalar, fc.uint8Array({ minLength: 32, maxLength: 64 }), (scalar, ownSecret) => {
      const share = scalarToBytes(scalar);
      const encrypted = encryptShare(ownSecret, binding, share);
      assert.equal(encrypted.length, ENCRYPTED_SHARE_BYTES);
      assert.deepEqual(decryptShare(ownSecret, binding, publicKeyOf(scalar), encrypted), share);
    }),
    { numRuns: 10 },
  );
});

test("a self-encrypted share is refused under any other secret, place, share key or bytes", () => {
  const encrypted = encryptShare(secret, binding, scalarToBytes(8n));
  const shareKey = publicKeyOf(8n);
  const elsewhere: Partial<ShareBinding>[] = [
    { chainId: 1n },
    { verifyingContract: "0x00000000000000000000000000000000000000ab" },
    { requestId: 6n },
    { setId: 2n },
    { generation: 1 },
    { attempt: 2 },
    { keyIndex: 1 },
  ];
  const refused = { code: "decryption_failed" };
  for (const change of elsewhere) {
    assert.throws(() => decryptShare(secret, { ...binding, ...change }, shareKey, encrypted), refused);
  }
  assert.throws(() => decryptShare(new Uint8Array(32), binding, shareKey, encrypted), refused);
  assert.throws(() => decryptShare(secret, binding, publicKeyOf(9n), encrypted), refused);
  assert.throws(() => decryptShare(secret, binding, shareKey, encrypted.subarray(1)), refused);
});

test("two shares at one place never share a keystream, even when a ceremony was repeated after lost state", () => {
  const [a, b] = [scalarToBytes(8n), scalarToBytes(9n)];
  const xor = (x: Uint8Array, y: Uint8Array) => x.slice(0, 32).map((byte, i) => byte ^ (y[i] ?? 0));
  assert.notDeepEqual(xor(encryptShare(secret, binding, a), encryptShare(secret, binding, b)), xor(a, b));
});
