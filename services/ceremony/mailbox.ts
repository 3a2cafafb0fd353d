import type { CeremonyMessage } from "./messages.ts";

/**
 * Where the seven members leave messages for each other. It is trusted with nothing: it can delay, lose, repeat and
 * reorder, but members verify every message and agree on a transcript.
 */
export interface Mailbox {
  /**
   * Messages after a cursor of an earlier call, or all of them without one, as untrusted values in the order in which
   * they were accepted.
   */
  list(requestId: bigint, afterCursor: string | undefined): Promise<{ messages: unknown[]; cursor: string }>;
  /** Resolves when the mailbox has the message; posting a message again is harmless. */
  post(requestId: bigint, message: CeremonyMessage): Promise<void>;
}
