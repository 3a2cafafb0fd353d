import type { LeavingValidator, SlotTiming } from "../beacon/beaconReader.ts";
import type { KnownValidator, ValidatorStep } from "../projection/projection.ts";
import type { Step } from "../queues/job.ts";
import { FRESH_PROOF, lookAgain, STATE, sendOrWait, slotsToMs, type WorkerContext } from "./context.ts";

const NOW_MS = 0;

/** Steps of validators that the beacon chain has with our credentials and that are not over. */
const IN_STATE = new Set<ValidatorStep>(["CredentialsProven", "ToppedUp", "Activated", "ExitSeen"]);

const WAITS = {
  ...FRESH_PROOF,
  ReportOpen: "the balance report to finish",
  NotWithdrawable: "the withdrawable epoch",
  BalanceLeft: "the withdrawal of its balance",
  TopUpInFlight: "a report to account for its last top-up",
  ConsolidationInFlight: "the end of the validator whose balance moves to it",
};
/** Number of IValidatorExits.Kind.ConsolidationSource. */
const CONSOLIDATION_SOURCE = 3n;
/** Not for ever, or each run would ask about all that ever ended; anyone can finish older ones by hand. */
const ENDED_LATELY_SECONDS = 30 * 24 * 3600;

/**
 * Tells the contracts of validators that leave: slashings first, because they stop fills, then exits, the bonds' part of
 * a slashing's loss, and the end, which frees the bonds and the target of a consolidation. One call in each run. Never
 * ends.
 *
 * @param shownIn Number of the report for which a validator's top-up was shown to wait; kept over runs.
 */
export async function recordEndings(context: WorkerContext, shownIn: Map<string, bigint>): Promise<Step> {
  const { beacon, projection } = context;
  const retryAfterMs = slotsToMs(context, 1);
  const ours = new Map(
    [...projection().validators.values()]
      .filter(({ step }) => IN_STATE.has(step))
      .map((known) => [known.pubkey, known]),
  );
  const leaving = ours.size === 0 ? [] : await beacon.leaving([...ours.keys()]);
  const slashedFirst = leaving.toSorted((a, b) => Number(b.slashed) - Number(a.slashed));
  let awaiting = "validators that leave";
  for (const known of projection().validators.values()) {
    const call = await finishConsolidation(context, known);
    if (!call) continue;
    return lookAgain(await sendOrWait(context, call, WAITS, retryAfterMs), "more of validators that leave", NOW_MS);
  }
  for (const leaver of slashedFirst) {
    const known = ours.get(leaver.pubkey);
    const call =
      known &&
      ((await showTopUp(context, known, leaver, shownIn)) ??
        (await nextCall(context, known, leaver)) ??
        (await raiseReserve(context, known)));
    if (!call) continue;
    const step = await sendOrWait(context, call, WAITS, retryAfterMs);
    if ("done" in step && call.shows !== undefined) shownIn.set(known.validatorId, call.shows);
    if ("done" in step) return lookAgain(step, "more of validators that leave", NOW_MS);
    awaiting = `${step.awaiting}, for ${call.label}`;
  }
  return { awaiting, retryAfterMs };
}

interface EndingCall {
  label: string;
  data: string;
  /** ValidatorManager by default. */
  to?: string;
  /** Number of the report for which it shows a top-up. */
  shows?: bigint;
}

/** The proof that a top-up still waits, without which the open report writes it off (IValidatorEndings). */
async function showTopUp(
  { contracts, beacon, timing }: WorkerContext,
  { validatorId, pubkey }: KnownValidator,
  { withdrawableEpoch }: LeavingValidator,
  shownIn: ReadonlyMap<string, bigint>,
): Promise<EndingCall | undefined> {
  const { balanceReport, validatorManager } = contracts;
  const { state, topUpGwei } = await validatorManager.validator(validatorId);
  if (topUpGwei === 0n || (state !== STATE.exiting && state !== STATE.slashed)) return undefined;
  if (!(await balanceReport.isOpen())) return undefined;
  const number = await balanceReport.number();
  if (shownIn.get(validatorId) === number) return undefined;
  if (epochAt(timing, Number(await balanceReport.startedAt())) < withdrawableEpoch) return undefined;
  const waiting = await beacon.pendingDeposit(pubkey, topUpGwei);
  if (!waiting) return undefined;
  const { anchor, proof } = waiting;
  const data = validatorManager.interface.encodeFunctionData("provePendingTopUp", [validatorId, anchor, proof]);
  return { label: `show the top-up of ${pubkey} in the queue`, data, shows: number };
}

