import "../../support/preset.ts";
import { expect } from "chai";
import { type ContractTransactionResponse, getBytes, hexlify } from "ethers";
import { globalOptions } from "hardhat";
import { balancesOnly } from "../proofs/support.ts";
import { startReport } from "../support/busy.ts";
import { DAY, ethers, networkHelpers, setBeaconRoot } from "../support/chain.ts";
import { compareWithSnapshot, type GasReport } from "../support/gas.ts";
import { insertIndices } from "../support/insertedIndices.ts";
import { ETHER, type Septet, withSet } from "../support/septet.ts";

const { ssz } = await import("@lodestar/types");

const VALIDATORS = 300_000;
const FIRST = 200_064;
const OURS = 100;
const SLOT = 9_000_000;

async function gasOf(sent: Promise<ContractTransactionResponse>): Promise<number> {
  return Number((await (await sent).wait())?.gasUsed);
}

/** As many keys with all their ETH earn fees. */
async function withEarningKeys(septet: Septet): Promise<void> {
  await insertIndices(septet, FIRST, OURS);
  const manager = await septet.validatorManager.getAddress();
  await networkHelpers.impersonateAccount(manager);
  await networkHelpers.setBalance(manager, ETHER);
  const byManager = septet.feeDistributor.connect(await ethers.getSigner(manager));
  await byManager.onStakeChanged(1, BigInt(OURS) * 32n * ETHER);
}

/**
 * Whole transactions. From the third report on no slot is written for the first time: the second is the first that mints
 * fees.
 */
describe("gas of a report of 100 adjacent validators", () => {
  before(function () {
    if (globalOptions.coverage) this.skip();
  });

  it("stays what the snapshot says", async () => {
    const septet = await withSet();
    await withEarningKeys(septet);
    const { balanceReport: report } = septet;
    const { proofs, stateRoot } = balancesOnly("electra", VALIDATORS);
    const ours = proofs.balances(Array.from({ length: OURS }, (_, i) => FIRST + i));
    const header = { ...proofs.anchor(0n).header, slot: BigInt(SLOT) };
    const root = hexlify(
      ssz.phase0.BeaconBlockHeader.hashTreeRoot({
        ...ssz.phase0.BeaconBlockHeader.defaultValue(),
        slot: SLOT,
        stateRoot: getBytes(stateRoot),
      }),
    );
    const startGas = async () => {
      await networkHelpers.time.increase(DAY);
      await startReport(septet, root);
      const started = await ethers.provider.getBlock("latest");
      return Number((await ethers.provider.getTransactionReceipt(started?.transactions[0] ?? ""))?.gasUsed);
    };
    const gas: GasReport = {};
    for (const name of ["first", "second", "third"]) {
      const start = await startGas();
      const prove = await gasOf(report.prove(header, ours));
      const finish = await gasOf(report.finish());
      gas[`BalanceReport.start (${name})`] = start;
      gas[`BalanceReport.prove (100 side by side of 300,000, ${name})`] = prove;
      gas[`BalanceReport.finish (${name})`] = finish;
      gas[`BalanceReport in three transactions (${name})`] = start + prove + finish;
    }
    const start = await startGas();
    const rest = await gasOf(report.proveAndFinish(header, ours));
    gas["BalanceReport.proveAndFinish"] = rest;
    gas["BalanceReport in two transactions"] = start + rest;

    await networkHelpers.time.increase(DAY);
    const timestamp = (await networkHelpers.time.latest()) + 1;
    await networkHelpers.time.setNextBlockTimestamp(timestamp);
    await setBeaconRoot(BigInt(timestamp), root);
    gas["BalanceReport.reportAtOnce"] = await gasOf(report.reportAtOnce(header, ours));
    expect(await report.isOpen()).to.equal(false);
    expect(compareWithSnapshot(gas, "reports")).to.deep.equal([]);
  });
});
