import type { CeremonyContext } from "../../ceremony/context.ts";
import type { CeremonyMessage } from "../../ceremony/messages.ts";
import type { Contracts } from "../../chain/contracts.ts";
import type { Clock } from "../../ports/clock.ts";
import type { BeaconReader, SlotTiming } from "../beacon/beaconReader.ts";
import type { Projection } from "../projection/projection.ts";
import type { Step } from "../queues/job.ts";
import { TransactionError } from "../sender/errors.ts";
import type { Call, Sender } from "../sender/sender.ts";

/** All that workers may use. The contracts are asked for the present, the projection for what only events tell. */
export interface WorkerContext {
  contracts: Contracts;
  /** Address of the ValidatorManager. */
  managerAddress: string;
  sender: Sender;
  beacon: BeaconReader;
  timing: SlotTiming;
  clock: Clock;
  projection(): Projection;
  ceremonyContext(requestId: bigint): Promise<CeremonyContext>;
  ceremonyMessages(requestId: bigint): Promise<CeremonyMessage[]>;
  /** 1 to 20. */
  maxKeysPerRequest: number;
}

/** States of IValidatorManager.ValidatorState, by number. */
export const STATE = {
  none: 0n,
  keyVerified: 1n,
  predeposited: 2n,
  proven: 3n,
  active: 4n,
  exiting: 5n,
  slashed: 8n,
} as const;
/** State of IValidatorManager.RequestState. */
export const REQUEST_OPEN = 1n;

/** The beacon node's head may be ahead of the execution node's, or its block may still be replaced. */
export const FRESH_PROOF = {
  BeaconRootNotFound: "the execution chain to hold the beacon root",
  AnchorTooOld: "a newer beacon state",
};

export const WEI_PER_GWEI = 10n ** 9n;

/** Another coordinator, or anyone, was faster: the reconcile sweep finds what is left to do. */
const DONE_BY_OTHERS = new Set([
  "WrongState",
  "RequestNotOpen",
  "AlreadyToppedUp",
  "RequestAlreadyOpen",
  "KeyAlreadyKnown",
]);

/**
 * Sends a call, of the ValidatorManager unless it says otherwise. A revert by an error named in `waits` means waiting for
 * that.
 *
 * @param waits What is awaited, by custom error.
 */
export async function sendOrWait(
  { sender, managerAddress }: WorkerContext,
  call: Omit<Call, "to"> & Partial<Pick<Call, "to">>,
  waits: Record<string, string>,
  retryAfterMs: number,
): Promise<Step> {
  try {
    const { hash } = await sender.send({ to: managerAddress, ...call });
    return { done: `mined as ${hash}` };
  } catch (error) {
    if (!(error instanceof TransactionError) || error.code !== "REVERTED" || !error.reason) throw error;
    if (DONE_BY_OTHERS.has(error.reason)) return { done: `someone else did it (${error.reason})` };
    const awaiting = waits[error.reason];
    if (!awaiting) throw error;
    return { awaiting, retryAfterMs };
  }
}

/** For jobs that never end: what was done is followed by another look. */
export function lookAgain(step: Step, awaiting: string, retryAfterMs: number): Step {
  return "done" in step ? { awaiting, retryAfterMs } : step;
}

export function slotsToMs({ timing }: Pick<WorkerContext, "timing">, slots: number): number {
  return slots * timing.secondsPerSlot * 1000;
}
