import assert from "node:assert/strict";
import { test } from "node:test";
import { bls12_381 } from "@noble/curves/bls12-381.js";
import fc from "fast-check";
import {
  g1FromEip2537,
  g1ToEip2537,
  g2FromEip2537,
  g2ToEip2537,
  parseG1,
  parseG2,
} from "../../services/crypto/points.ts";
import { publicKeyOf } from "../../services/crypto/polynomial.ts";
import { anyScalar, sign } from "./sharing.ts";

const { G1, G2, fields } = bls12_381;
const padded = (element: bigint) => [...new Uint8Array(16), ...fields.Fp.toBytes(element)];

test("EIP-2537 encodings equal those built from an independent implementation's affine coordinates, and round-trip", () => {
  fc.assert(
    fc.property(anyScalar, (secret) => {
      const g1 = publicKeyOf(secret);
      const { x, y } = G1.Point.fromBytes(g1).toAffine();
      assert.deepEqual([...g1ToEip2537(g1)], [...padded(x), ...padded(y)]);
      assert.deepEqual(g1FromEip2537(g1ToEip2537(g1)), g1);

      const g2 = sign(secret, new Uint8Array(32));
      const affine = G2.Point.fromBytes(g2).toAffine();
      const elements = [affine.x.c0, affine.x.c1, affine.y.c0, affine.y.c1];
      assert.deepEqual([...g2ToEip2537(g2)], elements.flatMap(padded));
      assert.deepEqual(g2FromEip2537(g2ToEip2537(g2)), g2);
    }),
    { numRuns: 10 },
  );
});

test("refuses infinity in every form", () => {
  assert.throws(() => parseG1(Uint8Array.from([0xc0, ...new Uint8Array(47)])), { code: "invalid_point" });
  assert.throws(() => parseG2(Uint8Array.from([0xc0, ...new Uint8Array(95)])), { code: "invalid_point" });
  assert.throws(() => g1FromEip2537(new Uint8Array(128)), { code: "invalid_point" });
  assert.throws(() => g2FromEip2537(new Uint8Array(256)), { code: "invalid_point" });
  const flagged = new Uint8Array(128);
  flagged[16] = 0x40;
  assert.throws(() => g1FromEip2537(flagged), { code: "invalid_point" });
});

test("refuses a point on the curve outside the subgroup", () => {
  // y² = x³ + 4 at x = 4 has the root of 68; the cofactor of G1 makes it almost surely not of order r.
  let x = 4n;
  let outside: Uint8Array | undefined;
  while (outside === undefined) {
    try {
      const y = fields.Fp.sqrt(fields.Fp.create(x ** 3n + 4n));
      outside = Uint8Array.from([...padded(x), ...padded(y)]);
    } catch {
      x++;
    }
  }
  const point = outside;
  assert.equal(G1.Point.fromAffine({ x, y: fields.Fp.sqrt(fields.Fp.create(x ** 3n + 4n)) }).isTorsionFree(), false);
  assert.throws(() => g1FromEip2537(point), { code: "invalid_point" });
});

test("refuses non-canonical encodings: a coordinate plus p, dirty padding, flag bits, wrong lengths", () => {
  const g1 = publicKeyOf(5n);
  const good = g1ToEip2537(g1);
  const { x, y } = G1.Point.fromBytes(g1).toAffine();
  const wide = (value: bigint) => [...Buffer.from(value.toString(16).padStart(128, "0"), "hex")];
  const dirty = (index: number, bits: number) => {
    const bytes = Uint8Array.from(good);
    bytes[index] = (bytes[index] ?? 0) ^ bits;
    return bytes;
  };
  const bad = [
    Uint8Array.from([...wide(x + fields.Fp.ORDER), ...padded(y)]),
    Uint8Array.from([...padded(x), ...wide(y + fields.Fp.ORDER)]),
    Uint8Array.from([...padded(fields.Fp.ORDER), ...padded(y)]),
    dirty(0, 1),
    dirty(15, 0x80),
    dirty(64, 1),
    dirty(16, 0x80),
    dirty(16, 0x20),
    dirty(80, 0x80),
  ];
  for (const bytes of bad) assert.throws(() => g1FromEip2537(bytes), { code: "invalid_point" });
  for (const length of [0, 48, 96, 127, 129]) {
    assert.throws(() => g1FromEip2537(new Uint8Array(length)), { code: "invalid_length" });
  }
  // Compressed bytes whose x is p or more, with and without the compression flag.
  const tooLarge = fields.Fp.toBytes(fields.Fp.ORDER - 1n);
  tooLarge.fill(0xff, 1);
  tooLarge[0] = 0x9f;
  assert.throws(() => parseG1(tooLarge), { code: "invalid_point" });
  assert.throws(() => parseG1(Uint8Array.from([(g1[0] ?? 0) & 0x7f, ...g1.slice(1)])), { code: "invalid_point" });
});
