import type { Logger } from "pino";
import { describeError } from "../logging/describeError.ts";
import { neededJobs, type Projection } from "./projection/projection.ts";
import type { Job } from "./queues/job.ts";
import type { Queues } from "./queues/queues.ts";
import type { ProgressStore } from "./store/progressStore.ts";

export interface ReconcilerOptions {
  projection(): Projection;
  queues: Pick<Queues, "add">;
  progress: ProgressStore;
  targetBalanceWei: bigint;
  log: Logger;
}

const nameOf = ({ kind, id }: Job) => `${kind} ${id}`;

/**
 * Makes every job exist that the chain's events ask for, whatever became of Redis, and forgets how those stood that are
 * done. Runs for new events and now and then; calls during a run end in one more run.
 */
export function createReconciler(options: ReconcilerOptions): () => Promise<void> {
  const { projection, queues, progress, targetBalanceWei, log } = options;
  let running: Promise<void> | undefined;
  let again = false;

  async function sweep(): Promise<void> {
    const needed = neededJobs(projection(), targetBalanceWei);
    const names = new Set(needed.map(nameOf));
    for (const job of progress.all()) if (!names.has(nameOf(job))) progress.remove(job);
    for (const job of needed) await queues.add(job);
  }

  async function run(): Promise<void> {
    do {
      again = false;
      try {
        await sweep();
      } catch (error) {
        log.warn({ error: describeError(error) }, "Jobs could not be queued; the next sweep tries again");
      }
    } while (again);
  }

  return () => {
    if (running) again = true;
    running ??= run().finally(() => {
      running = undefined;
    });
    return running;
  };
}
