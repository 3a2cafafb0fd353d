import { expect } from "chai";
import { ethers, networkHelpers } from "./support/chain.ts";
import { signDeposit, testKey } from "./support/keys.ts";
import { proveForTopUp, proveValidator } from "./support/proofs.ts";
import { depositTerms, ETHER, submissionOf, submit, withRequest } from "./support/septet.ts";

describe("a deposit becomes an active validator", () => {
  it("goes from request to active by calls that anyone may make", async () => {
    const septet = await networkHelpers.loadFixture(withRequest);
    const { validatorManager: manager, stakingPool: pool, depositContract } = septet;
    const key = testKey("first");
    await submit(septet, await submissionOf(septet, [key]));

    const terms = await depositTerms(septet);
    const signature = signDeposit(key.groupSecret, key.pubkey, terms).compressed;
    const validatorId = ethers.sha256(ethers.concat([key.pubkey, `0x${"00".repeat(16)}`]));
    await expect(manager.predeposit(key.pubkey, signature)).to.emit(depositContract, "DepositEvent");

    const fresh = { pubkey: key.pubkey, withdrawalCredentials: terms.withdrawalCredentials, effectiveBalance: 1e9 };
    const proof = await proveValidator(fresh);
    await expect(manager.proveCredentials(validatorId, ...proof))
      .to.emit(manager, "CredentialsProven")
      .withArgs(validatorId, 17);
    await expect(manager.topUp(key.pubkey, 31n * ETHER, ...(await proveForTopUp(fresh))))
      .to.emit(manager, "ToppedUp")
      .withArgs(validatorId, 31n * ETHER);

    const active = { ...fresh, effectiveBalance: 32e9, activationEligibilityEpoch: 0, activationEpoch: 1 };
    const later = await proveValidator(active);
    await expect(manager.recordActivation(validatorId, ...later))
      .to.emit(manager, "Activated")
      .withArgs(validatorId, 1);
    expect((await manager.validator(validatorId)).state).to.equal(4);
    expect(await pool.totalAssets()).to.equal(62n * ETHER);
    expect(await pool.unallocatedWei()).to.equal(30n * ETHER);
    expect(await manager.committedWei()).to.equal(0);
  });
});
