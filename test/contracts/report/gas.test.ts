import "../../support/preset.ts";
import { expect } from "chai";
import { type ContractTransactionResponse, concat, hexlify } from "ethers";
import { artifacts, globalOptions } from "hardhat";
import { balancesOnly } from "../proofs/support.ts";
import { startReport } from "../support/busy.ts";
import { DAY, ethers, networkHelpers } from "../support/chain.ts";
import { compareWithSnapshot, type GasReport } from "../support/gas.ts";
import { type Septet, withSet } from "../support/septet.ts";

const { ssz } = await import("@lodestar/types");

const VALIDATORS = 300_000;
const FIRST = 200_064;
const OURS = 100;

async function gasOf(sent: Promise<ContractTransactionResponse>): Promise<number> {
  return Number((await (await sent).wait())?.gasUsed);
}

/** What follows the code in the transaction that created the contract. */
async function constructorArgumentsOf(address: string, name: string): Promise<string> {
  const { bytecode } = await artifacts.readArtifact(name);
  for (let number = await ethers.provider.getBlockNumber(); number > 0; number--) {
    const block = await ethers.provider.getBlock(number, true);
    for (const transaction of block?.prefetchedTransactions ?? []) {
      if (transaction.to !== null) continue;
      const receipt = await ethers.provider.getTransactionReceipt(transaction.hash);
      if (receipt?.contractAddress === address) return `0x${transaction.data.slice(bytecode.length)}`;
    }
  }
  throw new Error(`no transaction created ${address}`);
}

/** The manager gets a door by which indices count without a key: a hundred ceremonies would add nothing here. */
async function withInsertedIndices(septet: Septet): Promise<void> {
  const manager = await septet.validatorManager.getAddress();
  const { bytecode } = await artifacts.readArtifact("ManagerWithInsertedKeys");
  const data = concat([bytecode, await constructorArgumentsOf(manager, "ValidatorManager")]);
  const made = await (await septet.governance.sendTransaction({ data })).wait();
  await networkHelpers.setCode(manager, await ethers.provider.getCode(made?.contractAddress ?? ""));
  const door = await ethers.getContractAt("ManagerWithInsertedKeys", manager);
  await door.getFunction("insertAccounted")(FIRST, OURS);
}

/** Whole transactions of the second report, when no slot is written for the first time. */
describe("gas of a report of 100 adjacent validators", () => {
  before(function () {
    if (globalOptions.coverage) this.skip();
  });

  it("stays what the snapshot says", async () => {
    const septet = await withSet();
    await withInsertedIndices(septet);
    const { balanceReport: report } = septet;
    const { proofs, stateRoot } = balancesOnly("electra", VALIDATORS);
    const ours = proofs.balances(Array.from({ length: OURS }, (_, i) => FIRST + i));
    const gas: GasReport = {};
    for (const name of ["first", "repeated"]) {
      await networkHelpers.time.increase(DAY);
      const { header } = proofs.anchor(0n);
      const root = ssz.phase0.BeaconBlockHeader.hashTreeRoot({
        ...ssz.phase0.BeaconBlockHeader.defaultValue(),
        stateRoot: Buffer.from(stateRoot.slice(2), "hex"),
      });
      await startReport(septet, hexlify(root));
      const started = await ethers.provider.getBlock("latest", true);
      const [transaction] = started?.transactions ?? [];
      const start = Number((await ethers.provider.getTransactionReceipt(transaction ?? ""))?.gasUsed);
      const prove = await gasOf(report.prove(header, ours));
      const finish = await gasOf(report.finish());
      gas[`BalanceReport.start (${name})`] = start;
      gas[`BalanceReport.prove (100 side by side of 300,000, ${name})`] = prove;
      gas[`BalanceReport.finish (${name})`] = finish;
      gas[`BalanceReport in all (${name})`] = start + prove + finish;
    }
    expect(await report.isOpen()).to.equal(false);
    expect(compareWithSnapshot(gas, "reports")).to.deep.equal([]);
  });
});