/** Until then nothing else may be asked of the target, and it gets no top-up. */
async function finishConsolidation(
  { contracts: { validatorExits }, clock }: WorkerContext,
  { validatorId, pubkey, step, sinceSeconds }: KnownValidator,
): Promise<EndingCall | undefined> {
  if (step !== "Withdrawn" || clock.nowMs() / 1000 - sinceSeconds > ENDED_LATELY_SECONDS) return undefined;
  const { kind } = await validatorExits.request(validatorId);
  if (kind !== CONSOLIDATION_SOURCE) return undefined;
  const data = validatorExits.interface.encodeFunctionData("finishConsolidation", [validatorId]);
  return { label: `finish the consolidation of ${pubkey}`, to: await validatorExits.getAddress(), data };
}

/** Bonds answer in a report only for what was reserved before it, and penalties grow when more of ours are slashed. */
async function raiseReserve(
  { contracts }: WorkerContext,
  { validatorId, pubkey }: KnownValidator,
): Promise<EndingCall | undefined> {
  const { balanceReport, slashings, validatorManager } = contracts;
  const { state } = await validatorManager.validator(validatorId);
  if (state !== STATE.slashed || (await balanceReport.isOpen())) return undefined;
  const { reservedWei, settled } = await slashings.slashing(validatorId);
  if (settled || (await slashings.raiseReserve.staticCall(validatorId)) <= reservedWei) return undefined;
  const data = slashings.interface.encodeFunctionData("raiseReserve", [validatorId]);
  return { label: `reserve bonds for the slashing of ${pubkey}`, to: await slashings.getAddress(), data };
}

/** What the contracts do not know yet of the validator. */
async function nextCall(
  { contracts, beacon, timing, clock }: WorkerContext,
  { validatorId, pubkey, step }: KnownValidator,
  { slashed, withdrawableEpoch, balanceGwei }: LeavingValidator,
): Promise<EndingCall | undefined> {
  const { slashings, validatorManager } = contracts;
  const { state, topUpGwei } = await validatorManager.validator(validatorId);
  const isUp = state === STATE.proven || state === STATE.active;
  const isLeaving = state === STATE.exiting || state === STATE.slashed;
  if (!isUp && !isLeaving) return undefined;
  const isWithdrawable = epochAt(timing, clock.nowMs() / 1000) >= withdrawableEpoch;

  if (slashed && isWithdrawable && state === STATE.slashed && !(await slashings.isSettled(validatorId))) {
    const data = slashings.interface.encodeFunctionData("settle", [validatorId]);
    return { label: `settle slashing of ${pubkey}`, to: await slashings.getAddress(), data };
  }
  const recordsSlashing = slashed && state !== STATE.slashed;
  // The contract has to learn when a top-up on its way can't count any more.
  const recordsExit = isUp || (topUpGwei > 0n && step !== "ExitSeen");
  const recordsEnd = isWithdrawable && balanceGwei === 0n;
  if (!recordsSlashing && !recordsExit && !recordsEnd) return undefined;

  const proven = await beacon.proof(pubkey);
  if (!proven) return undefined;
  const { anchor, proof, balances } = proven;
  if (recordsSlashing) {
    const data = slashings.interface.encodeFunctionData("recordSlashed", [validatorId, anchor, proof]);
    return { label: `record slashing of ${pubkey}`, to: await slashings.getAddress(), data };
  }
  if (recordsExit) {
    const data = validatorManager.interface.encodeFunctionData("recordExit", [validatorId, anchor, proof]);
    return { label: `record exit of ${pubkey}`, data };
  }
  const data = validatorManager.interface.encodeFunctionData("recordWithdrawn", [validatorId, anchor, proof, balances]);
  return { label: `record end of ${pubkey}`, data };
}

function epochAt({ genesisTimeSeconds, secondsPerSlot, slotsPerEpoch }: SlotTiming, unixSeconds: number): number {
  return Math.floor((unixSeconds - genesisTimeSeconds) / (secondsPerSlot * slotsPerEpoch));
}
