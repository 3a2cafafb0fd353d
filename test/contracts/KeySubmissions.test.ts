import { expect } from "chai";
import { concat, dataSlice, keccak256 } from "ethers";
import { Fr } from "../../services/crypto/scalars.ts";
import { BLS12381_ORDER, G1_INFINITY, offCurve, otherSubgroup, plusModulus } from "./support/badPoints.ts";
import { ethers, networkHelpers } from "./support/chain.ts";
import { keyOf, signDeposit, type TestKey, testKey } from "./support/keys.ts";
import { acknowledge, depositTerms, ETHER, submissionOf, submit, withRequest, withSet } from "./support/septet.ts";

const fixture = () => networkHelpers.loadFixture(withRequest);

/** Submits `key` with some of its points replaced, acknowledged by all seven as it is. */
async function submitPoints(key: TestKey, replace: (points: string[]) => void) {
  const septet = await fixture();
  const points = Array.from({ length: 8 }, (_, i) => dataSlice(key.points, i * 128, (i + 1) * 128));
  replace(points);
  const submission = await submissionOf(septet, [{ ...key, points: concat(points) }]);
  return { septet, submission, manager: septet.validatorManager };
}

describe("ValidatorManager: keys that are taken", () => {
  it("publishes everything that a seat needs to find its share again", async () => {
    const septet = await fixture();
    const { validatorManager: manager } = septet;
    const key = testKey("published");
    const submission = await submissionOf(septet, [key]);
    const validatorId = ethers.sha256(concat([key.pubkey, `0x${"00".repeat(16)}`]));
    const { compressed } = signDeposit(key.groupSecret, key.pubkey, await depositTerms(septet));
    await expect(submit(septet, submission))
      .to.emit(manager, "KeyVerified")
      .withArgs(
        ...[validatorId, 1, 1, 1, submission.transcriptHash, key.pubkey, compressed, key.points],
        submission.keys[0]?.encryptedShares,
      );
    const { state, setId, pointsHash, sentGwei } = await manager.validator(validatorId);
    expect([state, setId, pointsHash, sentGwei]).to.deep.equal([1n, 1n, keccak256(key.points), 0n]);
    expect((await manager.request(1)).state).to.equal(2);
    expect(await manager.openRequestOf(1)).to.equal(0);
  });

  it("takes several keys of one ceremony under one acknowledgement", async () => {
    const septet = await networkHelpers.loadFixture(withSet);
    await septet.validatorManager.requestKeys(1, 2);
    const keys = [testKey("one"), testKey("two")];
    const receipt = await (await submit(septet, await submissionOf(septet, keys))).wait();
    const verified = receipt?.logs.filter(
      (log) => septet.validatorManager.interface.parseLog(log)?.name === "KeyVerified",
    );
    expect(verified).to.have.length(2);
    expect(await septet.validatorManager.pendingKeyCount(1)).to.equal(2);
  });

  it("takes a polynomial of lower degree: seven who agree on one could as well pass their shares around", async () => {
    const septet = await fixture();
    await submit(septet, await submissionOf(septet, [testKey("line", 1)]));
  });
});

