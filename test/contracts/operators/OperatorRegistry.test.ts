import { expect } from "chai";
import { networkHelpers } from "../support/chain.ts";
import {
  account,
  deployed,
  ETHER,
  nodePublicKey,
  nodeWallet,
  provePossession,
  type RegistrationChanges,
  register,
  registration,
  type Septet,
} from "../support/septet.ts";

async function registerWith(septet: Septet, changes: RegistrationChanges) {
  const owner = account(septet, 1);
  const payout = changes.payout ?? owner.address;
  const proof = await provePossession(septet, nodeWallet(1), owner.address, payout);
  return septet.operatorRegistry.connect(owner).register(registration(nodeWallet(1), payout, changes), proof);
}

async function oneOperator() {
  const septet = await deployed();
  await register(septet, 1);
  return septet;
}

describe("OperatorRegistry: registration", () => {
  const fixture = () => networkHelpers.loadFixture(deployed);

  it("numbers operators from 1 and announces what they stated", async () => {
    const septet = await fixture();
    const { operatorRegistry: registry } = septet;
    const owner = account(septet, 1);
    const node = nodeWallet(1);
    const stated = registration(node, owner.address);
    await expect(register(septet, 1))
      .to.emit(registry, "OperatorRegistered")
      .withArgs(1, owner, node.address, nodePublicKey(node), owner, stated.multiaddrs, stated.uri);
    await register(septet, 2);
    expect(await registry.operatorCount()).to.equal(2);
    expect(await registry.operatorIdOf(nodeWallet(2).address)).to.equal(2);
    expect(await registry.operator(1)).to.deep.equal([owner.address, node.address, owner.address]);
  });

  it("refuses a node key that was used before, by anyone", async () => {
    const septet = await fixture();
    const { operatorRegistry: registry } = septet;
    await register(septet, 1);
    const other = account(septet, 2);
    const proof = await provePossession(septet, nodeWallet(1), other.address, other.address);
    await expect(registry.connect(other).register(registration(nodeWallet(1), other.address), proof))
      .to.be.revertedWithCustomError(registry, "NodeKeyTaken")
      .withArgs(nodeWallet(1).address, 1);
  });

  it("refuses a proof of possession by another key", async () => {
    const septet = await fixture();
    const { operatorRegistry: registry } = septet;
    const owner = account(septet, 1);
    const proof = await provePossession(septet, nodeWallet(2), owner.address, owner.address);
    await expect(
      registry.connect(owner).register(registration(nodeWallet(1), owner.address), proof),
    ).to.be.revertedWithCustomError(registry, "InvalidProofOfPossession");
  });

  it("refuses a proof of possession seen in someone else's transaction", async () => {
    const septet = await fixture();
    const { operatorRegistry: registry } = septet;
    const [owner, thief] = [account(septet, 1), account(septet, 2)];
    const proof = await provePossession(septet, nodeWallet(1), owner.address, owner.address);
    const stated = registration(nodeWallet(1), owner.address);
    await expect(registry.connect(thief).register(stated, proof)).to.be.revertedWithCustomError(
      registry,
      "InvalidProofOfPossession",
    );
    await expect(
      registry.connect(owner).register({ ...stated, payout: thief.address }, proof),
    ).to.be.revertedWithCustomError(registry, "InvalidProofOfPossession");
  });

  it("refuses a proof of possession of the wrong length", async () => {
    const septet = await fixture();
    const { operatorRegistry: registry } = septet;
    const owner = account(septet, 1);
    await expect(registry.connect(owner).register(registration(nodeWallet(1), owner.address), "0x"))
      .to.be.revertedWithCustomError(registry, "InvalidProofOfPossession")
      .withArgs(nodeWallet(1).address, `0x${"00".repeat(20)}`);
  });

  it("refuses public keys that are not 64 bytes, no payout, and too long texts", async () => {
    const septet = await fixture();
    const { operatorRegistry: registry } = septet;
    const compressed = nodeWallet(1).signingKey.compressedPublicKey;
    await expect(registerWith(septet, { nodePublicKey: compressed }))
      .to.be.revertedWithCustomError(registry, "InvalidNodePublicKey")
      .withArgs(33);
    await expect(registerWith(septet, { payout: `0x${"00".repeat(20)}` })).to.be.revertedWithCustomError(
      registry,
      "ZeroAddress",
    );
    await expect(registerWith(septet, { multiaddrs: "m".repeat(513) }))
      .to.be.revertedWithCustomError(registry, "TextTooLong")
      .withArgs(513, 512);
    await expect(registerWith(septet, { uri: "u".repeat(257) }))
      .to.be.revertedWithCustomError(registry, "TextTooLong")
      .withArgs(257, 256);
    await registerWith(septet, { multiaddrs: "m".repeat(512), uri: "u".repeat(256) });
  });

  it("lets the owner alone change addresses and payout", async () => {
    const septet = await networkHelpers.loadFixture(oneOperator);
    const { operatorRegistry: registry } = septet;
    const [owner, stranger] = [account(septet, 1), account(septet, 2)];
    for (const call of [
      () => registry.connect(stranger).setMultiaddrs(1, "x"),
      () => registry.connect(stranger).setPayout(1, stranger),
    ]) {
      await expect(call()).to.be.revertedWithCustomError(registry, "Unauthorized").withArgs(stranger);
    }
    await expect(registry.connect(owner).setMultiaddrs(1, "x")).to.emit(registry, "MultiaddrsChanged").withArgs(1, "x");
    await expect(registry.connect(owner).setPayout(1, stranger))
      .to.emit(registry, "PayoutChanged")
      .withArgs(1, stranger);
    expect((await registry.operator(1)).payout).to.equal(stranger.address);
    await expect(registry.connect(owner).setPayout(1, `0x${"00".repeat(20)}`)).to.be.revertedWithCustomError(
      registry,
      "ZeroAddress",
    );
    await expect(registry.connect(owner).setMultiaddrs(1, "m".repeat(513))).to.be.revertedWithCustomError(
      registry,
      "TextTooLong",
    );
  });

  it("knows no operator 0 and none beyond the last", async () => {
    const { operatorRegistry: registry } = await networkHelpers.loadFixture(oneOperator);
    for (const operatorId of [0n, 2n]) {
      await expect(registry.operator(operatorId))
        .to.be.revertedWithCustomError(registry, "OperatorNotFound")
        .withArgs(operatorId);
    }
  });
});

