import type { Clock } from "../../services/ports/clock.ts";

/** Time that passes only when a test says so. */
export interface ManualClock extends Clock {
  advance(ms: number): void;
  /** Timers that haven't fired: the number of those who sleep. */
  pending(): number;
}

export function createManualClock(startMs: number): ManualClock {
  let nowMs = startMs;
  const timers = new Map<symbol, { atMs: number; callback: () => void }>();
  return {
    nowMs: () => nowMs,
    setTimer(atMs, callback) {
      const id = Symbol();
      timers.set(id, { atMs, callback });
      return { cancel: () => timers.delete(id) };
    },
    advance(ms) {
      nowMs += ms;
      for (const [id, { atMs, callback }] of [...timers].sort(([, a], [, b]) => a.atMs - b.atMs)) {
        if (atMs > nowMs) break;
        timers.delete(id);
        callback();
      }
    },
    pending: () => timers.size,
  };
}
