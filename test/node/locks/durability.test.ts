import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { it } from "node:test";
import { fileURLToPath } from "node:url";
import { attestation, lockFile, valueHash } from "./support.ts";

const CHILD = fileURLToPath(new URL("./lockThenDie.ts", import.meta.url));

it("still refuses after SIGKILL what conflicts with a COMMIT made before it", () => {
  const file = lockFile();
  const child = spawnSync(process.execPath, [CHILD, file.path, String(Date.now())], { encoding: "utf8" });
  assert.equal(child.signal, "SIGKILL", child.stderr);
  assert.deepEqual(JSON.parse(child.stdout), { ok: true });
  const locks = file.open();
  const surrounding = attestation(108, [9, 13], { valueHash: valueHash(2) });
  assert.deepEqual(locks.check(surrounding), {
    ok: false,
    reason: "conflict",
    refused: [{ pubkey: surrounding.validators[0], rule: "surrounding-vote" }],
  });
  locks.close();
  file.remove();
});

it("syncs the log before a transaction returns", () => {
  const file = lockFile();
  const locks = file.open();
  const pragma = (name: string) => Object.values(locks.connection.db.prepare(`PRAGMA ${name}`).get() ?? {})[0];
  assert.equal(pragma("journal_mode"), "wal");
  assert.equal(pragma("synchronous"), 2);
  locks.close();
  file.remove();
});
