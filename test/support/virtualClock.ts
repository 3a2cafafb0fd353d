import type { Clock, Timer } from "../../services/ports/clock.ts";

interface Pending {
  atMs: number;
  order: number;
  callback: () => void;
}

/** Time that moves only when a test moves it; timers fire in order of time, then of setting. */
export class VirtualClock implements Clock {
  #nowMs: number;
  #order = 0;
  readonly #pending = new Set<Pending>();

  constructor(startMs = 0) {
    this.#nowMs = startMs;
  }

  nowMs(): number {
    return this.#nowMs;
  }

  setTimer(atMs: number, callback: () => void): Timer {
    const timer = { atMs: Math.max(atMs, this.#nowMs), order: this.#order++, callback };
    this.#pending.add(timer);
    return { cancel: () => void this.#pending.delete(timer) };
  }

  /** Number of timers that are set: a stopped part leaves none behind. */
  get pendingTimers(): number {
    return this.#pending.size;
  }

  /** Fires everything due up to `toMs`, letting promises settle after each timer, and leaves the clock at `toMs`. */
  async advanceTo(toMs: number): Promise<void> {
    await settle();
    for (let next = this.#next(toMs); next; next = this.#next(toMs)) {
      this.#pending.delete(next);
      this.#nowMs = next.atMs;
      next.callback();
      await settle();
    }
    this.#nowMs = Math.max(this.#nowMs, toMs);
  }

  /** Moves the time without firing anything: the process was not running meanwhile. */
  jumpTo(toMs: number): void {
    this.#nowMs = Math.max(this.#nowMs, toMs);
  }

  advanceBy(durationMs: number): Promise<void> {
    return this.advanceTo(this.#nowMs + durationMs);
  }

  #next(toMs: number): Pending | undefined {
    let first: Pending | undefined;
    for (const timer of this.#pending) {
      if (timer.atMs > toMs) continue;
      if (!first || timer.atMs < first.atMs || (timer.atMs === first.atMs && timer.order < first.order)) first = timer;
    }
    return first;
  }
}

/** One turn of the event loop: promise chains that need no timer or I/O have run when it resolves. */
function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
