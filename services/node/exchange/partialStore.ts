import type { Seat } from "../../crypto/seats.ts";
import type { PartialSignature } from "../../crypto/threshold.ts";
import type { Pubkey, Root } from "../../ports/beacon.ts";
import type { PartialDuty, PartialSet } from "./messages.ts";

interface StoredPartial {
  signingRoot: Root;
  signature: Uint8Array;
}

/** Partials by duty, validator and seat: of each seat the first counts, whatever it is. */
export class PartialStore {
  readonly #duties = new Map<string, { slot: number; validators: Map<Pubkey, Map<Seat, StoredPartial>> }>();

  /** How many of the partials were new. */
  add(seat: Seat, { duty, signingRoot, partials }: PartialSet): number {
    const key = keyOf(duty);
    let entry = this.#duties.get(key);
    if (!entry) {
      entry = { slot: duty.slot, validators: new Map() };
      this.#duties.set(key, entry);
    }
    let added = 0;
    for (const { pubkey, signature } of partials) {
      const seats = entry.validators.get(pubkey) ?? new Map<Seat, StoredPartial>();
      entry.validators.set(pubkey, seats);
      if (seats.has(seat)) continue;
      seats.set(seat, { signingRoot, signature });
      added++;
    }
    return added;
  }

  /** Partials on this root for one validator. */
  partialsOf(duty: PartialDuty, pubkey: Pubkey, signingRoot: Root): PartialSignature[] {
    const seats = this.#duties.get(keyOf(duty))?.validators.get(pubkey) ?? new Map<Seat, StoredPartial>();
    return [...seats]
      .filter(([, partial]) => partial.signingRoot === signingRoot)
      .map(([seat, { signature }]) => ({ seat, signature }));
  }

  /** Forgets the duties of slots before `slot`. */
  dropBefore(slot: number): void {
    for (const [key, entry] of this.#duties) if (entry.slot < slot) this.#duties.delete(key);
  }
}

export function keyOf({ setId, configuration, generation, slot, type }: PartialDuty): string {
  return `${setId}/${configuration}/${generation}/${slot}/${type}`;
}
