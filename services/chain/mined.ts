import { type ContractTransactionReceipt, type ContractTransactionResponse, isError } from "ethers";

const TIMEOUT_MS = 300_000;

/**
 * The receipt of a transaction that was sent; throws when it reverts, and when five minutes bring no block with it, as when
 * the execution client is gone or the fee too low.
 */
export async function mined(sent: Promise<ContractTransactionResponse>): Promise<ContractTransactionReceipt> {
  const transaction = await sent;
  const what = `transaction ${transaction.hash}`;
  const receipt = await transaction.wait(1, TIMEOUT_MS).catch((cause: unknown) => {
    if (!isError(cause, "TIMEOUT")) throw cause;
    throw new Error(`${what} is not mined after ${TIMEOUT_MS / 1000} s: look it up before sending it again`, { cause });
  });
  if (receipt === null) throw new Error(`${what} has no receipt`);
  return receipt;
}
