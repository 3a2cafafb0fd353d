import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "node:test";
import type { LockDatabase } from "../../../services/node/locks/database.ts";
import type { LockResult } from "../../../services/node/locks/types.ts";
import { LockDatabaseError } from "../../../services/node/locks/types.ts";
import { attestation, lockFile, proposal, pubkey, valueHash } from "./support.ts";

let file: ReturnType<typeof lockFile>;
let locks: LockDatabase;

beforeEach(() => {
  file = lockFile();
  locks = file.open();
});
afterEach(() => {
  locks.close();
  file.remove();
});

function refusedBy(result: LockResult): string {
  if (result.ok) return "accepted";
  return result.reason === "conflict" ? result.refused.map(({ rule }) => rule).join() : result.reason;
}

describe("a COMMIT binds across instances", () => {
  beforeEach(() => assert.deepEqual(locks.lockCommit(attestation(100, [10, 12])), { ok: true }));

  it("refuses a surrounding value of a later instance, decided or not (10→12, then 9→13)", () => {
    const later = attestation(108, [9, 13], { valueHash: valueHash(2) });
    assert.equal(refusedBy(locks.check(later)), "surrounding-vote");
    assert.equal(refusedBy(locks.lockCommit(later)), "surrounding-vote");
    assert.equal(refusedBy(locks.recordSigning(later)), "surrounding-vote");
  });

  it("refuses a surrounded value", () => {
    locks.lockCommit(attestation(120, [12, 15], { valueHash: valueHash(3) }));
    assert.equal(refusedBy(locks.lockCommit(attestation(112, [13, 14]))), "surrounded-vote");
  });

  it("refuses a second vote for a target, with an equal value too, in another instance", () => {
    assert.equal(refusedBy(locks.lockCommit(attestation(101, [10, 12]))), "double-vote");
    assert.equal(refusedBy(locks.lockCommit(attestation(100, [10, 12], { configuration: 1 }))), "double-vote");
  });

  it("accepts votes that neither repeat nor surround", () => {
    assert.deepEqual(locks.lockCommit(attestation(108, [10, 13])), { ok: true });
    assert.deepEqual(locks.lockCommit(attestation(116, [13, 14])), { ok: true });
  });

  it("names every refused validator and binds none of the others", () => {
    const mixed = attestation(101, [10, 12], { validators: [pubkey(1), pubkey(2)], valueHash: valueHash(2) });
    const expected = { ok: false, reason: "conflict", refused: [{ pubkey: pubkey(1), rule: "double-vote" }] };
    assert.deepEqual(locks.lockCommit(mixed), expected);
    assert.deepEqual(locks.lockCommit(attestation(102, [10, 12], { validators: [pubkey(2)] })), { ok: true });
  });

  it("keeps a lock when only reading", () => {
    locks.check(attestation(108, [10, 13], { validators: [pubkey(3)] }));
    assert.deepEqual(locks.lockCommit(attestation(109, [10, 13], { validators: [pubkey(3)] })), { ok: true });
  });
});

