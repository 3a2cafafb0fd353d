import type { Step } from "../queues/job.ts";
import { FRESH_PROOF, STATE, sendOrWait, slotsToMs, type WorkerContext } from "./context.ts";
import { known, requireOurCredentials } from "./deposits.ts";

/** Proves that a predeposited key exists with our credentials. */
export async function proveCredentials(context: WorkerContext, validatorId: string): Promise<Step> {
  const { contracts, beacon } = context;
  const { validatorManager } = contracts;
  const { state } = await validatorManager.validator(validatorId);
  const validator = known(context, validatorId);
  if (state !== STATE.predeposited || !validator) return { done: "the key awaits no proof" };
  const { pubkey } = validator;
  const soon = slotsToMs(context, 1);
  const unprocessed = { awaiting: "the beacon chain to process the predeposit", retryAfterMs: soon };
  const status = await beacon.validator(pubkey);
  if (!status) return unprocessed;
  await requireOurCredentials(context, pubkey, status.withdrawalCredentials);
  const proven = await beacon.proof(pubkey);
  if (!proven) return unprocessed;
  const { anchor, proof } = proven;
  const data = validatorManager.interface.encodeFunctionData("proveCredentials", [validatorId, anchor, proof]);
  const waits = { ...FRESH_PROOF, ProofTooOld: "a beacon state later than the predeposit" };
  return sendOrWait(context, { label: `prove credentials of ${pubkey}`, data }, waits, soon);
}

/** Records that a topped-up validator is active. */
export async function recordActivation(context: WorkerContext, validatorId: string): Promise<Step> {
  const { contracts, beacon, timing } = context;
  const { validatorManager } = contracts;
  const { state } = await validatorManager.validator(validatorId);
  const validator = known(context, validatorId);
  if (state !== STATE.proven || !validator) return { done: "the key awaits no activation" };
  const { pubkey } = validator;
  const { genesisTimeSeconds, secondsPerSlot, slotsPerEpoch } = timing;
  const status = await beacon.validator(pubkey);
  if (status?.activationEpoch === undefined) {
    const retryAfterMs = slotsToMs(context, slotsPerEpoch / 2);
    return { awaiting: "the beacon chain to process the top-up and schedule the activation", retryAfterMs };
  }
  // The proof shows the state before the head, which must be in the activation epoch itself.
  const provableSlot = status.activationEpoch * slotsPerEpoch + 2;
  const provableAtMs = (genesisTimeSeconds + provableSlot * secondsPerSlot) * 1000;
  const awaiting = `activation at epoch ${status.activationEpoch}`;
  const retryAfterMs = provableAtMs - context.clock.nowMs();
  if (retryAfterMs > 0) return { awaiting, retryAfterMs };
  const proven = await beacon.proof(pubkey);
  if (!proven) return { awaiting, retryAfterMs: slotsToMs(context, 1) };
  const { anchor, proof } = proven;
  const data = validatorManager.interface.encodeFunctionData("recordActivation", [validatorId, anchor, proof]);
  const waits = { ...FRESH_PROOF, NotActive: awaiting };
  return sendOrWait(context, { label: `record activation of ${pubkey}`, data }, waits, slotsToMs(context, 1));
}
