import assert from "node:assert/strict";
import { copyFileSync, existsSync, statSync, writeFileSync } from "node:fs";
import { afterEach, beforeEach, describe, it } from "node:test";
import { createLockDatabase } from "../../../services/node/locks/database.ts";
import { LockDatabaseError, type LockDatabaseErrorCode } from "../../../services/node/locks/types.ts";
import { attestation, EPOCH_MS, lockFile, proposal, pubkey, valueHash } from "./support.ts";

let file: ReturnType<typeof lockFile>;

beforeEach(() => {
  file = lockFile();
});
afterEach(() => file.remove());

function throwsCode(code: LockDatabaseErrorCode, work: () => unknown): void {
  assert.throws(work, (error) => error instanceof LockDatabaseError && error.code === code);
}

describe("start table", () => {
  it("trusts the history after a clean stop younger than one epoch", async () => {
    const first = file.open();
    first.lockCommit(attestation(100, [10, 12]));
    await file.clock.advanceTo(20 * EPOCH_MS);
    first.close();
    await file.clock.advanceTo(21 * EPOCH_MS - 1);
    const second = file.open();
    assert.equal(second.floor.minTargetEpoch, 2);
    assert.equal(second.lockCommit(attestation(101, [10, 12], { valueHash: valueHash(2) })).ok, false);
    second.close();
  });

  it("applies the clock rule after a stop one epoch old", async () => {
    file.open().close();
    await file.clock.advanceTo(EPOCH_MS);
    const locks = file.open();
    assert.deepEqual(locks.floor, { minSourceEpoch: 1, minTargetEpoch: 3, minProposalSlot: 24 });
    locks.close();
  });

  it("applies the clock rule when the process died without its marker, and keeps the floor at a trusted start", async () => {
    await file.clock.advanceTo(20 * EPOCH_MS);
    const killed = file.open();
    killed.lockCommit(attestation(200, [20, 25]));
    const snapshot = `${file.path}.snapshot`;
    copyFileSync(file.path, snapshot);
    copyFileSync(`${file.path}-wal`, `${snapshot}-wal`);
    killed.close();

    await file.clock.advanceTo(30 * EPOCH_MS);
    const restored = file.open({ path: snapshot });
    assert.deepEqual(restored.floor, { minSourceEpoch: 30, minTargetEpoch: 32, minProposalSlot: 256 });
    assert.equal(restored.check(attestation(240, [29, 32])).ok, false, "source below the clock");
    assert.equal(restored.check(attestation(248, [30, 31])).ok, false, "target within the silence");
    assert.equal(restored.check(attestation(256, [30, 32])).ok, true);
    assert.equal(restored.check(proposal(255)).ok, false);
    assert.equal(restored.check(proposal(256)).ok, true);
    restored.close();
    const trusted = file.open({ path: snapshot });
    assert.equal(trusted.floor.minTargetEpoch, 32);
    trusted.close();
  });

  it("silences to the later clock when the marker lies in the future", async () => {
    await file.clock.advanceTo(40 * EPOCH_MS);
    file.open().close();
    const behind = { ...file.clock, nowMs: () => 10 * EPOCH_MS, setTimer: file.clock.setTimer };
    const locks = file.open({ clock: behind as typeof file.clock });
    assert.equal(locks.floor.minTargetEpoch, 42);
    locks.close();
  });

  it("refuses to start without a database, with a foreign counter or on another chain", () => {
    throwsCode("missing", () => file.open({ path: `${file.path}.none` }));
    throwsCode("counter-mismatch", () => file.open({ instanceCounter: 1 }));
    file.open().close();
    throwsCode("wrong-chain", () => file.open({ genesisValidatorsRoot: valueHash(9) }));
  });

  it("refuses a second process, a damaged file and a second creation", () => {
    const locks = file.open();
    throwsCode("in-use", () => file.open());
    locks.close();
    throwsCode("exists", () => createLockDatabase(file.path, { instanceCounter: 0 }));
    writeFileSync(file.path, "not a database, but long enough to have a header".repeat(100));
    throwsCode("corrupt", () => file.open());
    writeFileSync(file.path, "");
    throwsCode("corrupt", () => file.open());
  });

  it("is created whole or not at all", () => {
    const path = `${file.path}.second`;
    writeFileSync(`${path}.draft`, "left by a run that died");
    createLockDatabase(path, { instanceCounter: 0 });
    file.open({ path }).close();
    assert.equal(existsSync(`${path}.draft`), false);
  });

  it("keeps the file to its owner", () => {
    assert.equal(statSync(file.path).mode & 0o777, 0o600);
  });
});

describe("floors", () => {
  it("holds a configuration that starts at epoch L to source ≥ L−2, target ≥ L and slots from start(L)", () => {
    const locks = file.open();
    locks.raiseConfigurationFloor([pubkey(1)], 30);
    assert.equal(locks.check(attestation(240, [27, 30])).ok, false);
    assert.equal(locks.check(attestation(239, [28, 29])).ok, false);
    assert.equal(locks.check(attestation(240, [28, 30])).ok, true);
    assert.equal(locks.check(proposal(239)).ok, false);
    assert.equal(locks.check(proposal(240)).ok, true);
    assert.equal(locks.check(attestation(100, [10, 12], { validators: [pubkey(2)] })).ok, true, "others are free");
    locks.raiseConfigurationFloor([pubkey(1)], 20);
    assert.equal(locks.check(attestation(239, [28, 29])).ok, false, "floors never go down");
    locks.close();
  });

  it("forbids after pruning what the forgotten votes forbade", () => {
    const locks = file.open();
    locks.lockCommit(attestation(100, [10, 12]));
    locks.recordSigning(proposal(100));
    locks.lockCommit(attestation(160, [12, 20], { valueHash: valueHash(2) }));
    locks.prune({ beforeEpoch: 15, evidenceBeforeEpoch: 15 });
    assert.equal(locks.check(attestation(101, [10, 12])).ok, false);
    assert.equal(locks.check(attestation(168, [9, 21])).ok, false);
    assert.equal(locks.check(proposal(100, { configuration: 1 })).ok, false);
    assert.equal(locks.check(attestation(161, [12, 20])).ok, false, "kept votes still bind");
    assert.equal(locks.check(attestation(168, [12, 21])).ok, true);
    locks.close();
  });
});
