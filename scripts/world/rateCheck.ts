// Computes what a share is worth without asking the contracts for it: from the beacon state, the accounts' balances and
// the pool's events since its deployment, with arithmetic of its own (poolLedger.ts).
import type { BalanceReport } from "../../types/contracts/accounting/BalanceReport.ts";
import type { StakingPool } from "../../types/contracts/pool/StakingPool.ts";
import { type PlacedPoolEvent, readLedgerTerms, readPoolEvents } from "./poolEvents.ts";
import { createPoolLedger } from "./poolLedger.ts";
import type { DemoReport } from "./report.ts";
import type { World } from "./world.ts";

const GWEI = 10n ** 9n;
const ETHER = 10n ** 18n;

export async function checkRate(
  { contracts, deployment, observer, provider }: World,
  balanceReport: BalanceReport,
  stakingPool: StakingPool,
): Promise<Pick<DemoReport, "report" | "rateCheck">> {
  const since = deployment.deployedAtBlock;
  const finished = (await balanceReport.queryFilter(balanceReport.filters.ReportFinished(), since)).at(-1);
  if (finished === undefined) throw new Error("no report was finished");
  const number = finished.args.number;
  const [started] = await balanceReport.queryFilter(balanceReport.filters.ReportStarted(number), since);
  if (started === undefined) throw new Error(`report ${number} has no start`);

  const { withdrawalVault: vault } = contracts;
  const credentials = await vault.withdrawalCredentials();
  const { slot, balancesGwei } = await observer.balancesOf(credentials, started.args.blockRoot);
  const atValidatorsWei = balancesGwei.reduce((sum, balance) => sum + balance, 0n) * GWEI;
  // What lay in the accounts when the report's block began; nothing else may have moved ether in that block.
  const before = started.blockNumber - 1;
  const inAccountsWei =
    (await provider.getBalance(await vault.getAddress(), before)) +
    (await provider.getBalance(await stakingPool.getAddress(), before)) -
    (await stakingPool.reservedWei({ blockTag: before }));
  const independentTotalWei = atValidatorsWei + inAccountsWei;
  const provenTotalWei = started.args.bookedWei + finished.args.differenceWei;

  const { blockNumber: finishedAtBlock } = finished;
  const placed = await readPoolEvents(contracts, provider, since, finishedAtBlock);
  const seed = placed[0];
  if (seed === undefined) throw new Error("the pool has no events");
  const ledger = createPoolLedger(await readLedgerTerms(contracts), seed.timestamp);
  const isAfterStart = ({ blockNumber, logIndex }: PlacedPoolEvent) =>
    blockNumber > started.blockNumber || (blockNumber === started.blockNumber && logIndex > started.index);
  for (const { event, timestamp } of placed.filter((each) => !isAfterStart(each))) ledger.apply(event, timestamp);
  // What this report found is counted here, not believed.
  const differenceWei = independentTotalWei - ledger.bookedWei();
  for (const { event, timestamp } of placed.filter(isAfterStart)) {
    ledger.apply(event.name === "ReportBooked" ? { name: event.name, differenceWei } : event, timestamp);
  }
  const finishedAt = await timestampOf(provider, finishedAtBlock);
  const unsharedWei = ledger.unstreamedWei(finishedAt);
  const independentRate = ledger.rate(finishedAt);
  const rate = await stakingPool.convertToAssets(ETHER, { blockTag: finishedAtBlock });
  return {
    report: {
      number: Number(number),
      slot,
      validators: balancesGwei.length,
      startedAtBlock: started.blockNumber,
      finishedAtBlock,
      differenceWei: finished.args.differenceWei.toString(),
    },
    rateCheck: {
      provenTotalWei: provenTotalWei.toString(),
      independentTotalWei: independentTotalWei.toString(),
      unstreamedWei: unsharedWei.toString(),
      rate: rate.toString(),
      independentRate: independentRate.toString(),
      differenceWei: (rate - independentRate).toString(),
    },
  };
}

async function timestampOf(provider: World["provider"], blockNumber: number): Promise<bigint> {
  const block = await provider.getBlock(blockNumber);
  if (block === null) throw new Error(`the execution node has no block ${blockNumber}`);
  return BigInt(block.timestamp);
}
