import type { Clock, Timer } from "../../ports/clock.ts";
import type { DutyType, InstanceId } from "../locks/types.ts";
import type { ReasonCode } from "../reasons.ts";

const KEPT_DUTIES = 256;

/** How far a duty came; what is missing after its deadline follows from the last step. */
export type DutyStep = "scheduled" | "started" | "decided" | "signed" | "combined";

export interface DutyRecord {
  instance: InstanceId;
  validatorCount: number;
  step: DutyStep;
  startedAtMs: number;
  /** Absent while the duty is open. */
  outcome?: "done" | ReasonCode;
  /** What the reason is about, e.g. the check that failed. Never a peer's text. */
  detail?: string;
}

export interface TrackerOptions {
  clock: Clock;
  onOutcome: (record: DutyRecord, durationMs: number) => void;
}

const REASON_AFTER: Record<DutyStep, ReasonCode> = {
  scheduled: "not_started",
  started: "no_consensus",
  decided: "guard_refused",
  signed: "too_few_partials",
  combined: "too_late",
};

/** Follows each duty to its end and gives every failed one a reason. */
export class Tracker {
  readonly #options: TrackerOptions;
  readonly #records = new Map<string, { record: DutyRecord; timer: Timer }>();
  #problem: Map<string, { reason: ReasonCode; detail?: string }> = new Map();

  constructor(options: TrackerOptions) {
    this.#options = options;
  }

  /** A duty to follow until `deadlineMs`; a second call for the same one is ignored. */
  schedule(instance: InstanceId, validatorCount: number, deadlineMs: number): void {
    const key = trackerKey(instance);
    if (this.#records.has(key)) return;
    const { clock } = this.#options;
    const record: DutyRecord = { instance, validatorCount, step: "scheduled", startedAtMs: clock.nowMs() };
    const timer = clock.setTimer(deadlineMs, () => this.#expire(key));
    this.#records.set(key, { record, timer });
    if (this.#records.size > KEPT_DUTIES) this.#dropOldest();
  }

  step(instance: InstanceId, step: DutyStep): void {
    const record = this.#records.get(trackerKey(instance))?.record;
    if (record && record.outcome === undefined) record.step = step;
  }

  /** A problem that may yet be overcome; it becomes the reason if the duty isn't done by its deadline. */
  problem(instance: InstanceId, reason: ReasonCode, detail?: string): void {
    this.#problem.set(trackerKey(instance), detail === undefined ? { reason } : { reason, detail });
  }

  done(instance: InstanceId): void {
    this.#finish(trackerKey(instance), "done");
  }

  fail(instance: InstanceId, reason: ReasonCode, detail?: string): void {
    this.#finish(trackerKey(instance), reason, detail);
  }

  /** The latest duties, newest first. */
  recent(): DutyRecord[] {
    return [...this.#records.values()].map(({ record }) => ({ ...record })).reverse();
  }

  #expire(key: string): void {
    const record = this.#records.get(key)?.record;
    if (!record) return;
    const problem = this.#problem.get(key);
    this.#finish(key, problem?.reason ?? REASON_AFTER[record.step], problem?.detail);
  }

  #finish(key: string, outcome: "done" | ReasonCode, detail?: string): void {
    const entry = this.#records.get(key);
    if (!entry || entry.record.outcome !== undefined) return;
    entry.timer.cancel();
    this.#problem.delete(key);
    entry.record.outcome = outcome;
    if (detail !== undefined) entry.record.detail = detail;
    this.#options.onOutcome({ ...entry.record }, this.#options.clock.nowMs() - entry.record.startedAtMs);
  }

  #dropOldest(): void {
    for (const [key, { record }] of this.#records) {
      if (record.outcome === undefined) continue;
      this.#records.delete(key);
      return;
    }
  }
}

function trackerKey({
  setId,
  configuration,
  slot,
  type,
}: {
  setId: number;
  configuration: number;
  slot: number;
  type: DutyType;
}): string {
  return `${setId}/${configuration}/${slot}/${type}`;
}
