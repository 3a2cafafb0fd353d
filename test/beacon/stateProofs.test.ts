import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { describe, it } from "node:test";
import { getBytes, hexlify } from "ethers";
import { beaconFixture, pubkeyOf } from "./state.ts";

const { ssz } = await import("@lodestar/types");
const { openState } = await import("../../services/beacon/stateProofs.ts");
const { BeaconProofError } = await import("../../services/beacon/errors.ts");

const added = [{ pubkey: pubkeyOf(100), withdrawalCredentials: new Uint8Array(32).fill(2), effectiveBalance: 1e9 }];
const fixture = { fork: "electra", ...beaconFixture(11, added) };
const proofs = openState(fixture);

const sha256 = (left: Uint8Array, right: Uint8Array) => createHash("sha256").update(left).update(right).digest();

const ZERO_HASHES = [Buffer.alloc(32)];
for (let level = 0; level < 40; level++) {
  const below = ZERO_HASHES[level] ?? Buffer.alloc(32);
  ZERO_HASHES.push(sha256(below, below));
}

/**
 * Recomputes the state root with nothing but SHA-256 and the path of the specs: 47 levels for a validator, of which the 41st
 * is the list's length, the index in the lowest bits; zeros where the list has no elements.
 */
function rootOf(
  leaf: Uint8Array,
  position: number,
  path: { gindex: bigint; depth: number; length: bigint },
  given: string[],
) {
  const siblings = given.map((sibling) => getBytes(sibling));
  let node = leaf;
  const filled = Number(path.length);
  for (let level = 0; level < path.depth; level++) {
    const at = Math.floor(position / 2 ** level);
    const zero = at % 2 === 0 && (at + 1) * 2 ** level >= filled;
    const sibling = zero ? ZERO_HASHES[level] : siblings.shift();
    assert.ok(sibling, "a sibling is missing");
    node = at % 2 === 0 ? sha256(node, sibling) : sha256(sibling, node);
  }
  const length = Buffer.alloc(32);
  length.writeBigUInt64LE(path.length);
  node = sha256(node, length);
  for (let gindex = path.gindex; gindex > 1n; gindex >>= 1n) {
    const sibling = siblings.shift();
    assert.ok(sibling, "a sibling is missing");
    node = gindex % 2n === 0n ? sha256(node, sibling) : sha256(sibling, node);
  }
  assert.equal(siblings.length, 0, "no sibling is left over");
  return hexlify(node);
}

describe("proofs of a beacon state", () => {
  const stateRoot = hexlify(fixture.header.stateRoot);

  it("lead from every validator to the state root along the path of the Electra layout", () => {
    for (let index = 0; index < 17; index++) {
      const { validator, siblings, listLength } = proofs.validator(index);
      const { pubkeyRoot, withdrawalCredentials, effectiveBalanceGwei } = validator;
      const uint64 = (value: bigint) => {
        const chunk = Buffer.alloc(32);
        chunk.writeBigUInt64LE(value);
        return chunk;
      };
      const epochs = [validator.activationEligibilityEpoch, validator.activationEpoch, validator.exitEpoch];
      const leaves = [
        ...[getBytes(pubkeyRoot), getBytes(withdrawalCredentials)],
        ...[effectiveBalanceGwei, BigInt(validator.slashed), ...epochs, validator.withdrawableEpoch].map(uint64),
      ];
      const pairs = (nodes: Uint8Array[]): Uint8Array =>
        nodes.length === 1
          ? (nodes[0] ?? Buffer.alloc(0))
          : sha256(pairs(nodes.slice(0, nodes.length / 2)), pairs(nodes.slice(nodes.length / 2)));
      const path = { gindex: 75n, depth: 40, length: listLength };
      assert.equal(rootOf(pairs(leaves), index, path, siblings), stateRoot, `validator ${index}`);
    }
  });

  it("carry the header that the block root is made of", () => {
    const { header } = proofs.anchor(1n);
    const value = ssz.phase0.BeaconBlockHeader.fromJson({
      slot: String(header.slot),
      proposer_index: String(header.proposerIndex),
      parent_root: header.parentRoot,
      state_root: header.stateRoot,
      body_root: header.bodyRoot,
    });
    assert.equal(hexlify(ssz.phase0.BeaconBlockHeader.hashTreeRoot(value)), hexlify(fixture.blockRoot));
  });

  it("give FAR_FUTURE_EPOCH as 2^64 - 1", () => {
    assert.equal(proofs.validator(16).validator.exitEpoch, 18_446_744_073_709_551_615n);
  });

  it("refuse a state that is not the header's", () => {
    const header = { ...fixture.header, stateRoot: new Uint8Array(32) };
    assert.throws(() => openState({ ...fixture, header }), isError("STATE_ROOT_MISMATCH"));
  });

  it("refuse an index that the state does not have", () => {
    for (const index of [17, -1, 0.5]) {
      assert.throws(() => proofs.validator(index), isError("INDEX_NOT_IN_STATE"));
      assert.throws(() => proofs.validators([0, index]), isError("INDEX_NOT_IN_STATE"));
      assert.throws(() => proofs.balances([0, index]), isError("INDEX_NOT_IN_STATE"));
      assert.throws(() => proofs.pendingDeposit(index), isError("INDEX_NOT_IN_STATE"));
    }
  });

  it("refuse a fork whose layout the contract does not know", () => {
    for (const fork of ["deneb", "heze", "toString"]) {
      assert.throws(() => openState({ ...fixture, fork }), isError("UNSUPPORTED_FORK"));
    }
  });

  it("refuse bytes that are no state of the fork", () => {
    assert.throws(() => openState({ ...fixture, state: new Uint8Array(100) }), isError("INVALID_STATE"));
    assert.throws(() => openState({ ...fixture, fork: "gloas" }), isError("INVALID_STATE"));
  });
});

function isError(code: string) {
  return (error: unknown) => error instanceof BeaconProofError && error.details.code === code;
}
