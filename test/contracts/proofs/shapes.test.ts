import { expect } from "chai";
import { getBytes, hexlify, sha256, ZeroHash } from "ethers";
import type { BalancesProof, ValidatorsProof } from "../../../services/beacon/types.ts";
import { networkHelpers } from "../support/chain.ts";
import { withElectra, withGloas } from "./support.ts";

const LIST_LIMIT = 2n ** 40n;

const run = (first: bigint, count: bigint) => first | (count << 40n);

for (const [fork, fixtureOf] of [
  ["electra", withElectra],
  ["gloas", withGloas],
] as const) {
  describe(`malformed proofs of ${fork}`, () => {
    async function fixture() {
      const found = await networkHelpers.loadFixture(fixtureOf);
      const { verifier, slot, stateRoot } = found;
      const expectRefusal = (proof: BalancesProof, error: string) =>
        expect(verifier.verifyBalances(slot, stateRoot, proof), error).to.be.revertedWithCustomError(verifier, error);
      const expectValidatorsRefusal = (proof: ValidatorsProof, error: string) =>
        expect(verifier.verifyValidators(slot, stateRoot, proof), error).to.be.revertedWithCustomError(verifier, error);
      return { ...found, expectRefusal, expectValidatorsRefusal };
    }

    it("must not lack a sibling or have one too many", async () => {
      const { verifier, proofs, slot, stateRoot, expectRefusal, expectValidatorsRefusal } = await fixture();
      const balances = proofs.balances([5, 500]);
      const { length } = balances.siblings;
      for (const siblings of [[], balances.siblings.slice(1), balances.siblings.slice(0, -1)]) {
        await expectRefusal({ ...balances, siblings }, "WrongSiblingCount").withArgs(siblings.length, length);
      }
      const more = [...balances.siblings, ZeroHash];
      await expectRefusal({ ...balances, siblings: more }, "WrongSiblingCount").withArgs(length + 1, length);
      const validators = proofs.validators([5, 500]);
      const fewer = { ...validators, siblings: validators.siblings.slice(1) };
      await expectValidatorsRefusal(fewer, "WrongSiblingCount");
      const exit = proofs.earliestExitEpoch();
      const long = { ...exit, siblings: [...exit.siblings, ZeroHash] };
      await expect(verifier.verifyEarliestExitEpoch(slot, stateRoot, long))
        .to.be.revertedWithCustomError(verifier, "WrongSiblingCount")
        .withArgs(exit.siblings.length + 1, exit.siblings.length);
    });

    it("must not carry a sibling that is known to be zeros", async () => {
      const { proofs, expectRefusal } = await fixture();
      const last = proofs.balances([proofs.validatorCount - 1]);
      await expectRefusal({ ...last, siblings: [ZeroHash, ...last.siblings] }, "WrongSiblingCount");
    });

    it("must have as many values as indices", async () => {
      const { proofs, expectRefusal, expectValidatorsRefusal } = await fixture();
      const balances = proofs.balances([5, 500]);
      const [chunk = ""] = balances.chunks;
      await expectRefusal({ ...balances, chunks: [chunk] }, "WrongValueCount").withArgs(1, 2);
      await expectRefusal({ ...balances, chunks: [...balances.chunks, chunk] }, "WrongValueCount").withArgs(3, 2);
      await expectRefusal({ ...balances, runs: [] }, "WrongValueCount").withArgs(2, 0);
      const validators = proofs.validators([5, 500]);
      await expectValidatorsRefusal(
        { ...validators, validators: validators.validators.slice(1) },
        "WrongValueCount",
      ).withArgs(1, 2);
    });

    it("must prove something", async () => {
      const { proofs, expectRefusal, expectValidatorsRefusal } = await fixture();
      await expectRefusal({ ...proofs.balances([5]), runs: [], chunks: [] }, "EmptyProof");
      await expectValidatorsRefusal({ ...proofs.validators([5]), validatorIndices: [], validators: [] }, "EmptyProof");
      await expectRefusal({ ...proofs.balances([5]), runs: [run(1n, 0n)] }, "EmptyRun").withArgs(1);
    });

    it("must name each element once, in rising order", async () => {
      const { proofs, expectRefusal, expectValidatorsRefusal } = await fixture();
      const balances = proofs.balances([20, 500]);
      for (const [runs, previous, index] of [
        [[run(125n, 1n), run(5n, 1n)], 125, 5],
        [[run(5n, 1n), run(5n, 1n)], 5, 5],
        [[run(5n, 2n), run(6n, 1n)], 6, 6],
      ] as const) {
        const proof = { ...balances, runs: [...runs], chunks: [...balances.chunks, ...balances.chunks].slice(0, 3) };
        await expectRefusal(proof, "IndicesNotRising").withArgs(previous, index);
      }
      const validators = proofs.validators([5, 500]);
      for (const validatorIndices of [
        [500n, 5n],
        [5n, 5n],
      ]) {
        await expectValidatorsRefusal({ ...validators, validatorIndices }, "IndicesNotRising").withArgs(
          ...validatorIndices,
        );
      }
    });

    it("must not reach past the end of a list, where the state holds zeros that look like balances", async () => {
      const { verifier, proofs, slot, stateRoot, expectRefusal, expectValidatorsRefusal } = await fixture();
      const length = proofs.validatorCount;
      const chunkCount = BigInt(Math.ceil(length / 4));
      const balances = proofs.balances([length - 1]);
      const past = { ...balances, runs: [run(chunkCount, 1n)], chunks: [ZeroHash] };
      await expectRefusal(past, "IndexBeyondList").withArgs(4n * chunkCount, length);
      const across = { ...balances, runs: [run(chunkCount - 1n, 2n)], chunks: [...balances.chunks, ZeroHash] };
      await expectRefusal(across, "IndexBeyondList").withArgs(4n * chunkCount, length);
      // The last chunk is proven, and the balances that it lacks are not given as zeros.
      const given = await verifier.verifyBalances(slot, stateRoot, balances);
      expect(given).to.have.length(length % 4 || 4);

      const validator = proofs.validator(length - 1);
      for (const validatorIndex of [BigInt(length), LIST_LIMIT, 2n ** 64n - 1n]) {
        await expect(verifier.verifyValidator(slot, stateRoot, { ...validator, validatorIndex }))
          .to.be.revertedWithCustomError(verifier, "IndexBeyondList")
          .withArgs(validatorIndex, length);
      }
      const validators = { ...proofs.validators([5, 500]), validatorIndices: [5n, BigInt(length)] };
      await expectValidatorsRefusal(validators, "IndexBeyondList");
      const deposit = proofs.pendingDeposit(0);
      await expect(
        verifier.verifyPendingDeposit(slot, stateRoot, { ...deposit, depositIndex: deposit.listLength }),
      ).to.be.revertedWithCustomError(verifier, "IndexBeyondList");
    });

    it("must not tell another length, which would make elements out of zeros or zeros out of elements", async () => {
      const { verifier, proofs, slot, stateRoot, expectRefusal } = await fixture();
      const length = BigInt(proofs.validatorCount);
      const balances = proofs.balances([5]);
      const refused = ["InvalidProof", "WrongSiblingCount"];
      for (const listLength of [8n, length - 1n, length + 1n, 2n * length, 8n * length, LIST_LIMIT]) {
        const outcome = verifier.verifyBalances(slot, stateRoot, { ...balances, listLength });
        const error = await outcome.then(String, ({ data }) => verifier.interface.parseError(data)?.name);
        expect(refused, `length ${listLength}`).to.include(error);
      }
      await expectRefusal({ ...balances, listLength: LIST_LIMIT + 1n }, "ListTooLong").withArgs(
        LIST_LIMIT + 1n,
        LIST_LIMIT,
      );
      const validator = { ...proofs.validator(5), validatorIndex: LIST_LIMIT, listLength: 2n ** 64n - 1n };
      await expect(verifier.verifyValidator(slot, stateRoot, validator)).to.be.revertedWithCustomError(
        verifier,
        "ListTooLong",
      );
    });

    it("must not pass one list, level or field for another", async () => {
      const { verifier, proofs, slot, stateRoot } = await fixture();
      const balances = proofs.balances([5]);
      const validator = proofs.validator(5);
      const refused = async (outcome: Promise<unknown>) => {
        const error = await outcome.then(String, ({ data }) => verifier.interface.parseError(data)?.name);
        expect(["InvalidProof", "WrongSiblingCount"]).to.include(error);
      };
      // A validator's leaf with the siblings of its balance, and the reverse.
      await refused(verifier.verifyValidator(slot, stateRoot, { ...validator, siblings: balances.siblings }));
      await refused(verifier.verifyBalances(slot, stateRoot, { ...balances, siblings: validator.siblings }));
      // An inner node as a chunk: the parent of two chunks, one level up.
      const pair = proofs.balances([8, 12]);
      const parent = sha256(Buffer.concat(pair.chunks.map((chunk) => getBytes(chunk))));
      const oneUp = { ...pair, runs: [run(1n, 1n)], chunks: [hexlify(parent)] };
      await refused(verifier.verifyBalances(slot, stateRoot, oneUp));
      // The exit epoch from the place of another field.
      const exit = proofs.earliestExitEpoch();
      await refused(
        verifier.verifyEarliestExitEpoch(slot, stateRoot, { ...exit, siblings: exit.siblings.toReversed() }),
      );
    });

    it("must belong to the state root that is asked for", async () => {
      const { verifier, proofs, slot, stateRoot } = await fixture();
      await expect(verifier.verifyBalances(slot, ZeroHash, proofs.balances([5])))
        .to.be.revertedWithCustomError(verifier, "InvalidProof")
        .withArgs(ZeroHash, stateRoot);
    });
  });
}

