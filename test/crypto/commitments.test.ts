import assert from "node:assert/strict";
import { test } from "node:test";
import { bls12_381 } from "@noble/curves/bls12-381.js";
import fc from "fast-check";
import { addCommitments, evaluateCommitments, groupKeyOf } from "../../services/crypto/commitments.ts";
import { commitPolynomial, evaluatePolynomial, publicKeyOf } from "../../services/crypto/polynomial.ts";
import { Fr, randomScalar, scalarFromBytes, scalarToBytes } from "../../services/crypto/scalars.ts";
import { SEATS } from "../../services/crypto/seats.ts";
import { systemRandomness } from "../../services/ports/systemRandomness.ts";
import { anyPolynomial, anyScalar } from "./sharing.ts";

test("commitments evaluated at a seat are the share's public key, for every seat", () => {
  fc.assert(
    fc.property(anyPolynomial, (polynomial) => {
      const commitments = commitPolynomial(polynomial);
      const shareKeys = SEATS.map((seat) => publicKeyOf(evaluatePolynomial(polynomial, seat)));
      assert.deepEqual(evaluateCommitments(commitments, SEATS), shareKeys);
      assert.deepEqual(groupKeyOf(commitments[0] ?? new Uint8Array()), publicKeyOf(Fr.mul(720n, polynomial[0])));
    }),
    { numRuns: 10 },
  );
});

test("a commitment equals the independent implementation's multiple of the generator", () => {
  fc.assert(
    fc.property(anyScalar, (scalar) => {
      assert.deepEqual(publicKeyOf(scalar), bls12_381.G1.Point.BASE.multiply(scalar).toBytes(true));
    }),
    { numRuns: 10 },
  );
});

test("the sum of dealers' commitments commits to the sum of their polynomials", () => {
  fc.assert(
    fc.property(anyPolynomial, anyPolynomial, (a, b) => {
      const sum = a.map((coefficient, i) => Fr.add(coefficient, b[i] ?? 0n));
      fc.pre(sum.every((coefficient) => coefficient !== 0n));
      assert.deepEqual(addCommitments([commitPolynomial(a), commitPolynomial(b)]), commitPolynomial(sum));
    }),
    { numRuns: 10 },
  );
});

test("refuses identity commitments, cancelling commitments and a wrong number of them", () => {
  const commitments = commitPolynomial([1n, 2n, 3n, 4n]);
  const identity = Uint8Array.from([0xc0, ...new Uint8Array(47)]);
  assert.throws(() => evaluateCommitments([...commitments.slice(0, 3), identity], [1]), { code: "invalid_point" });
  assert.throws(() => evaluateCommitments(commitments.slice(0, 3), [1]), { code: "invalid_length" });
  const negated = commitPolynomial([1n, 2n, 3n, 4n].map((coefficient) => Fr.neg(coefficient)));
  assert.throws(() => addCommitments([commitments, negated]), { code: "invalid_point" });
  // P(1) = 1 + 2 + 3 - 6 = 0: a seat whose share would be zero.
  assert.throws(() => evaluateCommitments(commitPolynomial([1n, 2n, 3n, Fr.neg(6n)]), [1]), { code: "invalid_point" });
});

test("scalars read and write as 32 big-endian bytes in 1..r-1 only", () => {
  fc.assert(fc.property(anyScalar, (scalar) => assert.equal(scalarFromBytes(scalarToBytes(scalar)), scalar)));
  const order = Uint8Array.from(Buffer.from(Fr.ORDER.toString(16), "hex"));
  for (const bytes of [new Uint8Array(32), order, new Uint8Array(32).fill(0xff)]) {
    assert.throws(() => scalarFromBytes(bytes), { code: "invalid_scalar" });
  }
  assert.throws(() => scalarFromBytes(new Uint8Array(31)), { code: "invalid_length" });
  for (const scalar of [0n, Fr.ORDER, -1n]) assert.throws(() => scalarToBytes(scalar), { code: "invalid_scalar" });
});

test("a random scalar draws 48 bytes and draws again when they reduce to zero", () => {
  const draws: number[] = [];
  const bytes = (length: number) => {
    draws.push(length);
    return new Uint8Array(length).fill(draws.length === 1 ? 0 : 7);
  };
  assert.notEqual(randomScalar({ bytes }), 0n);
  assert.deepEqual(draws, [48, 48]);
  assert.notEqual(randomScalar(systemRandomness), randomScalar(systemRandomness));
});
