import type { Clock } from "../../../services/ports/clock.ts";

/** Blocks and requests may be this early (MAXIMUM_GOSSIP_CLOCK_DISPARITY of the consensus specs). */
const CLOCK_DISPARITY_MS = 500;

/** Slots as a function of time. Slot 0 begins at genesis. */
export class SlotClock {
  readonly clock: Clock;
  readonly slotDurationMs: number;
  private readonly genesisMs: number;

  constructor(clock: Clock, genesisTime: number, slotDurationMs: number) {
    this.clock = clock;
    this.genesisMs = genesisTime * 1000;
    this.slotDurationMs = slotDurationMs;
  }

  /** 0 before genesis. */
  currentSlot(): number {
    return this.slotAt(this.clock.nowMs());
  }

  /** The latest slot that a peer whose clock is a little ahead may be in. */
  latestAcceptableSlot(): number {
    return this.slotAt(this.clock.nowMs() + CLOCK_DISPARITY_MS);
  }

  startOfSlotMs(slot: number): number {
    return this.genesisMs + slot * this.slotDurationMs;
  }

  private slotAt(timeMs: number): number {
    return Math.max(0, Math.floor((timeMs - this.genesisMs) / this.slotDurationMs));
  }
}
