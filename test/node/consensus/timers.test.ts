import assert from "node:assert/strict";
import { it } from "node:test";
import { firstRoundMs, leaderIndex, roundAt, roundDeadlineMs } from "../../../services/node/consensus/timers.ts";
import { instanceOf, SEATS } from "./support/fixtures.ts";

const attestation = { type: "attestation", startMs: 50_000, firstRoundMs: 1_000 } as const;
const proposal = { ...attestation, type: "proposal" } as const;

it("gives the first round one second, or a twelfth of a short slot", () => {
  assert.equal(firstRoundMs(12_000), 1_000);
  assert.equal(firstRoundMs(24_000), 1_000);
  assert.equal(firstRoundMs(6_000), 500);
});

it("doubles the rounds of attestations from the start of the duty, whenever they are entered", () => {
  const deadlines = [1, 2, 3, 4].map((round) => roundDeadlineMs(attestation, round, 999_999));
  assert.deepEqual(deadlines, [51_000, 53_000, 57_000, 65_000]);
});

it("doubles the rounds of proposals from their entry", () => {
  assert.equal(roundDeadlineMs(proposal, 1, 52_000), 53_000);
  assert.equal(roundDeadlineMs(proposal, 3, 60_000), 64_000);
  assert.equal(roundDeadlineMs(proposal, 1, 10_000), 51_000);
});

it("tells the round of an attestation by the clock, so that a late node starts beside the others", () => {
  const rounds = [0, 50_000, 50_999, 51_000, 52_999, 53_000, 56_999, 57_000].map((now) => roundAt(attestation, now));
  assert.deepEqual(rounds, [1, 1, 1, 2, 2, 3, 3, 4]);
  assert.equal(roundAt(proposal, 60_000), 1);
});

it("gives every seat the lead once in seven rounds, and another seat the other duty of a slot", () => {
  const leaders = SEATS.map((round) => leaderIndex(instanceOf(100), round, 7));
  assert.deepEqual([...leaders].sort(), [...SEATS]);
  assert.notEqual(leaderIndex(instanceOf(100), 1, 7), leaderIndex(instanceOf(100, "proposal"), 1, 7));
});
