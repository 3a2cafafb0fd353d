import "../../support/preset.ts";
import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { fromHex } from "@lodestar/utils";
import { PARTIALS_PROTOCOL } from "../../../services/node/exchange/exchange.ts";
import { decodePartials, encodePartials } from "../../../services/node/exchange/messages.ts";
import { randomSharing, sign } from "../../crypto/sharing.ts";
import { rootOf } from "./support/fakeBeacon.ts";
import { attestersOf, blockSlots, countOf, outcomesOf } from "./support/findings.ts";
import { FIRST_EPOCH, World } from "./support/world.ts";

const ALL = [1, 2, 3, 4, 5, 6, 7];
let world: World;
afterEach(() => world.stop());

test("every duty of an epoch ends with a signature of the group key, and each block is published once", async () => {
  world = await World.start();
  await world.runEpochs(1);
  for (const validator of [0, 1, 2]) assert.deepEqual(attestersOf(world, validator, FIRST_EPOCH), ALL);
  assert.deepEqual(blockSlots(world), [83, 87]);
  assert.equal(world.beacon.published.length, 3 * 7);
});

test("two nodes down: every duty is done by the other five", async () => {
  world = await World.start();
  await world.kill(2);
  await world.kill(6);
  await world.runEpochs(1);
  for (const validator of [0, 1, 2]) assert.deepEqual(attestersOf(world, validator, FIRST_EPOCH), [1, 3, 4, 5, 7]);
  assert.deepEqual(blockSlots(world), [83, 87]);
  await world.restart(2);
  await world.restart(6);
});

test("three nodes down: nothing is signed and every duty has its reason", async () => {
  world = await World.start();
  for (const operatorId of [1, 4, 5]) await world.kill(operatorId);
  await world.runEpochs(3);
  assert.equal(world.beacon.published.length, 0);
  assert.equal(world.beacon.blocks.length, 0);
  const { "attestation no_consensus": attestations = 0, "proposal no_consensus": proposals = 0 } = outcomesOf(world, 2);
  assert.ok(attestations >= 3 && proposals >= 4, JSON.stringify(outcomesOf(world, 2)));
  for (const operatorId of [1, 4, 5]) await world.restart(operatorId);
});

test("a killed node comes back silent for two epochs, then signs again", async () => {
  world = await World.start();
  await world.runEpochs(1);
  await world.clock.advanceBy(1_000);
  await world.kill(3);
  await world.restart(3);
  await world.runEpochs(3);
  for (const epoch of [FIRST_EPOCH + 1, FIRST_EPOCH + 2]) {
    assert.deepEqual(attestersOf(world, 1, epoch), [1, 2, 4, 5, 6, 7], `epoch ${epoch}: signed without its history`);
  }
  assert.deepEqual(attestersOf(world, 1, FIRST_EPOCH + 3), ALL, "did not come back");
});

test("a node whose own beacon node shows another source signs nothing, the others go on", async () => {
  world = await World.start((operatorId, { beacon }) => {
    if (operatorId !== 5) return {};
    const attestationData = beacon.access(5).attestationData;
    const source = { epoch: FIRST_EPOCH - 1, root: fromHex(rootOf("another fork")) };
    const forked = async (slot: number) => ({ ...(await attestationData(slot)), source });
    return { beacon: beacon.access(5, { attestationData: forked }) };
  });
  const sentBy5 = new Set<string>();
  world.network.tamper = (from, _to, protocol, message) => {
    if (from === 5 && protocol === PARTIALS_PROTOCOL) sentBy5.add(decodePartials(message).duty.type);
    return message;
  };
  await world.runEpochs(3);
  const others = ALL.filter((operatorId) => operatorId !== 5);
  for (const validator of [0, 1, 2]) assert.deepEqual(attestersOf(world, validator, FIRST_EPOCH), others);
  assert.ok(!sentBy5.has("attestation"), "sent a partial of what its guard refused");
  assert.ok((outcomesOf(world, 5)["attestation guard_refused"] ?? 0) >= 3, JSON.stringify(outcomesOf(world, 5)));
});

test("a seat's bad partials are found, named and left out", async () => {
  world = await World.start();
  const stranger = randomSharing();
  world.network.tamper = (from, _to, protocol, message) => {
    if (from !== 2 || protocol !== PARTIALS_PROTOCOL) return message;
    const { duty, signingRoot, partials } = decodePartials(message);
    const signature = sign(stranger.groupSecret, fromHex(signingRoot));
    return encodePartials({ duty, signingRoot, partials: partials.map(({ pubkey }) => ({ pubkey, signature })) });
  };
  await world.runEpochs(1);
  for (const validator of [0, 1, 2]) assert.deepEqual(attestersOf(world, validator, FIRST_EPOCH), ALL);
  assert.deepEqual(blockSlots(world), [83, 87]);
  const found = await Promise.all(ALL.map((id) => countOf(world.operator(id).metrics.culprits, { seat: "2" })));
  assert.ok(
    found.some((count) => count > 0),
    "nobody named seat 2",
  );
  for (const seat of ["1", "3", "4", "5", "6", "7"]) {
    for (const id of ALL) assert.equal(await countOf(world.operator(id).metrics.culprits, { seat }), 0, `seat ${seat}`);
  }
});
