import type { Step } from "../queues/job.ts";
import { lookAgain, sendOrWait, slotsToMs, type WorkerContext } from "./context.ts";

/** Cycles filled by one transaction. */
const MAX_CYCLES = 16;

const WAITS = {
  NothingToFill: "ETH for the oldest redemptions",
  ReportIsOpen: "the balance report to finish",
  Stopped: "the end of a freeze",
};

/** Pays waiting redemptions with the pool's free ETH. Never ends: requests may come at any time. */
export async function fillCycles(context: WorkerContext): Promise<Step> {
  const { stakingPool } = context.contracts;
  const soon = slotsToMs(context, 1);
  const [oldest, current] = await Promise.all([stakingPool.oldestOpenCycle(), stakingPool.currentCycle()]);
  if (oldest === current) return { awaiting: "redemptions to be closed by a report", retryAfterMs: soon };
  const call = {
    label: `fill redemptions from cycle ${oldest}`,
    to: await stakingPool.getAddress(),
    data: stakingPool.interface.encodeFunctionData("fill", [MAX_CYCLES]),
  };
  return lookAgain(await sendOrWait(context, call, WAITS, soon), "more redemptions", soon);
}
