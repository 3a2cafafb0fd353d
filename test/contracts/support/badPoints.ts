import { bls12_381 } from "@noble/curves/bls12-381.js";
import { concat, dataSlice, toBeHex } from "ethers";

const P = bls12_381.fields.Fp.ORDER;

export const BLS12381_ORDER = bls12_381.fields.Fr.ORDER;
export const G1_INFINITY = `0x${"00".repeat(128)}`;

const encode = (x: bigint, y: bigint) => concat([toBeHex(x, 64), toBeHex(y, 64)]);

/** The same point with x + p for x: 64 bytes have room for it. */
export function plusModulus(point: string): string {
  return concat([toBeHex(BigInt(dataSlice(point, 0, 64)) + P, 64), dataSlice(point, 64)]);
}

/** (1, 1): 1 ≠ 1 + 4. */
export function offCurve(): string {
  return encode(1n, 1n);
}

/** A point of the curve outside the subgroup of order r: the first x that has a y; its order is almost surely not r. */
export function otherSubgroup(): string {
  const { Fp } = bls12_381.fields;
  for (let x = 1n; ; x++) {
    const square = Fp.add(Fp.mul(Fp.sqr(x), x), 4n);
    const y = Fp.pow(square, (P + 1n) / 4n);
    if (Fp.sqr(y) !== square) continue;
    const point = bls12_381.G1.Point.fromAffine({ x, y });
    if (!point.isTorsionFree()) return encode(x, y);
  }
}

const encodeG2 = (x: { c0: bigint; c1: bigint }, y: { c0: bigint; c1: bigint }) =>
  concat([encode(x.c0, x.c1), encode(y.c0, y.c1)]);

/** (1, 1) again, in the extension. */
export function offCurveG2(): string {
  return encodeG2({ c0: 1n, c1: 0n }, { c0: 1n, c1: 0n });
}

/** As otherSubgroup, on the twist y² = x³ + 4(1 + u). */
export function otherSubgroupG2(): string {
  const { Fp2 } = bls12_381.fields;
  for (let c0 = 1n; ; c0++) {
    const x = Fp2.fromBigTuple([c0, 0n]);
    const square = Fp2.add(Fp2.mul(Fp2.sqr(x), x), Fp2.fromBigTuple([4n, 4n]));
    let y: typeof x;
    try {
      y = Fp2.sqrt(square);
    } catch {
      continue;
    }
    if (!bls12_381.G2.Point.fromAffine({ x, y }).isTorsionFree()) return encodeG2(x, y);
  }
}
