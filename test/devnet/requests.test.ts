import "../support/preset.ts";

import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, describe, it } from "node:test";
import { interopSecretKey } from "@lodestar/state-transition";
import { type Devnet, startDevnet } from "../../scripts/devnet/devnet.ts";
import { type BeaconClient, connect, currentSlot, until, untilSlot } from "./harness.ts";
import { deposit, requestConsolidation, requestWithdrawal } from "./transactions.ts";

const GWEI_PER_ETH = 1_000_000_000;
const SLOTS_PER_EPOCH = 8;
const SHARD_COMMITTEE_PERIOD = 4;
/** The account in the interop validators' credentials. */
const OWNER = 29;

// Interop validators: one that leaves, one that takes 32 ETH more and gives a part of it, one that becomes part of another.
const LEAVER = 8;
const RICH = 9;
const SOURCE = 10;
const TARGET = 11;

const pubkeyOf = (index: number) => interopSecretKey(index).toPublicKey().toBytes();

describe("requests of the execution layer on the devnet", { timeout: 240_000 }, () => {
  const dataDir = mkdtempSync(path.join(tmpdir(), "septet-devnet-test-"));
  let devnet: Devnet;
  let api: BeaconClient;

  before(async () => {
    devnet = await startDevnet({ dataDir, secondsPerSlot: 1 }, new AbortController().signal);
    ({ api } = await connect(devnet.beaconUrl));
  });

  after(async () => {
    await devnet?.stop();
    rmSync(dataDir, { recursive: true, force: true });
  });

  async function validatorAt(index: number) {
    return (await api.beacon.getStateValidator({ stateId: "head", validatorId: index })).value();
  }

  it("exit, withdraw a part and consolidate within minutes", async () => {
    await untilSlot(devnet, 2);
    await deposit(devnet, OWNER, interopSecretKey(RICH), 32);
    await untilSlot(devnet, SHARD_COMMITTEE_PERIOD * SLOTS_PER_EPOCH);
    await until(async () => ((await validatorAt(RICH)).balance >= 63 * GWEI_PER_ETH ? true : undefined));
    await requestWithdrawal(devnet, OWNER, pubkeyOf(LEAVER), 0n);
    await requestWithdrawal(devnet, OWNER, pubkeyOf(RICH), BigInt(8 * GWEI_PER_ETH));
    await requestConsolidation(devnet, OWNER, pubkeyOf(SOURCE), pubkeyOf(TARGET));

    const requestedIn = Math.floor(currentSlot(devnet) / SLOTS_PER_EPOCH);
    const [leaver, rich, target] = await until(async () => {
      const found = await Promise.all([LEAVER, RICH, TARGET].map(validatorAt));
      const [left, gave, grew] = found.map(({ balance }) => balance / GWEI_PER_ETH);
      return left === 0 && (gave ?? 99) < 57 && (grew ?? 0) > 63 ? found : undefined;
    });
    assert.equal(leaver?.status, "withdrawal_done");
    assert.equal(rich?.status, "active_ongoing");
    assert.ok((rich?.balance ?? 0) > 55 * GWEI_PER_ETH, "only the part that was asked for left");
    assert.equal(target?.status, "active_ongoing");
    // Only the effective balance moves to the target; the sweep pays the rest some slots later.
    await until(async () => ((await validatorAt(SOURCE)).balance === 0 ? true : undefined));
    const waited = (leaver?.validator.withdrawableEpoch ?? Number.POSITIVE_INFINITY) - requestedIn;
    assert.ok(waited <= 10, `free after ${waited} epochs`);
  });
});
