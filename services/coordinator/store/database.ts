import { mkdirSync } from "node:fs";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";

const SCHEMA = `
CREATE TABLE IF NOT EXISTS chain (
  id INTEGER PRIMARY KEY CHECK (id = 1), chain_id TEXT NOT NULL, contract TEXT NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS blocks (number INTEGER PRIMARY KEY, hash TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS events (
  block_number INTEGER NOT NULL, position INTEGER NOT NULL, timestamp_seconds INTEGER NOT NULL,
  name TEXT NOT NULL, arguments TEXT NOT NULL, PRIMARY KEY (block_number, position)
) STRICT;
CREATE TABLE IF NOT EXISTS pending_transaction (
  id INTEGER PRIMARY KEY CHECK (id = 1), label TEXT NOT NULL, nonce INTEGER NOT NULL,
  sent_at_block INTEGER NOT NULL, raw_transactions TEXT NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS mailbox (
  cursor INTEGER PRIMARY KEY AUTOINCREMENT, request_id TEXT NOT NULL, message TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS mailbox_by_request ON mailbox (request_id, cursor);
CREATE TABLE IF NOT EXISTS progress (
  kind TEXT NOT NULL, id TEXT NOT NULL, status TEXT NOT NULL, text TEXT NOT NULL, since_ms INTEGER NOT NULL,
  PRIMARY KEY (kind, id)
) STRICT;
`;

export class StoreError extends Error {
  override readonly name = "StoreError";
  readonly code: "DATA_DIR_IN_USE" | "OTHER_DEPLOYMENT";

  constructor(code: StoreError["code"], message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/**
 * Opens the coordinator's database and locks its folder for as long as it is open: the lock falls with the process.
 * All of it can be deleted: everything is read again from the chain, mailbox messages are posted again by the nodes.
 */
export function openDatabase(dataDir: string, deployment: { chainId: bigint; contract: string }): DatabaseSync {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const database = new DatabaseSync(path.join(dataDir, "coordinator.db"));
  try {
    database.exec("PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; BEGIN EXCLUSIVE; COMMIT;");
  } catch (error) {
    database.close();
    throw new StoreError("DATA_DIR_IN_USE", `open ${dataDir}: another coordinator uses it`, { cause: error });
  }
  database.exec(SCHEMA);
  const { chainId, contract } = deployment;
  database.prepare("INSERT OR IGNORE INTO chain VALUES (1, ?, ?)").run(chainId.toString(), contract);
  const row = database.prepare("SELECT chain_id, contract FROM chain").get();
  if (row?.["chain_id"] !== chainId.toString() || row["contract"] !== contract) {
    database.close();
    throw new StoreError("OTHER_DEPLOYMENT", `open ${dataDir}: it belongs to another deployment; use an empty folder`);
  }
  return database;
}

/** Runs `change` in one transaction: all of it or nothing. */
export function atomically<T>(database: DatabaseSync, change: () => T): T {
  database.exec("BEGIN IMMEDIATE");
  try {
    const result = change();
    database.exec("COMMIT");
    return result;
  } catch (error) {
    database.exec("ROLLBACK");
    throw error;
  }
}
