import type { Logger } from "pino";
import { type Clock, sleepUntil } from "../../ports/clock.ts";
import type { ChainEvent, ChainStore } from "../store/chainStore.ts";
import type { ChainLog, ChainReader } from "./chainReader.ts";
import { type BlockLogs, readRange, WatcherError } from "./readRange.ts";

export interface WatcherOptions {
  reader: ChainReader;
  store: ChainStore;
  /** Watched contracts. */
  addresses: string[];
  /** Decodes a log, or returns nothing for an event that isn't needed. */
  decode(log: ChainLog): Pick<ChainEvent, "name" | "arguments"> | undefined;
  deployedAtBlock: number;
  /** Blocks that must follow before a block is read. */
  confirmations: number;
  pollIntervalMs: number;
  clock: Clock;
  log: Logger;
  /** Called after the cursor moved over new events. */
  onEvents(events: ChainEvent[]): void;
  /** Called after events were taken back; what was derived from them must be derived again. */
  onRollback(): void;
  onError(error: unknown): void;
  onProgress(progress: WatcherProgress): void;
}

export interface WatcherProgress {
  headNumber: number;
  cursorNumber: number;
  /** Whether every block up to the confirmation depth was read. */
  synced: boolean;
}

const MAX_RANGE_BLOCKS = 256;
const MAX_BACKOFF_MS = 30_000;

function toEvents(blocks: BlockLogs[], decode: WatcherOptions["decode"]): ChainEvent[] {
  return blocks.flatMap(({ header, logs }) =>
    logs.flatMap((log, position) => {
      const event = decode(log);
      return event ? [{ blockNumber: header.number, position, timestampSeconds: header.timestamp, ...event }] : [];
    }),
  );
}

/** Takes back blocks that are no longer of the chain. Returns whether there were any. */
async function rollBack({ reader, store, log }: WatcherOptions): Promise<boolean> {
  const blocks = store.recentBlocks();
  for (const [depth, block] of blocks.entries()) {
    const header = await reader.header(block.number);
    // A node that is behind tells nothing about our blocks; one that reorganised gets ahead of them soon.
    if (!header) throw new WatcherError("BLOCK_MISSING", block.number, "the node is behind what was read before");
    if (header.hash !== block.hash) continue;
    if (depth === 0) return false;
    log.warn({ blockNumber: block.number, depth }, "Chain reorganised; went back");
    store.rollBackTo(block.number);
    return true;
  }
  if (blocks.length === 0) return false;
  log.warn({ depth: blocks.length }, "Chain reorganised beyond the kept blocks; reading it again");
  store.rollBackTo(undefined);
  return true;
}

/**
 * One step: goes back if the chain reorganised, then reads at most `maxBlocks` further. Returns how far it is.
 * Throws `WatcherError` or what the reader throws; then nothing has changed but a rollback.
 */
export async function advance(options: WatcherOptions, maxBlocks = MAX_RANGE_BLOCKS): Promise<WatcherProgress> {
  const { reader, store, addresses, decode, deployedAtBlock, confirmations } = options;
  const headNumber = await reader.headNumber();
  if (await rollBack(options)) options.onRollback();
  const cursor = store.cursor();
  const fromBlock = cursor ? cursor.number + 1 : deployedAtBlock;
  const target = headNumber - confirmations;
  const toBlock = Math.min(target, fromBlock + maxBlocks - 1);
  if (toBlock < fromBlock) return { headNumber, cursorNumber: fromBlock - 1, synced: true };
  const blocks = await readRange(reader, addresses, fromBlock, toBlock, cursor?.hash);
  const events = toEvents(blocks, decode);
  store.append(
    blocks.map(({ header }) => ({ number: header.number, hash: header.hash })),
    events,
  );
  if (events.length > 0) options.onEvents(events);
  return { headNumber, cursorNumber: toBlock, synced: toBlock === target };
}

/** Follows the chain until the signal aborts. */
export async function watch(options: WatcherOptions, signal: AbortSignal): Promise<void> {
  const { clock, pollIntervalMs } = options;
  let maxBlocks = MAX_RANGE_BLOCKS;
  let failures = 0;
  while (!signal.aborted) {
    let waitMs = pollIntervalMs;
    try {
      const progress = await advance(options, maxBlocks);
      options.onProgress(progress);
      if (!progress.synced) waitMs = 0;
      maxBlocks = Math.min(MAX_RANGE_BLOCKS, maxBlocks * 2);
      failures = 0;
    } catch (error) {
      options.onError(error);
      // Nodes limit the answer, not the range, so a smaller range may pass; a contradiction needs time only.
      if (!(error instanceof WatcherError)) maxBlocks = Math.max(1, Math.floor(maxBlocks / 2));
      waitMs = Math.min(MAX_BACKOFF_MS, pollIntervalMs * 2 ** failures++);
    }
    await sleepUntil(clock, clock.nowMs() + waitMs, signal).catch(() => {});
  }
}
