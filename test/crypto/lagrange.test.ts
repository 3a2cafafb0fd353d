import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { integerLagrangeWeights } from "../../services/crypto/lagrange.ts";
import { evaluatePolynomial } from "../../services/crypto/polynomial.ts";
import { Fr } from "../../services/crypto/scalars.ts";
import { anyFourSeats, anyPolynomial, FOUR_SUBSETS } from "./sharing.ts";

test("weights of known four-subsets are the hand-computed ones", () => {
  // 720·λᵢ(0) = 720·Π j/(j−i) over the other three seats.
  assert.deepEqual(integerLagrangeWeights([1, 2, 3, 4]), [2880, -4320, 2880, -720]);
  assert.deepEqual(integerLagrangeWeights([4, 5, 6, 7]), [25200, -60480, 50400, -14400]);
  assert.deepEqual(integerLagrangeWeights([1, 3, 5, 7]), [1575, -1575, 945, -225]);
});

test("weights of all 35 four-subsets are integers of at most 16 bits that interpolate every cubic monomial at 0", () => {
  assert.equal(FOUR_SUBSETS.length, 35);
  for (const seats of FOUR_SUBSETS) {
    const weights = integerLagrangeWeights(seats);
    for (const weight of weights) {
      assert.ok(Number.isInteger(weight), `${seats}: ${weight}`);
      assert.ok(Math.abs(weight) <= 60480, `${seats}: ${weight}`);
    }
    const moment = (power: number) => seats.reduce((sum, seat, i) => sum + (weights[i] ?? 0) * seat ** power, 0);
    assert.deepEqual([0, 1, 2, 3].map(moment), [720, 0, 0, 0], `${seats}`);
  }
});

test("weights follow the order of the seats and recover 720·P(0) of any polynomial", () => {
  fc.assert(
    fc.property(anyPolynomial, anyFourSeats, (polynomial, seats) => {
      const weights = integerLagrangeWeights(seats);
      const sum = seats.reduce(
        (total, seat, i) =>
          Fr.add(total, Fr.mul(Fr.create(BigInt(weights[i] ?? 0)), evaluatePolynomial(polynomial, seat))),
        0n,
      );
      assert.equal(sum, Fr.mul(720n, polynomial[0]));
    }),
  );
});

test("refuses three seats, five seats and a repeated seat", () => {
  for (const seats of [
    [1, 2, 3],
    [1, 2, 3, 4, 5],
    [1, 2, 3, 3],
  ] as const) {
    assert.throws(() => integerLagrangeWeights(seats), { code: "invalid_seats" });
  }
});
