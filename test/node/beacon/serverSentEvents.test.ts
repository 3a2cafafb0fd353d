import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { readServerSentEvents, type ServerSentEvent } from "../../../services/node/beacon/serverSentEvents.ts";

async function read(chunks: Iterable<Uint8Array>): Promise<ServerSentEvent[]> {
  const stream = ReadableStream.from(chunks) as ReadableStream<Uint8Array>;
  const events: ServerSentEvent[] = [];
  for await (const event of readServerSentEvents(stream)) events.push(event);
  return events;
}

test("events survive any cut of the stream and any kind of line end", async () => {
  const word = fc.string({ minLength: 1, maxLength: 20 }).map((text) => `x${text.replace(/[\r\n]/g, "")}`);
  const events = fc.array(fc.record({ event: word.map((text) => text.trim()), data: word }), { maxLength: 5 });
  const property = fc.asyncProperty(
    events,
    fc.constantFrom("\n", "\r\n"),
    fc.integer({ min: 1, max: 40 }),
    async (sent, end, size) => {
      const lines = sent.flatMap(({ event, data }) => [": a comment", `event: ${event}`, `data: ${data}`, ""]);
      const bytes = new TextEncoder().encode(lines.map((line) => line + end).join(""));
      const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) =>
        bytes.subarray(i * size, (i + 1) * size),
      );
      assert.deepEqual(
        (await read(chunks)).map((event) => ({ ...event })),
        sent.map((event) => ({ ...event })),
      );
    },
  );
  await fc.assert(property);
});

test("an event without data is none, and data may have several lines", async () => {
  const text = "event: head\n\nevent: block\ndata: one\ndata: two\n\ndata: last\n\n";
  assert.deepEqual(await read([new TextEncoder().encode(text)]), [
    { event: "block", data: "one\ntwo" },
    { event: "message", data: "last" },
  ]);
});

test("an event that never ends is given up", async () => {
  function* endless() {
    for (;;) yield new TextEncoder().encode(`data: ${"x".repeat(1_000)}\n`);
  }
  await assert.rejects(() => read(endless()), RangeError);
});
