import type { Clock, Timer } from "../ports/clock.ts";

/** A clock whose timers all end with `stop`, so that none of its users has to keep track of its own. */
export interface StoppableClock extends Clock {
  /** Cancels every timer; those set later never fire. */
  stop(): void;
}

export function stoppableClock(clock: Clock): StoppableClock {
  const timers = new Set<Timer>();
  let stopped = false;
  return {
    nowMs: () => clock.nowMs(),
    setTimer(atMs, callback) {
      if (stopped) return { cancel() {} };
      const inner = clock.setTimer(atMs, () => {
        timers.delete(timer);
        callback();
      });
      const timer: Timer = {
        cancel() {
          timers.delete(timer);
          inner.cancel();
        },
      };
      timers.add(timer);
      return timer;
    },
    stop() {
      stopped = true;
      for (const timer of timers) timer.cancel();
    },
  };
}
