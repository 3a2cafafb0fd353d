import { attemptOf, createBook, currentAttempt, type MessageBook, recordMessage } from "./book.ts";
import { type CeremonyContext, MAX_ATTEMPTS } from "./context.ts";
import type { CeremonyMessage, MessageKind } from "./messages.ts";
import { type CeremonyStore, loadMessages, saveMessage } from "./store.ts";

type KeptMessages = Partial<Record<MessageKind, CeremonyMessage>>;

/** A participant's knowledge of one request: all messages that count, and which of them it keeps durably itself. */
export interface CeremonyMemory {
  book: MessageBook;
  /** By attempt, the own messages and the first abort, whoever signed it. */
  kept: Map<number, KeptMessages>;
}

/** What a process finds in its store when it starts. */
export async function restoreMemory(store: CeremonyStore, { requestId }: CeremonyContext): Promise<CeremonyMemory> {
  const memory: CeremonyMemory = { book: createBook(), kept: new Map() };
  for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
    const messages = await loadMessages(store, requestId, attempt);
    memory.kept.set(attempt, messages);
    // A kill between storing a result and erasing the key that led to it leaves the key.
    if (messages.result !== undefined) await store.delete(requestId, attempt, "one-time-key");
    for (const message of Object.values(messages)) recordMessage(memory.book, message);
    if (currentAttempt(memory.book) === attempt) break;
  }
  return memory;
}

export function keptOf(memory: CeremonyMemory, attempt: number): KeptMessages {
  const kept = memory.kept.get(attempt) ?? {};
  memory.kept.set(attempt, kept);
  return kept;
}

/** Remembers an own message that is stored already. */
export function keepOwn(memory: CeremonyMemory, message: CeremonyMessage): void {
  keptOf(memory, message.attempt)[message.kind] = message;
  recordMessage(memory.book, message);
}

/**
 * Remembers the first abort of an attempt durably, so that later attempts exist even for a mailbox that lost it, and
 * erases the secrets of an attempt that this seat didn't acknowledge: it never will.
 */
export async function keepAbort(store: CeremonyStore, memory: CeremonyMemory, attempt: number): Promise<void> {
  const kept = keptOf(memory, attempt);
  const [abort] = attemptOf(memory.book, attempt).abort.values();
  if (kept.abort !== undefined || abort === undefined) return;
  await saveMessage(store, abort);
  kept.abort = abort;
  const requestId = BigInt(abort.requestId);
  await store.delete(requestId, attempt, "one-time-key");
  if (kept.acknowledgement === undefined) await store.delete(requestId, attempt, "shares");
}

/** The messages that a mailbox has to have for this participant's sake, in the order in which it accepts them. */
export function messagesToOffer(memory: CeremonyMemory): CeremonyMessage[] {
  const current = currentAttempt(memory.book);
  return [...memory.kept].flatMap(([attempt, { open, deal, result, acknowledgement, abort }]) => {
    const own = attempt === current || acknowledgement ? [open, deal, result, acknowledgement] : [];
    return [...own, abort].filter((message) => message !== undefined);
  });
}
