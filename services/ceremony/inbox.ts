import { createHash } from "node:crypto";
import { type MessageBook, recordMessage } from "./book.ts";
import type { CeremonyContext } from "./context.ts";
import { CeremonyError } from "./errors.ts";
import type { Mailbox } from "./mailbox.ts";
import { type CeremonyMessage, parseMessage } from "./messages.ts";
import { verifyMessage } from "./signing.ts";

// Every member can fill five kinds, and once show two messages of one kind, in each of 64 attempts.
const MAX_LISTED_MESSAGES = 64 * 7 * 6;
/** How often everything is listed again, to find own messages that the mailbox lost and others that were refused. */
const POLLS_PER_FULL_LISTING = 10;

/** Reads a mailbox into a book and tells what the mailbox is missing. */
export interface Inbox {
  /** Lists, verifies and records what is new. Rejects when the mailbox can't be reached. */
  poll(book: MessageBook): Promise<void>;
  /** Posts those messages that the mailbox isn't known to have. Rejects at the first that can't be posted. */
  offer(messages: readonly CeremonyMessage[]): Promise<void>;
}

export function openInbox(
  context: CeremonyContext,
  mailbox: Mailbox,
  onRefused: (error: CeremonyError) => void,
): Inbox {
  let cursor: string | undefined;
  let polls = 0;
  const verified = new Set<string>();
  const held = new Set<string>();

  const admit = (book: MessageBook, input: unknown): void => {
    try {
      const message = parseMessage(input);
      const identity = createHash("sha256").update(JSON.stringify(message)).digest("base64");
      if (!verified.has(identity)) verifyMessage(context, message);
      verified.add(identity);
      held.add(messageSlot(message));
      recordMessage(book, message);
    } catch (error) {
      if (!(error instanceof CeremonyError)) throw error;
      onRefused(error);
    }
  };

  return {
    async poll(book) {
      const isFull = polls % POLLS_PER_FULL_LISTING === 0;
      const listed = await mailbox.list(context.requestId, isFull ? undefined : cursor);
      polls++;
      cursor = listed.cursor;
      if (isFull) held.clear();
      for (const input of listed.messages.slice(0, MAX_LISTED_MESSAGES)) admit(book, input);
    },
    async offer(messages) {
      for (const message of messages) {
        if (held.has(messageSlot(message))) continue;
        await mailbox.post(context.requestId, message);
        held.add(messageSlot(message));
      }
    },
  };
}

const messageSlot = ({ attempt, kind, seat }: CeremonyMessage) => `${attempt}/${kind}/${seat}`;
