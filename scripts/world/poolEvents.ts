import type { Provider, Result } from "ethers";
import type { Contracts } from "../../services/chain/contracts.ts";
import type { LedgerTerms, PoolEvent } from "./poolLedger.ts";

/** Numbers of IParameters.Parameter. */
const PARAMETER = { feeBps: 0, treasuryFeeBps: 1, streamMinimumSeconds: 7, streamYearlyBps: 8 } as const;

export interface PlacedPoolEvent {
  event: PoolEvent;
  blockNumber: number;
  logIndex: number;
  /** Unix seconds of the block. */
  timestamp: bigint;
}

/** The terms of the books as they are now; they may have been others before a vote changed them. */
export async function readLedgerTerms({ parameters, stakingPool }: Contracts): Promise<LedgerTerms> {
  return {
    feeBps: await parameters.get(PARAMETER.feeBps),
    treasuryFeeBps: await parameters.get(PARAMETER.treasuryFeeBps),
    streamMinimumSeconds: await parameters.get(PARAMETER.streamMinimumSeconds),
    streamYearlyBps: await parameters.get(PARAMETER.streamYearlyBps),
    daySeconds: await stakingPool.DAY(),
  };
}

/** Everything that moved the pool's books in these blocks, in order. */
export async function readPoolEvents(
  { stakingPool, feeDistributor }: Contracts,
  provider: Pick<Provider, "getBlock" | "getLogs">,
  fromBlock: number,
  toBlock: number,
): Promise<PlacedPoolEvent[]> {
  const feesAddress = await feeDistributor.getAddress();
  const logs = await provider.getLogs({ address: await stakingPool.getAddress(), fromBlock, toBlock });
  const placed: PlacedPoolEvent[] = [];
  const timestamps = new Map<number, bigint>();
  let lastFill: { transactionHash: string; event: PoolEvent & { name: "CyclesFilled" } } | undefined;
  for (const { blockNumber, index: logIndex, topics, data, transactionHash } of logs) {
    const parsed = stakingPool.interface.parseLog({ topics: [...topics], data });
    if (!parsed) continue;
    const { name, args } = parsed;
    if (name === "CycleFilled" && lastFill?.transactionHash === transactionHash) {
      lastFill.event.shares += args.getValue("shares");
      lastFill.event.paidWei += args.getValue("assetsWei");
      continue;
    }
    const event = toPoolEvent(name, args, feesAddress);
    if (!event) continue;
    if (event.name === "CyclesFilled") lastFill = { transactionHash, event };
    const timestamp = timestamps.get(blockNumber) ?? BigInt((await provider.getBlock(blockNumber))?.timestamp ?? 0);
    timestamps.set(blockNumber, timestamp);
    placed.push({ event, blockNumber, logIndex, timestamp });
  }
  return placed;
}

function toPoolEvent(name: string, args: Result, feesAddress: string): PoolEvent | undefined {
  switch (name) {
    case "Deposit":
      return { name, assetsWei: args.getValue("assets"), shares: args.getValue("shares") };
    case "ReportBooked":
      return { name, differenceWei: args.getValue("differenceWei") };
    case "CycleFilled":
      return { name: "CyclesFilled", shares: args.getValue("shares"), paidWei: args.getValue("assetsWei") };
    case "SharesBurnt":
      return { name, shares: args.getValue("shares"), isBond: args.getValue("owner") !== feesAddress };
    case "FeesMinted":
    case "ReportClockSet":
      return { name };
    default:
      return undefined;
  }
}
