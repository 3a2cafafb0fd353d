// Computes what a share is worth without asking the contracts for it: from the beacon state, the accounts' balances and
// the events of the reports, with arithmetic of its own.
import type { BalanceReport } from "../../types/contracts/accounting/BalanceReport.ts";
import type { StakingPool } from "../../types/contracts/pool/StakingPool.ts";
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

  const at = { blockTag: finished.blockNumber };
  const supply = await stakingPool.totalSupply(at);
  const books = await stakingPool.books(at);
  const flowsWei = (await stakingPool.bookedWei(at)) - provenTotalWei;
  const unsharedWei = books.unstreamedNetWei + books.unstreamedFeeWei + books.dueFeeWei + books.coverWei;
  const independentRate = ((independentTotalWei + flowsWei - unsharedWei) * ETHER) / supply;
  const rate = await stakingPool.convertToAssets(ETHER, at);
  return {
    report: {
      number: Number(number),
      slot,
      validators: balancesGwei.length,
      startedAtBlock: started.blockNumber,
      finishedAtBlock: finished.blockNumber,
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
