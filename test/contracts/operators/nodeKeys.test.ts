import { expect } from "chai";
import { ZeroHash } from "ethers";
import {
  NEW_INSTANCE_TYPES,
  type NewInstance,
  NODE_KEY_ROTATION_TYPES,
  septetDomain,
} from "../../../services/chain/typedData.ts";
import { ethers, networkHelpers } from "../support/chain.ts";
import { account, CHAIN_ID, deployed, nodePublicKey, nodeWallet, register, type Septet } from "../support/septet.ts";

const HISTORY = "0x0000F90827F1C53a10cb7A02335B175320002935";

/** Code of EIP-2935, which the simulated network does not run: `set` by the system address, else `get`. */
const HISTORY_CODE =
  "0x3373fffffffffffffffffffffffffffffffffffffffe14604657602036036042575f35600143038111604257611fff81430311604257611fff9006545f5260205ff35b5f5ffd5b5f35611fff60014303065500";

async function twoOperators() {
  const septet = await deployed();
  await register(septet, 1);
  await register(septet, 2);
  return septet;
}

async function proofOf(septet: Septet, operatorId: bigint, signer: number, key = signer) {
  const domain = septetDomain(CHAIN_ID, await septet.operatorRegistry.getAddress());
  return nodeWallet(signer).signTypedData(domain, NODE_KEY_ROTATION_TYPES, {
    operatorId,
    nodeKey: nodeWallet(key).address,
  });
}

async function rotate(septet: Septet, to: number) {
  const registry = septet.operatorRegistry.connect(account(septet, 1));
  return registry.rotateNodeKey(1, nodePublicKey(nodeWallet(to)), await proofOf(septet, 1n, to));
}

async function latestBlock() {
  const block = await ethers.provider.getBlock("latest");
  if (block?.hash == null) throw new Error("no block");
  return { blockNumber: block.number, blockHash: block.hash };
}

async function instance(septet: Septet, changes: Partial<NewInstance> = {}, signer = 1) {
  const message = { operatorId: 1n, instance: 1n, ...(await latestBlock()), ...changes };
  const domain = septetDomain(CHAIN_ID, await septet.operatorRegistry.getAddress());
  const signature = await nodeWallet(signer).signTypedData(domain, NEW_INSTANCE_TYPES, { ...message });
  return [message.operatorId, message.instance, message.blockNumber, message.blockHash, signature] as const;
}

describe("OperatorRegistry: node keys", () => {
  const fixture = () => networkHelpers.loadFixture(twoOperators);

  it("replaces the node key and keeps the old one answering for what it signed", async () => {
    const septet = await fixture();
    const { operatorRegistry: registry } = septet;
    const key = nodePublicKey(nodeWallet(11));
    await expect(rotate(septet, 11)).to.emit(registry, "NodeKeyRotated").withArgs(1, nodeWallet(11).address, key);
    expect((await registry.operator(1)).nodeKey).to.equal(nodeWallet(11).address);
    expect(await registry.nodeKeysOf([1, 1, 1, 2, 1, 1, 1])).to.include(nodeWallet(11).address);
    expect(await registry.operatorIdOf(nodeWallet(1).address)).to.equal(1);
    expect(await registry.operatorIdOf(nodeWallet(11).address)).to.equal(1);
  });

  it("takes no key that was ever used, not even back", async () => {
    const septet = await fixture();
    const { operatorRegistry: registry } = septet;
    await rotate(septet, 11);
    for (const [used, operatorId] of [
      [1, 1],
      [11, 1],
      [2, 2],
    ] as const) {
      await expect(rotate(septet, used))
        .to.be.revertedWithCustomError(registry, "NodeKeyTaken")
        .withArgs(nodeWallet(used).address, operatorId);
    }
  });

  it("wants the owner, and the new key's own signature for this operator", async () => {
    const septet = await fixture();
    const { operatorRegistry: registry } = septet;
    const [owner, stranger] = [account(septet, 1), account(septet, 2)];
    const key = nodePublicKey(nodeWallet(11));
    const proof = await proofOf(septet, 1n, 11);
    await expect(registry.connect(stranger).rotateNodeKey(1, key, proof))
      .to.be.revertedWithCustomError(registry, "Unauthorized")
      .withArgs(stranger);
    for (const bad of [await proofOf(septet, 2n, 11), await proofOf(septet, 1n, 1, 11), "0x"]) {
      await expect(registry.connect(owner).rotateNodeKey(1, key, bad)).to.be.revertedWithCustomError(
        registry,
        "InvalidProofOfPossession",
      );
    }
    await expect(registry.connect(owner).rotateNodeKey(1, `${key}00`, proof))
      .to.be.revertedWithCustomError(registry, "InvalidNodePublicKey")
      .withArgs(65);
  });
});

describe("OperatorRegistry: instances", () => {
  const fixture = () => networkHelpers.loadFixture(twoOperators);

  it("starts the next instance, whoever sends the statement, and each only once", async () => {
    const septet = await fixture();
    const registry = septet.operatorRegistry.connect(account(septet, 9));
    expect(await registry.instanceOf(1)).to.equal(0);
    const statement = await instance(septet);
    await expect(registry.newInstance(...statement))
      .to.emit(registry, "InstanceStarted")
      .withArgs(1, 1);
    await expect(registry.newInstance(...statement))
      .to.be.revertedWithCustomError(registry, "WrongInstance")
      .withArgs(1, 1, 2);
    await expect(registry.newInstance(...(await instance(septet, { instance: 3n }))))
      .to.be.revertedWithCustomError(registry, "WrongInstance")
      .withArgs(1, 3, 2);
    await registry.newInstance(...(await instance(septet, { instance: 2n })));
    expect(await registry.instanceOf(1)).to.equal(2);
  });

  it("wants the present node key, not an old one or another operator's", async () => {
    const septet = await fixture();
    const { operatorRegistry: registry } = septet;
    await rotate(septet, 11);
    for (const signer of [1, 2]) {
      await expect(registry.newInstance(...(await instance(septet, {}, signer))))
        .to.be.revertedWithCustomError(registry, "InvalidInstanceSignature")
        .withArgs(nodeWallet(11).address, nodeWallet(signer).address);
    }
    await registry.newInstance(...(await instance(septet, {}, 11)));
    await expect(registry.newInstance(...(await instance(septet, { operatorId: 9n })))).to.be.revertedWithCustomError(
      registry,
      "OperatorNotFound",
    );
  });

  it("counts on the chain of the block that it names, for a day of blocks", async () => {
    const septet = await fixture();
    const { operatorRegistry: registry } = septet;
    await networkHelpers.setCode(HISTORY, HISTORY_CODE);
    const old = await latestBlock();
    await networkHelpers.setStorageAt(HISTORY, old.blockNumber % 8191, old.blockHash);
    const statement = await instance(septet, old);
    const otherFork = await instance(septet, { ...old, blockHash: `0x${"ab".repeat(32)}` });
    const none = await instance(septet, { ...old, blockHash: ZeroHash });
    for (const bad of [otherFork, none]) {
      await expect(registry.newInstance(...bad)).to.be.revertedWithCustomError(registry, "NotARecentBlock");
    }
    await networkHelpers.mine(8_190);
    await registry.newInstance.staticCall(...statement);
    await networkHelpers.mine(1);
    await expect(registry.newInstance(...statement)).to.be.revertedWithCustomError(registry, "NotARecentBlock");
  });
});
