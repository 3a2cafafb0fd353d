import assert from "node:assert/strict";
import { test } from "node:test";
import { bls12_381 } from "@noble/curves/bls12-381.js";
import fc from "fast-check";
import { integerLagrangeWeights } from "../../services/crypto/lagrange.ts";
import { combineSignatures } from "../../services/crypto/threshold.ts";
import {
  anyFourSeats,
  anyPolynomial,
  anyRoot,
  FOUR_SUBSETS,
  partialOf,
  randomRoot,
  randomSharing,
  shareWith,
  sign,
} from "./sharing.ts";

test("every four of the seven seats make exactly the group secret's signature", () => {
  const sharing = randomSharing();
  const message = randomRoot();
  const expected = sign(sharing.groupSecret, message);
  for (const seats of FOUR_SUBSETS) {
    const combined = combineSignatures(seats.map((seat) => partialOf(sharing, seat, message)));
    assert.deepEqual(combined, expected, `seats ${seats}`);
  }
});

test("combination equals full-scalar interpolation and signing in an independent implementation", () => {
  const { G2, longSignatures } = bls12_381;
  fc.assert(
    fc.property(anyPolynomial, anyFourSeats, anyRoot, (polynomial, seats, message) => {
      const sharing = shareWith(polynomial);
      const partials = seats.map((seat) => partialOf(sharing, seat, message));
      const weights = integerLagrangeWeights(seats);
      const combined = partials
        .map(({ signature }, i) => {
          const point = G2.Point.fromBytes(signature);
          const weight = BigInt(weights[i] ?? 0);
          return weight < 0n ? point.negate().multiply(-weight) : point.multiply(weight);
        })
        .reduce((sum, point) => sum.add(point), G2.Point.ZERO)
        .toBytes(true);
      const dst = "BLS_SIG_BLS12381G2_XMD:SHA-256_SSWU_RO_POP_";
      const signed = longSignatures.sign(
        longSignatures.hash(message, dst),
        bls12_381.fields.Fr.toBytes(sharing.groupSecret),
      );
      assert.deepEqual(combineSignatures(partials), combined);
      assert.deepEqual(combineSignatures(partials), signed.toBytes(true));
    }),
    { numRuns: 8 },
  );
});

test("refuses the identity, a truncated point and bytes off the curve as a partial", () => {
  const sharing = randomSharing();
  const message = randomRoot();
  const three = ([1, 2, 3] as const).map((seat) => partialOf(sharing, seat, message));
  const identity = Uint8Array.from([0xc0, ...new Uint8Array(95)]);
  const offCurve = Uint8Array.from([0x80, ...new Uint8Array(94), 1]);
  for (const signature of [identity, offCurve, new Uint8Array(95), new Uint8Array(0)]) {
    assert.throws(() => combineSignatures([...three, { seat: 4, signature }]));
  }
});