describe("within one instance QBFT governs", () => {
  it("replaces the record by a value of a later round", () => {
    locks.lockCommit(attestation(100, [10, 12]));
    const later = attestation(100, [9, 12], { round: 2, valueHash: valueHash(2) });
    assert.deepEqual(locks.lockCommit(later), { ok: true });
    assert.equal(refusedBy(locks.lockCommit(attestation(100, [10, 12], { round: 2 }))), "stale-round");
    assert.deepEqual(locks.lockCommit(attestation(100, [10, 12], { round: 3 })), { ok: true });
  });

  it("keeps a replaced COMMIT from being contradicted in another instance, where it would convict", () => {
    locks.lockCommit(attestation(100, [10, 12]));
    const later = attestation(100, [9, 12], { round: 2, valueHash: valueHash(2), validators: [pubkey(1), pubkey(2)] });
    assert.deepEqual(locks.lockCommit(later), { ok: true });
    const surrounding = attestation(108, [9, 13]);
    assert.equal(refusedBy(locks.lockCommit(surrounding)), "surrounding-vote", "10→12 was committed");
    assert.deepEqual(locks.lockCommit({ ...surrounding, validators: [pubkey(2)] }), { ok: true }, "9→12 alone was");
    assert.equal(refusedBy(locks.recordSigning(surrounding)), "surrounding-vote", "signing neither");
  });

  it("keeps a COMMIT that a decided value replaced from being contradicted as well", () => {
    locks.lockCommit(attestation(100, [10, 12]));
    locks.recordSigning(attestation(100, [9, 12], { round: 2, valueHash: valueHash(2) }));
    assert.equal(refusedBy(locks.lockCommit(attestation(108, [9, 13]))), "surrounding-vote");
  });

  it("refuses another value in the same round or an earlier one", () => {
    locks.lockCommit(attestation(100, [10, 12], { round: 2 }));
    for (const round of [1, 2]) {
      assert.equal(
        refusedBy(locks.lockCommit(attestation(100, [11, 12], { round, valueHash: valueHash(2) }))),
        "stale-round",
      );
    }
  });

  it("signs a decided value that it had not committed, and then nothing else of the instance", () => {
    locks.lockCommit(attestation(100, [10, 12]));
    const decided = attestation(100, [11, 12], { round: 3, valueHash: valueHash(2) });
    assert.deepEqual(locks.recordSigning(decided), { ok: true });
    assert.deepEqual(locks.recordSigning(decided), { ok: true }, "idempotent");
    const other = attestation(100, [11, 12], { round: 9, valueHash: valueHash(3) });
    for (const bind of [locks.check, locks.lockCommit, locks.recordSigning]) {
      assert.equal(refusedBy(bind.call(locks, other)), "already-signed");
    }
  });

  it("signs a decided value for the validators that are free of conflicts", () => {
    locks.lockCommit(attestation(96, [10, 12]));
    const both = attestation(100, [10, 12], { validators: [pubkey(1), pubkey(2)], valueHash: valueHash(2) });
    assert.equal(refusedBy(locks.recordSigning(both)), "double-vote");
    assert.deepEqual(locks.recordSigning({ ...both, validators: [pubkey(2)] }), { ok: true });
    assert.equal(refusedBy(locks.lockCommit(attestation(101, [10, 12], { validators: [pubkey(2)] }))), "double-vote");
  });

  it("keeps a lock on the validators of the signed value that were not signed", () => {
    const both = attestation(100, [10, 12], { validators: [pubkey(1), pubkey(2)] });
    locks.lockCommit(both);
    locks.recordSigning({ ...both, validators: [pubkey(2)] });
    assert.equal(refusedBy(locks.lockCommit(attestation(101, [10, 12]))), "double-vote");
  });
});

describe("proposals", () => {
  it("refuses a second proposal for a slot from another instance and below the floor", () => {
    assert.deepEqual(locks.lockCommit(proposal(100)), { ok: true });
    assert.equal(refusedBy(locks.recordSigning(proposal(100, { configuration: 1 }))), "double-proposal");
    assert.deepEqual(locks.lockCommit(proposal(101)), { ok: true });
    assert.equal(refusedBy(locks.lockCommit(proposal(15))), "below-floor");
    assert.deepEqual(locks.lockCommit(proposal(16)), { ok: true });
  });
});

it("refuses malformed votes and records nothing of them", () => {
  const malformed = [
    attestation(100, [13, 12]),
    attestation(-1, [10, 12]),
    attestation(100, [10, Number.NaN]),
    attestation(100, [10, 12], { validators: [] }),
    attestation(100, [10, 12], { validators: [pubkey(1), pubkey(1)] }),
    attestation(100, [10, 12], { validators: [pubkey(0xa).toUpperCase()] }),
    attestation(100, [10, 12], { valueHash: "0x" }),
    proposal(100, { validators: [pubkey(1), pubkey(2)] }),
  ];
  for (const vote of malformed) {
    assert.throws(
      () => locks.lockCommit(vote),
      (error) => error instanceof LockDatabaseError && error.code === "invalid-vote",
    );
  }
  assert.deepEqual(locks.lockCommit(attestation(100, [10, 12])), { ok: true });
});
