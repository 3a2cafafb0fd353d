import { expect } from "chai";
import { concat, keccak256, sha256 } from "ethers";
import { NODE_KEY_ROTATION_TYPES, SET_CHANGE_TYPES, septetDomain } from "../../../services/chain/typedData.ts";
import { ethers, networkHelpers } from "../support/chain.ts";
import { testKey } from "../support/keys.ts";
import { account, CHAIN_ID, ETHER, nodePublicKey, nodeWallet, SEVEN, submissionOf, submit } from "../support/septet.ts";
import { change, deliver, moveToEpoch, reshared, signChange, withKeys } from "./support.ts";

const WITH_EIGHT = [...SEVEN.slice(0, 6), 8n] as const;
const validatorIdOf = (pubkey: string) => sha256(concat([pubkey, `0x${"00".repeat(16)}`]));

/** Operator 8 is named for seat 7. */
async function withRotation() {
  const world = await withKeys();
  await world.septet.setChanges.proposeRotation(1, [...WITH_EIGHT]);
  return world;
}

const fixture = () => networkHelpers.loadFixture(withRotation);

describe("rotation", () => {
  it("gives a seat to another operator, from L on, without touching the validator", async () => {
    const { septet, keys } = await fixture();
    const { setChanges: changes, operatorSets: sets } = septet;
    const fresh = keys.map((key) => reshared(key));
    const id = validatorIdOf(keys[0]?.pubkey ?? "");
    await expect(deliver(septet, fresh)).to.emit(changes, "KeyReshared");
    expect(await changes.pointsHash(id, 1)).to.equal(keccak256(fresh[0]?.points ?? ""));

    const { statement, signers, signatures, startEpoch } = await signChange(septet, "rotation", [7]);
    await changes.acceptChange(statement, signers, signatures);
    expect(await sets.membersAt(1, 0)).to.deep.equal([...SEVEN]);
    expect(await sets.membersAt(1, 1)).to.deep.equal([...WITH_EIGHT]);
    expect(await changes.configuration(1)).to.equal(0);
    expect(await changes.generation(1)).to.equal(0);

    await moveToEpoch(startEpoch);
    expect(await changes.configuration(1)).to.equal(1);
    expect(await changes.generation(1)).to.equal(1);
    expect(await sets.operatorAt(1, 0, 7)).to.equal(7);
    expect(await sets.operatorAt(1, 1, 7)).to.equal(8);
    expect(await changes.acceptsKeys(1)).to.equal(true);
  });

  it("locks the bond of the incoming operator from the moment it is named, aborted or not", async () => {
    const { septet } = await fixture();
    const { operatorRegistry: registry, setChanges: changes } = septet;
    const locked = async () => (await registry.bondOf(8)) - (await registry.freeBondOf(8));
    expect(await locked()).to.be.greaterThan(ETHER - 10n);
    await networkHelpers.time.increase(7 * 30);
    await changes.abortResharing(1);
    expect(await locked()).to.be.greaterThan(ETHER - 10n);
  });

  it("is accepted only after the last live key was verified, whatever the slices", async () => {
    const { septet, keys } = await fixture();
    const { setChanges: changes } = septet;
    const [first, second] = keys.map((key) => reshared(key)) as [
      ReturnType<typeof testKey>,
      ReturnType<typeof testKey>,
    ];
    await deliver(septet, [first]);
    const early = await signChange(septet, "rotation", [7]);
    await expect(changes.acceptChange(early.statement, early.signers, early.signatures))
      .to.be.revertedWithCustomError(changes, "KeysMissing")
      .withArgs(1, 1, 2);
    await deliver(septet, [second], { attempt: 2 });
    await change(septet, "rotation", [7]);
    expect(await changes.generation(1)).to.equal(1);
  });

  it("does not count a key that was verified and then retired in the place of one that is missing", async () => {
    const { septet, keys } = await fixture();
    const { setChanges: changes, validatorManager: manager } = septet;
    await deliver(septet, [reshared(keys[0] ?? testKey("first"))]);
    expect((await changes.resharing(1)).verifiedKeys).to.equal(1);
    const address = await manager.getAddress();
    await networkHelpers.setBalance(address, ETHER);
    await networkHelpers.impersonateAccount(address);
    const asManager = changes.connect(await ethers.getSigner(address));
    await asManager.keyRetired(1, validatorIdOf(keys[1]?.pubkey ?? ""));
    expect((await changes.resharing(1)).verifiedKeys).to.equal(1);
    await asManager.keyRetired(1, validatorIdOf(keys[0]?.pubkey ?? ""));
    expect((await changes.resharing(1)).verifiedKeys).to.equal(0);
  });

  it("takes no new keys while a generation is pending, and none made before until L", async () => {
    const { septet } = await networkHelpers.loadFixture(withKeys);
    const { setChanges: changes, validatorManager: manager, stakingPool: pool } = septet;
    await pool.deposit(200n * ETHER, septet.governance, { value: 200n * ETHER });
    await manager.requestKeys(1, 1);
    await changes.proposeRotation(1, [...WITH_EIGHT]);
    expect(await changes.acceptsKeys(1)).to.equal(false);
    const late = await submissionOf(septet, [testKey("late")], { requestId: 2n });
    await expect(submit(septet, late)).to.be.revertedWithCustomError(manager, "SetTakesNoKeys");
  });

  it("can be aborted after a week; its number and its results are void", async () => {
    const { septet, keys } = await fixture();
    const { setChanges: changes } = septet;
    await deliver(septet, [reshared(keys[0] ?? testKey("first"))]);
    await expect(changes.abortResharing(1)).to.be.revertedWithCustomError(changes, "ResharingTooYoung");
    await networkHelpers.time.increase(7 * 30);
    await changes.abortResharing(1);
    await expect(
      deliver(septet, [reshared(keys[1] ?? testKey("second"))], { generation: 1n }),
    ).to.be.revertedWithCustomError(changes, "NoResharing");
    expect(await changes.nextGeneration(1)).to.equal(2);
    expect((await changes.resharing(1)).generation).to.equal(0);
  });
});

