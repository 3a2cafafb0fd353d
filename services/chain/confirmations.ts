const MAINNET = 1;
const HOODI = 560_048;

/**
 * Blocks on top of one before its events count. A constant of each network and no option of a node: operators of one set who
 * wait differently would take different parts in one ceremony. Public chains: two epochs, which is when they finalize.
 */
export function confirmationsOf(chainId: number): number {
  return chainId === MAINNET || chainId === HOODI ? 64 : 1;
}
