import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { hardhatTally } from "../../scripts/testing/hardhatTally.ts";

describe("totals of the contract tests", () => {
  it("reads the last totals of the run, colours or not", () => {
    const output = "  3 passing (1s)\n\n\u001b[32m  12 passing (8 solidity, 4 mocha)\u001b[39m\n";
    assert.deepEqual(hardhatTally({ ok: true, output }), { passed: 12, failed: 0 });
  });

  it("counts failures as they are named", () => {
    const output = "  12 passing (8 solidity, 4 mocha)\n  2 failing (mocha)\n";
    assert.deepEqual(hardhatTally({ ok: false, output }), { passed: 12, failed: 2 });
  });

  it("counts a run that broke without naming a test as a failure", () => {
    assert.deepEqual(hardhatTally({ ok: false, output: "Error HHE27\n" }), { passed: 0, failed: 1 });
    assert.deepEqual(hardhatTally({ ok: false, output: "  12 passing\n" }), { passed: 12, failed: 1 });
  });

  it("counts a run that executed no test as a failure", () => {
    assert.deepEqual(hardhatTally({ ok: true, output: "Nothing to do\n" }), { passed: 0, failed: 1 });
  });
});
