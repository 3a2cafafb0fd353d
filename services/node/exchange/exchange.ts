import type { Seat } from "../../crypto/seats.ts";
import type { PartialSignature } from "../../crypto/threshold.ts";
import type { Pubkey, Root } from "../../ports/beacon.ts";
import type { Clock } from "../../ports/clock.ts";
import type { OperatorId, Peers } from "../../ports/peers.ts";
import { slotAt } from "../chainSpec.ts";
import type { ChainTime } from "../locks/types.ts";
import {
  decodePartials,
  encodePartials,
  MAX_PARTIALS_MESSAGE_BYTES,
  type PartialDuty,
  type PartialSet,
} from "./messages.ts";
import { PartialStore } from "./partialStore.ts";

export const PARTIALS_PROTOCOL = "/septet/partials/1";
const MAX_MESSAGES_PER_SECOND = 50;
/** RANDAO partials come a slot ahead, and clocks differ a little. */
const EARLY_SLOTS = 2;
/** Resending starts a quarter of a slot after the first message and slows down by half each time. */
const RESENDS = 4;

/** Why a message of a peer was dropped. */
export type ExchangeDrop =
  | "malformed"
  | "notAMember"
  | "wrongConfiguration"
  | "outOfWindow"
  | "unknownValidator"
  | "repeated";

export interface ExchangeSet {
  configuration: number;
  /** Operators of seats 1..7 in order. */
  operatorIds: readonly OperatorId[];
  ownSeat: Seat;
  /** Whether the validator belongs to the set in this generation. */
  hasKey(pubkey: Pubkey, generation: number): boolean;
}

export interface ExchangeOptions {
  peers: Peers;
  clock: Clock;
  time: ChainTime;
  /** `undefined` for a set that this operator doesn't sit in. */
  set: (setId: number) => ExchangeSet | undefined;
  onPartials: (duty: PartialDuty) => void;
  count: (drop: ExchangeDrop, from: OperatorId) => void;
}

/** Sends this node's partial signatures to the other six seats and keeps theirs, each seat's first one. */
export class Exchange {
  readonly #options: ExchangeOptions;
  readonly #store = new PartialStore();

  constructor(options: ExchangeOptions) {
    this.#options = options;
    const limits = { maxBytes: MAX_PARTIALS_MESSAGE_BYTES, maxMessagesPerSecond: MAX_MESSAGES_PER_SECOND };
    options.peers.handle(PARTIALS_PROTOCOL, limits, (from, message) => this.#receive(from, message));
  }

  /** Adds own partials and sends them, again and again until `isDone` or a slot has passed. */
  publish(own: PartialSet, isDone: () => boolean): void {
    const { clock, time, set, onPartials } = this.#options;
    const members = set(own.duty.setId);
    if (!members) return;
    this.#store.add(members.ownSeat, own);
    const message = encodePartials(own);
    const send = () => {
      for (const [index, operatorId] of members.operatorIds.entries()) {
        if (index + 1 !== members.ownSeat) this.#options.peers.send(operatorId, PARTIALS_PROTOCOL, message);
      }
    };
    const resend = (attempt: number, waitMs: number) => {
      if (attempt === RESENDS) return;
      clock.setTimer(clock.nowMs() + waitMs, () => {
        if (isDone()) return;
        send();
        resend(attempt + 1, waitMs * 1.5);
      });
    };
    send();
    resend(0, time.slotDurationMs / 4);
    onPartials(own.duty);
  }

  partialsOf(duty: PartialDuty, pubkey: Pubkey, signingRoot: Root): PartialSignature[] {
    return this.#store.partialsOf(duty, pubkey, signingRoot);
  }

  #receive(from: OperatorId, message: Uint8Array): void {
    let received: PartialSet;
    try {
      received = decodePartials(message);
    } catch {
      this.#options.count("malformed", from);
      return;
    }
    const drop = this.#accept(from, received);
    if (drop) this.#options.count(drop, from);
    else this.#options.onPartials(received.duty);
  }

  #accept(from: OperatorId, { duty, signingRoot, partials }: PartialSet): ExchangeDrop | undefined {
    const set = this.#options.set(duty.setId);
    const seat = seatOf(set, from);
    if (!set || !seat) return "notAMember";
    if (duty.configuration !== set.configuration) return "wrongConfiguration";
    if (!this.#isInWindow(duty.slot)) return "outOfWindow";
    // A key that this node's chain view doesn't show yet must not cost the others.
    const known = partials.filter(({ pubkey }) => set.hasKey(pubkey, duty.generation));
    if (known.length === 0) return "unknownValidator";
    return this.#store.add(seat, { duty, signingRoot, partials: known }) === 0 ? "repeated" : undefined;
  }

  /** Attestations can be included until the end of the next epoch (EIP-7045). */
  #isInWindow(slot: number): boolean {
    const { clock, time } = this.#options;
    const now = slotAt(clock.nowMs(), time);
    const oldest = now - 2 * time.slotsPerEpoch;
    this.#store.dropBefore(oldest);
    return slot >= oldest && slot <= now + EARLY_SLOTS;
  }
}

function seatOf(set: ExchangeSet | undefined, operatorId: OperatorId): Seat | undefined {
  const index = set?.operatorIds.indexOf(operatorId) ?? -1;
  return index < 0 ? undefined : ((index + 1) as Seat);
}
