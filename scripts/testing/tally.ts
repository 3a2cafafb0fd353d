/** How many tests, or checks that count as one test each, passed and failed. */
export interface Tally {
  passed: number;
  failed: number;
}

export function sum(tallies: Tally[]): Tally {
  const total: Tally = { passed: 0, failed: 0 };
  for (const { passed, failed } of tallies) {
    total.passed += passed;
    total.failed += failed;
  }
  return total;
}
