import { createBook, type MessageBook, recordMessage } from "../../ceremony/book.ts";
import type { CeremonyContext } from "../../ceremony/context.ts";
import { CeremonyError } from "../../ceremony/errors.ts";
import { type CeremonyMessage, parseMessage } from "../../ceremony/messages.ts";
import { verifyMessage } from "../../ceremony/signing.ts";
import { TokenBucket } from "../../p2p/tokenBucket.ts";
import type { Clock } from "../../ports/clock.ts";
import type { MailboxStore } from "../store/mailboxStore.ts";

export type MailboxErrorCode = "request_not_found" | "request_closed" | "rate_limited";

export class MailboxError extends Error {
  override readonly name = "MailboxError";
  readonly code: MailboxErrorCode;

  constructor(code: MailboxErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

export interface MailboxOptions {
  store: MailboxStore;
  clock: Clock;
  /** A request by the chain's events; nothing for an unknown one. */
  request(requestId: string): { open: boolean; deadlineSeconds: number } | undefined;
  readContext(requestId: bigint): Promise<CeremonyContext>;
  /** Called after a message was stored. */
  onStored(requestId: string): void;
}

/** Where members of a set leave ceremony messages for each other. It keeps only what members of that set signed. */
export interface CeremonyMailbox {
  /** A page of messages after a cursor of an earlier page. Throws `MailboxError`. */
  list(requestId: string, afterCursor: number): { messages: unknown[]; cursor: number };
  /**
   * Keeps a message that counts. Returns false for one that changes nothing. Throws `MailboxError` or `CeremonyError`;
   * then nothing has changed.
   */
  post(requestId: string, input: unknown): Promise<boolean>;
  context(requestId: bigint): Promise<CeremonyContext>;
  messages(requestId: bigint): Promise<CeremonyMessage[]>;
  /** Drops the messages of closed requests when their deadline has passed too. */
  forgetClosed(): void;
  /** Reads requests from the chain again: it reorganised. */
  forgetContexts(): void;
}

const PAGE_MESSAGES = 64;
// An attempt has four messages of a seat; nodes post what the mailbox lost all at once.
const SEAT_MESSAGES_PER_SECOND = 4;
const SEAT_BURST = 32;

interface OpenRequest {
  context: CeremonyContext;
  /** What was recorded bounds what is stored: for each attempt, kind and seat at most two messages. */
  book: MessageBook;
  seatBuckets: Map<number, TokenBucket>;
}

export function createMailbox(options: MailboxOptions): CeremonyMailbox {
  const { store, clock } = options;
  const requests = new Map<string, Promise<OpenRequest>>();

  async function open(requestId: string): Promise<OpenRequest> {
    const context = await options.readContext(BigInt(requestId));
    const book = createBook();
    for (const message of storedMessages(context)) recordMessage(book, message);
    return { context, book, seatBuckets: new Map() };
  }

  /** Leaves out what was stored for a request of the same number that a reorganisation took back. */
  function storedMessages(context: CeremonyContext): CeremonyMessage[] {
    return store.list(context.requestId.toString(), 0, Number.MAX_SAFE_INTEGER).flatMap((stored) => {
      try {
        const message = parseMessage(JSON.parse(stored.message));
        verifyMessage(context, message);
        return [message];
      } catch (error) {
        if (error instanceof CeremonyError) return [];
        throw error;
      }
    });
  }

  function requestOf(requestId: string): Promise<OpenRequest> {
    let request = requests.get(requestId);
    if (!request) {
      request = open(requestId);
      requests.set(requestId, request);
      request.catch(() => requests.delete(requestId));
    }
    return request;
  }

  function requireKnown(requestId: string): boolean {
    const request = options.request(requestId);
    if (!request) throw new MailboxError("request_not_found", "no such key request on chain");
    return request.open;
  }

  function takeTurn({ seatBuckets }: OpenRequest, seat: number): void {
    let bucket = seatBuckets.get(seat);
    if (!bucket) {
      bucket = new TokenBucket(SEAT_MESSAGES_PER_SECOND, SEAT_BURST, clock.nowMs());
      seatBuckets.set(seat, bucket);
    }
    if (!bucket.take(clock.nowMs())) throw new MailboxError("rate_limited", `too many messages of seat ${seat}`);
  }

  return {
    list(requestId, afterCursor) {
      requireKnown(requestId);
      const page = store.list(requestId, afterCursor, PAGE_MESSAGES);
      return {
        messages: page.map(({ message }) => JSON.parse(message)),
        cursor: page.at(-1)?.cursor ?? afterCursor,
      };
    },

    async post(requestId, input) {
      if (!requireKnown(requestId)) throw new MailboxError("request_closed", "the key request is completed or expired");
      const message = parseMessage(input);
      const request = await requestOf(requestId);
      verifyMessage(request.context, message);
      takeTurn(request, message.seat);
      const outcome = recordMessage(request.book, message);
      if (outcome === "known" || outcome === "surplus") return false;
      try {
        store.append(requestId, JSON.stringify(message));
      } catch (error) {
        // The book is ahead of the store: read it again.
        requests.delete(requestId);
        throw error;
      }
      options.onStored(requestId);
      return true;
    },

    context: async (requestId) => (await requestOf(requestId.toString())).context,
    messages: async (requestId) => storedMessages((await requestOf(requestId.toString())).context),

    forgetClosed() {
      for (const requestId of new Set([...store.requestIds(), ...requests.keys()])) {
        // A reorganisation may open a request again, and bring one back that it took away.
        const request = options.request(requestId);
        if (!request || request.open || clock.nowMs() < request.deadlineSeconds * 1000) continue;
        store.forget(requestId);
        requests.delete(requestId);
      }
    },
    forgetContexts: () => requests.clear(),
  };
}
