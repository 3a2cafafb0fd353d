import { balanceGwei } from "../../beacon/balances.ts";
import type { KnownValidator } from "../projection/projection.ts";
import { PermanentFailure, type Step } from "../queues/job.ts";
import { FRESH_PROOF, STATE, sendOrWait, slotsToMs, WEI_PER_GWEI, type WorkerContext } from "./context.ts";

/** The events of a validator; jobs of one that a reorganisation took back end. */
export function known({ projection }: WorkerContext, validatorId: string): KnownValidator | undefined {
  return projection().validators.get(validatorId);
}

/** Makes the 1-ETH deposit for a verified key. */
export async function predeposit(context: WorkerContext, validatorId: string): Promise<Step> {
  const { validatorManager } = context.contracts;
  const { state } = await validatorManager.validator(validatorId);
  const validator = known(context, validatorId);
  if (state !== STATE.keyVerified || !validator) return { done: "the key awaits no predeposit" };
  const { pubkey, depositSignature } = validator;
  const data = validatorManager.interface.encodeFunctionData("predeposit", [pubkey, depositSignature]);
  const waits = {
    InsufficientUnallocated: "1 ETH in the pool for the predeposit",
    InsufficientBond: "free bond of all seven seats for the predeposit's reserve",
    TopUpFirst: "the top-up of a proven key, which goes first",
  };
  return sendOrWait(context, { label: `predeposit ${pubkey}`, data }, waits, slotsToMs(context, 2));
}

/** Deposits what a proven or active key lacks to the target, or what the pool has of it. */
export async function topUp(context: WorkerContext, validatorId: string): Promise<Step> {
  const { contracts, beacon } = context;
  const { validatorManager } = contracts;
  const { state, sentGwei } = await validatorManager.validator(validatorId);
  const validator = known(context, validatorId);
  const isUp = state === STATE.proven || state === STATE.active;
  if (!isUp || !validator) return { done: "the key awaits no top-up" };
  const targetWei = await validatorManager.TARGET_BALANCE_WEI();
  if (sentGwei * WEI_PER_GWEI >= targetWei) return { done: "it is topped up" };
  const retryAfterMs = slotsToMs(context, 2);
  const awaiting = "ETH in the pool for the top-up, or a report to credit the last one";
  const fundedWei = await validatorManager.topUpAmountWei(validatorId);
  if (fundedWei === 0n) return { awaiting, retryAfterMs };
  const { pubkey } = validator;
  const proven = await beacon.proof(pubkey);
  if (!proven) return { awaiting: "the beacon node to know the validator", retryAfterMs };
  const restWei = targetWei - balanceGwei(proven) * WEI_PER_GWEI;
  const amountWei = restWei < fundedWei ? restWei : fundedWei;
  if (amountWei <= 0n) return { done: "its rewards made it full" };
  const { anchor, proof, balances } = proven;
  const call = [pubkey, amountWei, anchor, proof, balances] as const;
  const data = validatorManager.interface.encodeFunctionData("topUp", [...call]);
  const waits = {
    InsufficientUnallocated: awaiting,
    TopUpInFlight: "a report to credit the last top-up",
    RequestInFlight: "a request to the execution layer to end",
    ValidatorIsExiting: "the record of its exit",
    ...FRESH_PROOF,
  };
  return sendOrWait(context, { label: `top up ${pubkey}`, data }, waits, retryAfterMs);
}

/** Refuses credentials that are not ours: the key's 1 ETH is lost, and a person has to know. */
export async function requireOurCredentials(context: WorkerContext, pubkey: string, actual: string): Promise<void> {
  const expected = await context.contracts.validatorManager.withdrawalCredentials();
  if (actual.toLowerCase() === expected.toLowerCase()) return;
  throw new PermanentFailure(`validator ${pubkey} exists with foreign withdrawal credentials ${actual}`);
}
