import { chmodSync } from "node:fs";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import { KeystoreError } from "./errors.ts";
import { openPrivateDirectory } from "./privateFiles.ts";

const LOCK_FILE = "node.lock.db";

/** A held lock. Without a release it lasts as long as the process, however that ends. */
export interface DirectoryLock {
  release(): void;
}

// A handle that nobody refers to would be collected and its lock released.
const held = new Set<DatabaseSync>();

/**
 * Makes this process the only one that uses a data directory; throws `directory_locked` when another does. The lock is
 * the operating system's on a SQLite file, so it doesn't outlive a killed process and nothing has to be cleaned up.
 */
export function lockDirectory(directory: string): DirectoryLock {
  openPrivateDirectory(directory);
  const file = path.join(directory, LOCK_FILE);
  // The file is opened by SQLite alone: closing another descriptor would release POSIX locks of the whole process.
  const database = new DatabaseSync(file, { timeout: 0 });
  try {
    database.exec("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE");
    chmodSync(file, 0o600);
  } catch (error) {
    database.close();
    if (!isBusy(error)) throw error;
    throw new KeystoreError("directory_locked", `another process is using ${directory}`);
  }
  held.add(database);
  return {
    release() {
      if (held.delete(database)) database.close();
    },
  };
}

function isBusy(error: unknown): boolean {
  const SQLITE_BUSY = 5;
  return error instanceof Error && "errcode" in error && error.errcode === SQLITE_BUSY;
}
