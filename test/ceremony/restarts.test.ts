import assert from "node:assert/strict";
import { test } from "node:test";
import { samePayload } from "../../services/ceremony/book.ts";
import { assembleSubmission } from "../../services/ceremony/submission.ts";
import { SEATS } from "../../services/crypto/seats.ts";
import { startMortal } from "./mortal.ts";
import { createWorld, type World } from "./world.ts";

const SENT_ROUNDS = ["open", "deal", "result", "acknowledgement"];

function assertNeverContradicted({ mailbox }: World, seats = SEATS): void {
  for (const post of mailbox.posts.filter(({ seat }) => seats.includes(seat))) {
    const first = mailbox.posts.find(
      ({ attempt, kind, seat }) => attempt === post.attempt && kind === post.kind && seat === post.seat,
    );
    assert.ok(first && samePayload(first, post), `seat ${post.seat} posted two ${post.kind}s`);
    assert.equal(first.signature, post.signature);
  }
}

test("seven participants killed before and after every write and post finish the same attempt with the same messages", async () => {
  const world = createWorld();
  const deaths = SEATS.map((seat) => startMortal(world, seat));
  await world.until(world.allIn("acknowledged", 1));
  await world.stopAll();

  for (const points of deaths) {
    for (const round of SENT_ROUNDS) {
      for (const act of [`put 1/${round}`, `post 1/${round}`]) {
        assert.ok(points.includes(`before ${act}`) && points.includes(`after ${act}`), `nobody died around "${act}"`);
      }
    }
    for (const act of ["put 1/one-time-key", "put 1/shares"]) {
      assert.ok(points.includes(`before ${act}`) && points.includes(`after ${act}`), `nobody died around "${act}"`);
    }
  }
  for (const { blobs } of world.stores) assert.ok(!blobs.has("42/1/one-time-key"));
  assertNeverContradicted(world);
  const result = await assembleSubmission(world.context, world.mailbox.messages);
  assert.ok(result.ok);
  assert.equal(result.submission.attempt, 1);
});

test("a participant that is killed around its abort goes on in the next attempt", async () => {
  const world = createWorld();
  const deaths = startMortal(world, 1);
  for (const seat of [2, 3, 4, 5, 6] as const) world.start(seat);
  for (const byte of ["01", "02"]) {
    await world.post(7, 1, { kind: "open", payload: { oneTimeKey: `0x${byte.repeat(32)}` } });
  }
  await world.until(() => world.latest(1)?.attempt === 2);
  world.start(7);
  await world.until(world.allIn("acknowledged", 2));
  await world.stopAll();
  assert.ok(deaths.includes("before put 1/abort") && deaths.includes("after put 1/abort"));
  assertNeverContradicted(world, [1]);
});

test("messages that the mailbox lost are posted again, and aborted attempts stay aborted", async () => {
  const world = createWorld();
  for (const seat of [1, 2, 3, 4, 5, 6] as const) world.start(seat);
  await world.post(7, 1, { kind: "abort", payload: { reason: "state_lost", accused: 7 } });
  await world.until(() => world.latest(1)?.attempt === 2);
  world.mailbox.clear();
  world.start(7);
  await world.until(world.allIn("acknowledged", 2));
  world.mailbox.clear();
  await world.until(() => world.mailbox.messages.filter(({ attempt }) => attempt === 2).length === 28);
  await world.stopAll();
  assertNeverContradicted(world);
  const result = await assembleSubmission(world.context, world.mailbox.messages);
  assert.ok(result.ok);
  assert.equal(result.submission.attempt, 2);
});

test("a participant whose store is gone aborts rather than contradict its own messages", async () => {
  const world = createWorld();
  for (const seat of [1, 2, 3, 4, 5, 6] as const) world.start(seat);
  await world.until(() => world.latest(1)?.missing.toString() === "7");
  world.running.get(1)?.stop.abort();
  await world.until(() => !world.running.has(1));
  world.stores[0]?.blobs.clear();
  world.start(1);
  await world.until(() => world.latest(2)?.attempt === 2);
  const { reason, accused, by } = world.latest(2)?.lastAbort ?? {};
  assert.deepEqual({ reason, accused, by }, { reason: "state_lost", accused: 1, by: 1 });
  await world.stopAll();
  assertNeverContradicted(world);
});

test("two members that acknowledged an attempt before it was aborted keep its result beside the next one's", async () => {
  const world = createWorld();
  const withheld = world.mailbox.hiding(({ attempt, kind, seat }) => attempt === 1 && kind === "result" && seat === 7);
  const attemptTimeoutMs = 10_000;
  for (const seat of [1, 2] as const) world.start(seat, { attemptTimeoutMs });
  for (const seat of [3, 4, 5, 6, 7] as const) world.start(seat, { attemptTimeoutMs, mailbox: withheld });
  await world.until(world.allIn("acknowledged", 2));
  const outcomes = await world.stopAll();
  assert.equal(world.latest(1)?.attempt, 2);
  for (const seat of SEATS) {
    const attempts = outcomes.get(seat)?.results.map(({ attempt }) => attempt);
    // Seat 7 knows its own result, whatever the mailbox hides from it.
    assert.deepEqual(attempts, seat <= 2 || seat === 7 ? [1, 2] : [2], `seat ${seat}`);
  }
  const result = await assembleSubmission(world.context, world.mailbox.messages);
  assert.ok(result.ok);
  assert.equal(result.submission.attempt, 2);
});