describe("OperatorRegistry: bonds", () => {
  const fixture = () => networkHelpers.loadFixture(oneOperator);

  it("stakes the ETH of a bond through the pool and holds the shares", async () => {
    const { operatorRegistry: registry, stakingPool: pool } = await fixture();
    await expect(registry.bondEther(1, { value: 2n * ETHER }))
      .to.emit(registry, "Bonded")
      .withArgs(1, 2n * ETHER);
    expect(await registry.bondOf(1)).to.equal(2n * ETHER);
    expect(await registry.freeBondOf(1)).to.equal(2n * ETHER);
    expect(await pool.balanceOf(registry)).to.equal(2n * ETHER);
    expect(await pool.totalAssets()).to.equal(3n * ETHER);
  });

  it("takes shares from anyone who approved them", async () => {
    const septet = await fixture();
    const { operatorRegistry: registry, stakingPool: pool } = septet;
    const giver = account(septet, 3);
    await pool.connect(giver).deposit(ETHER, giver, { value: ETHER });
    await expect(registry.connect(giver).bond(1, ETHER)).to.be.revertedWithCustomError(
      pool,
      "ERC20InsufficientAllowance",
    );
    await pool.connect(giver).approve(registry, ETHER);
    await expect(registry.connect(giver).bond(1, ETHER)).to.emit(registry, "Bonded").withArgs(1, ETHER);
    expect(await pool.balanceOf(giver)).to.equal(0);
    expect(await registry.bondOf(1)).to.equal(ETHER);
  });

  it("refuses an empty bond and one for nobody", async () => {
    const { operatorRegistry: registry } = await fixture();
    await expect(registry.bond(1, 0)).to.be.revertedWithCustomError(registry, "ZeroAmount");
    await expect(registry.bondEther(1)).to.be.revertedWithCustomError(registry, "ZeroAmount");
    await expect(registry.bondEther(2, { value: ETHER })).to.be.revertedWithCustomError(registry, "OperatorNotFound");
  });
});
