import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { encodeFrame, FrameDecoder, FrameError } from "../../services/p2p/framing.ts";

test("messages survive any cut of the stream", () => {
  const message = fc.uint8Array({ minLength: 1, maxLength: 300 });
  fc.assert(
    fc.property(fc.array(message, { maxLength: 6 }), fc.array(fc.nat(400)), (messages, cuts) => {
      const stream = Buffer.concat(messages.map(encodeFrame));
      const decoder = new FrameDecoder(300);
      const received: Uint8Array[] = [];
      let offset = 0;
      for (const cut of [...cuts, stream.length]) {
        received.push(...decoder.push(stream.subarray(offset, offset + cut)));
        offset += cut;
      }
      received.push(...decoder.push(stream.subarray(offset)));
      assert.deepEqual(
        received.map((bytes) => Buffer.from(bytes)),
        messages.map((bytes) => Buffer.from(bytes)),
      );
    }),
  );
});

test("refuses a length over the limit when only the header has come", () => {
  const decoder = new FrameDecoder(10);
  assert.throws(
    () => [...decoder.push(new Uint8Array([0, 0, 0, 11]))],
    (error) => error instanceof FrameError && error.code === "oversized",
  );
});

test("refuses an empty message", () => {
  assert.throws(
    () => [...new FrameDecoder(10).push(new Uint8Array(4))],
    (error) => error instanceof FrameError && error.code === "empty",
  );
});

test("delivers the messages before a bad frame", () => {
  const bytes = Buffer.concat([encodeFrame(new Uint8Array([7])), new Uint8Array([255, 255, 255, 255])]);
  const received: Uint8Array[] = [];
  assert.throws(() => {
    for (const message of new FrameDecoder(10).push(bytes)) received.push(message);
  }, FrameError);
  assert.equal(received.length, 1);
});
