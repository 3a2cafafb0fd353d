import type { Seat } from "../crypto/seats.ts";
import { type AttemptMessages, missingSeats, samePayload } from "./book.ts";
import type { AbortReason, CeremonyMessage, MessageKind } from "./messages.ts";

/** The rounds of an attempt, in order; each needs the messages of all seven seats. */
export const ROUNDS = ["open", "deal", "result", "acknowledgement"] as const;
export type Round = (typeof ROUNDS)[number];

/** What a participant knows of an attempt when it decides. */
export interface AttemptView {
  selfSeat: Seat;
  messages: AttemptMessages;
  /** The participant's own durable messages of this attempt. */
  own: Partial<Record<MessageKind, CeremonyMessage>>;
  /** The attempt has taken longer than allowed since its seventh open. */
  timedOut: boolean;
}

export type Decision =
  /** Make, store and post the own message of a round, after checking all messages of the round before it. */
  | { do: "send"; round: Round }
  | { do: "abort"; reason: AbortReason; accused: Seat | 0 }
  | { do: "wait"; round: Round; missing: Seat[] }
  /** Somebody aborted the attempt. */
  | { do: "leave" }
  /** Seven equal acknowledgements. */
  | { do: "finish" };

/** The next action of a participant in an attempt: a function of what it knows and of nothing else. */
export function decide({ selfSeat, messages, own, timedOut }: AttemptView): Decision {
  // Whoever saw seven acknowledgements knows that the chain can take them, whatever is aborted afterwards.
  if (isAcknowledgedByAll(messages, own)) return { do: "finish" };
  if (messages.abort.size > 0) return { do: "leave" };

  const [equivocator] = messages.equivocators;
  if (equivocator !== undefined) return { do: "abort", reason: "equivocation", accused: equivocator };
  for (const round of ROUNDS) {
    const posted: CeremonyMessage | undefined = messages[round].get(selfSeat);
    const kept = own[round];
    if (posted !== undefined && (kept === undefined || !samePayload(posted, kept))) {
      return { do: "abort", reason: "state_lost", accused: selfSeat };
    }
  }

  for (const round of ROUNDS) {
    if (own[round] === undefined) return { do: "send", round };
    const missing = missingSeats(messages, round);
    if (missing.length === 0) continue;
    const [first] = missing;
    if (timedOut && first !== undefined) return { do: "abort", reason: "timeout", accused: first };
    return { do: "wait", round, missing };
  }
  const accused = disagreeing(messages, own);
  return { do: "abort", reason: "acknowledgement_mismatch", accused: accused ?? 0 };
}

function isAcknowledgedByAll(messages: AttemptMessages, own: AttemptView["own"]): boolean {
  return (
    own.acknowledgement !== undefined &&
    missingSeats(messages, "acknowledgement").length === 0 &&
    disagreeing(messages, own) === undefined
  );
}

function disagreeing(messages: AttemptMessages, own: AttemptView["own"]): Seat | undefined {
  const { acknowledgement } = own;
  if (acknowledgement === undefined) return undefined;
  return [...messages.acknowledgement.values()].find((message) => !samePayload(message, acknowledgement))?.seat;
}
