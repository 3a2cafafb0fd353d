import type { Step } from "../queues/job.ts";
import { sendOrWait, slotsToMs, type WorkerContext } from "./context.ts";

const MAX_KEYS = 20;

/**
 * Asks a set for keys when the pool has the ETH for them that no other key is meant to get. Never ends: deposits may
 * come at any time. (The contract also takes requests for two spare keys ahead of deposits; this coordinator makes none.)
 */
export async function requestKeysWhenFunded(context: WorkerContext, setId: string): Promise<Step> {
  const { contracts, maxKeysPerRequest } = context;
  const { validatorManager, stakingPool, operatorSets } = contracts;
  const soon = slotsToMs(context, 1);

  const openRequest = await validatorManager.openRequestOf(setId);
  if (openRequest !== 0n) return { awaiting: `key request ${openRequest} of this set to end`, retryAfterMs: soon };

  const [unallocatedWei, committedWei, targetWei] = await Promise.all([
    stakingPool.unallocatedWei(),
    validatorManager.committedWei(),
    validatorManager.TARGET_BALANCE_WEI(),
  ]);
  const freeWei = unallocatedWei > committedWei ? unallocatedWei - committedWei : 0n;
  const demand = freeWei / targetWei;
  if (demand === 0n) return { awaiting: "deposits for another validator", retryAfterMs: soon };

  const limit = BigInt(Math.min(MAX_KEYS, maxKeysPerRequest));
  const wanted = demand < limit ? demand : limit;
  // The set's bonds may carry one key where they don't carry all.
  const keyCount = (await validatorManager.canRequestKeys(setId, wanted)) ? wanted : 1n;
  if (!(await validatorManager.canRequestKeys(setId, keyCount))) {
    return { awaiting: await whyNot(context, setId, keyCount * targetWei), retryAfterMs: soon };
  }
  const waits = { NoDemand: "deposits for another validator", SetSkipped: "the set to be let in again" };
  const data = validatorManager.interface.encodeFunctionData("requestKeys", [setId, keyCount]);
  const step = await sendOrWait(context, { label: `request ${keyCount} keys of set ${setId}`, data }, waits, soon);
  return "done" in step ? { awaiting: "its key request to end", retryAfterMs: soon } : step;

  async function whyNot({ clock }: WorkerContext, id: string, stakeWei: bigint): Promise<string> {
    const skippedUntil = await validatorManager.skippedUntil(id);
    if (Number(skippedUntil) * 1000 > clock.nowMs()) return `the end of the set's pause at ${isoTime(skippedUntil)}`;
    return (await operatorSets.canTakeStake(id, stakeWei))
      ? "the contract to take a request"
      : "other sets to take their share, or more bond in this one";
  }
}

const isoTime = (unixSeconds: bigint) => new Date(Number(unixSeconds) * 1000).toISOString();
