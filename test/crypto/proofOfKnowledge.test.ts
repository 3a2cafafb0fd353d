import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { publicKeyOf } from "../../services/crypto/polynomial.ts";
import { proveKnowledge, verifyKnowledge } from "../../services/crypto/proofOfKnowledge.ts";
import { systemRandomness } from "../../services/ports/systemRandomness.ts";
import { anyScalar } from "./sharing.ts";

test("a proof verifies for its key and binding, and for no other", () => {
  const binding = fc.uint8Array({ maxLength: 64 });
  fc.assert(
    fc.property(anyScalar, anyScalar, binding, binding, (secret, other, here, there) => {
      const proof = proveKnowledge(secret, here, systemRandomness);
      assert.ok(verifyKnowledge(publicKeyOf(secret), here, proof));
      if (secret !== other) assert.ok(!verifyKnowledge(publicKeyOf(other), here, proof));
      if (Buffer.compare(here, there) !== 0) assert.ok(!verifyKnowledge(publicKeyOf(secret), there, proof));
    }),
    { numRuns: 8 },
  );
});

test("a proof with any byte changed, truncated or with an identity nonce is false and throws nothing", () => {
  const secret = 77n;
  const publicKey = publicKeyOf(secret);
  const binding = new Uint8Array(8);
  const proof = proveKnowledge(secret, binding, systemRandomness);
  for (let index = 0; index < proof.length; index += 9) {
    const changed = Uint8Array.from(proof);
    changed[index] = (changed[index] ?? 0) ^ 1;
    assert.equal(verifyKnowledge(publicKey, binding, changed), false, `byte ${index}`);
  }
  assert.equal(verifyKnowledge(publicKey, binding, proof.subarray(1)), false);
  assert.equal(verifyKnowledge(new Uint8Array(48), binding, proof), false);
  const identityNonce = Uint8Array.from([0xc0, ...new Uint8Array(47), ...proof.subarray(48)]);
  assert.equal(verifyKnowledge(publicKey, binding, identityNonce), false);
});

test("two proofs of one secret use different nonces", () => {
  const proofs = [1, 2].map(() => proveKnowledge(5n, new Uint8Array(0), systemRandomness));
  assert.notDeepEqual(proofs[0]?.subarray(0, 48), proofs[1]?.subarray(0, 48));
});
