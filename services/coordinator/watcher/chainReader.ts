import type { JsonRpcApiProvider } from "ethers";
import { isError } from "ethers";
import { z } from "zod";

const hex = z.string().regex(/^0x[0-9a-f]*$/i);
const quantity = hex.transform(Number).pipe(z.int().nonnegative());
const headerSchema = z.object({
  number: quantity,
  hash: hex,
  parentHash: hex,
  timestamp: quantity,
  logsBloom: hex.length(514),
  transactions: z.array(hex),
});
const logSchema = z.object({
  address: hex.transform((address) => address.toLowerCase()),
  topics: z.array(hex),
  data: hex,
  blockNumber: quantity,
  blockHash: hex,
  transactionHash: hex,
});
const receiptSchema = z.object({ blockHash: hex, logs: z.array(logSchema) });

export type BlockHeader = z.infer<typeof headerSchema>;
export type ChainLog = z.infer<typeof logSchema>;

/** What the watcher asks an execution node. Answers are not trusted to be complete or of one fork. */
export interface ChainReader {
  headNumber(): Promise<number>;
  header(blockNumber: number): Promise<BlockHeader | undefined>;
  /** Logs of the watched contracts, in chain order. */
  logs(fromBlock: number, toBlock: number): Promise<ChainLog[]>;
  /** All logs of one block, in chain order, taken from its receipts. */
  receiptLogs(header: BlockHeader): Promise<ChainLog[]>;
}

/** Reads over JSON-RPC; `addresses` are the watched contracts. */
export function createChainReader(provider: JsonRpcApiProvider, addresses: string[]): ChainReader {
  const toHex = (number: number) => `0x${number.toString(16)}`;

  async function receipts(header: BlockHeader) {
    try {
      const all = await provider.send("eth_getBlockReceipts", [header.hash]);
      if (Array.isArray(all) && all.length === header.transactions.length) return all;
    } catch (error) {
      // Nodes without this method answer an error: read one by one. A lost connection is a failure.
      if (isError(error, "NETWORK_ERROR") || isError(error, "TIMEOUT")) throw error;
    }
    return Promise.all(header.transactions.map((hash) => provider.send("eth_getTransactionReceipt", [hash])));
  }

  return {
    headNumber: async () => quantity.parse(await provider.send("eth_blockNumber", [])),
    async header(blockNumber) {
      const answer = await provider.send("eth_getBlockByNumber", [toHex(blockNumber), false]);
      return answer === null ? undefined : headerSchema.parse(answer);
    },
    async logs(fromBlock, toBlock) {
      const filter = { address: addresses, fromBlock: toHex(fromBlock), toBlock: toHex(toBlock) };
      return z.array(logSchema).parse(await provider.send("eth_getLogs", [filter]));
    },
    async receiptLogs(header) {
      return z
        .array(receiptSchema)
        .parse(await receipts(header))
        .flatMap((receipt) => receipt.logs);
    },
  };
}
