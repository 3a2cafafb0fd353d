import { bloomMayContain } from "./bloom.ts";
import type { BlockHeader, ChainLog, ChainReader } from "./chainReader.ts";

export type WatcherErrorCode = "REORGANISED" | "BLOCK_MISSING" | "LOGS_INCOMPLETE";

/** The node's answers contradict each other. Nothing was kept; reading again later is safe. */
export class WatcherError extends Error {
  override readonly name = "WatcherError";
  readonly code: WatcherErrorCode;
  readonly blockNumber: number;

  constructor(code: WatcherErrorCode, blockNumber: number, message: string) {
    super(`read block ${blockNumber}: ${message}`);
    this.code = code;
    this.blockNumber = blockNumber;
  }
}

export interface BlockLogs {
  header: BlockHeader;
  logs: ChainLog[];
}

// Some clients number the logs of a receipt from its transaction on, so places are compared and not log indices.
function identity(log: ChainLog): string {
  return JSON.stringify([log.blockHash, log.transactionHash, log.address, log.topics, log.data]);
}

function sameLogs(left: ChainLog[], right: ChainLog[]): boolean {
  return (
    left.length === right.length && left.every((log, place) => identity(log) === identity(right[place] as ChainLog))
  );
}

async function readHeaders(reader: ChainReader, fromBlock: number, toBlock: number): Promise<BlockHeader[]> {
  const numbers = Array.from({ length: toBlock - fromBlock + 1 }, (_, index) => fromBlock + index);
  return Promise.all(
    numbers.map(async (number) => {
      const header = await reader.header(number);
      if (header?.number !== number) throw new WatcherError("BLOCK_MISSING", number, "the node doesn't have it");
      return header;
    }),
  );
}

/**
 * Reads the watched contracts' logs of a range and proves them complete. Nodes are known to drop logs in silence, so
 * every block whose bloom may hold one of our addresses is compared with its receipts. `parentHash` is the hash that the
 * first block must build on. Throws `WatcherError`.
 */
export async function readRange(
  reader: ChainReader,
  addresses: string[],
  fromBlock: number,
  toBlock: number,
  parentHash: string | undefined,
): Promise<BlockLogs[]> {
  const headers = await readHeaders(reader, fromBlock, toBlock);
  let previousHash = parentHash;
  for (const header of headers) {
    if (previousHash !== undefined && header.parentHash !== previousHash) {
      throw new WatcherError("REORGANISED", header.number, "it doesn't build on the block before");
    }
    previousHash = header.hash;
  }
  const watched = new Set(addresses.map((address) => address.toLowerCase()));
  const allLogs = (await reader.logs(fromBlock, toBlock)).filter((log) => watched.has(log.address));
  const result: BlockLogs[] = [];
  for (const header of headers) {
    const logs = allLogs.filter((log) => log.blockNumber === header.number);
    const expected = [...watched].some((address) => bloomMayContain(header.logsBloom, address))
      ? (await reader.receiptLogs(header)).filter((log) => watched.has(log.address))
      : [];
    if (!sameLogs(logs, expected)) {
      const counts = `${logs.length} logs by range, ${expected.length} in its receipts`;
      throw new WatcherError("LOGS_INCOMPLETE", header.number, `log queries and receipts differ (${counts})`);
    }
    result.push({ header, logs });
  }
  return result;
}
