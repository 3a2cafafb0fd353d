import type { Seat } from "../../crypto/seats.ts";

/** For how many duties a seat's partials are checked before they are used, after one was invalid. */
const SUSPICION_DUTIES = 64;

/** Seats of which an invalid partial was seen lately, by set. */
export class Suspects {
  readonly #left = new Map<string, number>();

  add(setId: number, seat: Seat): void {
    this.#left.set(`${setId}/${seat}`, SUSPICION_DUTIES);
  }

  has(setId: number, seat: Seat): boolean {
    return this.#left.has(`${setId}/${seat}`);
  }

  /** One more duty of the set came to its end. */
  dutyDone(setId: number): void {
    for (const [key, left] of this.#left) {
      if (!key.startsWith(`${setId}/`)) continue;
      if (left <= 1) this.#left.delete(key);
      else this.#left.set(key, left - 1);
    }
  }
}
