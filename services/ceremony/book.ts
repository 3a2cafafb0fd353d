import { SEATS, type Seat } from "../crypto/seats.ts";
import { MAX_ATTEMPTS } from "./context.ts";
import { CeremonyError } from "./errors.ts";
import { type CeremonyMessage, hashPayload, type MessageKind, type MessageOf } from "./messages.ts";

type MessagesByKind = { [K in MessageKind]: Map<Seat, MessageOf<K>> };

/** The messages that count in one attempt: of each kind and seat the first. */
export interface AttemptMessages extends MessagesByKind {
  /** Seats that signed two different messages of one kind. */
  equivocators: Set<Seat>;
}

/** Every message of one request that counts, by attempt. Its size is bounded by the numbers of attempts and seats. */
export type MessageBook = Map<number, AttemptMessages>;

/** `known` and `surplus` change nothing and needn't be stored; `equivocation` must be, as the evidence. */
export type RecordOutcome = "recorded" | "equivocation" | "known" | "surplus";

function emptyAttempt(): AttemptMessages {
  return {
    open: new Map(),
    deal: new Map(),
    result: new Map(),
    acknowledgement: new Map(),
    abort: new Map(),
    equivocators: new Set(),
  };
}

export function createBook(): MessageBook {
  return new Map([[1, emptyAttempt()]]);
}

export function attemptOf(book: MessageBook, attempt: number): AttemptMessages {
  const messages = book.get(attempt);
  if (messages === undefined) throw new CeremonyError("unknown_attempt", `attempt ${attempt} doesn't exist`);
  return messages;
}

/** The newest attempt: one that nobody has aborted, or the last of all. */
export const currentAttempt = (book: MessageBook): number => book.size;

/** Whether the last attempt that is allowed was aborted too. */
export const isExhausted = (book: MessageBook): boolean => (book.get(MAX_ATTEMPTS)?.abort.size ?? 0) > 0;

/**
 * Adds a verified message. Attempt 1 exists from the beginning, each other from the first abort of the one before it:
 * throws `unknown_attempt` for a message that comes too early.
 */
export function recordMessage(book: MessageBook, message: CeremonyMessage): RecordOutcome {
  const messages = attemptOf(book, message.attempt);
  // The kind of the message is the kind of its map, which the type system can't follow through the lookup.
  const ofKind = messages[message.kind] as Map<Seat, CeremonyMessage>;
  const first = ofKind.get(message.seat);
  if (first === undefined) {
    ofKind.set(message.seat, message);
    if (message.kind === "abort" && message.attempt === book.size && book.size < MAX_ATTEMPTS) {
      book.set(book.size + 1, emptyAttempt());
    }
    return "recorded";
  }
  if (samePayload(first, message)) return "known";
  // A second reason to end an attempt changes nothing.
  if (message.kind === "abort" || messages.equivocators.has(message.seat)) return "surplus";
  messages.equivocators.add(message.seat);
  return "equivocation";
}

/** Whether two messages say the same; their signatures may differ, as ECDSA's can. */
export function samePayload(a: CeremonyMessage, b: CeremonyMessage): boolean {
  return a === b || (a.kind === b.kind && Buffer.compare(hashPayload(a), hashPayload(b)) === 0);
}

/** The messages of a kind in seat order when all seven are there. */
export function allOf<K extends MessageKind>(messages: MessagesByKind, kind: K): MessageOf<K>[] | undefined {
  const ofKind: ReadonlyMap<Seat, MessageOf<K>> = messages[kind];
  const inOrder = SEATS.flatMap((seat) => ofKind.get(seat) ?? []);
  return inOrder.length === SEATS.length ? inOrder : undefined;
}

export function missingSeats(messages: AttemptMessages, kind: MessageKind): Seat[] {
  return SEATS.filter((seat) => !messages[kind].has(seat));
}
