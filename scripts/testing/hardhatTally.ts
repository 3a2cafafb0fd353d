import { stripVTControlCharacters } from "node:util";
import type { CommandResult } from "./runCommand.ts";
import type { Tally } from "./tally.ts";

/**
 * Reads the totals that `hardhat test` prints at its end ("12 passing (8 solidity, 4 mocha)"). A run that failed without
 * naming a failed test, or that names no test at all, counts as one failure: silence is not success.
 */
export function hardhatTally({ ok, output }: CommandResult): Tally {
  const text = stripVTControlCharacters(output);
  const last = (word: string) => Number([...text.matchAll(new RegExp(`^\\s*(\\d+) ${word}`, "gm"))].at(-1)?.[1] ?? 0);
  const tally: Tally = { passed: last("passing"), failed: last("failing") };
  if (tally.failed === 0 && (!ok || tally.passed === 0)) tally.failed = 1;
  return tally;
}
