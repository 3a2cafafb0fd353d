import type { Logger } from "pino";
import { describeError } from "../logging/describeError.ts";
import type { Clock } from "../ports/clock.ts";
import type { Metrics } from "./metrics.ts";
import type { QueueOptions } from "./queues/queues.ts";
import type { ProgressStore } from "./store/progressStore.ts";

export interface JobObserverOptions {
  progress: ProgressStore;
  metrics: Metrics;
  clock: Clock;
  log: Logger;
  signal: AbortSignal;
}

/** Writes down how each job stands, where a person sees it: status, metrics and log. */
export function createJobObserver(options: JobObserverOptions): Pick<QueueOptions, "onStep" | "onFailure"> {
  const { progress, metrics, clock, log, signal } = options;
  return {
    onStep(job, step) {
      const done = "done" in step;
      metrics.steps.inc({ kind: job.kind, outcome: done ? "done" : "awaiting" });
      if (done) {
        progress.remove(job);
        log.info({ ...job, outcome: step.done }, "Job done");
      } else {
        progress.set(job, "awaiting", step.awaiting, clock.nowMs());
        log.debug({ ...job, awaiting: step.awaiting }, "Job waits");
      }
    },
    onFailure(job, error, permanent) {
      // What the shutdown interrupts is no failure; the next process goes on with it.
      if (signal.aborted) return;
      const outcome = permanent ? "failed" : "retrying";
      const text = describeError(error);
      progress.set(job, outcome, text, clock.nowMs());
      metrics.steps.inc({ kind: job.kind, outcome });
      if (permanent) log.error({ ...job, error: text }, "Job failed for good; a person has to look");
      else log.warn({ ...job, error: text }, "Job failed; it is tried again");
    },
  };
}
