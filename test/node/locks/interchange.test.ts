import assert from "node:assert/strict";
import { afterEach, beforeEach, it } from "node:test";
import type { LockDatabase } from "../../../services/node/locks/database.ts";
import { exportInterchange, importInterchange } from "../../../services/node/locks/interchange.ts";
import { LockDatabaseError } from "../../../services/node/locks/types.ts";
import { attestation, GENESIS_ROOT, lockFile, proposal, pubkey, valueHash } from "./support.ts";

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

const block = (slot: number) => ({ slot: String(slot) });
const vote = (source: number, target: number) => ({ source_epoch: String(source), target_epoch: String(target) });

function interchange(data: unknown, root = GENESIS_ROOT): unknown {
  return { metadata: { interchange_format_version: "5", genesis_validators_root: root }, data };
}

it("exports locks as signed, floors as the one vote that has their effect, and signing roots where known", () => {
  locks.lockCommit(attestation(100, [10, 12]));
  locks.recordSigning(attestation(108, [12, 13], { signingRoot: valueHash(77) }));
  locks.lockCommit(proposal(101, { validators: [pubkey(2)] }));
  assert.deepEqual(
    exportInterchange(locks),
    interchange([
      {
        pubkey: pubkey(1),
        signed_blocks: [block(15)],
        signed_attestations: [vote(0, 1), vote(10, 12), { ...vote(12, 13), signing_root: valueHash(77) }],
      },
      { pubkey: pubkey(2), signed_blocks: [block(15), block(101)], signed_attestations: [vote(0, 1)] },
    ]),
  );
});

it("exports a replaced COMMIT too, without the root that was signed in its place", () => {
  locks.lockCommit(attestation(100, [10, 12]));
  locks.recordSigning(attestation(100, [9, 12], { round: 2, valueHash: valueHash(2), signingRoot: valueHash(77) }));
  const [exported] = exportInterchange(locks).data;
  const signed = { ...vote(9, 12), signing_root: valueHash(77) };
  assert.deepEqual(exported?.signed_attestations, [vote(0, 1), signed, vote(10, 12)]);
});

it("takes the highest source, target and slot of an import as floors", () => {
  const history = { signed_blocks: [block(90), block(80)], signed_attestations: [vote(11, 12), vote(9, 14)] };
  importInterchange(locks, interchange([{ pubkey: pubkey(0xa).toUpperCase().replace("0X", "0x"), ...history }]));
  const keys = { validators: [pubkey(0xa)] };
  assert.equal(locks.check(attestation(120, [10, 15], keys)).ok, false, "source below");
  assert.equal(locks.check(attestation(112, [11, 14], keys)).ok, false, "target not above");
  assert.equal(locks.check(attestation(120, [11, 15], keys)).ok, true);
  assert.equal(locks.check(proposal(90, keys)).ok, false);
  assert.equal(locks.check(proposal(91, keys)).ok, true);
});

it("forbids, imported by another node, whatever the exporting node forbids", () => {
  locks.lockCommit(attestation(100, [10, 12]));
  locks.lockCommit(proposal(101));
  const other = lockFile();
  const imported = other.open();
  importInterchange(imported, JSON.parse(JSON.stringify(exportInterchange(locks))));
  for (const refused of [attestation(101, [10, 12]), attestation(104, [9, 13]), proposal(101, { configuration: 1 })]) {
    assert.equal(imported.check(refused).ok, false);
  }
  imported.close();
  other.remove();
});

it("refuses malformed files and those of another chain, and changes nothing", () => {
  const entry = { pubkey: pubkey(1), signed_blocks: [block(90)], signed_attestations: [] };
  const code = (expected: string) => (error: unknown) => error instanceof LockDatabaseError && error.code === expected;
  assert.throws(() => importInterchange(locks, interchange([entry], valueHash(3))), code("wrong-chain"));
  const malformed: unknown[] = [
    null,
    "{}",
    { ...(interchange([entry]) as object), metadata: { interchange_format_version: "4" } },
    interchange([{ ...entry, pubkey: "0x12" }]),
    interchange([{ ...entry, signed_blocks: [{ slot: 90 }] }]),
    interchange([{ ...entry, signed_blocks: [{ slot: "-1" }] }]),
    interchange([
      entry,
      { ...entry, signed_attestations: [{ source_epoch: "18446744073709551615", target_epoch: "1" }] },
    ]),
  ];
  for (const content of malformed) {
    assert.throws(() => importInterchange(locks, content), code("invalid-interchange"));
  }
  assert.deepEqual(exportInterchange(locks).data, []);
});
