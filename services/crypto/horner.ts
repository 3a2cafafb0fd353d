/** A point taken `weight` times; the weight is positive, a negative one is expressed by a negated point. */
export interface WeightedPoint<P> {
  point: P;
  weight: number;
}

/**
 * Σ weight·point by binary Horner, with `sum` (point addition of a non-empty list) as the only group operation: one
 * call for each bit of the largest weight.
 */
export function weightedSum<P>(terms: readonly WeightedPoint<P>[], sum: (points: P[]) => P): P {
  const bits = Math.max(...terms.map(({ weight }) => 32 - Math.clz32(weight)));
  let accumulator: P | undefined;
  for (let bit = bits - 1; bit >= 0; bit--) {
    const addends = terms.filter(({ weight }) => (weight >>> bit) & 1).map(({ point }) => point);
    accumulator = accumulator === undefined ? sum(addends) : sum([accumulator, accumulator, ...addends]);
  }
  if (accumulator === undefined) throw new RangeError("a weighted sum needs a positive weight");
  return accumulator;
}
