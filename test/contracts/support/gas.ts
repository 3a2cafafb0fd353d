import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const snapshotOf = (name: string) => new URL(`../../../gas-snapshots/${name}.json`, import.meta.url);

/** Osaka and Prague price MODEXP differently, and calldata of signatures differs by a few zero bytes. */
const TOLERANCE_PERCENT = 1;

/** Gas that recorded transactions used, by a name for people. */
export type GasReport = Record<string, number>;

/**
 * Compares with the committed snapshot: more gas than before is a failure, less asks for a new snapshot as well, so that
 * the file tells the truth. `UPDATE_GAS=1 npm test` (or `UPDATE_GAS=1 hardhat test mocha test/contracts/gas.test.ts`)
 * writes it anew.
 *
 * @returns the calls that differ
 */
export function compareWithSnapshot(measured: GasReport, name = "calls"): string[] {
  const snapshot = snapshotOf(name);
  if (process.env["UPDATE_GAS"] === "1") {
    writeFileSync(snapshot, `${JSON.stringify(measured, null, 2)}\n`);
    return [];
  }
  const recorded = JSON.parse(readFileSync(fileURLToPath(snapshot), "utf8")) as GasReport;
  const names = new Set([...Object.keys(recorded), ...Object.keys(measured)]);
  return [...names].flatMap((name) => {
    const [before, now] = [recorded[name] ?? 0, measured[name] ?? 0];
    return Math.abs(now - before) * 100 > before * TOLERANCE_PERCENT ? [`${name}: ${before} before, ${now} now`] : [];
  });
}
