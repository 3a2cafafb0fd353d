import type { KnownValidator } from "../projection/projection.ts";
import { PermanentFailure, type Step } from "../queues/job.ts";
import { STATE, sendOrWait, slotsToMs, WEI_PER_GWEI, type WorkerContext } from "./context.ts";

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

/** Deposits the rest of the target balance for a key whose credentials are proven. */
export async function topUp(context: WorkerContext, validatorId: string): Promise<Step> {
  const { validatorManager } = context.contracts;
  const { state, sentGwei } = await validatorManager.validator(validatorId);
  const validator = known(context, validatorId);
  if (state !== STATE.proven || !validator) return { done: "the key awaits no top-up" };
  if (sentGwei * WEI_PER_GWEI >= (await validatorManager.TARGET_BALANCE_WEI())) return { done: "it is topped up" };
  const retryAfterMs = slotsToMs(context, 2);
  const awaiting = "ETH in the pool for the top-up";
  if ((await validatorManager.topUpAmountWei(validatorId)) === 0n) return { awaiting, retryAfterMs };
  const data = validatorManager.interface.encodeFunctionData("topUp", [validator.pubkey]);
  const label = `top up ${validator.pubkey}`;
  return sendOrWait(context, { label, data }, { InsufficientUnallocated: awaiting }, retryAfterMs);
}

/** Refuses credentials that are not ours: the key's 1 ETH is lost, and a person has to know. */
export async function requireOurCredentials(context: WorkerContext, pubkey: string, actual: string): Promise<void> {
  const expected = await context.contracts.validatorManager.withdrawalCredentials();
  if (actual.toLowerCase() === expected.toLowerCase()) return;
  throw new PermanentFailure(`validator ${pubkey} exists with foreign withdrawal credentials ${actual}`);
}
