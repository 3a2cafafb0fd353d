import type { DutyFigures } from "./observer.ts";
import type { Phase } from "./progress.ts";

/** What the demo writes to demo-report.json. Every figure is read from the beacon state, its blocks or the contracts. */
export interface DemoReport {
  ok: boolean;
  seconds: number;
  phases: Phase[];
  validator: { pubkey: string; index: number; activationEpoch: number };
  duties: { allUp: DutyFigures; twoDown: DutyFigures; recovered: DutyFigures };
  /** Slots in which the beacon chain chose the validator as proposer. */
  blocksDue: { allUp: number; twoDown: number; recovered: number };
  /** Its blocks that are on the chain. */
  blocksProposed: { allUp: number; twoDown: number; recovered: number };
  slashings: number;
  /** Assets per 10^18 shares, in wei, as a decimal string. */
  shareRate: string;
}

export const TIMELY_TARGET_SHARE = 0.95;

/** The reasons for which a run is not a success; empty when it is one. */
export function shortcomings(report: Omit<DemoReport, "ok">): string[] {
  const found: string[] = [];
  for (const [phase, { due, timelyTarget }] of Object.entries(report.duties)) {
    if (due === 0) found.push(`${phase}: no attestation was due`);
    else if (timelyTarget < TIMELY_TARGET_SHARE * due) {
      found.push(`${phase}: ${timelyTarget} of ${due} attestations have a timely target`);
    }
  }
  const proposing = Object.values(report.blocksProposed).filter((count) => count > 0).length;
  if (proposing < 2) found.push("the validator proposed blocks in fewer than two of the three phases");
  if (report.slashings > 0) found.push(`${report.slashings} slashings`);
  return found;
}
