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
  /** The last balance report. */
  report: {
    number: number;
    slot: number;
    validators: number;
    startedAtBlock: number;
    finishedAtBlock: number;
    differenceWei: string;
  };
  /** One request from escrow to ether. Wei and shares as decimal strings. */
  redemption: {
    requestId: number;
    shares: string;
    capWeiPer1e27Shares: string;
    withdrawal: { amountGwei: string; requestedAtBlock: number; processedAtBlock: number };
    claimedWei: string;
  };
  /** Wei as decimal strings; both rates per 10^18 shares, just after that report. */
  rateCheck: {
    provenTotalWei: string;
    /** Balances in the beacon state with our credentials, and what lay in pool and vault, less claims. */
    independentTotalWei: string;
    /** Gains not in the rate yet: they are streamed. */
    unstreamedWei: string;
    rate: string;
    independentRate: string;
    differenceWei: string;
  };
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
  const { rateCheck, redemption } = report;
  if (rateCheck.provenTotalWei !== rateCheck.independentTotalWei) {
    found.push(`${rateCheck.provenTotalWei} wei proven, ${rateCheck.independentTotalWei} wei counted independently`);
  }
  if (rateCheck.differenceWei !== "0") found.push(`the rate is off by ${rateCheck.differenceWei} wei`);
  if (BigInt(redemption.claimedWei) === 0n) found.push("nothing was paid for the redeemed shares");
  if (report.slashings > 0) found.push(`${report.slashings} slashings`);
  return found;
}
