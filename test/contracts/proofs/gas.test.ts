import { expect } from "chai";
import { globalOptions } from "hardhat";
import { networkHelpers } from "../support/chain.ts";
import { compareWithSnapshot, type GasReport } from "../support/gas.ts";
import { balancesOnly, withElectra } from "./support.ts";

const VALIDATORS = 300_000;
const FIRST = 200_000;

/** Execution alone, addresses warm, without the transaction around it: what a contract pays that asks the verifier. */
describe("gas of the verifier", () => {
  before(function () {
    if (globalOptions.coverage) this.skip();
  });

  it("stays what the snapshot says", async () => {
    const { verifier, flipper, proofs, anchor, slot, stateRoot } = await networkHelpers.loadFixture(withElectra);
    const large = balancesOnly("electra", VALIDATORS);
    const side = (count: number) => Array.from({ length: count }, (_, i) => FIRST + i);
    const apart = (count: number) => Array.from({ length: count }, (_, i) => Math.floor((VALIDATORS / count) * i));
    const { interface: abi } = verifier;
    const balances = (indices: number[]) =>
      abi.encodeFunctionData("verifyBalances", [slot, large.stateRoot, large.proofs.balances(indices)]);
    const validators = proofs.validators(Array.from({ length: 20 }, (_, i) => 203 + i));
    const calls = {
      verifyHeader: abi.encodeFunctionData("verifyHeader", [anchor.timestamp, anchor.header]),
      "verifyValidator (of 1,012)": abi.encodeFunctionData("verifyValidator", [slot, stateRoot, proofs.validator(500)]),
      "verifyValidators (20 side by side of 1,012)": abi.encodeFunctionData("verifyValidators", [
        slot,
        stateRoot,
        validators,
      ]),
      "verifyBalances (1 of 300,000)": balances(side(1)),
      "verifyBalances (100 side by side of 300,000)": balances(side(100)),
      "verifyBalances (1,000 side by side of 300,000)": balances(side(1000)),
      "verifyBalances (100 apart of 300,000)": balances(apart(100)),
      verifyPendingDeposit: abi.encodeFunctionData("verifyPendingDeposit", [slot, stateRoot, proofs.pendingDeposit(0)]),
      verifyEarliestExitEpoch: abi.encodeFunctionData("verifyEarliestExitEpoch", [
        slot,
        stateRoot,
        proofs.earliestExitEpoch(),
      ]),
    };
    const gas: GasReport = {};
    for (const [name, data] of Object.entries(calls)) {
      gas[`BeaconVerifier.${name}`] = Number(
        await flipper.getFunction("gasOf").staticCall(verifier, data, { gasLimit: 16_000_000 }),
      );
    }
    const hundred = balances(side(100));
    expect((hundred.length - 2) / 2).to.be.at.most(1_900);
    expect(gas["BeaconVerifier.verifyBalances (100 side by side of 300,000)"]).to.be.at.most(60_000);
    expect(compareWithSnapshot(gas, "proofs")).to.deep.equal([]);
  });
});
