import assert from "node:assert/strict";
import { test } from "node:test";
import type { CeremonyErrorCode } from "../../services/ceremony/errors.ts";
import type { Mailbox } from "../../services/ceremony/mailbox.ts";
import { SEATS } from "../../services/crypto/seats.ts";
import { createWorld, type World } from "./world.ts";

/** Appends to everything that is listed what a mailbox can make up without any member's key. */
function forging({ mailbox }: World): Mailbox {
  return {
    post: mailbox.post,
    async list(requestId, afterCursor) {
      const { messages, cursor } = await mailbox.list(requestId, afterCursor);
      const [honest] = mailbox.messages;
      const forged = honest && [
        null,
        "x".repeat(1_000_000),
        { ...honest, extra: true },
        { ...honest, seat: (honest.seat % 7) + 1 },
        { ...honest, requestId: "43" },
        { ...honest, attempt: 2 },
        { ...honest, kind: "abort", payload: { reason: "timeout", accused: 1 } },
        { ...honest, payload: { oneTimeKey: `0x${"ee".repeat(32)}` } },
      ];
      return { messages: [...(forged ?? []), ...messages], cursor };
    },
  };
}

test("malformed, forged and foreign messages in the mailbox change nothing but a count", async () => {
  const world = createWorld();
  const refused = new Set<CeremonyErrorCode>();
  const mailbox = forging(world);
  for (const seat of SEATS) world.start(seat, { mailbox, onRefused: ({ code }) => refused.add(code) });
  await world.until(world.allIn("acknowledged", 1));
  const outcomes = await world.stopAll();
  for (const seat of SEATS) assert.equal(outcomes.get(seat)?.results.length, 1);
  assert.deepEqual([...refused].sort(), ["bad_signature", "malformed_message", "wrong_request"]);
  assert.ok(world.mailbox.messages.every(({ attempt, kind }) => attempt === 1 && kind !== "abort"));
});

test("an unreachable mailbox is reported and tried again, and the ceremony goes on when it is back", async () => {
  const world = createWorld();
  let errors = 0;
  const isDown = () => (world.clock.nowMs() / 1_000) % 3 !== 0;
  const failing = <A extends unknown[], R>(call: (...args: A) => Promise<R>) => {
    return (...args: A) => (isDown() ? Promise.reject(new Error("unreachable")) : call(...args));
  };
  const mailbox: Mailbox = { list: failing(world.mailbox.list), post: failing(world.mailbox.post) };
  for (const seat of SEATS) world.start(seat, { mailbox, onMailboxError: () => errors++ });
  await world.until(world.allIn("acknowledged", 1));
  await world.stopAll();
  assert.ok(errors > 0);
  assert.equal(world.mailbox.messages.length, 28);
});

test("a participant says nothing before it has read the mailbox, where own messages may be that its store lost", async () => {
  const world = createWorld();
  const list = () => Promise.reject(new Error("unreachable"));
  world.start(1, { mailbox: { list, post: world.mailbox.post } });
  const before = world.clock.nowMs();
  await world.until(() => world.clock.nowMs() > before + 5_000);
  await world.stopAll();
  assert.deepEqual(world.mailbox.posts, []);
  assert.equal(world.stores[0]?.blobs.size, 0);
});
