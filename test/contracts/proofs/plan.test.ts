import { expect } from "chai";
import { globalOptions } from "hardhat";
import { type PlanOptions, planBalances, transactionGas } from "../../../services/beacon/balancePlan.ts";
import { ethers, networkHelpers } from "../support/chain.ts";
import { balancesOnly, deployVerifier, randomOf, withElectra, withGloas } from "./support.ts";

const GAS_LIMIT = 400_000;
const TOLERANCE_PERCENT = { electra: 3, gloas: 7 };

async function withLargeList() {
  return { ...(await deployVerifier()), ...balancesOnly("electra", 60_000), slot: 0n };
}

type Verifier = Awaited<ReturnType<typeof deployVerifier>>["verifier"];

const optionsOf = (verifier: Verifier, slot: bigint, stateRoot: string): PlanOptions => ({
  gasLimit: GAS_LIMIT,
  encode: (proof) => verifier.interface.encodeFunctionData("verifyBalances", [slot, stateRoot, proof]),
});

/** Our validators as they come: made in batches that lie side by side, and some alone. */
function oursAmong(validatorCount: number, count: number): number[] {
  const random = randomOf(7);
  const indices = new Set<number>();
  while (indices.size < count) {
    const from = Math.floor(random() * validatorCount);
    const length = random() < 0.3 ? 1 : 1 + Math.floor(random() * 40);
    for (let index = from; index < Math.min(from + length, validatorCount); index++) indices.add(index);
  }
  return [...indices];
}

describe("plan of balance proofs", () => {
  for (const [name, fork, fixtureOf, validatorCount, count] of [
    ["a thousand validators of Electra", "electra", withElectra, 1_000, 600],
    ["sixty thousand balances", "electra", withLargeList, 60_000, 2_500],
    ["a thousand validators of Gloas", "gloas", withGloas, 1_000, 600],
  ] as const) {
    it(`takes each of our validators once, and transactions use the gas it predicted: ${name}`, async function () {
      if (globalOptions.coverage) this.skip();
      const { verifier, proofs, slot, stateRoot } = await networkHelpers.loadFixture(fixtureOf);
      const ours = oursAmong(validatorCount, count);
      const [sender] = await ethers.getSigners();
      const plan = planBalances(proofs, ours, optionsOf(verifier, slot, stateRoot));
      expect(plan.flatMap(({ validatorIndices }) => validatorIndices)).to.deep.equal(ours.toSorted((a, b) => a - b));
      for (const { data, predictedGas } of plan) {
        expect(predictedGas).to.be.at.most(GAS_LIMIT);
        const sent = await sender?.sendTransaction({ to: verifier, data, gasLimit: 2 * GAS_LIMIT });
        const used = Number((await sent?.wait())?.gasUsed);
        const offPercent = (100 * Math.abs(predictedGas - used)) / used;
        expect(offPercent, `predicted ${predictedGas}, used ${used}`).to.be.at.most(TOLERANCE_PERCENT[fork]);
      }
    });
  }

  it("fills the batches: none could take the next validator as well", async () => {
    const { verifier, proofs, slot, stateRoot } = await networkHelpers.loadFixture(withLargeList);
    const options = optionsOf(verifier, slot, stateRoot);
    const ours = oursAmong(60_000, 2_000);
    const plan = planBalances(proofs, ours, options);
    expect(plan.length).to.be.greaterThan(3);
    for (const [number, { validatorIndices }] of plan.slice(0, -1).entries()) {
      const next = plan[number + 1]?.validatorIndices[0] ?? -1;
      expect(planBalances(proofs, [...validatorIndices, next], options)).to.have.length(2);
    }
  });

  it("knows the floor of EIP-7623: scattered validators cost their calldata, not their hashing", async () => {
    const { verifier, proofs, slot, stateRoot } = await networkHelpers.loadFixture(withLargeList);
    const options = { ...optionsOf(verifier, slot, stateRoot), gasLimit: 10_000_000 };
    const floorOf = (indices: number[]) => {
      const [batch] = planBalances(proofs, indices, options);
      return { predicted: batch?.predictedGas, floor: transactionGas(batch?.data ?? "0x", 0) };
    };
    const scattered = floorOf(Array.from({ length: 100 }, (_, i) => 600 * i));
    expect(scattered.predicted).to.equal(scattered.floor);
    const adjacent = floorOf(Array.from({ length: 1000 }, (_, i) => 4000 + i));
    expect(adjacent.predicted).to.be.greaterThan(adjacent.floor);
  });

  it("refuses limits that a single validator exceeds", async () => {
    const { verifier, proofs, slot, stateRoot } = await networkHelpers.loadFixture(withLargeList);
    const options = { ...optionsOf(verifier, slot, stateRoot), gasLimit: 30_000 };
    expect(() => planBalances(proofs, [5], options)).to.throw("validator 5 alone");
    expect(() => planBalances(proofs, [5], { ...options, gasLimit: GAS_LIMIT, maxCalldataBytes: 500 })).to.throw();
  });

  it("splits for the size of calldata as well", async () => {
    const { verifier, proofs, slot, stateRoot } = await networkHelpers.loadFixture(withLargeList);
    const options = { ...optionsOf(verifier, slot, stateRoot), maxCalldataBytes: 4_000 };
    const plan = planBalances(proofs, oursAmong(60_000, 200), options);
    expect(plan.length).to.be.greaterThan(1);
    for (const { data } of plan) expect((data.length - 2) / 2).to.be.at.most(4_000);
  });
});
