import { expect } from "chai";
import { concat, sha256 } from "ethers";
import type { ValidatorProof } from "../../services/beacon/validatorProof.ts";
import { clearBeaconRoot, ethers, GENESIS_TIME, networkHelpers } from "./support/chain.ts";
import { testKey } from "./support/keys.ts";
import { proveValidator } from "./support/proofs.ts";
import { deployed } from "./support/septet.ts";

const validator = { pubkey: testKey("verifier").pubkey, withdrawalCredentials: `0x02${"07".repeat(31)}` };

async function withProof() {
  const { beaconVerifier: verifier } = await deployed();
  return { verifier, proof: await proveValidator({ ...validator, effectiveBalance: 32e9 }, 9) };
}

/** Flips one bit of a hex string. */
function flipBit(hex: string, bit: number): string {
  const bytes = ethers.getBytes(hex);
  bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7));
  return ethers.hexlify(bytes);
}

describe("BeaconVerifier", () => {
  const fixture = () => networkHelpers.loadFixture(withProof);

  it("accepts a validator of a real state and returns the root of its public key", async () => {
    const { verifier, proof } = await fixture();
    const root = sha256(concat([validator.pubkey, `0x${"00".repeat(16)}`]));
    expect(await verifier.verifyValidator(proof)).to.equal(root);
  });

  it("rejects each single field changed", async () => {
    const { verifier, proof } = await fixture();
    const changes: Partial<ValidatorProof["validator"]>[] = [
      { pubkey: flipBit(proof.validator.pubkey, 100) },
      { withdrawalCredentials: flipBit(proof.validator.withdrawalCredentials, 3) },
      { effectiveBalanceGwei: proof.validator.effectiveBalanceGwei + 1n },
      { slashed: true },
      { activationEligibilityEpoch: 0n },
      { activationEpoch: 0n },
      { exitEpoch: 0n },
      { withdrawableEpoch: 0n },
    ];
    for (const change of changes) {
      const forged = { ...proof, validator: { ...proof.validator, ...change } };
      await expect(verifier.verifyValidator(forged), JSON.stringify(Object.keys(change))).to.be.revertedWithCustomError(
        verifier,
        "InvalidProof",
      );
    }
  });

  it("rejects one bit flipped in any sibling", async () => {
    const { verifier, proof } = await fixture();
    for (let level = 0; level < 50; level++) {
      const branch = [...proof.branch];
      branch[level] = flipBit(branch[level] ?? "", (level * 37) % 256);
      const expected = level === 48 ? "InvalidHeader" : "InvalidProof";
      await expect(verifier.verifyValidator({ ...proof, branch }), `level ${level}`).to.be.revertedWithCustomError(
        verifier,
        expected,
      );
    }
  });

  it("rejects another index, slot or proposer", async () => {
    const { verifier, proof } = await fixture();
    for (let bit = 0n; bit < 40n; bit++) {
      const forged = { ...proof, validatorIndex: proof.validatorIndex ^ (1n << bit) };
      await expect(verifier.verifyValidator(forged), `bit ${bit}`).to.be.revertedWithCustomError(
        verifier,
        "InvalidProof",
      );
    }
    for (const forged of [
      { ...proof, slot: 10n },
      { ...proof, proposerIndex: 6n },
    ]) {
      await expect(verifier.verifyValidator(forged))
        .to.be.revertedWithCustomError(verifier, "InvalidHeader")
        .withArgs(forged.slot, forged.proposerIndex);
    }
  });

  it("rejects an index that would lead out of the validators list", async () => {
    const { verifier, proof } = await fixture();
    for (const validatorIndex of [2n ** 40n, 2n ** 64n - 1n]) {
      await expect(verifier.verifyValidator({ ...proof, validatorIndex }))
        .to.be.revertedWithCustomError(verifier, "InvalidValidatorIndex")
        .withArgs(validatorIndex);
    }
  });

  it("rejects branches of another length", async () => {
    const { verifier, proof } = await fixture();
    for (const branch of [[], proof.branch.slice(0, 49), [...proof.branch, ethers.ZeroHash]]) {
      await expect(verifier.verifyValidator({ ...proof, branch }))
        .to.be.revertedWithCustomError(verifier, "InvalidBranchLength")
        .withArgs(branch.length, 50);
    }
  });

  it("rejects public keys of another length", async () => {
    const { verifier, proof } = await fixture();
    const forged = { ...proof, validator: { ...proof.validator, pubkey: "0x01" } };
    await expect(verifier.verifyValidator(forged))
      .to.be.revertedWithCustomError(verifier, "InvalidPubkeyLength")
      .withArgs(1);
  });

  it("says when the chain keeps no beacon root for the time", async () => {
    const { verifier, proof } = await fixture();
    await expect(verifier.verifyValidator({ ...proof, timestamp: proof.timestamp + 1n }))
      .to.be.revertedWithCustomError(verifier, "BeaconRootNotFound")
      .withArgs(proof.timestamp + 1n);
    await clearBeaconRoot(proof.timestamp);
    await expect(verifier.verifyValidator(proof)).to.be.revertedWithCustomError(verifier, "BeaconRootNotFound");
  });

  it("counts slots and epochs from genesis", async () => {
    const { verifier } = await fixture();
    expect(await verifier.slotAt(GENESIS_TIME)).to.equal(0);
    expect(await verifier.slotAt(GENESIS_TIME + 1)).to.equal(0);
    expect(await verifier.slotAt(GENESIS_TIME + 16)).to.equal(8);
    expect([await verifier.epochOf(7), await verifier.epochOf(8)]).to.deep.equal([0n, 1n]);
    await expect(verifier.slotAt(GENESIS_TIME - 1))
      .to.be.revertedWithCustomError(verifier, "BeforeGenesis")
      .withArgs(GENESIS_TIME - 1);
  });

  it("refuses to be deployed with an empty clock", async () => {
    const factory = await ethers.getContractFactory("BeaconVerifier");
    for (const [time, seconds, slots] of [[0, 2, 8] as const, [1, 0, 8] as const, [1, 2, 0] as const]) {
      await expect(factory.deploy(time, seconds, slots)).to.be.revertedWithCustomError(factory, "ZeroParameter");
    }
  });
});
