import { expect } from "chai";
import type { ContractTransactionResponse } from "ethers";
import { globalOptions } from "hardhat";
import { DAY, networkHelpers } from "../support/chain.ts";
import { compareWithSnapshot, type GasReport } from "../support/gas.ts";
import { twoOf } from "../support/pairs.ts";
import { currentSlot, proveValidator } from "../support/proofs.ts";
import { withTwoActive } from "../support/validators.ts";

const VECTOR_EPOCHS = 64;

async function gasOf(sent: Promise<ContractTransactionResponse>): Promise<number> {
  return Number((await (await sent).wait())?.gasUsed);
}

/** Whole transactions of reports that count one slashed validator, which seven bonds answer for. */
describe("gas of reports with a slashed key", () => {
  before(function () {
    if (globalOptions.coverage) this.skip();
  });

  it("stays what the snapshot says", async () => {
    const septet = await networkHelpers.loadFixture(withTwoActive);
    const { balanceReport: report, slashings, manager, first, second } = septet;
    // The same past whatever ran before: what is older than the vector is looked up only when the chain is as old.
    await networkHelpers.time.increase(VECTOR_EPOCHS * 8 * 12);
    const epoch = Math.floor((await currentSlot()) / 8);
    const slashed = { ...second.shown, slashed: true, exitEpoch: epoch + 5, withdrawableEpoch: epoch + VECTOR_EPOCHS };
    const gas: GasReport = {};
    gas["Slashings.recordSlashed"] = await gasOf(
      slashings.recordSlashed(second.id, ...(await proveValidator(slashed))),
    );
    gas["Slashings.raiseReserve (nothing to raise)"] = await gasOf(slashings.raiseReserve(second.id));
    const lostGwei = { "the first, which ends the freeze": 10e6, "bonds reserve more": 200e6 };
    for (const [name, lost] of Object.entries(lostGwei)) {
      const known = { ...second, shown: { ...slashed, balance: 32e9 - lost } };
      const { anchor, source } = await twoOf(first, known, (await currentSlot()) + 2);
      await report.start();
      // Both validators are in one chunk.
      gas[`BalanceReport.prove (${name})`] = await gasOf(report.prove(anchor.header, source.balances));
      gas[`BalanceReport.finish (${name})`] = await gasOf(report.finish());
      await networkHelpers.time.increase(DAY);
    }
    expect((await manager.validator(second.id)).state).to.equal(8n);
    expect(compareWithSnapshot(gas, "slashings")).to.deep.equal([]);
  });
});
