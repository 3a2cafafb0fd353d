import type { Seat } from "../crypto/seats.ts";
import { type Clock, sleepUntil } from "../ports/clock.ts";
import { type AttemptMessages, attemptOf, currentAttempt, isExhausted, missingSeats, recordMessage } from "./book.ts";
import { type CeremonyContext, checkContext } from "./context.ts";
import { type Decision, decide, type Round } from "./decide.ts";
import type { CeremonyError } from "./errors.ts";
import { openInbox } from "./inbox.ts";
import type { Mailbox } from "./mailbox.ts";
import { type CeremonyMemory, keepAbort, keepOwn, keptOf, messagesToOffer, restoreMemory } from "./memory.ts";
import type { MessageOf } from "./messages.ts";
import type { Blame } from "./results.ts";
import { makeRoundMessage, type Participant } from "./rounds.ts";
import { signMessage } from "./signing.ts";
import { type AttemptResult, loadAcknowledgedResults } from "./store.ts";

/** What is awaited, for a person to see. */
export interface CeremonyProgress {
  attempt: number;
  /** `acknowledged`: all seven acknowledged, the chain has the word. `exhausted`: all attempts were aborted. */
  phase: Round | "acknowledged" | "exhausted";
  /** Seats whose message of this round is awaited. */
  missing: Seat[];
  /** Why the attempt before this one ended, and who ended it. */
  lastAbort?: Blame & { by: Seat };
}

export interface CeremonyDeps extends Participant {
  mailbox: Mailbox;
  clock: Clock;
  /** Default 1,000. */
  pollIntervalMs?: number;
  /** How long an attempt may take from its seventh open on before it is aborted. Default 60,000. */
  attemptTimeoutMs?: number;
  /** Called when the progress changes. */
  onProgress?: (progress: CeremonyProgress) => void;
  /** Called once for each attempt in a process's life when its acknowledgement and result are durable. */
  onAcknowledged?: (attempt: number) => void;
  /** The mailbox couldn't be reached or refused a post; it is tried again with the next poll. */
  onMailboxError?: (error: unknown) => void;
  /** The mailbox served a message that doesn't count. */
  onRefused?: (error: CeremonyError) => void;
}

/** How a ceremony ended for this process, with the results of the attempts that it acknowledged. */
export interface CeremonyOutcome {
  reason: "stopped" | "expired";
  results: AttemptResult[];
}

/**
 * Takes part in the key generation of one request until `signal` is aborted, which the caller does when the chain has
 * verified the keys or the process stops, or until the deadline. Every step is stored before it is posted, so a process
 * that calls this again after a restart goes on where it was. The caller stores the shares of the attempt that the chain
 * took and then calls `eraseCeremony`.
 *
 * Before the seventh open nothing is dealt, so a seat that is down is awaited without a timeout.
 */
export async function runCeremony(
  context: CeremonyContext,
  deps: CeremonyDeps,
  signal: AbortSignal,
): Promise<CeremonyOutcome> {
  checkContext(context);
  const { clock, store, mailbox, pollIntervalMs = 1_000 } = deps;
  const memory = await restoreMemory(store, context);
  const inbox = openInbox(context, mailbox, deps.onRefused ?? (() => {}));
  const participant = createParticipant(context, deps, memory);
  const isExpired = () => clock.nowMs() >= context.deadlineSeconds * 1_000;

  let hasRead = false;
  while (!signal.aborted && !isExpired()) {
    try {
      await inbox.poll(memory.book);
      hasRead = true;
    } catch (error) {
      deps.onMailboxError?.(error);
    }
    // Own messages that the store lost may be in the mailbox: nothing is said before that is known.
    while (hasRead && !signal.aborted && (await participant.step())) {}
    try {
      await inbox.offer(messagesToOffer(memory));
    } catch (error) {
      deps.onMailboxError?.(error);
    }
    await sleepUntil(clock, clock.nowMs() + pollIntervalMs, signal).catch(() => {});
  }
  const results = await loadAcknowledgedResults(store, context.requestId);
  return { reason: signal.aborted ? "stopped" : "expired", results };
}

/** `step` takes one action and returns whether another may follow at once. */
function createParticipant(context: CeremonyContext, deps: CeremonyDeps, memory: CeremonyMemory) {
  const { store, clock, signer, selfSeat, attemptTimeoutMs = 60_000 } = deps;
  const dealingSinceMs = new Map<number, number>();
  let reported = "";

  const isTimedOut = (attempt: number, messages: AttemptMessages): boolean => {
    if (missingSeats(messages, "open").length > 0) return false;
    const sinceMs = dealingSinceMs.get(attempt) ?? clock.nowMs();
    dealingSinceMs.set(attempt, sinceMs);
    return clock.nowMs() - sinceMs >= attemptTimeoutMs;
  };

  const decideAttempt = (attempt: number): Decision => {
    const messages = attemptOf(memory.book, attempt);
    return decide({ selfSeat, messages, own: keptOf(memory, attempt), timedOut: isTimedOut(attempt, messages) });
  };

  const report = (attempt: number, phase: CeremonyProgress["phase"], missing: Seat[] = []): void => {
    const lastAbort = memory.kept.get(attempt - 1)?.abort as MessageOf<"abort"> | undefined;
    const progress: CeremonyProgress = { attempt, phase, missing };
    if (lastAbort) progress.lastAbort = { ...lastAbort.payload, by: lastAbort.seat };
    const text = JSON.stringify(progress);
    if (text !== reported) deps.onProgress?.(progress);
    reported = text;
  };

  const abort = async (attempt: number, { reason, accused }: Blame): Promise<void> => {
    const header = { requestId: context.requestId.toString(), attempt, seat: selfSeat };
    const message = await signMessage(context, signer, { ...header, kind: "abort", payload: { reason, accused } });
    recordMessage(memory.book, message);
    await keepAbort(store, memory, attempt);
  };

  const send = async (attempt: number, round: Round): Promise<void> => {
    const made = await makeRoundMessage(context, deps, attempt, round, attemptOf(memory.book, attempt));
    if ("reason" in made) return abort(attempt, made);
    keepOwn(memory, made);
    // The shares are durable, so the key that opened the sub-shares has served.
    if (round === "result") await store.delete(context.requestId, attempt, "one-time-key");
    if (round === "acknowledgement") deps.onAcknowledged?.(attempt);
  };

  return {
    async step(): Promise<boolean> {
      for (const attempt of memory.book.keys()) await keepAbort(store, memory, attempt);
      const finished = [...memory.kept.keys()].find((attempt) => decideAttempt(attempt).do === "finish");
      if (finished !== undefined) {
        report(finished, "acknowledged");
        return false;
      }
      const attempt = currentAttempt(memory.book);
      if (isExhausted(memory.book)) {
        report(attempt, "exhausted");
        return false;
      }
      const decision = decideAttempt(attempt);
      if (decision.do === "send") {
        report(attempt, decision.round);
        await send(attempt, decision.round);
        return true;
      }
      if (decision.do === "abort") {
        await abort(attempt, decision);
        return true;
      }
      if (decision.do === "wait") report(attempt, decision.round, decision.missing);
      return false;
    },
  };
}
