import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { toHex } from "@lodestar/utils";
import type { Seat } from "../../../services/crypto/seats.ts";
import type { PartialSignature } from "../../../services/crypto/threshold.ts";
import { verifySignature } from "../../../services/crypto/verification.ts";
import { Aggregator, type GroupKey } from "../../../services/node/aggregator/aggregator.ts";
import { Suspects } from "../../../services/node/aggregator/suspects.ts";
import type { PartialDuty } from "../../../services/node/exchange/messages.ts";
import { partialOf, randomRoot, randomSharing, type Sharing, sign } from "../../crypto/sharing.ts";

const DUTY: PartialDuty = { setId: 1, configuration: 0, generation: 0, slot: 9, type: "attestation" };
const ROOT = randomRoot();
const SHARINGS = [randomSharing(), randomSharing(), randomSharing()];
const STRANGER = randomSharing();

let partials: Map<string, PartialSignature[]>;
let signatures: Map<string, Uint8Array>;
let culprits: Seat[];
let inconsistent: string[];
let aggregator: Aggregator;

const pubkeyOf = (sharing: Sharing) => toHex(sharing.groupKey);
const keyOf = (sharing: Sharing): GroupKey => ({ pubkey: pubkeyOf(sharing), shareKeys: sharing.shareKeys });
const give = (sharing: Sharing, ...seats: Seat[]) => {
  for (const seat of seats) partials.get(pubkeyOf(sharing))?.push(partialOf(sharing, seat, ROOT));
};
const giveBad = (sharing: Sharing, seat: Seat) =>
  partials.get(pubkeyOf(sharing))?.push({ seat, signature: sign(STRANGER.groupSecret, ROOT) });

beforeEach(() => {
  partials = new Map(SHARINGS.map((sharing) => [pubkeyOf(sharing), []]));
  [signatures, culprits, inconsistent] = [new Map(), [], []];
  aggregator = new Aggregator({
    partialsOf: (_duty, pubkey) => partials.get(pubkey) ?? [],
    onSignatures: (_duty, made) => {
      for (const [pubkey, signature] of made) {
        assert.ok(!signatures.has(pubkey), "a signature came twice");
        signatures.set(pubkey, signature);
      }
    },
    onCulprit: (_duty, seat) => culprits.push(seat),
    onInconsistentKeys: (_duty, pubkey) => inconsistent.push(pubkey),
  });
  aggregator.expect(DUTY, toHex(ROOT), SHARINGS.map(keyOf));
});

const assertSigned = (...sharings: Sharing[]) => {
  assert.equal(signatures.size, sharings.length);
  for (const sharing of sharings) {
    const signature = signatures.get(pubkeyOf(sharing));
    assert.ok(signature && verifySignature(sharing.groupKey, ROOT, signature));
  }
};

test("nothing happens below four partials, and every key is done once it has four", () => {
  const [first, second, third] = SHARINGS as [Sharing, Sharing, Sharing];
  for (const sharing of SHARINGS) give(sharing, 1, 4, 6);
  aggregator.tryCombine(DUTY);
  assert.equal(signatures.size, 0);
  give(first, 7);
  give(third, 2);
  aggregator.tryCombine(DUTY);
  assertSigned(first, third);
  assert.ok(!aggregator.isComplete(DUTY));
  give(second, 3);
  aggregator.tryCombine(DUTY);
  assertSigned(...SHARINGS);
  assert.ok(aggregator.isComplete(DUTY));
  aggregator.tryCombine(DUTY);
});

test("one bad partial among five names its seat and costs nothing", () => {
  for (const sharing of SHARINGS) {
    giveBad(sharing, 5);
    give(sharing, 1, 2, 3, 4);
  }
  aggregator.tryCombine(DUTY);
  assertSigned(...SHARINGS);
  assert.deepEqual(culprits, [5]);
});

test("three bad and three good partials wait for a fourth good one", () => {
  const [first] = SHARINGS as [Sharing];
  for (const seat of [1, 2, 3] as const) giveBad(first, seat);
  give(first, 4, 5, 6);
  aggregator.tryCombine(DUTY);
  assert.equal(signatures.size, 0);
  assert.deepEqual(culprits.sort(), [1, 2, 3]);
  give(first, 7);
  aggregator.tryCombine(DUTY);
  assertSigned(first);
});

test("a partial that is no point at all is a bad partial", () => {
  const [first] = SHARINGS as [Sharing];
  partials.get(pubkeyOf(first))?.push({ seat: 2, signature: new Uint8Array(96) });
  give(first, 1, 3, 4, 5);
  aggregator.tryCombine(DUTY);
  assertSigned(first);
  assert.deepEqual(culprits, [2]);
});

test("share keys that contradict the group key are reported and nothing is signed", () => {
  const [first] = SHARINGS as [Sharing];
  const duty = { ...DUTY, slot: 10 };
  aggregator.expect(duty, toHex(ROOT), [{ pubkey: pubkeyOf(first), shareKeys: STRANGER.shareKeys }]);
  partials.set(
    pubkeyOf(first),
    ([1, 2, 3, 4] as const).map((seat) => partialOf(STRANGER, seat, ROOT)),
  );
  aggregator.tryCombine(duty);
  assert.deepEqual(inconsistent, [pubkeyOf(first)]);
  assert.equal(signatures.size, 0);
});

test("a duty that is given up tells which validators had no signature", () => {
  const [first, second, third] = SHARINGS as [Sharing, Sharing, Sharing];
  give(second, 1, 2, 3, 4);
  aggregator.tryCombine(DUTY);
  assert.deepEqual(aggregator.forget(DUTY).sort(), [pubkeyOf(first), pubkeyOf(third)].sort());
  give(first, 1, 2, 3, 4);
  aggregator.tryCombine(DUTY);
  assertSigned(second);
});

test("a seat stays suspect for 64 duties of its set", () => {
  const suspects = new Suspects();
  suspects.add(1, 5);
  for (let duty = 0; duty < 63; duty++) suspects.dutyDone(1);
  suspects.dutyDone(2);
  assert.ok(suspects.has(1, 5));
  assert.ok(!suspects.has(2, 5));
  suspects.dutyDone(1);
  assert.ok(!suspects.has(1, 5));
});
