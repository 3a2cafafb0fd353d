import "../../support/preset.ts";
import assert from "node:assert/strict";
import { test } from "node:test";
import type { phase0 } from "@lodestar/types";
import { fromHex } from "@lodestar/utils";
import { judgeAttestation } from "../../../services/node/attestation/attestationGuard.ts";
import type { AttestationValue } from "../../../services/node/consensus/types.ts";
import type { AttestationDuty } from "../../../services/node/dutyTypes.ts";
import type { BeaconAccess, BlockHeader } from "../../../services/ports/beacon.ts";
import { VirtualClock } from "../../support/virtualClock.ts";

const TIME = { genesisTimeMs: 0, slotDurationMs: 12_000, slotsPerEpoch: 8 };
const SLOT = 85;
const root = (name: string) => `0x${Buffer.from(name.padEnd(32, ".")).toString("hex")}`;
const key = (digit: string) => `0x${digit.repeat(96)}`;
const assignment = (pubkey: string, validatorIndex: number) => ({
  pubkey,
  validatorIndex,
  committeeIndex: 0,
  slot: SLOT,
});

const DUTY: AttestationDuty = {
  type: "attestation",
  instance: { setId: 1, configuration: 0, slot: SLOT, type: "attestation" },
  dependentRoot: root("dependent"),
  assignments: [assignment(key("a"), 1), assignment(key("b"), 2)],
};
const LOCAL: phase0.AttestationData = {
  slot: SLOT,
  index: 0,
  beaconBlockRoot: fromHex(root("head")),
  source: { epoch: 9, root: fromHex(root("source")) },
  target: { epoch: 10, root: fromHex(root("target")) },
};
const VALUE: AttestationValue = {
  type: "attestation",
  slot: SLOT,
  index: 0,
  beaconBlockRoot: root("head"),
  sourceEpoch: 9,
  sourceRoot: root("source"),
  targetEpoch: 10,
  targetRoot: root("target"),
  dependentRoot: root("dependent"),
  validators: [key("a"), key("b")],
};

function judge(
  value: Partial<AttestationValue>,
  {
    round = 1,
    headers = [],
    duty = DUTY,
  }: { round?: number; headers?: BlockHeader[]; duty?: AttestationDuty | undefined } = {},
  nowSlot = SLOT,
) {
  const beacon = {
    attestationData: async () => LOCAL,
    blockHeader: async (block: string) => headers.find((header) => header.root === block),
  } as Partial<BeaconAccess> as BeaconAccess;
  const clock = new VirtualClock(nowSlot * TIME.slotDurationMs);
  return judgeAttestation({ ...VALUE, ...value }, round, { beacon, clock, time: TIME, dutyNow: () => duty });
}

const imported = (name: string, slot: number, executionOptimistic = false): BlockHeader => {
  return { root: root(name), slot, parentRoot: root("parent"), executionOptimistic };
};

test("accepts the local view, also for a part of the validators", async () => {
  assert.deepEqual(await judge({}), { ok: true });
  assert.deepEqual(await judge({ validators: [key("b")] }), { ok: true });
});

const REFUSED: [string, Partial<AttestationValue>, number?][] = [
  ["another slot", { slot: SLOT + 1 }],
  ["a committee index", { index: 1 }],
  ["a target that isn't the slot's epoch", { targetEpoch: 11 }],
  ["a source that isn't before the target", { sourceEpoch: 10 }],
  ["another source epoch", { sourceEpoch: 8 }],
  ["another source root", { sourceRoot: root("other") }],
  ["duties from another shuffling", { dependentRoot: root("other") }],
  ["another target root in round 1", { targetRoot: root("other") }],
  ["a head block that isn't imported", { beaconBlockRoot: root("unknown") }],
];
for (const [what, value] of REFUSED) {
  test(`refuses ${what}`, async () => {
    const verdict = await judge(value);
    assert.equal(verdict.ok, false);
    assert.ok(!("refused" in verdict), "the value is refused, not its validators");
  });
}

test("refuses a target that the clock hasn't reached", async () => {
  assert.equal((await judge({}, {}, SLOT - 8)).ok, false);
});

test("refuses when the own beacon node knows no such duty any more", async () => {
  const clock = new VirtualClock(SLOT * TIME.slotDurationMs);
  const beacon = {} as BeaconAccess;
  const verdict = await judgeAttestation(VALUE, 1, { beacon, clock, time: TIME, dutyNow: () => undefined });
  assert.equal(verdict.ok, false);
});

test("names validators that don't have the duty", async () => {
  const verdict = await judge({ validators: [key("a"), key("c")] });
  assert.deepEqual(verdict, { ok: false, reason: "validators without this duty", refused: [key("c")] });
});

test("from round 3 another target is accepted when it was imported as valid, and only then", async () => {
  const other = { targetRoot: root("other") };
  const headers = [imported("other", 80)];
  assert.deepEqual(await judge(other, { round: 3, headers }), { ok: true });
  assert.equal((await judge(other, { round: 2, headers })).ok, false);
  assert.equal((await judge(other, { round: 3 })).ok, false);
  assert.equal((await judge(other, { round: 3, headers: [imported("other", 80, true)] })).ok, false);
  assert.equal((await judge(other, { round: 3, headers: [imported("other", 81)] })).ok, false);
});

test("another source is refused in every round", async () => {
  for (const round of [1, 3, 9]) assert.equal((await judge({ sourceRoot: root("other") }, { round })).ok, false);
});

test("another head is accepted when it was imported and isn't of a later slot", async () => {
  const value = { beaconBlockRoot: root("sibling") };
  assert.deepEqual(await judge(value, { headers: [imported("sibling", SLOT)] }), { ok: true });
  assert.equal((await judge(value, { headers: [imported("sibling", SLOT + 1)] })).ok, false);
});
