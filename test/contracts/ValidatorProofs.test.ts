import { expect } from "chai";
import { concat, sha256 } from "ethers";
import { networkHelpers } from "./support/chain.ts";
import { signDeposit, testKey } from "./support/keys.ts";
import { currentSlot, proveForTopUp, proveValidator } from "./support/proofs.ts";
import { account, depositTerms, ETHER, submissionOf, submit, withRequest } from "./support/septet.ts";

const FAR_FUTURE = Number.POSITIVE_INFINITY;

async function withPredeposit() {
  const septet = await withRequest();
  const key = testKey("proof");
  await submit(septet, await submissionOf(septet, [key]));
  const { withdrawalCredentials, ...terms } = await depositTerms(septet);
  const { compressed } = signDeposit(key.groupSecret, key.pubkey, { withdrawalCredentials, ...terms });
  await septet.validatorManager.predeposit(key.pubkey, compressed);
  const validatorId = sha256(concat([key.pubkey, `0x${"00".repeat(16)}`]));
  const fresh = { pubkey: key.pubkey, withdrawalCredentials, effectiveBalance: 1e9 };
  return { ...septet, manager: septet.validatorManager, key, validatorId, fresh };
}

async function withTopUp() {
  const septet = await withPredeposit();
  await septet.manager.proveCredentials(septet.validatorId, ...(await proveValidator(septet.fresh)));
  await septet.manager.topUp(septet.key.pubkey, 31n * ETHER, ...(await proveForTopUp(septet.fresh)));
  return septet;
}

describe("ValidatorManager: proof of credentials", () => {
  const fixture = () => networkHelpers.loadFixture(withPredeposit);

  it("remembers the index and gives the reserve back", async () => {
    const septet = await fixture();
    const { manager, validatorId, fresh, operatorSets: sets } = septet;
    const proof = await proveValidator(fresh);
    await expect(manager.connect(account(septet, 12)).proveCredentials(validatorId, ...proof))
      .to.emit(manager, "CredentialsProven")
      .withArgs(validatorId, 17);
    const { state, validatorIndex, reservedShares } = await manager.validator(validatorId);
    expect([state, validatorIndex, reservedShares]).to.deep.equal([3n, 17n, 0n]);
    expect(await sets.reservedPerSeat(1)).to.equal(0);
  });

  it("refuses foreign credentials, whichever of the 32 bytes differ", async () => {
    const { manager, validatorId, fresh } = await fixture();
    const ours = fresh.withdrawalCredentials;
    const foreign = [`0x01${ours.slice(4)}`, `${ours.slice(0, 6)}01${ours.slice(8)}`, `${ours.slice(0, -2)}ff`];
    for (const withdrawalCredentials of foreign) {
      const proof = await proveValidator({ ...fresh, withdrawalCredentials });
      await expect(manager.proveCredentials(validatorId, ...proof))
        .to.be.revertedWithCustomError(manager, "WithdrawalCredentialsMismatch")
        .withArgs(ours, withdrawalCredentials);
    }
  });

  it("refuses a proof that was used before", async () => {
    const { manager, validatorId, fresh } = await fixture();
    const proof = await proveValidator(fresh);
    await manager.proveCredentials(validatorId, ...proof);
    await expect(manager.proveCredentials(validatorId, ...proof))
      .to.be.revertedWithCustomError(manager, "WrongState")
      .withArgs(validatorId, 3, 2);
  });

  it("refuses the proof of another validator", async () => {
    const { manager, validatorId, fresh } = await fixture();
    const { pubkey } = testKey("another");
    await expect(manager.proveCredentials(validatorId, ...(await proveValidator({ ...fresh, pubkey }))))
      .to.be.revertedWithCustomError(manager, "PubkeyMismatch")
      .withArgs(validatorId, sha256(concat([pubkey, `0x${"00".repeat(16)}`])));
  });

  it("refuses a state of the predeposit's slot or before", async () => {
    const { manager, validatorId, fresh } = await fixture();
    const slot = await currentSlot();
    for (const old of [slot, slot - 1]) {
      await expect(manager.proveCredentials(validatorId, ...(await proveValidator(fresh, old))))
        .to.be.revertedWithCustomError(manager, "ProofTooOld")
        .withArgs(old, slot + 1);
    }
  });

  it("refuses a slashed validator and one that leaves", async () => {
    const { manager, validatorId, fresh } = await fixture();
    await expect(manager.proveCredentials(validatorId, ...(await proveValidator({ ...fresh, slashed: true }))))
      .to.be.revertedWithCustomError(manager, "ValidatorIsSlashed")
      .withArgs(validatorId);
    for (const leaving of [
      { exitEpoch: 9, withdrawableEpoch: FAR_FUTURE },
      { exitEpoch: FAR_FUTURE, withdrawableEpoch: 9 },
    ]) {
      await expect(
        manager.proveCredentials(validatorId, ...(await proveValidator({ ...fresh, ...leaving }))),
      ).to.be.revertedWithCustomError(manager, "ValidatorIsExiting");
    }
  });

  it("takes any activation epochs, because a stranger's top-up would otherwise brick the key", async () => {
    const { manager, validatorId, fresh } = await fixture();
    const active = { ...fresh, effectiveBalance: 32e9, activationEligibilityEpoch: 0, activationEpoch: 0 };
    await manager.proveCredentials(validatorId, ...(await proveValidator(active)));
  });

  it("refuses a proof for a key that has no predeposit", async () => {
    const { manager, fresh } = await fixture();
    const unknown = sha256("0x");
    await expect(manager.proveCredentials(unknown, ...(await proveValidator(fresh))))
      .to.be.revertedWithCustomError(manager, "WrongState")
      .withArgs(unknown, 0, 2);
  });
});

