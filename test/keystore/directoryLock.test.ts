import assert from "node:assert/strict";
import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, test } from "node:test";
import { lockDirectory } from "../../services/keystore/directoryLock.ts";

let root: string;
beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), "septet-lock-"));
});
afterEach(() => rmSync(root, { recursive: true }));

test("a locked directory is refused until its lock is released", () => {
  const lock = lockDirectory(root);
  assert.throws(() => lockDirectory(root), { code: "directory_locked" });
  assert.throws(() => lockDirectory(root), { code: "directory_locked" });
  lock.release();
  lock.release();
  lockDirectory(root).release();
  assert.equal(statSync(path.join(root, "node.lock.db")).mode & 0o777, 0o600);
});

test("another process's lock is respected while it lives and gone when it is killed", async () => {
  const child = fork(path.join(import.meta.dirname, "lockHolder.ts"), [root]);
  try {
    const [message] = await once(child, "message");
    assert.equal(message, "locked");
    assert.throws(() => lockDirectory(root), { code: "directory_locked" });
  } finally {
    child.kill("SIGKILL");
  }
  await once(child, "exit");
  lockDirectory(root).release();
});
