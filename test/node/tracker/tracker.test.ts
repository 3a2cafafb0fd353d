import assert from "node:assert/strict";
import { test } from "node:test";
import type { InstanceId } from "../../../services/node/locks/types.ts";
import { REASONS } from "../../../services/node/reasons.ts";
import { type DutyRecord, Tracker } from "../../../services/node/tracker/tracker.ts";
import { VirtualClock } from "../../support/virtualClock.ts";

const instance = (slot: number): InstanceId => ({ setId: 1, configuration: 0, slot, type: "attestation" });

function trackerWithOutcomes() {
  const clock = new VirtualClock(0);
  const outcomes: DutyRecord[] = [];
  const tracker = new Tracker({ clock, onOutcome: (record) => outcomes.push(record) });
  return { clock, tracker, outcomes };
}

test("what is missing at the deadline follows from how far the duty came", async () => {
  const { clock, tracker, outcomes } = trackerWithOutcomes();
  const steps = [undefined, "started", "decided", "signed", "combined"] as const;
  for (const [slot, step] of steps.entries()) {
    tracker.schedule(instance(slot), 1, 100);
    if (step) tracker.step(instance(slot), step);
  }
  await clock.advanceTo(100);
  assert.deepEqual(
    outcomes.map(({ outcome }) => outcome),
    ["not_started", "no_consensus", "guard_refused", "too_few_partials", "too_late"],
  );
  for (const { outcome } of outcomes) assert.ok(outcome && outcome in REASONS, `no text for ${outcome}`);
});

test("a problem becomes the reason only if the duty isn't done after all", async () => {
  const { clock, tracker, outcomes } = trackerWithOutcomes();
  for (const slot of [1, 2]) {
    tracker.schedule(instance(slot), 1, 100);
    tracker.problem(instance(slot), "fetch_failed", "detail");
  }
  tracker.done(instance(1));
  await clock.advanceTo(100);
  assert.deepEqual(
    outcomes.map(({ outcome, detail }) => [outcome, detail]),
    [
      ["done", undefined],
      ["fetch_failed", "detail"],
    ],
  );
});

test("every duty has one outcome, the first", async () => {
  const { clock, tracker, outcomes } = trackerWithOutcomes();
  tracker.schedule(instance(1), 1, 100);
  tracker.schedule(instance(1), 5, 200);
  tracker.fail(instance(1), "locked");
  tracker.done(instance(1));
  tracker.step(instance(1), "combined");
  await clock.advanceTo(300);
  assert.deepEqual(
    outcomes.map(({ outcome, validatorCount }) => [outcome, validatorCount]),
    [["locked", 1]],
  );
});

test("remembers a limited number of duties, newest first, and never drops an open one", () => {
  const { tracker } = trackerWithOutcomes();
  tracker.schedule(instance(0), 1, 1_000);
  for (let slot = 1; slot <= 400; slot++) {
    tracker.schedule(instance(slot), 1, 1_000);
    tracker.done(instance(slot));
  }
  const recent = tracker.recent();
  assert.ok(recent.length <= 257, `${recent.length} remembered`);
  assert.equal(recent[0]?.instance.slot, 400);
  assert.equal(recent.at(-1)?.instance.slot, 0);
});