describe("proofs under the wrong fork's layout", () => {
  // When a fork comes and the verifier's pivot was not set, or set too early: proofs stop, none can be forged. Each field of
  // the one layout lies at or below a number in the other, which no hash equals.
  it("fail, whichever way round", async () => {
    const { real, snapshot, proofs, stateRoot, verifier } = await networkHelpers.loadFixture(withGloas);
    const pivot = await verifier.GLOAS_SLOT();
    const { openState } = await import("../../../services/beacon/stateProofs.ts");
    const electra = openState(real);
    const electraRoot = hexlify(real.header.stateRoot);
    expect(snapshot.fork).to.equal("gloas");
    for (const [slot, root, of] of [
      [pivot - 1n, stateRoot, proofs],
      [pivot, electraRoot, electra],
    ] as const) {
      for (const outcome of [
        verifier.verifyValidator(slot, root, of.validator(5)),
        verifier.verifyBalances(slot, root, of.balances([5])),
        verifier.verifyPendingDeposit(slot, root, of.pendingDeposit(0)),
        verifier.verifyEarliestExitEpoch(slot, root, of.earliestExitEpoch()),
      ]) {
        const error = await outcome.then(String, ({ data }) => verifier.interface.parseError(data)?.name);
        expect(["InvalidProof", "WrongSiblingCount", "ListTooLong"]).to.include(error);
      }
    }
  });
});
