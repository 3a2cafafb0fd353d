import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from "node:fs";
import { z } from "zod";
import type { ChainState } from "./fold.ts";

const hex = z.string().regex(/^0x[0-9a-f]*$/);
const count = z.number().int().nonnegative();
const cursorSchema = z.object({
  version: z.literal(1),
  manager: z.string(),
  block: z.object({ number: count, hash: hex }),
  state: z.object({
    operators: z.record(
      z.string(),
      z.object({ nodeAddress: z.string(), nodePublicKey: hex, multiaddrs: z.array(z.string()) }),
    ),
    sets: z.record(z.string(), z.object({ configuration: count, operatorIds: z.array(count).length(7) })),
    requests: z.record(z.string(), z.object({ setId: count, configuration: count, keyCount: count, deadline: count })),
    keys: z.record(
      hex,
      z.object({
        requestId: count,
        setId: count,
        attempt: count,
        transcriptHash: hex,
        points: hex,
        encryptedShares: hex,
      }),
    ),
  }),
});

/** The last block read, the state after it, and the contract that it belongs to. */
export interface ChainCursor {
  version: 1;
  /** Address of the ValidatorManager. */
  manager: string;
  block: { number: number; hash: string };
  state: ChainState;
}

/** Where a follower keeps its cursor; losing it costs only reading again. */
export interface CursorStore {
  load(): ChainCursor | undefined;
  save(cursor: ChainCursor): void;
}

/** One JSON file, replaced as a whole. A file that doesn't parse counts as absent. */
export function cursorFile(path: string): CursorStore {
  return {
    load() {
      try {
        return cursorSchema.parse(JSON.parse(readFileSync(path, "utf8")));
      } catch {
        return undefined;
      }
    },
    save(cursor) {
      const next = `${path}.next`;
      const file = openSync(next, "w", 0o600);
      writeSync(file, JSON.stringify(cursor));
      fsyncSync(file);
      closeSync(file);
      renameSync(next, path);
    },
  };
}
