/** A timer that was set; cancelling one that has fired does nothing. */
export interface Timer {
  cancel(): void;
}

/**
 * The only source of time. Processes get the system clock; simulations get a virtual one, so no other module may read
 * `Date.now` or call `setTimeout`.
 */
export interface Clock {
  /** Unix time in milliseconds. */
  nowMs(): number;
  /** Calls back once at or after `atMs` (Unix milliseconds); a time in the past fires as soon as possible. */
  setTimer(atMs: number, callback: () => void): Timer;
}

/** Resolves at `atMs`, or rejects with the signal's reason when it is aborted first. */
export function sleepUntil(clock: Clock, atMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const onAbort = () => {
      timer.cancel();
      reject(signal.reason);
    };
    const timer = clock.setTimer(atMs, () => {
      signal.removeEventListener("abort", onAbort);
      resolve();
    });
    signal.addEventListener("abort", onAbort, { once: true });
  });
}