describe("ValidatorManager: activation", () => {
  const fixture = () => networkHelpers.loadFixture(withTopUp);
  const active = { effectiveBalance: 32e9, activationEligibilityEpoch: 0 };

  it("records a validator that is active in the state proven", async () => {
    const { manager, validatorId, fresh } = await fixture();
    const epoch = Math.floor(((await currentSlot()) + 1) / 8);
    const proof = await proveValidator({ ...fresh, ...active, activationEpoch: epoch });
    await expect(manager.recordActivation(validatorId, ...proof))
      .to.emit(manager, "Activated")
      .withArgs(validatorId, epoch);
    expect((await manager.validator(validatorId)).state).to.equal(4);
    await expect(manager.recordActivation(validatorId, ...proof))
      .to.be.revertedWithCustomError(manager, "WrongState")
      .withArgs(validatorId, 4, 3);
  });

  it("refuses a validator that is not active yet", async () => {
    const { manager, validatorId, fresh } = await fixture();
    const epoch = Math.floor(((await currentSlot()) + 1) / 8);
    await expect(
      manager.recordActivation(
        validatorId,
        ...(await proveValidator({ ...fresh, ...active, activationEpoch: epoch + 1 })),
      ),
    )
      .to.be.revertedWithCustomError(manager, "NotActive")
      .withArgs(validatorId, epoch + 1, epoch);
    await expect(manager.recordActivation(validatorId, ...(await proveValidator(fresh))))
      .to.be.revertedWithCustomError(manager, "NotActive")
      .withArgs(validatorId, 2n ** 64n - 1n, epoch);
  });

  it("records a key that a stranger's deposit made active before its top-up", async () => {
    const septet = await networkHelpers.loadFixture(withPredeposit);
    const { manager, validatorId, fresh } = septet;
    const proof = await proveValidator({ ...fresh, ...active, activationEpoch: 0 });
    await manager.proveCredentials(validatorId, ...proof);
    expect([await manager.pendingKeyCount(1), await manager.provenKeyCount()]).to.deep.equal([1n, 1n]);
    await manager.recordActivation(validatorId, ...proof);
    expect([await manager.pendingKeyCount(1), await manager.provenKeyCount()]).to.deep.equal([0n, 0n]);
  });

  it("refuses another validator's proof", async () => {
    const { manager, validatorId, fresh } = await fixture();
    const activated = { ...fresh, ...active, activationEpoch: 0 };
    const { pubkey } = testKey("another");
    await expect(
      manager.recordActivation(validatorId, ...(await proveValidator({ ...activated, pubkey }))),
    ).to.be.revertedWithCustomError(manager, "PubkeyMismatch");
  });
});