describe("ValidatorManager: keys that are refused", () => {
  it("refuses a wrong share key", async () => {
    const stranger = testKey("stranger");
    for (let seat = 1; seat <= 7; seat++) {
      const { septet, submission, manager } = await submitPoints(testKey("honest"), (points) => {
        points[seat] = dataSlice(stranger.points, seat * 128, (seat + 1) * 128);
      });
      await expect(submit(septet, submission)).to.be.revertedWithCustomError(manager, "NotOnOnePolynomial");
    }
  });

  it("refuses share keys off the polynomial by one", async () => {
    const { groupSecret, shares } = testKey("honest");
    const { septet, submission, manager } = await submitPoints(
      keyOf(
        groupSecret,
        shares.map((share, i) => (i === 3 ? Fr.add(share, 1n) : share)),
      ),
      () => {},
    );
    await expect(submit(septet, submission)).to.be.revertedWithCustomError(manager, "NotOnOnePolynomial");
  });

  it("refuses a polynomial of degree 4, of which four shares make nothing", async () => {
    const { septet, submission, manager } = await submitPoints(testKey("steep", 4), () => {});
    await expect(submit(septet, submission)).to.be.revertedWithCustomError(manager, "NotOnOnePolynomial");
  });

  it("refuses a group key that is P(0) instead of 720·P(0)", async () => {
    const { groupSecret, shares } = testKey("honest");
    const key = keyOf(Fr.mul(groupSecret, Fr.inv(720n)), shares);
    const { septet, submission, manager } = await submitPoints(key, () => {});
    await expect(submit(septet, submission)).to.be.revertedWithCustomError(manager, "NotOnOnePolynomial");
  });

  it("refuses two keys whose errors cancel, because each is tested by a word of its own that nobody knows before", async () => {
    const septet = await networkHelpers.loadFixture(withSet);
    const { validatorManager: manager } = septet;
    await manager.requestKeys(1, 2);
    const [one, two] = [testKey("plus"), testKey("minus")];
    // Seat 4 of both: one share key too high by G₁, the other too low. Under one word for both the sum would be right.
    const off = (key: TestKey, by: bigint) =>
      keyOf(
        key.groupSecret,
        key.shares.map((share, i) => (i === 3 ? Fr.add(share, by) : share)),
      );
    for (const keys of [
      [off(one, 1n), off(two, Fr.neg(1n))],
      [off(two, Fr.neg(1n)), off(one, 1n)],
    ]) {
      await expect(submit(septet, await submissionOf(septet, keys))).to.be.revertedWithCustomError(
        manager,
        "NotOnOnePolynomial",
      );
    }
    await submit(septet, await submissionOf(septet, [one, two]));
  });

  it("refuses two shares in the places of each other", async () => {
    const { septet, submission, manager } = await submitPoints(testKey("honest"), (points) => {
      points.splice(2, 2, ...points.slice(2, 4).reverse());
    });
    await expect(submit(septet, submission)).to.be.revertedWithCustomError(manager, "NotOnOnePolynomial");
  });

  it("refuses equal share keys, because whoever holds both counts twice", async () => {
    const { septet, submission, manager } = await submitPoints(testKey("flat", 0), () => {});
    await expect(submit(septet, submission)).to.be.revertedWithCustomError(manager, "EqualShareKeys").withArgs(1, 2);
  });

  it("refuses infinity in every column", async () => {
    for (let column = 0; column < 8; column++) {
      const { septet, submission, manager } = await submitPoints(testKey("honest"), (points) => {
        points[column] = G1_INFINITY;
      });
      await expect(submit(septet, submission))
        .to.be.revertedWithCustomError(manager, "PointAtInfinity")
        .withArgs(column);
    }
  });

  it("refuses all points at infinity, which would pass the polynomial test", async () => {
    const { septet, submission, manager } = await submitPoints(testKey("honest"), (points) => points.fill(G1_INFINITY));
    await expect(submit(septet, submission)).to.be.revertedWithCustomError(manager, "PointAtInfinity").withArgs(0);
  });

  it("refuses coordinates that are not reduced, which would give one key two encodings", async () => {
    for (const column of [0, 5]) {
      const { septet, submission, manager } = await submitPoints(testKey("honest"), (points) => {
        points[column] = plusModulus(points[column] ?? "");
      });
      await expect(submit(septet, submission))
        .to.be.revertedWithCustomError(manager, "NonCanonicalPoint")
        .withArgs(column);
    }
  });

  it("refuses points off the curve and points outside the subgroup", async () => {
    for (const bad of [offCurve(), otherSubgroup()]) {
      const { septet, submission, manager } = await submitPoints(testKey("honest"), (points) => {
        points[6] = bad;
      });
      await expect(submit(septet, submission)).to.be.revertedWithCustomError(manager, "InvalidPoint");
    }
    expect(BLS12381_ORDER).to.equal(Fr.ORDER);
  });

  it("refuses points of another length", async () => {
    const { septet, submission, manager } = await submitPoints(testKey("honest"), (points) => points.pop());
    await expect(submit(septet, submission))
      .to.be.revertedWithCustomError(manager, "InvalidPointLength")
      .withArgs(896, 1024);
  });

  it("refuses a wrong deposit signature: another key's, other credentials, amount or network", async () => {
    const septet = await fixture();
    const { validatorManager: manager } = septet;
    const key = testKey("honest");
    const terms = await depositTerms(septet);
    const { encoded: others } = signDeposit(testKey("stranger").groupSecret, key.pubkey, terms);
    const wrong = [
      { withdrawalCredentials: `0x01${terms.withdrawalCredentials.slice(4)}` },
      { amountGwei: 32_000_000_000n },
      { genesisForkVersion: "0x00000000" },
    ].map((change) => signDeposit(key.groupSecret, key.pubkey, { ...terms, ...change }).encoded);
    for (const depositSignature of [others, ...wrong]) {
      const keys = [{ points: key.points, depositSignature, encryptedShares: `0x${"ab".repeat(336)}` }];
      await expect(submit(septet, await submissionOf(septet, [], { keys }))).to.be.revertedWithCustomError(
        manager,
        "InvalidSignature",
      );
    }
  });

  it("refuses a batch with one wrong signature, or with errors that cancel, as a whole; takes it once all are right", async () => {
    const septet = await networkHelpers.loadFixture(withSet);
    const { validatorManager: manager, stakingPool: pool } = septet;
    await pool.deposit(200n * ETHER, septet.governance, { value: 200n * ETHER });
    await manager.requestKeys(1, 6);
    const good = await submissionOf(
      septet,
      Array.from({ length: 6 }, (_, i) => testKey(`batch ${i}`)),
    );
    const stranger = testKey("stranger").groupSecret;
    const { pubkey } = testKey("batch 4");
    const { encoded: forged } = signDeposit(stranger, pubkey, await depositTerms(septet));
    const [, , , , fifth, sixth] = good.keys;
    // Wrong for its key, and two right ones in the places of each other: their sum is the same.
    const forgedKeys = good.keys.map((key, i) => (i === 4 ? { ...key, depositSignature: forged } : key));
    const swappedKeys = good.keys.map((key, i) => {
      const other = [undefined, undefined, undefined, undefined, sixth, fifth][i];
      return other === undefined ? key : { ...key, depositSignature: other.depositSignature };
    });
    for (const keys of [forgedKeys, swappedKeys]) {
      const bad = { ...good, keys };
      await expect(submit(septet, bad)).to.be.revertedWithCustomError(manager, "InvalidSignature");
      expect([await manager.liveKeyCount(1), (await manager.request(1)).state]).to.deep.equal([0n, 1n]);
    }
    await submit(septet, good);
    expect(await manager.liveKeyCount(1)).to.equal(6);
  });

  it("refuses a deposit signature at infinity, not reduced, or of another length", async () => {
    const septet = await fixture();
    const { validatorManager: manager } = septet;
    const key = testKey("honest");
    const { encoded } = signDeposit(key.groupSecret, key.pubkey, await depositTerms(septet));
    const tail = dataSlice(encoded, 64);
    const cases: [string, string, unknown[]][] = [
      [`0x${"00".repeat(256)}`, "PointAtInfinity", [0]],
      [concat([`0x${"ff".repeat(64)}`, tail]), "NonCanonicalPoint", [0]],
      [dataSlice(encoded, 0, 255), "InvalidPointLength", [255, 256]],
      [
        concat([dataSlice(encoded, 0, 128), dataSlice(encoded, 192), dataSlice(encoded, 128, 192)]),
        "InvalidSignature",
        [],
      ],
    ];
    for (const [depositSignature, error, args] of cases) {
      const keys = [{ points: key.points, depositSignature, encryptedShares: `0x${"ab".repeat(336)}` }];
      const submission = await submissionOf(septet, [], { keys });
      await expect(submit(septet, submission))
        .to.be.revertedWithCustomError(manager, error)
        .withArgs(...args);
    }
  });

  it("refuses a key that was submitted before", async () => {
    const septet = await fixture();
    const { validatorManager: manager } = septet;
    const key = testKey("again");
    await submit(septet, await submissionOf(septet, [key]));
    await manager.requestKeys(1, 1);
    const submission = await submissionOf(septet, [key], { requestId: 2n, attempt: 7 });
    await expect(submit(septet, submission)).to.be.revertedWithCustomError(manager, "KeyAlreadyKnown");
  });

  it("refuses the same key twice in one submission", async () => {
    const septet = await networkHelpers.loadFixture(withSet);
    await septet.validatorManager.requestKeys(1, 2);
    const submission = await submissionOf(septet, [testKey("twin"), testKey("twin")]);
    await expect(submit(septet, submission)).to.be.revertedWithCustomError(septet.validatorManager, "KeyAlreadyKnown");
  });

  it("refuses more and fewer keys than were asked for", async () => {
    const septet = await fixture();
    for (const keys of [[], [testKey("one"), testKey("two")]]) {
      await expect(submit(septet, await submissionOf(septet, keys)))
        .to.be.revertedWithCustomError(septet.validatorManager, "WrongKeyCount")
        .withArgs(keys.length, 1);
    }
  });

  it("refuses encrypted shares that are not seven times 48 bytes", async () => {
    const septet = await fixture();
    const submission = await submissionOf(septet, [testKey("honest")]);
    const keys = submission.keys.map((key) => ({ ...key, encryptedShares: dataSlice(key.encryptedShares, 1) }));
    const short = { ...submission, keys };
    await expect(submit(septet, { ...short, acknowledgements: await acknowledge(septet, short) }))
      .to.be.revertedWithCustomError(septet.validatorManager, "InvalidEncryptedSharesLength")
      .withArgs(335, 336);
  });
});
