import { id, keccak256, toUtf8Bytes } from "ethers";
import type { BlockHeader, ChainLog, ChainReader } from "../../../services/coordinator/watcher/chainReader.ts";

export const WATCHED = "0x00000000000000000000000000000000000000aa";
export const STRANGER = "0x00000000000000000000000000000000000000bb";

interface FakeBlock {
  header: BlockHeader;
  logs: ChainLog[];
}

function bloomOf(values: string[]): string {
  let bits = 0n;
  for (const value of values) {
    const hash = keccak256(value).slice(2);
    for (const pair of [0, 4, 8]) bits |= 1n << BigInt(Number.parseInt(hash.slice(pair, pair + 4), 16) % 2048);
  }
  return `0x${bits.toString(16).padStart(512, "0")}`;
}

/** A fake: a chain in memory with honest headers and receipts, whose log queries can be made to lie. */
export class FakeExecutionChain implements ChainReader {
  readonly #blocks: FakeBlock[] = [];
  /** Blocks for which `eth_getLogs` silently returns nothing, as an index that lags behind does. */
  readonly droppedLogs = new Set<number>();
  #mined = 0;

  /** Mines one block with a log per given text, from the watched contract unless said otherwise. */
  mine(texts: string[] = [], address = WATCHED): BlockHeader {
    const number = this.#blocks.length;
    const hash = id(`block ${this.#mined++}`);
    const logs = texts.map((text) => ({
      address,
      topics: [id("Said(string)")],
      data: `0x${Buffer.from(toUtf8Bytes(text)).toString("hex")}`,
      blockNumber: number,
      blockHash: hash,
      transactionHash: id(text),
    }));
    const header = {
      number,
      hash,
      parentHash: this.#blocks.at(-1)?.header.hash ?? id("nothing"),
      timestamp: 1_000 + number * 12,
      logsBloom: bloomOf(logs.flatMap((log) => [log.address, ...log.topics])),
      transactions: logs.map((log) => log.transactionHash),
    };
    this.#blocks.push({ header, logs });
    return header;
  }

  mineMany(count: number): void {
    for (let index = 0; index < count; index++) this.mine();
  }

  /** Drops the newest `depth` blocks. */
  reorganise(depth: number): void {
    this.#blocks.length -= depth;
  }

  async headNumber() {
    return this.#blocks.length - 1;
  }

  async header(blockNumber: number) {
    return this.#blocks[blockNumber]?.header;
  }

  async logs(fromBlock: number, toBlock: number) {
    const blocks = this.#blocks.slice(fromBlock, toBlock + 1);
    return blocks.flatMap(({ header, logs }) => (this.droppedLogs.has(header.number) ? [] : logs));
  }

  async receiptLogs({ hash }: BlockHeader) {
    return this.#blocks.find(({ header }) => header.hash === hash)?.logs ?? [];
  }
}
