import type { Logger } from "pino";
import { describeError } from "../../logging/describeError.ts";
import { sleepUntil } from "../../ports/clock.ts";
import { systemClock } from "../../ports/systemClock.ts";

const RETRY_MS = 1_000;

/** Something that waiting doesn't mend: the process ends with its message. */
export class FatalError extends Error {}

/** Repeats `attempt` once a second until it succeeds, and says what is awaited whenever the reason changes. */
export async function retry<T>(
  awaiting: string,
  log: Logger,
  signal: AbortSignal,
  attempt: () => Promise<T>,
): Promise<T> {
  let said = "";
  for (;;) {
    signal.throwIfAborted();
    try {
      return await attempt();
    } catch (error) {
      if (signal.aborted || error instanceof FatalError) throw error;
      const reason = describeError(error);
      if (reason !== said) log.warn({ reason }, awaiting);
      said = reason;
    }
    await sleepUntil(systemClock, systemClock.nowMs() + RETRY_MS, signal);
  }
}
