import { setTimeout as delay } from "node:timers/promises";

/** Polls until `check` gives something; what it throws ends the wait. `signal` ends it with the signal's reason. */
export async function until<T>(check: () => Promise<T | undefined>, signal: AbortSignal, pollMs = 500): Promise<T> {
  for (;;) {
    signal.throwIfAborted();
    const result = await check();
    if (result !== undefined) return result;
    await delay(pollMs, undefined, { signal });
  }
}
