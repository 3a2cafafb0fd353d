import type { DatabaseSync } from "node:sqlite";

/** The one transaction under way, with every version of it that was signed. Written before it is broadcast. */
export interface PendingTransaction {
  /** Which job sent it. */
  label: string;
  nonce: number;
  /** Block number at which its latest version was sent. */
  sentAtBlock: number;
  /** Signed transactions of this nonce, oldest first, hex. */
  rawTransactions: string[];
}

export interface TransactionStore {
  pending(): PendingTransaction | undefined;
  save(transaction: PendingTransaction): void;
  clear(): void;
}

export function createTransactionStore(database: DatabaseSync): TransactionStore {
  const select = database.prepare("SELECT * FROM pending_transaction");
  const upsert = database.prepare("INSERT OR REPLACE INTO pending_transaction VALUES (1, ?, ?, ?, ?)");
  const remove = database.prepare("DELETE FROM pending_transaction");
  return {
    pending() {
      const row = select.get();
      if (!row) return undefined;
      return {
        label: String(row["label"]),
        nonce: Number(row["nonce"]),
        sentAtBlock: Number(row["sent_at_block"]),
        rawTransactions: JSON.parse(String(row["raw_transactions"])),
      };
    },
    save({ label, nonce, sentAtBlock, rawTransactions }) {
      upsert.run(label, nonce, sentAtBlock, JSON.stringify(rawTransactions));
    },
    clear: () => void remove.run(),
  };
}
