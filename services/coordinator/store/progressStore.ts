import type { DatabaseSync } from "node:sqlite";
import type { Job, JobKind } from "../queues/job.ts";

/** Where a job stands, for people. */
export interface JobProgress extends Job {
  status: "awaiting" | "retrying" | "failed";
  /** What is awaited, or the error. */
  text: string;
  /** Unix milliseconds since which it stands like this. */
  sinceMs: number;
}

export interface ProgressStore {
  set(job: Job, status: JobProgress["status"], text: string, nowMs: number): void;
  remove(job: Job): void;
  all(): JobProgress[];
}

export function createProgressStore(database: DatabaseSync): ProgressStore {
  const upsert = database.prepare(
    `INSERT INTO progress VALUES (?, ?, ?, ?, ?) ON CONFLICT (kind, id) DO UPDATE SET
     since_ms = iif(status = excluded.status AND text = excluded.text, since_ms, excluded.since_ms),
     status = excluded.status, text = excluded.text`,
  );
  const remove = database.prepare("DELETE FROM progress WHERE kind = ? AND id = ?");
  const select = database.prepare("SELECT * FROM progress ORDER BY since_ms");
  return {
    set: ({ kind, id }, status, text, nowMs) => void upsert.run(kind, id, status, text, nowMs),
    remove: ({ kind, id }) => void remove.run(kind, id),
    all: () =>
      select.all().map((row) => ({
        kind: String(row["kind"]) as JobKind,
        id: String(row["id"]),
        status: String(row["status"]) as JobProgress["status"],
        text: String(row["text"]),
        sinceMs: Number(row["since_ms"]),
      })),
  };
}
