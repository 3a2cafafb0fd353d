import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { matchesTopics } from "../../scripts/devnet/execution/topicFilter.ts";

const [a, b, c] = [1, 2, 3].map((byte) => new Uint8Array(32).fill(byte)) as [Uint8Array, Uint8Array, Uint8Array];

describe("a filter of logs on the private chain judges every topic", () => {
  it("lets a log through when all positions match", () => {
    assert.ok(matchesTopics([a, b], []));
    assert.ok(matchesTopics([a, b], [a]));
    assert.ok(matchesTopics([a, b], [null, b]));
    assert.ok(matchesTopics([a, b], [a, [c, b]]));
  });

  it("refuses a log of the right event with another indexed argument", () => {
    assert.ok(!matchesTopics([a, b], [a, c]));
    assert.ok(!matchesTopics([a, b], [null, [a, c]]));
  });

  it("refuses a log that has fewer topics than the filter asks for", () => {
    assert.ok(!matchesTopics([a], [a, b]));
    assert.ok(!matchesTopics([], [[a]]));
    assert.ok(matchesTopics([a], [a, null]));
  });
});
