import { expect } from "chai";
import { DAY, ethers, GENESIS_TIME, networkHelpers } from "../support/chain.ts";
import { signDeposit, testKey } from "../support/keys.ts";
import { type ProvenValidator, proveForTopUp, proveValidator } from "../support/proofs.ts";
import {
  account,
  depositTerms,
  ETHER,
  SEVEN,
  type Septet,
  submissionOf,
  submit,
  withRequest,
} from "../support/septet.ts";

const SECONDS_PER_EPOCH = 16;
const VECTOR = 64;
const SLASHED = 8n;

async function currentEpoch(): Promise<number> {
  return Math.floor(((await networkHelpers.time.latest()) - GENESIS_TIME) / SECONDS_PER_EPOCH);
}

/** Set 1 runs one key with 32 ETH; all contracts are the real ones. */
async function withValidator() {
  const septet = await withRequest();
  const { validatorManager: manager } = septet;
  const key = testKey("slashed");
  await submit(septet, await submissionOf(septet, [key]));
  const terms = await depositTerms(septet);
  await manager.predeposit(key.pubkey, signDeposit(key.groupSecret, key.pubkey, terms).compressed);
  const fresh: ProvenValidator = {
    pubkey: key.pubkey,
    withdrawalCredentials: terms.withdrawalCredentials,
    effectiveBalance: 1e9,
  };
  const validatorId = ethers.sha256(ethers.concat([key.pubkey, `0x${"00".repeat(16)}`]));
  await manager.proveCredentials(validatorId, ...(await proveValidator(fresh)));
  await manager.topUp(key.pubkey, 31n * ETHER, ...(await proveForTopUp(fresh)));
  const epoch = await currentEpoch();
  const slashed: ProvenValidator = {
    ...fresh,
    effectiveBalance: 32e9,
    ...{ slashed: true, activationEligibilityEpoch: 0, activationEpoch: 0 },
    ...{ exitEpoch: epoch + 5, withdrawableEpoch: epoch + VECTOR },
  };
  return { septet, validatorId, slashed, withdrawableEpoch: epoch + VECTOR };
}

async function bondsOf({ operatorRegistry }: Septet): Promise<bigint[]> {
  return Promise.all(SEVEN.map((number) => operatorRegistry.bondOf(number)));
}

describe("a slashed validator", () => {
  it("is shown by anyone with a proof of a beacon state, once; fills and deposits stop", async () => {
    const { septet, validatorId, slashed } = await networkHelpers.loadFixture(withValidator);
    const { slashings, stakingPool: pool, validatorManager: manager } = septet;
    const stranger = slashings.connect(account(septet, 12));
    const sound = await proveValidator({ ...slashed, slashed: false });
    await expect(stranger.recordSlashed(validatorId, ...sound)).to.be.revertedWithCustomError(slashings, "NotSlashed");

    const proof = await proveValidator(slashed);
    await expect(stranger.recordSlashed(validatorId, ...proof)).to.emit(slashings, "ValidatorSlashed");
    expect((await manager.validator(validatorId)).state).to.equal(SLASHED);
    const now = BigInt(await networkHelpers.time.latest());
    expect((await pool.stops()).frozenUntil).to.equal(now + 3n * DAY);
    await expect(pool.deposit(ETHER, account(septet, 12), { value: ETHER })).to.be.revertedWithCustomError(
      pool,
      "Stopped",
    );
    await expect(stranger.recordSlashed(validatorId, ...proof))
      .to.be.revertedWithCustomError(slashings, "AlreadyRecorded")
      .withArgs(validatorId);
  });

  it("costs its seven bonds equal parts in the end; the rate does not move", async () => {
    const { septet, validatorId, slashed, withdrawableEpoch } = await networkHelpers.loadFixture(withValidator);
    const { slashings, stakingPool: pool } = septet;
    await slashings.recordSlashed(validatorId, ...(await proveValidator(slashed)));
    await expect(slashings.settle(validatorId)).to.be.revertedWithCustomError(slashings, "NotWithdrawable");
    const [before, rate] = [await bondsOf(septet), await pool.rate()];
    await networkHelpers.time.increaseTo(GENESIS_TIME + withdrawableEpoch * SECONDS_PER_EPOCH);
    await expect(slashings.settle(validatorId)).to.emit(slashings, "SlashingSettled");

    const { lossGwei, remainingGwei } = await slashings.slashing(validatorId);
    // 32 ETH ÷ 4,096 at once, then 64 epochs without duties and 0.1 % for the correlation.
    expect(lossGwei).to.equal(7_812_500n);
    expect(remainingGwei).to.be.greaterThan(32_000_000n).and.lessThan(32_600_000n);
    const lossWei = (lossGwei + remainingGwei) * 10n ** 9n;
    const paid = (await bondsOf(septet)).map((bond, seat) => (before[seat] ?? 0n) - bond);
    for (const part of paid) expect(part).to.be.closeTo(lossWei / 7n, 10n);
    expect((await pool.books()).coverWei).to.be.closeTo(lossWei, 10n);
    expect(await pool.rate()).to.be.closeTo(rate, 10n ** 9n);
  });

  it("is not Withdrawn, which would free the bonds, before they were charged", async () => {
    const { septet, validatorId, slashed, withdrawableEpoch } = await networkHelpers.loadFixture(withValidator);
    const { validatorManager: manager, slashings } = septet;
    await slashings.recordSlashed(validatorId, ...(await proveValidator(slashed)));
    await networkHelpers.time.increaseTo(GENESIS_TIME + (withdrawableEpoch + 1) * SECONDS_PER_EPOCH);
    const gone = await proveForTopUp({ ...slashed, effectiveBalance: 0, balance: 0 });
    await expect(manager.recordWithdrawn(validatorId, ...gone))
      .to.be.revertedWithCustomError(manager, "SlashingNotSettled")
      .withArgs(validatorId);
    await slashings.settle(validatorId);
    // What is left to wait for is the top-up that no report has seen yet.
    await expect(manager.recordWithdrawn(validatorId, ...gone)).to.be.revertedWithCustomError(manager, "TopUpInFlight");
  });
});
