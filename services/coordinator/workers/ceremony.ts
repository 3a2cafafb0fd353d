import { isDeepStrictEqual } from "node:util";
import { hexlify } from "ethers";
import { assembleSubmission, type KeySubmission } from "../../ceremony/submission.ts";
import type { Step } from "../queues/job.ts";
import { TransactionError } from "../sender/errors.ts";
import { REQUEST_OPEN, sendOrWait, slotsToMs, type WorkerContext } from "./context.ts";

/** Submits the keys of a ceremony when all seven members acknowledged them, or closes the request when it is too late. */
export async function submitCeremony(context: WorkerContext, requestId: string): Promise<Step> {
  const { contracts, clock } = context;
  const { validatorManager } = contracts;
  const { state, deadline } = await validatorManager.request(requestId);
  if (state !== REQUEST_OPEN) return { done: "the request is closed" };
  const soon = slotsToMs(context, 1);
  // The contract compares with the time of a block that is not there yet.
  if (clock.nowMs() > (Number(deadline) + context.timing.secondsPerSlot) * 1000) {
    await recordAcknowledgements(context, requestId);
    const data = validatorManager.interface.encodeFunctionData("expireRequest", [requestId]);
    const waits = { RequestBeforeDeadline: "the deadline to pass" };
    return sendOrWait(context, { label: `expire request ${requestId}`, data }, waits, soon);
  }

  const ceremony = await context.ceremonyContext(BigInt(requestId));
  const result = await assembleSubmission(ceremony, await context.ceremonyMessages(BigInt(requestId)));
  if (!result.ok && result.reason === "inconsistent") {
    const awaiting = `messages of attempt ${result.attempt} to be posted again: what is here doesn't fit together`;
    return { awaiting, retryAfterMs: soon };
  }
  if (!result.ok) {
    const { attempt, round, missing } = result;
    return { awaiting: `attempt ${attempt}, round ${round}: seats ${missing.join(", ")}`, retryAfterMs: soon };
  }
  const data = encodeSubmission(context, requestId, result.submission);
  const waits = { RequestPastDeadline: "the request to be expired" };
  return sendOrWait(context, { label: `submit keys of request ${requestId}`, data }, waits, soon);
}

/** So that the expiry does not name seats that did their part. It must never stand in the expiry's way. */
async function recordAcknowledgements(context: WorkerContext, requestId: string): Promise<void> {
  const messages = await context.ceremonyMessages(BigInt(requestId));
  const acknowledgements = messages.filter((message) => message.kind === "acknowledgement");
  const last = acknowledgements.toSorted((a, b) => b.attempt - a.attempt)[0];
  if (!last) return;
  const { attempt, payload } = last;
  const same = acknowledgements
    .filter((other) => other.attempt === attempt && isDeepStrictEqual(other.payload, payload))
    .toSorted((a, b) => a.seat - b.seat);
  const seats = same.reduce((bits, { seat }) => bits | (1 << (seat - 1)), 0);
  const signatures = same.map(({ signature }) => signature);
  const data = context.contracts.validatorManager.interface.encodeFunctionData("recordAcknowledgements", [
    ...([requestId, { attempt, ...payload }, seats, signatures] as const),
  ]);
  try {
    await context.sender.send({ label: `record who took part in ${requestId}`, to: context.managerAddress, data });
  } catch (error) {
    if (!(error instanceof TransactionError) || error.code !== "REVERTED") throw error;
  }
}

function encodeSubmission({ contracts }: WorkerContext, requestId: string, submission: KeySubmission): string {
  const keys = submission.keys.map(({ points, depositSignature, encryptedShares }) => ({
    points: hexlify(points),
    depositSignature: hexlify(depositSignature),
    encryptedShares: hexlify(encryptedShares),
  }));
  const acknowledgements = submission.acknowledgements.map((signature) => hexlify(signature));
  const { attempt, transcriptHash } = submission;
  return contracts.validatorManager.interface.encodeFunctionData("submitKeys", [
    ...([requestId, attempt, transcriptHash, keys, acknowledgements] as const),
  ]);
}
