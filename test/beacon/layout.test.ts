import "../support/preset.ts";
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";

const { ssz } = await import("@lodestar/types");
const { concatGindices } = await import("@chainsafe/persistent-merkle-tree");
const { realState } = await import("./realState.ts");
const { statePlaces } = await import("../../scripts/generate/statePlaces.ts");

/** `state_root` in the block header. */
const STATE_ROOT = 11n;

describe("places in the beacon state", () => {
  const fromBlockRoot = (gindex: number) => concatGindices([STATE_ROOT, BigInt(gindex)]);
  const element = ({ gindex, depth }: { gindex: number; depth: number | undefined }, index: bigint) =>
    (fromBlockRoot(gindex) << BigInt(1 + (depth ?? 0))) + index;

  it("are the same as in the contracts (scripts/generate/layout.ts --check)", () => {
    const script = fileURLToPath(new URL("../../scripts/generate/layout.ts", import.meta.url));
    execFileSync(process.execPath, [script, "--check"], { stdio: "pipe" });
  });

  it("of Electra and Fulu are those that others published", () => {
    assert.equal(ssz.phase0.BeaconBlockHeader.getPathInfo(["stateRoot"]).gindex, STATE_ROOT);
    for (const fork of ["electra", "fulu"] as const) {
      const places = statePlaces(fork);
      // From the block root, as deployed verifiers of other pools have them.
      assert.equal(fromBlockRoot(places.validators.gindex), 715n);
      assert.equal(element(places.validators, 7n), 0x5960000000000n + 7n);
      assert.equal(fromBlockRoot(places.balances.gindex), 716n);
      assert.equal(element(places.balances, 9n / 4n), 0x1660000000000n + 2n);
      assert.equal(fromBlockRoot(places.pendingDeposits.gindex), 738n);
      assert.equal(2n * fromBlockRoot(places.pendingDeposits.gindex) + 1n, 1477n, "the length");
      // The slot of the first pending deposit: field 4 of 8.
      assert.equal((element(places.pendingDeposits, 0n) << 3n) + 4n, 0x17100000004n);
      assert.equal(places.earliestExitEpoch, 95);
    }
  });

  it("of Gloas are those of EIP-7688's drafts", () => {
    const places = statePlaces("gloas");
    const lists = [places.validators, places.balances, places.pendingDeposits];
    assert.deepEqual(
      lists.map(({ gindex }) => gindex),
      [358, 359, 2957],
    );
    for (const { depth, limit } of lists) assert.deepEqual([depth, limit], [undefined, undefined]);
  });

  // Should a verifier have the wrong layout for a while (its pivot unset or set too early), proofs must stop, not be forged:
  // the way to a field of the one leads in the other to or through a chunk that is no hash of two others.
  it("of one layout end at a number or zeros in the other", () => {
    const real = realState({ gloasForkEpoch: 60 });
    const electra = ssz.electra.BeaconState.deserializeToViewDU(real.state).node;
    const gloas = ssz.gloas.BeaconState.deserializeToViewDU(real.chain.emptySlotsToGloas().state).node;
    for (const [fork, other] of [
      ["electra", gloas],
      ["gloas", electra],
    ] as const) {
      const { validators, balances, pendingDeposits, earliestExitEpoch } = statePlaces(fork);
      for (const { gindex } of [validators, balances, pendingDeposits, { gindex: earliestExitEpoch }]) {
        const steps = gindex.toString(2).slice(1);
        let node = other;
        let depth = 0;
        while (!node.isLeaf() && depth < steps.length) node = steps[depth++] === "0" ? node.left : node.right;
        assert.ok(node.isLeaf() && depth < steps.length, `${fork} ${gindex} ends after ${depth} levels`);
        // 24 zero bytes at the end: no SHA-256 hash that anyone could find.
        assert.deepEqual(node.root.slice(8), new Uint8Array(24), `${fork} ${gindex}`);
      }
    }
  });
});
