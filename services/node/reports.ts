import type { Logger } from "pino";
import type { CeremonyProgress } from "../ceremony/runCeremony.ts";
import type { Seat } from "../crypto/seats.ts";
import { describeError } from "../logging/describeError.ts";
import type { Pubkey } from "../ports/beacon.ts";
import type { PartialDuty } from "./exchange/messages.ts";
import type { NodeMetrics } from "./metrics.ts";
import { REASONS } from "./reasons.ts";
import type { DutyRecord } from "./tracker/tracker.ts";

/** What the node tells a person and a monitor: outcomes at info, failures at warn, never a secret or a peer's text. */
export function nodeReports(log: Logger, metrics: NodeMetrics) {
  return {
    duty({ instance, validatorCount, outcome, detail }: DutyRecord, durationMs: number): void {
      const { setId, slot, type } = instance;
      metrics.duties.inc({ type, outcome: outcome ?? "done" });
      const fields = { setId, slot, validators: validatorCount, durationMs };
      if (outcome === "done" || outcome === undefined) {
        metrics.dutyDuration.observe({ type }, durationMs / 1000);
        log.info(fields, `Published ${type}`);
      } else {
        log.warn({ ...fields, reason: outcome, detail }, `Missed ${type}: ${REASONS[outcome].short}`);
      }
    },
    culprit({ setId, slot, type }: PartialDuty, seat: Seat): void {
      metrics.culprits.inc({ set: String(setId), seat: String(seat) });
      log.warn({ setId, seat, slot, type }, "A seat sent an invalid partial signature");
    },
    inconsistentKeys({ setId, slot, type }: PartialDuty, pubkey: Pubkey): void {
      log.error({ setId, pubkey, slot, type }, REASONS.inconsistent_keys.long);
    },
    share(pubkey: Pubkey): void {
      metrics.shares.inc();
      log.info({ pubkey }, "Holding a share of a validator's key");
    },
    ceremony(requestId: number, { attempt, phase, missing, lastAbort }: CeremonyProgress): void {
      log.info({ requestId, attempt, phase, missing, lastAbort }, "Ceremony goes on");
    },
    failure(task: string, error: unknown): void {
      metrics.clientErrors.inc({ task: task.replace(/ \d+$/, "") });
      log.warn({ task, error: describeError(error) }, "Could not do a task now");
    },
  };
}
