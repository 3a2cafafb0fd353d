import assert from "node:assert/strict";
import { before, test } from "node:test";
import type { CeremonyMessage } from "../../services/ceremony/messages.ts";
import { assembleSubmission } from "../../services/ceremony/submission.ts";
import { SEATS } from "../../services/crypto/seats.ts";
import { createWorld, type World } from "./world.ts";

let world: World;
before(async () => {
  world = createWorld();
  for (const seat of SEATS) world.start(seat);
  await world.until(world.allIn("acknowledged", 1));
  await world.stopAll();
});

const assemble = (messages: CeremonyMessage[]) => assembleSubmission(world.context, messages);

test("names the round and the seats that are awaited", async () => {
  const { messages } = world.mailbox;
  const awaited = { ok: false, reason: "incomplete", attempt: 1 };
  assert.deepEqual(await assemble([]), { ...awaited, round: "open", missing: [...SEATS] });
  const noDeals = messages.filter(({ kind, seat }) => kind === "open" || (kind === "deal" && seat % 2 === 1));
  assert.deepEqual(await assemble(noDeals), { ...awaited, round: "deal", missing: [2, 4, 6] });
  const oneShort = messages.filter(({ kind, seat }) => kind !== "acknowledgement" || seat !== 5);
  assert.deepEqual(await assemble(oneShort), { ...awaited, round: "acknowledgement", missing: [5] });
});

test("assembles the same bytes whatever the order and however often messages were stored", async () => {
  const { messages } = world.mailbox;
  const expected = await assemble(messages);
  assert.ok(expected.ok);
  assert.deepEqual(await assemble([...messages].reverse().concat(messages)), expected);
});

test("assembles an attempt that all acknowledged even when it was aborted afterwards", async () => {
  const abort: CeremonyMessage = {
    requestId: "42",
    attempt: 1,
    seat: 3,
    signature: "0x",
    kind: "abort",
    payload: { reason: "timeout", accused: 4 },
  };
  const result = await assemble([abort, ...world.mailbox.messages]);
  assert.ok(result.ok);
  assert.equal(result.submission.attempt, 1);
});

test("refuses to assemble what the seven didn't acknowledge", async () => {
  const { messages } = world.mailbox;
  const replaced = (kind: CeremonyMessage["kind"], change: (message: CeremonyMessage) => unknown) =>
    messages.map((message) =>
      message.kind === kind && message.seat === 3 ? { ...message, payload: change(message) } : message,
    ) as CeremonyMessage[];
  const other = (kind: string) => messages.find((message) => message.kind === kind && message.seat === 4)?.payload;
  const inconsistent = { ok: false, reason: "inconsistent", attempt: 1 };
  for (const kind of ["open", "deal", "result"] as const) {
    assert.deepEqual(await assemble(replaced(kind, () => other(kind))), inconsistent, kind);
  }
  assert.deepEqual(await assemble(messages.filter(({ kind, seat }) => kind !== "deal" || seat !== 1)), inconsistent);
});
