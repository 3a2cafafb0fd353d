import type { Clock } from "../../../../services/ports/clock.ts";
import type { OperatorId, Peers } from "../../../../services/ports/peers.ts";

/** Seeded generator (mulberry32) of numbers in [0, 1). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

export interface NetworkConditions {
  dropRate: number;
  minDelayMs: number;
  maxDelayMs: number;
  /** Messages for which this answers false are lost. */
  delivers?: (from: OperatorId, to: OperatorId, message: Uint8Array, nowMs: number) => boolean;
}

type Handler = (from: OperatorId, message: Uint8Array) => void;

/** A simulated network on a virtual clock: authentic senders, loss, delay and reordering by a seed. */
export class SimulatedNetwork {
  readonly conditions: NetworkConditions;
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #handlers = new Map<OperatorId, Handler>();

  constructor(clock: Clock, random: () => number, conditions: NetworkConditions) {
    this.#clock = clock;
    this.#random = random;
    this.conditions = conditions;
  }

  peers(self: OperatorId): Peers {
    return {
      send: (to, _protocol, message) => this.send(self, to, message),
      handle: (_protocol, _limits, handler) => void this.#handlers.set(self, handler),
      connected: () => [...this.#handlers.keys()].filter((operator) => operator !== self),
    };
  }

  send(from: OperatorId, to: OperatorId, message: Uint8Array): void {
    const { dropRate, minDelayMs, maxDelayMs, delivers } = this.conditions;
    const nowMs = this.#clock.nowMs();
    if (this.#random() < dropRate || delivers?.(from, to, message, nowMs) === false) return;
    const atMs = nowMs + minDelayMs + this.#random() * (maxDelayMs - minDelayMs);
    this.#clock.setTimer(atMs, () => this.#handlers.get(to)?.(from, message));
  }
}
