import "../support/preset.ts";
import assert from "node:assert/strict";
import { test } from "node:test";
import { attestationDueAtMs, chainSpec, isSupportedFork } from "../../services/node/chainSpec.ts";

const GENESIS = { genesisTimeSeconds: 100, genesisValidatorsRoot: `0x${"11".repeat(32)}` };
const FORKS = { ALTAIR_FORK_EPOCH: "0", BELLATRIX_FORK_EPOCH: "0", CAPELLA_FORK_EPOCH: "0", DENEB_FORK_EPOCH: "0" };
const spec = (rest: Record<string, unknown>) =>
  chainSpec({ SLOTS_PER_EPOCH: "8", ELECTRA_FORK_EPOCH: "2", ...FORKS, ...rest }, GENESIS);

test("takes the timing from the chain's config", () => {
  const timed = spec({ SLOT_DURATION_MS: "3000", ATTESTATION_DUE_BPS: "5000" });
  assert.equal(timed.time.slotDurationMs, 3_000);
  assert.equal(attestationDueAtMs(4, timed), 100_000 + 4 * 3_000 + 1_500);
});

test("understands beacon nodes that state seconds and intervals per slot", () => {
  const timed = spec({ SECONDS_PER_SLOT: "2", INTERVALS_PER_SLOT: "4" });
  assert.equal(timed.time.slotDurationMs, 2_000);
  assert.equal(attestationDueAtMs(0, timed), 100_000 + 500);
});

test("refuses a chain of another preset", () => {
  assert.throws(() => chainSpec({ SLOTS_PER_EPOCH: "32", SLOT_DURATION_MS: "12000" }, GENESIS));
  assert.throws(() => spec({ SLOT_DURATION_MS: "0" }));
});

test("does duties of the forks that it knows, and of no other", () => {
  const { ...known } = spec({ SLOT_DURATION_MS: "2000", FULU_FORK_EPOCH: "4", GLOAS_FORK_EPOCH: "6" });
  assert.deepEqual(
    [0, 15, 16, 32, 47, 48].map((slot) => isSupportedFork(slot, known)),
    [false, false, true, true, true, false],
  );
});
