import { createBook, type MessageBook, recordMessage } from "../../services/ceremony/book.ts";
import type { CeremonyContext } from "../../services/ceremony/context.ts";
import type { Mailbox } from "../../services/ceremony/mailbox.ts";
import { type CeremonyMessage, parseMessage } from "../../services/ceremony/messages.ts";
import { verifyMessage } from "../../services/ceremony/signing.ts";

/** A mailbox for one request in memory that checks messages as the coordinator's must. */
export interface MemoryMailbox extends Mailbox {
  messages: CeremonyMessage[];
  book: MessageBook;
  /** Every post that was accepted, repetitions included. */
  posts: CeremonyMessage[];
  /** Forgets everything, as a coordinator does that lost its storage. */
  clear(): void;
  /** This mailbox as seen by somebody from whom some messages are withheld. */
  hiding(isHidden: (message: CeremonyMessage) => boolean): Mailbox;
}

export function createMemoryMailbox(context: CeremonyContext): MemoryMailbox {
  const list = (messages: CeremonyMessage[], afterCursor: string | undefined) => ({
    messages: messages.slice(Number(afterCursor ?? 0)).map((message) => structuredClone(message)),
    cursor: String(messages.length),
  });
  const mailbox: MemoryMailbox = {
    messages: [],
    posts: [],
    book: createBook(),
    async list(_requestId, afterCursor) {
      return list(mailbox.messages, afterCursor);
    },
    async post(_requestId, input) {
      const message = parseMessage(structuredClone(input));
      verifyMessage(context, message);
      const outcome = recordMessage(mailbox.book, message);
      if (outcome === "recorded" || outcome === "equivocation") mailbox.messages.push(message);
      mailbox.posts.push(message);
    },
    clear() {
      mailbox.messages = [];
      mailbox.book = createBook();
    },
    hiding(isHidden) {
      return {
        post: mailbox.post,
        // Cursors mean nothing when what is hidden changes, so everything is listed.
        list: async () =>
          list(
            mailbox.messages.filter((message) => !isHidden(message)),
            undefined,
          ),
      };
    },
  };
  return mailbox;
}
