import type { JsonRpcApiProvider } from "ethers";

/** EIP-1559 fees in wei per gas. */
export interface Fees {
  maxFeePerGas: bigint;
  maxPriorityFeePerGas: bigint;
}

const GWEI = 10n ** 9n;
// Nodes take a replacement from 10 % (some from 12.5 %) above both fees of the one before.
const BUMP_PERCENT = 125n;

const lower = (left: bigint, right: bigint) => (left < right ? left : right);

/** Room for the base fee to double, within the limit. */
export async function currentFees(provider: JsonRpcApiProvider, maxFeePerGasLimit: bigint): Promise<Fees> {
  const block = await provider.getBlock("latest");
  const baseFee = block?.baseFeePerGas ?? 0n;
  const suggested: bigint | null = (await provider.getFeeData()).maxPriorityFeePerGas;
  const maxPriorityFeePerGas = lower(suggested ?? GWEI, maxFeePerGasLimit);
  const maxFeePerGas = lower(baseFee * 2n + maxPriorityFeePerGas, maxFeePerGasLimit);
  return { maxFeePerGas, maxPriorityFeePerGas: lower(maxPriorityFeePerGas, maxFeePerGas) };
}

/** Fees of a replacement, or nothing when they would pass the limit. */
export function bumpedFees(previous: Fees, current: Fees, maxFeePerGasLimit: bigint): Fees | undefined {
  const bump = (fee: bigint, now: bigint) => {
    const least = (fee * BUMP_PERCENT) / 100n + 1n;
    return least > now ? least : now;
  };
  const fees = {
    maxFeePerGas: bump(previous.maxFeePerGas, current.maxFeePerGas),
    maxPriorityFeePerGas: bump(previous.maxPriorityFeePerGas, current.maxPriorityFeePerGas),
  };
  return fees.maxFeePerGas <= maxFeePerGasLimit ? fees : undefined;
}
