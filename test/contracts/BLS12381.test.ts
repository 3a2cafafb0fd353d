import { SecretKey } from "@chainsafe/blst";
import { bls12_381 } from "@noble/curves/bls12-381.js";
import { expect } from "chai";
import { concat, getBytes, hexlify, keccak256, toBeHex, toUtf8Bytes } from "ethers";
import { g1ToEip2537, g2ToEip2537 } from "../../services/crypto/points.ts";
import { G1_INFINITY, offCurveG2, otherSubgroupG2, plusModulus } from "./support/badPoints.ts";
import { ethers, networkHelpers } from "./support/chain.ts";

const DST = "BLS_SIG_BLS12381G2_XMD:SHA-256_SSWU_RO_POP_";
const ROUNDS = 40;

async function library() {
  return (await ethers.getContractFactory("BLS12381")).deploy();
}

let drawn = 0;

/** 32 bytes that differ each time and are the same in each run. */
const randomBytes = () => getBytes(keccak256(toUtf8Bytes(`seed ${drawn++}`)));
const randomKey = () => SecretKey.fromKeygen(randomBytes());
const encodeKey = (key: SecretKey) => hexlify(g1ToEip2537(key.toPublicKey().toBytes()));

/** EIP-2537 encoding of a noble point, which shares no code with blst. */
function encodeG2({ x, y }: { x: { c0: bigint; c1: bigint }; y: { c0: bigint; c1: bigint } }): string {
  return concat([x.c0, x.c1, y.c0, y.c1].map((element) => toBeHex(element, 64)));
}

