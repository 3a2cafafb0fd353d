import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "node:test";
import { eraseCeremony, loadAcknowledgedResults } from "../../services/ceremony/store.ts";
import { SEATS } from "../../services/crypto/seats.ts";
import { openCeremonyStore } from "../../services/keystore/ceremonyStore.ts";
import { systemRandomness } from "../../services/ports/systemRandomness.ts";
import { createWorld } from "../ceremony/world.ts";

test("a seat that keeps its ceremony in sealed files finds its shares in a new process until it erases them", async () => {
  const root = mkdtempSync(path.join(tmpdir(), "septet-ceremony-"));
  const open = () => openCeremonyStore(path.join(root, "ceremonies"), new Uint8Array(32).fill(4), systemRandomness);
  try {
    const world = createWorld({ keyCount: 2 });
    for (const seat of SEATS) world.start(seat, seat === 1 ? { store: open() } : {});
    await world.until(world.allIn("acknowledged", 1));
    const outcome = (await world.stopAll()).get(1);

    const results = await loadAcknowledgedResults(open(), world.context.requestId);
    assert.deepEqual(results, outcome?.results);
    assert.equal(results[0]?.keys.length, 2);
    await eraseCeremony(open(), world.context.requestId);
    assert.deepEqual(readdirSync(path.join(root, "ceremonies")), []);
  } finally {
    rmSync(root, { recursive: true });
  }
});
