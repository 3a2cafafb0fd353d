import { expect } from "chai";
import type { ContractTransactionResponse } from "ethers";
import { globalOptions } from "hardhat";
import { DAY, ethers, networkHelpers } from "../support/chain.ts";
import { compareWithSnapshot, type GasReport } from "../support/gas.ts";
import { account, ETHER, type Septet, withSet } from "../support/septet.ts";

const COOLDOWN = 38n * DAY;
const NEWCOMER = 8n;

async function gasOf(sent: Promise<ContractTransactionResponse>): Promise<number> {
  const receipt = await (await sent).wait();
  return Number(receipt?.gasUsed);
}

/** The calls of contracts to each other are measured as transactions of the contract that makes them. */
async function as(contract: { getAddress(): Promise<string> }) {
  const address = await contract.getAddress();
  await networkHelpers.impersonateAccount(address);
  await networkHelpers.setBalance(address, ETHER);
  return ethers.getSigner(address);
}

async function measureBonds(septet: Septet, gas: GasReport): Promise<void> {
  const { operatorRegistry, faultCourt } = septet;
  await operatorRegistry.bondEther(NEWCOMER, { value: 4n * ETHER });
  const owner = account(septet, Number(NEWCOMER));
  const own = operatorRegistry.connect(owner);
  gas["OperatorRegistry.requestUnbond"] = await gasOf(own.requestUnbond(NEWCOMER, ETHER));
  await networkHelpers.time.increase(COOLDOWN);
  gas["OperatorRegistry.withdrawBond"] = await gasOf(own.withdrawBond(NEWCOMER, owner));
  const court = operatorRegistry.connect(await as(faultCourt));
  gas["OperatorRegistry.charge (with a reward)"] = await gasOf(
    court.charge(1, ETHER / 10n, account(septet, 10), ETHER / 200n),
  );
}

async function measureSeats(septet: Septet, gas: GasReport): Promise<void> {
  const { operatorSets, setChanges } = septet;
  const changes = operatorSets.connect(await as(setChanges));
  gas["OperatorSets.lockIncoming (one seat)"] = await gasOf(
    changes.lockIncoming(1, 1, [1n, 2n, 3n, 4n, 5n, 6n, NEWCOMER]),
  );
  gas["OperatorSets.replaceSeats (one seat)"] = await gasOf(changes.replaceSeats(1, 1));
  await networkHelpers.time.increase(COOLDOWN);
  gas["OperatorSets.releaseLeaver"] = await gasOf(operatorSets.releaseLeaver(1, 7));
}

/** Fees come as shares of a holder, in the name of the pool. */
async function measureFees(septet: Septet, gas: GasReport): Promise<void> {
  const { stakingPool, feeDistributor, validatorManager } = septet;
  const [pool, manager] = [await as(stakingPool), await as(validatorManager)];
  gas["FeeDistributor.onStakeChanged (first)"] = await gasOf(
    feeDistributor.connect(manager).onStakeChanged(1, 32n * ETHER),
  );
  const holder = stakingPool.connect(account(septet, 10));
  for (const time of ["first", "repeated"]) {
    await holder.transfer(feeDistributor, 7n * ETHER);
    gas[`FeeDistributor.onFees (${time})`] = await gasOf(feeDistributor.connect(pool).onFees(7n * ETHER));
    gas[`FeeDistributor.divide (${time})`] = await gasOf(feeDistributor.divide(1));
    gas[`FeeDistributor.claim (${time})`] = await gasOf(feeDistributor.claim(1));
  }
}

describe("gas of bonds, seats and fees", () => {
  // Coverage counts by instructions of its own, which cost gas.
  before(function () {
    if (globalOptions.coverage) this.skip();
  });

  it("stays what the snapshot says", async () => {
    const septet = await networkHelpers.loadFixture(withSet);
    const gas: GasReport = {};
    await measureBonds(septet, gas);
    await measureSeats(septet, gas);
    await measureFees(septet, gas);
    expect(compareWithSnapshot(gas, "operators")).to.deep.equal([]);
  });
});
