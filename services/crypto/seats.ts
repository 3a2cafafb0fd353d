/** Position of an operator in a set, and the point at which its share is the value of the sharing polynomial. */
export type Seat = 1 | 2 | 3 | 4 | 5 | 6 | 7;

export const SEATS: readonly Seat[] = [1, 2, 3, 4, 5, 6, 7];
export const SEAT_COUNT = 7;

/** Shares that make a signature; the sharing polynomial has this many coefficients. Not the consensus quorum. */
export const THRESHOLD = 4;

export function isSeat(value: unknown): value is Seat {
  return typeof value === "number" && Number.isInteger(value) && value >= 1 && value <= SEAT_COUNT;
}
