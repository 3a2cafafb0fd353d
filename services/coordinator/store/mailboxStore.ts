import type { DatabaseSync } from "node:sqlite";

export interface StoredMessage {
  cursor: number;
  /** JSON. */
  message: string;
}

export interface MailboxStore {
  /** Messages after a cursor in the order in which they were accepted, at most `limit` of them. */
  list(requestId: string, afterCursor: number, limit: number): StoredMessage[];
  append(requestId: string, message: string): void;
  requestIds(): string[];
  forget(requestId: string): void;
}

export function createMailboxStore(database: DatabaseSync): MailboxStore {
  const select = database.prepare(
    "SELECT cursor, message FROM mailbox WHERE request_id = ? AND cursor > ? ORDER BY cursor LIMIT ?",
  );
  const insert = database.prepare("INSERT INTO mailbox (request_id, message) VALUES (?, ?)");
  const selectIds = database.prepare("SELECT DISTINCT request_id FROM mailbox");
  const remove = database.prepare("DELETE FROM mailbox WHERE request_id = ?");
  return {
    list: (requestId, afterCursor, limit) =>
      select.all(requestId, afterCursor, limit).map((row) => ({
        cursor: Number(row["cursor"]),
        message: String(row["message"]),
      })),
    append: (requestId, message) => void insert.run(requestId, message),
    requestIds: () => selectIds.all().map((row) => String(row["request_id"])),
    forget: (requestId) => void remove.run(requestId),
  };
}
