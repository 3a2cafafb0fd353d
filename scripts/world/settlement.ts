// The third part of the story: a depositor wants ether back. Contracts, chain and coordinator do the rest: no operator helps.
import { formatEther } from "ethers";
import { connectContracts } from "../../services/chain/contracts.ts";
import { mined } from "../../services/chain/mined.ts";
import { checkAlive } from "./checkAlive.ts";
import type { Progress } from "./progress.ts";
import { checkRate } from "./rateCheck.ts";
import type { DemoReport } from "./report.ts";
import { until } from "./until.ts";
import type { World } from "./world.ts";

/** More than lies in the pool, so that a validator has to give some. */
const REDEEMED_ETHER = 20n;
const ETHER = 10n ** 18n;

export interface RequestedRedemption {
  requestId: bigint;
  shares: bigint;
  blockNumber: number;
}

const depositorOf = ({ depositors }: World) => {
  const [depositor] = depositors;
  if (depositor === undefined) throw new Error("the world has no depositor");
  return depositor;
};

/** The first depositor asks for part of the stake back. */
export async function requestRedemption(world: World, progress: Progress): Promise<RequestedRedemption> {
  const depositor = depositorOf(world);
  const { stakingPool } = connectContracts(world.deployment, depositor);
  return progress.phase(`a depositor asks for ${REDEEMED_ETHER} ETH back`, async () => {
    const shares = await stakingPool.convertToShares(REDEEMED_ETHER * ETHER);
    const { blockNumber } = await mined(stakingPool.requestRedeem(shares, depositor.address, depositor.address));
    const filter = stakingPool.filters.RedeemRequest(depositor.address);
    const requestId = (await stakingPool.queryFilter(filter, blockNumber, blockNumber))[0]?.args.requestId;
    if (requestId === undefined) throw new Error("the request left no event");
    progress.note(`request ${requestId}: ${formatEther(shares)} shares wait in escrow`);
    return { requestId, shares, blockNumber };
  });
}

/** Follows the request to the ether in the depositor's account, and recomputes the rate from both chains. */
export async function settle(
  world: World,
  request: RequestedRedemption,
  progress: Progress,
  signal: AbortSignal,
): Promise<Pick<DemoReport, "report" | "redemption" | "rateCheck">> {
  const { contracts, provider } = world;
  const { stakingPool, validatorExits, balanceReport } = contracts;
  const { requestId, shares } = request;
  const wait = <T>(check: () => Promise<T | undefined>) => until(() => checkAlive(world).then(check), signal);

  const withdrawal = await progress.phase("EIP-7002 withdrawal requested by the contract", () =>
    wait(async () => {
      progress.awaiting("a report to close the request's cycle, and the withdrawal request");
      const filter = validatorExits.filters.PartialRequested();
      const [event] = await validatorExits.queryFilter(filter, request.blockNumber);
      return event && { amountGwei: event.args.amount, requestedAtBlock: event.blockNumber };
    }),
  );
  const amountWei = withdrawal.amountGwei * 10n ** 9n;
  progress.note(`${formatEther(amountWei)} ETH asked of the validator in block ${withdrawal.requestedAtBlock}`);

  const processedAtBlock = await progress.phase("withdrawal processed by the beacon chain", async () => {
    const vault = await contracts.withdrawalVault.getAddress();
    return wait(async () => {
      progress.awaiting("the withdrawal's epoch");
      return world.observer.withdrawalTo(vault, withdrawal.amountGwei, withdrawal.requestedAtBlock, provider);
    });
  });

  await progress.phase("balances proven, redemption filled", () =>
    wait(async () => {
      progress.awaiting("a report that shows the ether, and the fill");
      const depositor = depositorOf(world);
      const pending = await stakingPool.pendingRedeemRequest(requestId, depositor.address);
      return pending === 0n ? true : undefined;
    }),
  );

  const claimedWei = await progress.phase("redemption claimed", async () => {
    const depositor = depositorOf(world);
    const pool = connectContracts(world.deployment, depositor).stakingPool;
    const { blockNumber } = await mined(pool.redeem(shares, depositor.address, depositor.address));
    const [event] = await pool.queryFilter(pool.filters.Withdraw(), blockNumber, blockNumber);
    if (event === undefined) throw new Error("the claim left no event");
    progress.note(`${formatEther(event.args.assets)} ETH paid for ${formatEther(shares)} shares`);
    return event.args.assets;
  });
  const { cap } = await stakingPool.cycle(requestId);
  const redemption = {
    requestId: Number(requestId),
    shares: shares.toString(),
    capWeiPer1e27Shares: cap.toString(),
    withdrawal: { ...withdrawal, amountGwei: withdrawal.amountGwei.toString(), processedAtBlock },
    claimedWei: claimedWei.toString(),
  };

  return progress.phase("rate recomputed from both chains", async () => {
    const { report, rateCheck } = await checkRate(world, balanceReport, stakingPool);
    progress.note(
      `report ${report.number}: ${rateCheck.provenTotalWei} wei proven, ${rateCheck.independentTotalWei} wei counted ` +
        `independently; rate ${rateCheck.rate}, independently ${rateCheck.independentRate}`,
    );
    return { report, redemption, rateCheck };
  });
}
