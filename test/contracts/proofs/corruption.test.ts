import { expect } from "chai";
import type { BaseContract, Interface } from "ethers";
import { globalOptions } from "hardhat";
import { networkHelpers } from "../support/chain.ts";
import { withElectra, withGloas } from "./support.ts";

/** Flips per call: what the gas of one transaction allows. */
const SLICE = 150;
const SELECTOR_BITS = 32;
const LEAST_FLIPS = 10_000;
const LEAST_GLOAS_FLIPS = 5_000;

const NO_DATA = "0x00000000";

type Flipper = Awaited<ReturnType<typeof withElectra>>["flipper"];

/** Flips every `step`-th bit of a call's arguments, one at a time. */
async function flipBits(flipper: Flipper, target: BaseContract, data: string, step: number) {
  const bits = 4 * (data.length - 2);
  const accepted: bigint[] = [];
  const reasons = new Map<string, number>();
  let flips = 0;
  for (let from = SELECTOR_BITS; from < bits; from += SLICE * step) {
    const to = Math.min(from + SLICE * step, bits);
    const [taken, refused] = await flipper
      .getFunction("flip")
      .staticCall(target, data, from, to, step, { gasLimit: 16_000_000 });
    accepted.push(...taken);
    flips += refused.length;
    for (const reason of refused) reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
  }
  return { flips, accepted, reasons };
}

// Odd steps: each place in a byte comes up. (All 43,008 bits of the first were tried once.)
for (const [fork, fixtureOf, step] of [
  ["electra", withElectra, 3],
  ["gloas", withGloas, 7],
] as const) {
  describe(`one flipped bit in a proof of ${fork}`, function () {
    this.timeout(300_000);

    // Not as many instrumented proofs fit into the gas of a call.
    before(function () {
      if (globalOptions.coverage) this.skip();
    });

    it("is refused wherever it is: header, timestamp, slot, index, length, leaf, sibling, encoding", async () => {
      const { anchored, verifier, flipper, proofs, anchor } = await networkHelpers.loadFixture(fixtureOf);
      const encode = (name: string, proof: unknown) =>
        (anchored.interface as Interface).encodeFunctionData(name, [anchor, proof]);
      const calls = {
        validator: encode("validator", proofs.validator(500)),
        validators: encode("validators", proofs.validators([3, 700])),
        balances: encode("balances", proofs.balances([5, 500])),
        pendingDeposit: encode("pendingDeposit", proofs.pendingDeposit(proofs.pendingDepositCount - 1)),
        earliestExitEpoch: encode("earliestExitEpoch", proofs.earliestExitEpoch()),
      };
      const total = new Map<string, number>();
      let flips = 0;
      for (const [name, data] of Object.entries(calls)) {
        const result = await flipBits(flipper, anchored, data, step);
        expect(result.accepted, name).to.deep.equal([]);
        flips += result.flips;
        for (const [reason, count] of result.reasons) {
          const error =
            reason === NO_DATA ? "no data (not ABI)" : (verifier.interface.getError(reason)?.name ?? reason);
          total.set(error, (total.get(error) ?? 0) + count);
        }
      }
      const counts = [...total].sort(([, a], [, b]) => b - a).map(([name, count]) => `${name} ${count}`);
      process.stdout.write(
        `      ${flips} flips in ${Object.keys(calls).length} calls, all refused: ${counts.join(", ")}\n`,
      );
      expect(flips).to.be.greaterThan(fork === "electra" ? LEAST_FLIPS : LEAST_GLOAS_FLIPS);
      expect([...total.values()].reduce((sum, count) => sum + count, 0)).to.equal(flips);
      // Each of the defences was needed.
      const defences = ["InvalidProof", "HeaderMismatch", "BeaconRootNotFound", "IndexBeyondList", "WrongSiblingCount"];
      for (const error of [...defences, "WrongValueCount", "IndicesNotRising", "ListTooLong"]) {
        expect(total.get(error) ?? 0, error).to.be.greaterThan(0);
      }
    });
  });
}
