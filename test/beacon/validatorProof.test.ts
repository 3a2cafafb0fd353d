import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { describe, it } from "node:test";
import { getBytes } from "ethers";
import { beaconFixture, pubkeyOf } from "./state.ts";

const { ssz } = await import("@lodestar/types");
const { buildValidatorProof } = await import("../../services/beacon/validatorProof.ts");
const { BeaconProofError } = await import("../../services/beacon/errors.ts");

const added = [{ pubkey: pubkeyOf(100), withdrawalCredentials: new Uint8Array(32).fill(2), effectiveBalance: 1e9 }];
const fixture = beaconFixture(11, added);
const proofOf = (validatorIndex: number, changes = {}) =>
  buildValidatorProof({ fork: "electra", ...fixture, validatorIndex, timestamp: 1n, ...changes });

const sha256 = (left: Uint8Array, right: Uint8Array) => createHash("sha256").update(left).update(right).digest();

/** Recomputes the block root with nothing but SHA-256 and the path of the specs: 50 levels, index in the lowest bits. */
function rootOf(proof: ReturnType<typeof proofOf>, leaf: Uint8Array): Uint8Array {
  const position = 0x1960000000000n + proof.validatorIndex;
  return proof.branch.reduce<Uint8Array>((node, sibling, level) => {
    const other = getBytes(sibling);
    return (position >> BigInt(level)) & 1n ? sha256(other, node) : sha256(node, other);
  }, leaf);
}

describe("proof of a validator in a beacon state", () => {
  it("leads from every validator to the block root along the path of the Electra layout", () => {
    for (let index = 0; index < 17; index++) {
      const proof = proofOf(index);
      const { pubkey, withdrawalCredentials, effectiveBalanceGwei, slashed } = proof.validator;
      const farFuture = (epoch: bigint) => (epoch === 2n ** 64n - 1n ? Number.POSITIVE_INFINITY : Number(epoch));
      const leaf = ssz.phase0.Validator.hashTreeRoot({
        pubkey: getBytes(pubkey),
        withdrawalCredentials: getBytes(withdrawalCredentials),
        effectiveBalance: Number(effectiveBalanceGwei),
        slashed,
        activationEligibilityEpoch: farFuture(proof.validator.activationEligibilityEpoch),
        activationEpoch: farFuture(proof.validator.activationEpoch),
        exitEpoch: farFuture(proof.validator.exitEpoch),
        withdrawableEpoch: farFuture(proof.validator.withdrawableEpoch),
      });
      assert.equal(proof.branch.length, 50);
      assert.deepEqual(Buffer.from(rootOf(proof, leaf)), Buffer.from(fixture.blockRoot), `validator ${index}`);
    }
  });

  it("has the same path in the presets and forks that BeaconVerifier accepts", () => {
    const script = `const { ssz } = await import("@lodestar/types");
      for (const fork of ["electra", "fulu"])
        console.log(ssz[fork].BeaconState.getPathInfo(["validators", 7]).gindex.toString(16));`;
    for (const preset of ["minimal", "mainnet"]) {
      const env = { ...process.env, LODESTAR_PRESET: preset };
      const output = execFileSync(process.execPath, ["--input-type=module", "-e", script], { env, encoding: "utf8" });
      assert.equal(output, "960000000007\n960000000007\n", preset);
    }
  });

  it("gives FAR_FUTURE_EPOCH as 2^64 - 1", () => {
    assert.equal(proofOf(16).validator.exitEpoch, 18_446_744_073_709_551_615n);
  });

  it("refuses a state that is not the header's", () => {
    const header = { ...fixture.header, stateRoot: new Uint8Array(32) };
    assert.throws(() => proofOf(0, { header }), isError("STATE_ROOT_MISMATCH"));
  });

  it("refuses an index that the state does not have", () => {
    for (const index of [17, -1, 0.5]) assert.throws(() => proofOf(index), isError("UNKNOWN_VALIDATOR"));
  });

  it("refuses a fork whose layout the contract does not know", () => {
    for (const fork of ["deneb", "gloas", "toString"]) {
      assert.throws(() => proofOf(0, { fork }), isError("UNSUPPORTED_FORK"));
    }
  });

  it("refuses bytes that are no state", () => {
    assert.throws(() => proofOf(0, { state: new Uint8Array(100) }), isError("INVALID_STATE"));
  });
});

function isError(code: string) {
  return (error: unknown) => error instanceof BeaconProofError && error.details.code === code;
}
