import type { Clock, Timer } from "../../ports/clock.ts";
import type { LockDatabase } from "./database.ts";
import { epochAt } from "./floors.ts";
import type { ChainTime } from "./types.ts";

/** Votes are kept for about a day, evidence for over a month, in epochs of mainnet's length. */
const KEPT_VOTES_EPOCHS = 256;
const KEPT_EVIDENCE_EPOCHS = 8_192;
const PRUNE_EVERY_EPOCHS = 32;

export interface PruningOptions {
  locks: Pick<LockDatabase, "prune">;
  clock: Clock;
  time: ChainTime;
  /** A failed pruning costs disk space only; it is tried again with the next. */
  onError: (error: unknown) => void;
}

/** Forgets old votes and evidence now and every 32 epochs until `signal` is aborted, so that the database stays small. */
export function keepPruned({ locks, clock, time, onError }: PruningOptions, signal: AbortSignal): void {
  let timer: Timer | undefined;
  const prune = () => {
    if (signal.aborted) return;
    const nowMs = clock.nowMs();
    const epoch = epochAt(nowMs, time);
    try {
      locks.prune({ beforeEpoch: epoch - KEPT_VOTES_EPOCHS, evidenceBeforeEpoch: epoch - KEPT_EVIDENCE_EPOCHS });
    } catch (error) {
      onError(error);
    }
    timer = clock.setTimer(nowMs + PRUNE_EVERY_EPOCHS * time.slotsPerEpoch * time.slotDurationMs, prune);
  };
  signal.addEventListener("abort", () => timer?.cancel(), { once: true });
  prune();
}