describe("a statement", () => {
  it("is not signed for a seat by its node key of before, because it may be stolen", async () => {
    const { septet } = await networkHelpers.loadFixture(withKeys);
    const { setChanges: changes, operatorRegistry: registry } = septet;
    const { statement, signers, signatures } = await signChange(septet, "lease", [1, 2, 3, 4]);
    const next = nodeWallet(102);
    const domain = septetDomain(CHAIN_ID, await registry.getAddress());
    const proof = await next.signTypedData(domain, NODE_KEY_ROTATION_TYPES, { operatorId: 2, nodeKey: next.address });
    await registry.connect(account(septet, 2)).rotateNodeKey(2, nodePublicKey(next), proof);
    await expect(changes.acceptChange(statement, signers, signatures))
      .to.be.revertedWithCustomError(changes, "InvalidSeatSignature")
      .withArgs(2, next.address, nodeWallet(2).address);
    const changesDomain = septetDomain(CHAIN_ID, await changes.getAddress());
    const present = await next.signTypedData(changesDomain, SET_CHANGE_TYPES, statement);
    await changes.acceptChange(
      statement,
      signers,
      signatures.map((signature, i) => (i === 1 ? present : signature)),
    );
  });
});

describe("results of a resharing", () => {
  it("keep the group key: another one is no live key of the set", async () => {
    const { septet } = await fixture();
    await expect(deliver(septet, [testKey("another")])).to.be.revertedWithCustomError(septet.setChanges, "NotALiveKey");
  });

  it("lie on one polynomial", async () => {
    const { septet, keys } = await fixture();
    const [first] = keys;
    const honest = reshared(first ?? testKey("first"));
    const other = reshared(first ?? testKey("first"), "other");
    // The share key of seat 7 is that of another sharing.
    const mixed = {
      ...honest,
      points: concat([honest.points.slice(0, 2 + 2 * 896), `0x${other.points.slice(2 + 2 * 896)}`]),
    };
    await expect(deliver(septet, [mixed])).to.be.revertedWithCustomError(septet.setChanges, "NotOnOnePolynomial");
  });

  it("are taken once per key", async () => {
    const { septet, keys } = await fixture();
    const fresh = reshared(keys[0] ?? testKey("first"));
    await deliver(septet, [fresh]);
    await expect(deliver(septet, [fresh], { attempt: 2 })).to.be.revertedWithCustomError(
      septet.setChanges,
      "KeyAlreadyReshared",
    );
  });

  it("need the incoming seat and four continuing ones, each by its own operator", async () => {
    const { septet, keys } = await fixture();
    const { setChanges: changes } = septet;
    const fresh = [reshared(keys[0] ?? testKey("first"))];
    await expect(deliver(septet, fresh, { seats: [1, 2, 3, 4, 5, 6] }))
      .to.be.revertedWithCustomError(changes, "IncomingSeatMissing")
      .withArgs(7);
    await expect(deliver(septet, fresh, { seats: [1, 2, 3, 7] }))
      .to.be.revertedWithCustomError(changes, "TooFewContinuing")
      .withArgs(3, 4);
    await expect(deliver(septet, fresh, { instead: { 7: 7 } })).to.be.revertedWithCustomError(
      changes,
      "InvalidSeatSignature",
    );
    await deliver(septet, fresh, { seats: [1, 2, 3, 4, 7] });
  });

  it("are not those of another generation, attempt or chain", async () => {
    const { septet, keys } = await fixture();
    const { setChanges: changes } = septet;
    const fresh = [reshared(keys[0] ?? testKey("first"))];
    await expect(deliver(septet, fresh, { generation: 2n })).to.be.revertedWithCustomError(changes, "NoResharing");
    await expect(deliver(septet, fresh, { chainId: 1 })).to.be.revertedWithCustomError(changes, "InvalidSeatSignature");
    await expect(deliver(septet, [])).to.be.revertedWithCustomError(changes, "InvalidKeyCount");
  });
});

describe("two rotations", () => {
  it("hand seats over one after the other, and keep who held them", async () => {
    const { septet, keys } = await fixture();
    const { operatorSets: sets, operatorRegistry: registry } = septet;
    await deliver(
      septet,
      keys.map((key) => reshared(key)),
    );
    await change(septet, "rotation", [7]);
    await registry.bondEther(7, { value: 3n * ETHER });
    await septet.setChanges.proposeRotation(1, [...SEVEN]);
    await deliver(
      septet,
      keys.map((key) => reshared(key, "again")),
    );
    await change(septet, "rotation", [7]);
    for (const [configuration, holder] of [
      [0, 7n],
      [1, 8n],
      [2, 7n],
    ] as const) {
      expect(await sets.operatorAt(1, configuration, 7)).to.equal(holder);
    }
  });
});
