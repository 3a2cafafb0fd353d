import { aggregatePublicKeys, type PublicKey } from "@chainsafe/blst";
import { CryptoError } from "./errors.ts";
import { weightedSum } from "./horner.ts";
import { GROUP_FACTOR } from "./lagrange.ts";
import { isIdentity, parseG1 } from "./points.ts";
import { type Seat, THRESHOLD } from "./seats.ts";

function compressed(point: PublicKey): Uint8Array {
  const bytes = point.toBytes();
  if (isIdentity(bytes)) throw new CryptoError("invalid_point", "the sum of the points is the identity");
  return bytes;
}

/**
 * P(seat)·G1 for each seat from the four commitments of P, compressed. Refuses invalid or identity commitments and an
 * identity result.
 */
export function evaluateCommitments(commitments: readonly Uint8Array[], seats: readonly Seat[]): Uint8Array[] {
  if (commitments.length !== THRESHOLD) throw new CryptoError("invalid_length", "a commitment has four points");
  const points = commitments.map(parseG1);
  return seats.map((seat) => {
    const terms = points.map((point, power) => ({ point, weight: seat ** power }));
    return compressed(weightedSum(terms, aggregatePublicKeys));
  });
}

/** Coefficient-wise sum of several dealers' commitments: the commitments of the sum of their polynomials. */
export function addCommitments(dealers: readonly (readonly Uint8Array[])[]): Uint8Array[] {
  return Array.from({ length: THRESHOLD }, (_, power) =>
    compressed(
      aggregatePublicKeys(
        dealers.map((commitments) => {
          const bytes = commitments[power];
          if (bytes === undefined) throw new CryptoError("invalid_length", "a commitment has four points");
          return parseG1(bytes);
        }),
      ),
    ),
  );
}

/** The validator's public key 720·P(0)·G1, from the commitment of P's constant term. */
export function groupKeyOf(constantCommitment: Uint8Array): Uint8Array {
  return compressed(weightedSum([{ point: parseG1(constantCommitment), weight: GROUP_FACTOR }], aggregatePublicKeys));
}
