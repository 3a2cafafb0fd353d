import { expect } from "chai";
import { networkHelpers } from "../support/chain.ts";
import { randomOf, withElectra, withGloas } from "./support.ts";

const { ssz } = await import("@lodestar/types");

const SUBSETS = 40;

for (const [fork, fixtureOf] of [
  ["electra", withElectra],
  ["gloas", withGloas],
] as const) {
  describe(`BeaconVerifier on a real state of ${fork}`, () => {
    const fixture = () => networkHelpers.loadFixture(fixtureOf);

    it("accepts whatever validators and balances the builder proves, and tells the state's values", async () => {
      const { verifier, proofs, slot, stateRoot, snapshot } = await fixture();
      const state = ssz[fork].BeaconState.deserializeToViewDU(snapshot.state);
      const balancesOf = state.balances.getAll();
      const random = randomOf(fork === "electra" ? 1 : 2);
      let [proven, pairs, alone] = [0, 0, 0];
      for (let run = 0; run < SUBSETS; run++) {
        const count = 1 + Math.floor(random() ** 3 * 120);
        // Half of the subsets are near each other, so that neighbours share siblings.
        const span = run % 2 === 0 ? proofs.validatorCount : Math.min(2 * count, proofs.validatorCount);
        const from = Math.floor(random() * (proofs.validatorCount - span + 1));
        const indices = Array.from({ length: count }, () => from + Math.floor(random() * span));
        const validators = proofs.validators(indices);
        expect(await verifier.verifyValidators(slot, stateRoot, validators)).to.deep.equal(
          validators.validators.map(({ pubkeyRoot }) => pubkeyRoot),
        );
        const balances = proofs.balances(indices);
        const chunks = balances.runs.flatMap((packed) =>
          Array.from({ length: Number(packed >> 40n) }, (_, at) => Number(packed & (2n ** 40n - 1n)) + at),
        );
        const expected = chunks.flatMap((chunk) => balancesOf.slice(4 * chunk, 4 * chunk + 4)).map(BigInt);
        expect(await verifier.verifyBalances(slot, stateRoot, balances)).to.deep.equal(expected);
        for (const index of indices) expect(chunks).to.include(Math.floor(index / 4));
        proven += validators.validatorIndices.length;
        pairs += validators.validatorIndices.filter((at, i, all) => all[i + 1] === at + 1n && at % 2n === 0n).length;
        alone += Number(validators.validatorIndices.length === 1);
      }
      expect([proven > 500, pairs > 20, alone > 0]).to.deep.equal([true, true, true]);
    });

    it("accepts one proof of all, and the same in any batches", async () => {
      const { verifier, proofs, slot, stateRoot } = await fixture();
      const all = Array.from({ length: proofs.validatorCount }, (_, index) => index);
      const whole = await verifier.verifyBalances(slot, stateRoot, proofs.balances(all));
      expect(proofs.balances(all).runs).to.have.length(1);
      const parts: bigint[] = [];
      for (let from = 0; from < all.length; from += 252) {
        parts.push(...(await verifier.verifyBalances(slot, stateRoot, proofs.balances(all.slice(from, from + 252)))));
      }
      expect(parts).to.deep.equal([...whole]);
      expect(parts).to.have.length(proofs.validatorCount);
    });

    it("accepts each validator alone, at the ends of the list and where trees end", async () => {
      const { verifier, proofs, slot, stateRoot } = await fixture();
      for (const index of [0, 1, 4, 5, 20, 21, 84, 85, 340, 341, 511, 512, 999, proofs.validatorCount - 1]) {
        const proof = proofs.validator(index);
        expect(await verifier.verifyValidator(slot, stateRoot, proof)).to.equal(proof.validator.pubkeyRoot);
      }
    });

    it("accepts each entry of the deposit queue and the exit epoch", async () => {
      const { verifier, proofs, slot, stateRoot } = await fixture();
      for (let index = 0; index < proofs.pendingDepositCount; index++) {
        await verifier.verifyPendingDeposit(slot, stateRoot, proofs.pendingDeposit(index));
      }
      const exit = proofs.earliestExitEpoch();
      expect(await verifier.verifyEarliestExitEpoch(slot, stateRoot, exit)).to.equal(exit.earliestExitEpoch);
    });
  });
}

describe("BeaconVerifier between forks", () => {
  it("has Electra's layout up to the slot before Gloas, and Gloas' from its first slot on", async () => {
    const gloas = await networkHelpers.loadFixture(withGloas);
    const pivot = await gloas.verifier.GLOAS_SLOT();
    expect(gloas.slot).to.equal(pivot);
    const { verifier, proofs, stateRoot } = gloas;
    await verifier.verifyValidator(pivot, stateRoot, proofs.validator(3));
    const before = verifier.verifyValidator(pivot - 1n, stateRoot, proofs.validator(3));
    await expect(before).to.be.revertedWithCustomError(verifier, "WrongSiblingCount");
  });
});
