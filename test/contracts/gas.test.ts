import { expect } from "chai";
import type { ContractTransactionResponse } from "ethers";
import { concat, sha256 } from "ethers";
import { globalOptions } from "hardhat";
import { ethers, networkHelpers } from "./support/chain.ts";
import { compareWithSnapshot, type GasReport } from "./support/gas.ts";
import { signDeposit, testKey } from "./support/keys.ts";
import { currentSlot, proveForTopUp, proveValidator } from "./support/proofs.ts";
import {
  account,
  depositTerms,
  ETHER,
  register,
  SEVEN,
  type Septet,
  submissionOf,
  submit,
  withOperators,
} from "./support/septet.ts";

async function gasOf(sent: Promise<ContractTransactionResponse>): Promise<number> {
  const receipt = await (await sent).wait();
  return Number(receipt?.gasUsed);
}

const validatorIdOf = (pubkey: string) => sha256(concat([pubkey, `0x${"00".repeat(16)}`]));

async function measureDeposits(septet: Septet, gas: GasReport): Promise<void> {
  const holder = account(septet, 10);
  const pool = septet.stakingPool.connect(holder);
  gas["StakingPool.deposit (first of a holder)"] = await gasOf(
    pool.deposit(20n * ETHER, holder, { value: 20n * ETHER }),
  );
  gas["StakingPool.deposit (repeated)"] = await gasOf(pool.deposit(20n * ETHER, holder, { value: 20n * ETHER }));
  gas["StakingPool.mint (with refund)"] = await gasOf(pool.mint(20n * ETHER, holder, { value: 21n * ETHER }));
  gas["StakingPool.transfer"] = await gasOf(pool.transfer(account(septet, 11), ETHER));
}

/** Others have requests too, as in a pool that is in use; BalanceReport's own gas is measured elsewhere. */
async function measureRedemptions(septet: Septet, gas: GasReport): Promise<void> {
  const [others, holder] = [account(septet, 11), account(septet, 10)];
  const pool = septet.stakingPool.connect(holder);
  const reporting = septet.stakingPool.connect(await impersonated(await septet.balanceReport.getAddress()));
  await pool.transfer(others, 5n * ETHER);
  await septet.stakingPool.connect(others).requestRedeem(ETHER, others, others);
  gas["StakingPool.requestRedeem (first of a holder)"] = await gasOf(pool.requestRedeem(4n * ETHER, holder, holder));
  gas["StakingPool.requestRedeem (repeated)"] = await gasOf(pool.requestRedeem(4n * ETHER, holder, holder));
  gas["StakingPool.openReport"] = await gasOf(reporting.openReport());
  gas["StakingPool.finishReport"] = await gasOf(reporting.finishReport(ETHER / 100n));
  gas["StakingPool.fill"] = await gasOf(pool.fill(1));
  gas["StakingPool.redeem (part)"] = await gasOf(pool.redeem(ETHER, holder, holder));
  gas["StakingPool.redeem (rest)"] = await gasOf(pool.redeem(7n * ETHER, holder, holder));
}

async function impersonated(address: string) {
  await networkHelpers.impersonateAccount(address);
  await networkHelpers.setBalance(address, ETHER);
  return ethers.getSigner(address);
}

async function measureOperators(septet: Septet, gas: GasReport): Promise<void> {
  gas["OperatorRegistry.register"] = await gasOf(register(septet, 9));
  gas["OperatorRegistry.bondEther (first)"] = await gasOf(septet.operatorRegistry.bondEther(9, { value: ETHER }));
  gas["OperatorSets.formSet"] = await gasOf(septet.operatorSets.formSet([...SEVEN]));
}

async function measureValidator(septet: Septet, gas: GasReport): Promise<void> {
  const { validatorManager: manager } = septet;
  const terms = await depositTerms(septet);
  const key = testKey("gas");
  gas["ValidatorManager.requestKeys"] = await gasOf(manager.requestKeys(1, 1));
  gas["ValidatorManager.submitKeys (1 key)"] = await gasOf(submit(septet, await submissionOf(septet, [key])));
  const { compressed } = signDeposit(key.groupSecret, key.pubkey, terms);
  gas["ValidatorManager.predeposit"] = await gasOf(manager.predeposit(key.pubkey, compressed));
  const fresh = { pubkey: key.pubkey, withdrawalCredentials: terms.withdrawalCredentials, effectiveBalance: 1e9 };
  const id = validatorIdOf(key.pubkey);
  gas["ValidatorManager.proveCredentials"] = await gasOf(
    manager.proveCredentials(id, ...(await proveValidator(fresh))),
  );
  gas["ValidatorManager.topUp"] = await gasOf(manager.topUp(key.pubkey, 31n * ETHER, ...(await proveForTopUp(fresh))));
  const active = await proveValidator({ ...fresh, activationEligibilityEpoch: 0, activationEpoch: 0 });
  gas["ValidatorManager.recordActivation"] = await gasOf(manager.recordActivation(id, ...active));
}

async function measureBatch(septet: Septet, gas: GasReport): Promise<void> {
  const { validatorManager: manager, stakingPool: pool } = septet;
  await pool.deposit(700n * ETHER, septet.governance, { value: 700n * ETHER });
  await manager.requestKeys(1, 20);
  const keys = Array.from({ length: 20 }, (_, i) => testKey(`gas ${i}`));
  const submission = await submissionOf(septet, keys, { requestId: 2n });
  gas["ValidatorManager.submitKeys (20 keys)"] = await gasOf(submit(septet, submission));
}

/** The last, because fills and deposits stop. Settled after the withdrawable epoch, with the estimate of the proof. */
async function measureSlashing(septet: Septet, gas: GasReport): Promise<void> {
  const { slashings } = septet;
  const { withdrawalCredentials } = await depositTerms(septet);
  const { pubkey } = testKey("gas");
  const id = validatorIdOf(pubkey);
  const epoch = Math.floor((await currentSlot()) / 8);
  const proof = await proveValidator({
    ...{ pubkey, withdrawalCredentials, effectiveBalance: 32e9, slashed: true },
    ...{ activationEligibilityEpoch: 0, activationEpoch: 0, exitEpoch: epoch + 5, withdrawableEpoch: epoch + 64 },
  });
  gas["Slashings.recordSlashed"] = await gasOf(slashings.recordSlashed(id, ...proof));
  await networkHelpers.time.increase(64 * 16);
  gas["Slashings.settle (seven bonds)"] = await gasOf(slashings.settle(id));
}

describe("gas", () => {
  // Coverage counts by instructions of its own, which cost gas.
  before(function () {
    if (globalOptions.coverage) this.skip();
  });

  it("stays what the snapshot says", async () => {
    const septet = await networkHelpers.loadFixture(withOperators);
    const gas: GasReport = {};
    await measureDeposits(septet, gas);
    await measureRedemptions(septet, gas);
    await measureOperators(septet, gas);
    await measureValidator(septet, gas);
    await measureBatch(septet, gas);
    await measureSlashing(septet, gas);
    expect(compareWithSnapshot(gas)).to.deep.equal([]);
  });
});
