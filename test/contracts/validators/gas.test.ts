import { expect } from "chai";
import type { ContractTransactionResponse } from "ethers";
import { globalOptions } from "hardhat";
import { DAY, networkHelpers, WITHDRAWAL_REQUESTS } from "../support/chain.ts";
import { compareWithSnapshot, type GasReport } from "../support/gas.ts";
import { currentSlot, proveBalance, proveValidator } from "../support/proofs.ts";
import { account, ETHER, withSet } from "../support/septet.ts";
import { evidence, needOf, predeposit, REASON, withTwoActive, withVerified } from "../support/validators.ts";

type World = Awaited<ReturnType<typeof withTwoActive>>;

async function gasOf(sent: Promise<ContractTransactionResponse>): Promise<number> {
  return Number((await (await sent).wait())?.gasUsed);
}

/** What the block does after its transactions: requests are taken, their slots stay as they are. */
async function simulateEndOfBlock(): Promise<void> {
  for (const slot of [1, 2, 3]) await networkHelpers.setStorageAt(WITHDRAWAL_REQUESTS, slot, 0);
}

async function measureRequests(septet: World, gas: GasReport): Promise<void> {
  const { exits, first, second } = septet;
  await needOf(septet, 60n * ETHER);
  const large = { balance: 70e9, effectiveBalance: 70e9 };
  const fresh = await networkHelpers.takeSnapshot();
  gas["ValidatorExits.requestPartial (first of all)"] = await gasOf(
    exits.requestPartial(...(await evidence(second, large)), { value: 1n }),
  );
  await fresh.restore();
  gas["ValidatorExits.requestExit (liquidity, first of all)"] = await gasOf(
    exits.requestExit(REASON.liquidity, ...(await evidence(first)), { value: 1n }),
  );
  await simulateEndOfBlock();
  const asked = await networkHelpers.takeSnapshot();
  gas["ValidatorExits.requestPartial"] = await gasOf(
    exits.requestPartial(...(await evidence(second, large)), { value: 1n }),
  );
  await asked.restore();
  gas["ValidatorExits.requestExit (liquidity)"] = await gasOf(
    exits.requestExit(REASON.liquidity, ...(await evidence(second)), { value: 1n }),
  );
  await asked.restore();
  gas["ValidatorExits.requestExit (governance)"] = await gasOf(
    exits.requestExit(REASON.governance, ...(await evidence(second)), { value: 1n }),
  );
  await asked.restore();
}

/** `first` was asked to leave; `second` leaves by itself. */
async function measureEnd(septet: World, gas: GasReport): Promise<void> {
  const { exits, manager, balanceReport, first, second } = septet;
  const epoch = Math.floor((await currentSlot()) / 8);
  const leaving = { ...second.shown, exitEpoch: epoch - 5, withdrawableEpoch: epoch - 1 };
  gas["ValidatorManager.recordExit"] = await gasOf(manager.recordExit(second.id, ...(await proveValidator(leaving))));
  const proven = await proveBalance({ ...first.shown }, (await currentSlot()) + 2);
  await networkHelpers.time.setNextBlockTimestamp(proven.anchor.timestamp);
  await balanceReport.start();
  gas["BalanceReport.prove (settles one that leaves)"] = await gasOf(
    balanceReport.prove(proven.anchor.header, proven.balances),
  );
  const gone = await proveBalance({ ...leaving, effectiveBalance: 0, balance: 0 });
  gas["ValidatorManager.recordWithdrawn"] = await gasOf(
    manager.recordWithdrawn(second.id, gone.anchor, gone.proof, gone.balances),
  );
  await networkHelpers.time.increase(DAY);
  const dropped = await proveBalance(first.shown);
  gas["ValidatorExits.lapse"] = await gasOf(exits.lapse(first.id, dropped.anchor, dropped.proof));
}

/** The second key of a group of 128 indices. */
async function measureNeighbour(gas: GasReport): Promise<void> {
  const septet = await networkHelpers.loadFixture(withSet);
  const holder = account(septet, 10);
  await septet.stakingPool.connect(holder).deposit(100n * ETHER, holder, { value: 100n * ETHER });
  for (const known of await withVerified(septet, ["neighbour one", "neighbour two"])) {
    await predeposit(septet, known);
    const proof = await proveValidator(known.shown);
    gas["ValidatorManager.proveCredentials (with a neighbour)"] = await gasOf(
      septet.validatorManager.proveCredentials(known.id, ...proof),
    );
  }
}

describe("gas of exits and endings", () => {
  // Coverage counts by instructions of its own, which cost gas.
  before(function () {
    if (globalOptions.coverage) this.skip();
  });

  it("stays what the snapshot says", async () => {
    const gas: GasReport = {};
    await measureNeighbour(gas);
    const septet = await networkHelpers.loadFixture(withTwoActive);
    await measureRequests(septet, gas);
    await measureEnd(septet, gas);
    expect(compareWithSnapshot(gas, "exits")).to.deep.equal([]);
  });
});
