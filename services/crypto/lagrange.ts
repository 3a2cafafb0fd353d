import { CryptoError } from "./errors.ts";
import { type Seat, THRESHOLD } from "./seats.ts";

/** The group secret is GROUP_FACTOR·P(0): with it every Lagrange weight of four of the seats 1..7 is an integer. */
export const GROUP_FACTOR = 720;

/**
 * Integer weights 720·λᵢ(0) of four distinct seats, in their order: Σ wᵢ·P(i) = 720·P(0). The largest is 60480, so that
 * a threshold signature needs 16 doublings and no scalar multiplication.
 */
export function integerLagrangeWeights(seats: readonly Seat[]): number[] {
  if (seats.length !== THRESHOLD || new Set(seats).size !== THRESHOLD) {
    throw new CryptoError("invalid_seats", "weights exist for exactly four distinct seats");
  }
  return seats.map((seat) => {
    const others = seats.filter((other) => other !== seat);
    const numerator = others.reduce<number>((product, other) => product * other, GROUP_FACTOR);
    const denominator = others.reduce<number>((product, other) => product * (other - seat), 1);
    return numerator / denominator;
  });
}
