import { finished } from "node:stream/promises";
import { run } from "node:test";
import { spec } from "node:test/reporters";
import type { Tally } from "./tally.ts";

/** Runs files of `node:test` tests, each in a process of its own, and counts the tests (not the suites around them). */
export async function runNodeTests(files: string[], concurrency: number): Promise<Tally> {
  const tally: Tally = { passed: 0, failed: 0 };
  const stream = run({ files, concurrency });
  stream.on("test:pass", (event) => {
    if (event.details.type !== "suite" && event.skip === undefined) tally.passed++;
  });
  stream.on("test:fail", (event) => {
    if (event.details.type !== "suite") tally.failed++;
  });
  const report = stream.compose(spec);
  report.pipe(process.stdout, { end: false });
  await finished(report);
  return tally;
}
