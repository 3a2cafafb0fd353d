import type { DatabaseSync } from "node:sqlite";
import { atomically } from "./database.ts";

/** A decoded contract event. Numbers of its arguments are decimal strings, so that it survives JSON. */
export interface ChainEvent {
  blockNumber: number;
  /** Place among the stored events of its block. */
  position: number;
  timestampSeconds: number;
  name: string;
  arguments: Record<string, string>;
}

export interface BlockReference {
  number: number;
  hash: string;
}

/** The watcher's cursor and what it read so far; they move together or not at all. */
export interface ChainStore {
  /** The last block that was read completely. */
  cursor(): BlockReference | undefined;
  /** Recent blocks before and at the cursor, newest first. */
  recentBlocks(): BlockReference[];
  append(blocks: BlockReference[], events: ChainEvent[]): void;
  /** Forgets every block after `number`, or everything. */
  rollBackTo(number: number | undefined): void;
  events(): ChainEvent[];
}

// Finality comes after some 100 blocks; a deeper reorganisation starts again from the deployment.
const KEPT_BLOCKS = 512;

export function createChainStore(database: DatabaseSync): ChainStore {
  const selectBlocks = database.prepare("SELECT number, hash FROM blocks ORDER BY number DESC LIMIT ?");
  const insertBlock = database.prepare("INSERT INTO blocks VALUES (?, ?)");
  const forgetBlocks = database.prepare("DELETE FROM blocks WHERE number <= ?");
  const insertEvent = database.prepare("INSERT INTO events VALUES (?, ?, ?, ?, ?)");
  const selectEvents = database.prepare("SELECT * FROM events ORDER BY block_number, position");
  const dropBlocks = database.prepare("DELETE FROM blocks WHERE number > ?");
  const dropEvents = database.prepare("DELETE FROM events WHERE block_number > ?");
  const readBlocks = (limit: number) =>
    selectBlocks.all(limit).map((row) => ({ number: Number(row["number"]), hash: String(row["hash"]) }));
  return {
    cursor: () => readBlocks(1)[0],
    recentBlocks: () => readBlocks(KEPT_BLOCKS),
    append(blocks, events) {
      atomically(database, () => {
        for (const block of blocks) insertBlock.run(block.number, block.hash);
        forgetBlocks.run((blocks.at(-1)?.number ?? 0) - KEPT_BLOCKS);
        for (const event of events) {
          const { blockNumber, position, timestampSeconds, name } = event;
          insertEvent.run(blockNumber, position, timestampSeconds, name, JSON.stringify(event.arguments));
        }
      });
    },
    rollBackTo(number = -1) {
      atomically(database, () => {
        dropBlocks.run(number);
        dropEvents.run(number);
      });
    },
    events: () =>
      selectEvents.all().map((row) => ({
        blockNumber: Number(row["block_number"]),
        position: Number(row["position"]),
        timestampSeconds: Number(row["timestamp_seconds"]),
        name: String(row["name"]),
        arguments: JSON.parse(String(row["arguments"])),
      })),
  };
}
