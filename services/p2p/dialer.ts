import type { Clock, Timer } from "../ports/clock.ts";
import type { Randomness } from "../ports/randomness.ts";

const FIRST_DELAY_MS = 250;
const MAX_DELAY_MS = 15_000;

/** The wait before dial number `attempt` (0 is the first repetition), spread over half to all of the doubled step. */
export function redialDelayMs(attempt: number, randomness: Randomness): number {
  const stepMs = Math.min(MAX_DELAY_MS, FIRST_DELAY_MS * 2 ** Math.min(attempt, 16));
  const [byte = 0] = randomness.bytes(1);
  return Math.round(stepMs / 2 + (stepMs / 2) * (byte / 255));
}

/** Keeps one connection to one peer: dials until it stands, and again whenever it is lost. */
export class Dialer {
  readonly #dial: (signal: AbortSignal) => Promise<boolean>;
  readonly #clock: Clock;
  readonly #randomness: Randomness;
  readonly #stopped = new AbortController();
  #attempt = 0;
  #timer: Timer | undefined;
  #dialling = false;

  /** @param dial resolves to whether the peer is connected now; must not throw. */
  constructor(dial: (signal: AbortSignal) => Promise<boolean>, clock: Clock, randomness: Randomness) {
    this.#dial = dial;
    this.#clock = clock;
    this.#randomness = randomness;
  }

  /** Dials after `delayMs` unless a dial is under way or planned. */
  start(delayMs: number): void {
    if (this.#stopped.signal.aborted || this.#timer || this.#dialling) return;
    this.#timer = this.#clock.setTimer(this.#clock.nowMs() + delayMs, () => {
      this.#timer = undefined;
      void this.#run();
    });
  }

  stop(): void {
    this.#stopped.abort(new Error("dialer stopped"));
    this.#timer?.cancel();
  }

  async #run(): Promise<void> {
    this.#dialling = true;
    const connected = await this.#dial(this.#stopped.signal);
    this.#dialling = false;
    if (connected) this.#attempt = 0;
    else this.start(redialDelayMs(this.#attempt++, this.#randomness));
  }
}
