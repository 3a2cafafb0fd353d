import { expect } from "chai";
import type { ContractTransactionResponse } from "ethers";
import { globalOptions } from "hardhat";
import type { hashValue } from "../../../services/node/consensus/value.ts";
import { attestation, domainOf, Reporter, root, say } from "../court/support.ts";
import { networkHelpers } from "../support/chain.ts";
import { compareWithSnapshot, type GasReport } from "../support/gas.ts";
import { account, type Septet } from "../support/septet.ts";
import { deliver, moveToEpoch, reshared, signChange, withKeys } from "./support.ts";

async function gasOf(sent: Promise<ContractTransactionResponse>): Promise<number> {
  const receipt = await (await sent).wait();
  return Number(receipt?.gasUsed);
}

async function accept(septet: Septet, gas: GasReport, ...what: [Parameters<typeof signChange>[1], number[]]) {
  const { statement, signers, signatures, startEpoch } = await signChange(septet, ...what);
  gas[`SetChanges.acceptChange (${what[0]})`] = await gasOf(
    septet.setChanges.acceptChange(statement, signers, signatures),
  );
  await moveToEpoch(startEpoch);
}

async function measureFaults(septet: Septet, gas: GasReport): Promise<void> {
  const domain = await domainOf(septet);
  const reporter = new Reporter(septet, domain);
  // The reporter holds shares already, as any but the first report finds it.
  await septet.stakingPool.connect(account(septet, 10)).transfer(reporter.signer, 1n);
  const commit = (seat: number, value: Parameters<typeof hashValue>[0]) => say(domain, seat, { kind: "commit", value });
  const [one, other] = [attestation(100), attestation(100, { beaconBlockRoot: root(2) })];
  gas["FaultCourt.commitReport"] = await gasOf(reporter.court.commitReport(root(1)));
  gas["FaultCourt.convictEquivocation"] = await gasOf(reporter.equivocation(commit(1, one), commit(1, other)));
  const left = say(domain, 2, { kind: "round-change", slot: 100, round: 2 });
  gas["FaultCourt.convictDeniedCommit"] = await gasOf(reporter.deniedCommit(commit(2, one), left));
  const next = attestation(101);
  gas["FaultCourt.convictConflictingAttestations"] = await gasOf(
    reporter.attestations([commit(3, one), one], [commit(3, next), next]),
  );
}

describe("gas of changes and faults", () => {
  // Coverage counts by instructions of its own, which cost gas.
  before(function () {
    if (globalOptions.coverage) this.skip();
  });

  it("stays what the snapshot says", async () => {
    const { septet, keys } = await networkHelpers.loadFixture(withKeys);
    const gas: GasReport = {};
    await accept(septet, gas, "lease", [1, 2, 3, 4]);
    await accept(septet, gas, "restore", []);
    gas["SetChanges.proposeRotation"] = await gasOf(septet.setChanges.proposeRotation(1, [1n, 2n, 3n, 4n, 5n, 6n, 8n]));
    gas["SetChanges.submitResharing (2 keys)"] = await gasOf(
      deliver(
        septet,
        keys.map((key) => reshared(key)),
      ),
    );
    await accept(septet, gas, "rotation", [7]);
    await measureFaults(septet, gas);
    expect(compareWithSnapshot(gas, "changes")).to.deep.equal([]);
  });
});
