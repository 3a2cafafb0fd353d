import { getBytes } from "ethers";
import { g2ToEip2537 } from "../crypto/points.ts";
import type { Seat } from "../crypto/seats.ts";
import { combineVerified } from "../crypto/verification.ts";
import {
  type AttemptMessages,
  allOf,
  attemptOf,
  createBook,
  currentAttempt,
  type MessageBook,
  missingSeats,
  recordMessage,
  samePayload,
} from "./book.ts";
import type { CeremonyContext } from "./context.ts";
import { ROUNDS, type Round } from "./decide.ts";
import { depositSigningRoot } from "./deposit.ts";
import { CeremonyError } from "./errors.ts";
import { deriveGroupKeys } from "./groupKeys.ts";
import type { CeremonyMessage } from "./messages.ts";
import { depositPartials } from "./results.ts";
import { encodeEncryptedShares, encodePoints, hashEncryptedShares, hashKeys, hashTranscript } from "./transcript.ts";

/** The arguments with which the ValidatorManager verifies a batch. */
export interface KeySubmission {
  attempt: number;
  transcriptHash: string;
  keys: {
    /** The validator's public key, 48 bytes compressed. */
    groupKey: Uint8Array;
    /** 1024 bytes: group key, share keys of seats 1..7, EIP-2537. */
    points: Uint8Array;
    /** 256 bytes: G2, EIP-2537. */
    depositSignature: Uint8Array;
    /** 96 bytes: the same signature, compressed. */
    compressedDepositSignature: Uint8Array;
    /** 336 bytes: encrypted shares of seats 1..7. */
    encryptedShares: Uint8Array;
  }[];
  /** Signatures of seats 1..7, 65 bytes each. */
  acknowledgements: Uint8Array[];
}

export type SubmissionResult =
  | { ok: true; submission: KeySubmission }
  /** The round of the current attempt for which seats are awaited. */
  | { ok: false; reason: "incomplete"; attempt: number; round: Round; missing: Seat[] }
  /** Seven members acknowledged what these messages don't amount to: messages are lost, or the seven lie. */
  | { ok: false; reason: "inconsistent"; attempt: number };

/** Puts verified messages of one request together for the contract, from the first attempt that all acknowledged. */
export async function assembleSubmission(
  context: CeremonyContext,
  messages: readonly CeremonyMessage[],
): Promise<SubmissionResult> {
  const book = bookOf(messages);
  let inconsistent: number | undefined;
  for (const [attempt, attemptMessages] of book) {
    if (!isAcknowledged(attemptMessages)) continue;
    const submission = await assembleAttempt(context, attempt, attemptMessages);
    if (submission !== undefined) return { ok: true, submission };
    inconsistent ??= attempt;
  }
  if (inconsistent !== undefined) return { ok: false, reason: "inconsistent", attempt: inconsistent };

  const attempt = currentAttempt(book);
  const current = attemptOf(book, attempt);
  const round = ROUNDS.find((candidate) => missingSeats(current, candidate).length > 0) ?? "acknowledgement";
  return { ok: false, reason: "incomplete", attempt, round, missing: missingSeats(current, round) };
}

/** Messages may come in any order, but an attempt exists only after the abort of the one before it. */
function bookOf(messages: readonly CeremonyMessage[]): MessageBook {
  const book = createBook();
  const isAbort = ({ kind }: CeremonyMessage) => kind === "abort";
  const aborts = messages.filter(isAbort).sort((a, b) => a.attempt - b.attempt);
  for (const message of [...aborts, ...messages.filter((message) => !isAbort(message))]) {
    try {
      recordMessage(book, message);
    } catch (error) {
      if (!(error instanceof CeremonyError && error.code === "unknown_attempt")) throw error;
    }
  }
  return book;
}

function isAcknowledged(messages: AttemptMessages): boolean {
  const [first, ...others] = allOf(messages, "acknowledgement") ?? [];
  return first !== undefined && others.every((other) => samePayload(first, other));
}

async function assembleAttempt(
  context: CeremonyContext,
  attempt: number,
  messages: AttemptMessages,
): Promise<KeySubmission | undefined> {
  const opens = allOf(messages, "open");
  const deals = allOf(messages, "deal");
  const results = allOf(messages, "result");
  const acknowledgements = allOf(messages, "acknowledgement");
  if (!opens || !deals || !results || !acknowledgements) return undefined;
  const groups = await deriveGroupKeys(deals, context.keyCount);
  if (groups === undefined) return undefined;

  const transcriptHash = hashTranscript(context, attempt, opens, deals);
  const acknowledged = acknowledgements[0]?.payload;
  if (
    acknowledged?.transcriptHash !== transcriptHash ||
    acknowledged.keysHash !== hashKeys(groups) ||
    acknowledged.encryptedSharesHash !== hashEncryptedShares(results, context.keyCount)
  ) {
    return undefined;
  }
  const encryptedShares = encodeEncryptedShares(results, context.keyCount);
  const keys: KeySubmission["keys"] = [];
  for (const [keyIndex, group] of groups.entries()) {
    const signingRoot = depositSigningRoot(context, group.groupKey);
    const combined = combineVerified({ ...group, signingRoot, partials: depositPartials(results, keyIndex) });
    if (!combined.ok) return undefined;
    keys.push({
      groupKey: group.groupKey,
      points: encodePoints(group),
      depositSignature: g2ToEip2537(combined.signature),
      compressedDepositSignature: combined.signature,
      encryptedShares: encryptedShares[keyIndex] ?? new Uint8Array(),
    });
  }
  return {
    attempt,
    transcriptHash,
    keys,
    acknowledgements: acknowledgements.map(({ signature }) => getBytes(signature)),
  };
}