describe("BLS12381 library", () => {
  const fixture = () => networkHelpers.loadFixture(library);

  it("compresses random points of G1 to the bytes of blst", async () => {
    const bls = await fixture();
    for (let round = 0; round < ROUNDS; round++) {
      const key = randomKey();
      expect(await bls.compressG1(encodeKey(key))).to.equal(hexlify(key.toPublicKey().toBytes()));
    }
  });

  it("compresses random points of G2 to the bytes of blst, both signs of y", async () => {
    const bls = await fixture();
    const signs = new Set<number>();
    for (let round = 0; round < ROUNDS; round++) {
      const signature = randomKey().sign(randomBytes()).toBytes();
      signs.add((signature[0] ?? 0) & 0x20);
      expect(await bls.compressG2(hexlify(g2ToEip2537(signature)))).to.equal(hexlify(signature));
    }
    expect(signs.size).to.equal(2);
  });

  it("takes the sign of y.c0 where y.c1 is zero", async () => {
    const bls = await fixture();
    const P = bls12_381.fields.Fp.ORDER;
    const compress = (y0: bigint) => bls.compressG2(encodeG2({ x: { c0: 1n, c1: 2n }, y: { c0: y0, c1: 0n } }));
    const flags = async (y0: bigint) => (getBytes(await compress(y0))[0] ?? 0) & 0xe0;
    expect(await flags((P - 1n) / 2n)).to.equal(0x80);
    expect(await flags((P + 1n) / 2n)).to.equal(0xa0);
  });

  it("hashes random messages to the points of noble", async () => {
    const bls = await fixture();
    for (let round = 0; round < 15; round++) {
      const message = randomBytes();
      const point = bls12_381.G2.hashToCurve(message, { DST }).toAffine();
      expect(await bls.hashToG2(message), hexlify(message)).to.equal(encodeG2(point));
    }
  });

  it("accepts signatures of blst and no other message, key or signature", async () => {
    const bls = await fixture();
    for (let round = 0; round < 5; round++) {
      const [key, other, message] = [randomKey(), randomKey(), randomBytes()];
      const signature = key.sign(message).toBytes();
      const encoded = hexlify(g2ToEip2537(signature));
      await bls.verifySignatures([encodeKey(key)], [message], [encoded]);
      const wrong = [
        () => bls.verifySignatures([encodeKey(key)], [randomBytes()], [encoded]),
        () => bls.verifySignatures([encodeKey(other)], [message], [encoded]),
        () => bls.verifySignatures([encodeKey(key)], [message], [hexlify(g2ToEip2537(other.sign(message).toBytes()))]),
      ];
      for (const call of wrong) await expect(call()).to.be.revertedWithCustomError(bls, "InvalidSignature");
    }
  });

  it("refuses infinity as a key or a signature, which would verify each other", async () => {
    const bls = await fixture();
    const [key, message] = [randomKey(), randomBytes()];
    const signature = hexlify(g2ToEip2537(key.sign(message).toBytes()));
    const infinity = `0x${"00".repeat(256)}`;
    const calls = [
      () => bls.verifySignatures([G1_INFINITY], [message], [infinity]),
      () => bls.verifySignatures([G1_INFINITY], [message], [signature]),
      () => bls.verifySignatures([encodeKey(key)], [message], [infinity]),
      () => bls.compressG1(G1_INFINITY),
      () => bls.compressG2(infinity),
    ];
    for (const call of calls) await expect(call()).to.be.revertedWithCustomError(bls, "PointAtInfinity").withArgs(0);
  });

  it("refuses fewer or more signatures than messages, so that none goes unchecked", async () => {
    const bls = await fixture();
    const [key, message] = [randomKey(), randomBytes()];
    const signature = hexlify(g2ToEip2537(key.sign(message).toBytes()));
    const [one, two] = [[signature], [signature, signature]];
    const calls: [() => Promise<unknown>, number, number][] = [
      [() => bls.verifySignatures([encodeKey(key)], [message], two), 2, 1],
      [() => bls.verifySignatures([encodeKey(key), encodeKey(key)], [message, message], one), 1, 2],
      [() => bls.verifySignatures([encodeKey(key)], [message], []), 0, 1],
    ];
    for (const [call, given, wanted] of calls) {
      await expect(call()).to.be.revertedWithCustomError(bls, "WrongSignatureCount").withArgs(given, wanted);
    }
  });

  it("refuses signatures off the curve and outside the subgroup", async () => {
    const bls = await fixture();
    const [key, message] = [randomKey(), randomBytes()];
    for (const bad of [offCurveG2(), otherSubgroupG2()]) {
      await expect(bls.verifySignatures([encodeKey(key)], [message], [bad])).to.be.revertedWithCustomError(
        bls,
        "InvalidSignature",
      );
      // Beside a good one as well: one bad signature spoils the batch.
      const good = hexlify(g2ToEip2537(key.sign(message).toBytes()));
      const keys = [encodeKey(key), encodeKey(key)];
      await expect(bls.verifySignatures(keys, [message, message], [good, bad])).to.be.revertedWithCustomError(
        bls,
        "InvalidSignature",
      );
    }
  });

  it("refuses coordinates from the modulus on", async () => {
    const bls = await fixture();
    const P = bls12_381.fields.Fp.ORDER;
    const tooLarge = [concat([toBeHex(P, 64), toBeHex(1n, 64)]), concat([toBeHex(1n, 64), toBeHex(P, 64)])];
    for (const point of [...tooLarge, plusModulus(encodeKey(randomKey())), `0x${"ff".repeat(128)}`]) {
      await expect(bls.compressG1(point)).to.be.revertedWithCustomError(bls, "NonCanonicalPoint").withArgs(0);
    }
    await bls.compressG1(concat([toBeHex(P - 1n, 64), toBeHex(P - 1n, 64)]));
  });

  it("refuses points of another length", async () => {
    const bls = await fixture();
    const calls = [
      () => bls.compressG1("0x"),
      () => bls.compressG2(G1_INFINITY),
      () => bls.verifySignatures([`0x${"00".repeat(127)}`], [ethers.ZeroHash], [`0x${"00".repeat(256)}`]),
      () => bls.verifySharings([`0x${"00".repeat(1025)}`], ethers.ZeroHash),
    ];
    for (const call of calls) await expect(call()).to.be.revertedWithCustomError(bls, "InvalidPointLength");
  });
});
