import type { Clock } from "./clock.ts";

// A longer delay overflows Node's 32-bit timer and would fire at once.
const MAX_DELAY_MS = 2 ** 31 - 1;

export const systemClock: Clock = {
  nowMs: () => Date.now(),
  setTimer(atMs, callback) {
    let handle: NodeJS.Timeout;
    const arm = () => {
      const delayMs = Math.max(0, atMs - Date.now());
      handle = delayMs > MAX_DELAY_MS ? setTimeout(arm, MAX_DELAY_MS) : setTimeout(callback, delayMs);
    };
    arm();
    return { cancel: () => clearTimeout(handle) };
  },
};
