import assert from "node:assert/strict";
import { it } from "node:test";
import fc from "fast-check";
import { attestation, lockFile, proposal, pubkey, valueHash } from "./support.ts";

const epochs = fc
  .tuple(fc.integer({ min: 0, max: 12 }), fc.integer({ min: 1, max: 6 }))
  .map(([source, span]) => [source, source + span] as const);
const votes = fc.array(fc.tuple(epochs, fc.integer({ min: 1, max: 2 })), { maxLength: 12 });

it("refuses after pruning everything that it refused before", () => {
  fc.assert(
    fc.property(votes, votes, fc.integer({ min: 0, max: 20 }), (committed, asked, beforeEpoch) => {
      const file = lockFile();
      const locks = file.open();
      committed.forEach(([range, key], i) => {
        locks.lockCommit(attestation(100 + i, range, { validators: [pubkey(key)], valueHash: valueHash(i) }));
        locks.lockCommit(proposal(16 + range[1], { validators: [pubkey(key)], configuration: i }));
      });
      const questions = asked.flatMap(([range, key], i) => [
        attestation(200 + i, range, { validators: [pubkey(key)] }),
        proposal(16 + range[1], { validators: [pubkey(key)], configuration: 99 }),
      ]);
      const before = questions.map((vote) => locks.check(vote).ok);
      locks.prune({ beforeEpoch, evidenceBeforeEpoch: 0 });
      questions.forEach((vote, i) => {
        if (!before[i]) assert.equal(locks.check(vote).ok, false);
      });
      locks.close();
      file.remove();
    }),
    { numRuns: 60 },
  );
});

it("keeps nothing of the votes before the horizon, and evidence back to its own", () => {
  const file = lockFile();
  const locks = file.open();
  const evidence = [{ kind: "prepared" as const, bytes: new Uint8Array(10) }];
  for (let epoch = 2; epoch < 12; epoch++) {
    locks.lockCommit(attestation(epoch * 8, [epoch - 1, epoch]), evidence);
    locks.lockCommit(proposal(epoch * 8 + 1), evidence);
  }
  locks.prune({ beforeEpoch: 10, evidenceBeforeEpoch: 5 });
  const rows = (table: string) => locks.connection.db.prepare(`SELECT count(*) AS n FROM ${table}`).get()?.["n"];
  assert.equal(rows("attestation_votes"), 2);
  assert.equal(rows("proposal_votes"), 2);
  assert.equal(rows("instances"), 4);
  assert.equal(rows("evidence"), 14);
  locks.close();
  file.remove();
});
