import "../../support/preset.ts";
import assert from "node:assert/strict";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, test } from "node:test";
import { connectBeacon } from "../../../services/node/beacon/beaconClient.ts";
import { readBeaconBootstrap } from "../../../services/node/beacon/bootstrap.ts";
import type { HeadEvent } from "../../../services/ports/beacon.ts";
import { systemClock } from "../../../services/ports/systemClock.ts";
import { SPEC } from "../pipeline/support/spec.ts";

const servers: Server[] = [];
let abort = new AbortController();

afterEach(async () => {
  abort.abort();
  abort = new AbortController();
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const answering =
  (answers: Record<string, unknown>): RequestListener =>
  (request, response) => {
    const answer = answers[(request.url ?? "").split("?")[0] ?? ""];
    response.writeHead(answer === undefined ? 500 : 200, { "content-type": "application/json" });
    response.end(typeof answer === "string" ? answer : JSON.stringify(answer ?? { message: "no" }));
  };

const connect = (urls: string[], onEventStreamError = () => {}) =>
  connectBeacon({ urls, config: SPEC.config, clock: systemClock, signal: abort.signal, onEventStreamError });

const SYNCED = {
  data: { head_slot: "9", sync_distance: "0", is_syncing: false, is_optimistic: false, el_offline: false },
};

test("asks the next beacon node when the first fails", async () => {
  const broken = await serve(answering({}));
  const sound = await serve(answering({ "/eth/v1/node/syncing": SYNCED }));
  const status = await connect([broken, sound]).syncStatus();
  assert.deepEqual(status, { isSyncing: false, isOptimistic: false, elOffline: false });
});

for (const [what, answer] of [
  ["nothing of what was asked", { data: {} }],
  ["no JSON", "<html>"],
  ["numbers out of range", { data: { slot: "-1", index: "0", beacon_block_root: "0x00" } }],
] as const) {
  test(`a beacon node that answers ${what} gives an error and nothing else`, async () => {
    const url = await serve(answering({ "/eth/v1/validator/attestation_data": answer }));
    await assert.rejects(() => connect([url]).attestationData(5));
  });
}

test("tells an unknown block from a failure", async () => {
  const url = await serve((_request, response) => {
    response.writeHead(404, { "content-type": "application/json" });
    response.end('{"code":404,"message":"not found"}');
  });
  assert.equal(await connect([url]).blockHeader(`0x${"ab".repeat(32)}`), undefined);
  const broken = await serve(answering({}));
  await assert.rejects(() => connect([broken]).blockHeader("head"));
});

test("follows head events through malformed ones and broken streams", async () => {
  const root = (digit: string) => `0x${digit.repeat(64)}`;
  const head = (slot: string) =>
    `event: head\ndata: ${JSON.stringify({ slot, block: root("A"), previous_duty_dependent_root: root("b"), current_duty_dependent_root: root("c") })}\n\n`;
  const bodies = ["event: head\ndata: {broken\n\n", `event: head\ndata: {"slot":"x"}\n\n`, head("7")];
  const url = await serve((_request, response) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.write(bodies.shift() ?? "");
  });
  let errors = 0;
  const seen = await new Promise<HeadEvent>((resolve) => {
    connect([url], () => errors++).onHead(resolve);
  });
  assert.deepEqual(seen, {
    slot: 7,
    block: root("a"),
    previousDutyDependentRoot: root("b"),
    currentDutyDependentRoot: root("c"),
  });
  assert.equal(errors, 2);
});

const SPEC_ANSWER = { data: { PRESET_BASE: "minimal", SLOTS_PER_EPOCH: "8", SECONDS_PER_SLOT: "2" } };
const GENESIS_ANSWER = {
  data: { genesis_time: "5", genesis_validators_root: `0x${"AB".repeat(32)}`, genesis_fork_version: "0x00000001" },
};

test("learns the preset from the first beacon node that answers well", async () => {
  const broken = await serve(answering({ "/eth/v1/config/spec": { data: { PRESET_BASE: "../../evil" } } }));
  const sound = await serve(
    answering({ "/eth/v1/config/spec": SPEC_ANSWER, "/eth/v1/beacon/genesis": GENESIS_ANSWER }),
  );
  const { preset, genesis } = await readBeaconBootstrap([broken, sound], abort.signal);
  assert.equal(preset, "minimal");
  assert.equal(genesis.genesisValidatorsRoot, `0x${"ab".repeat(32)}`);
  await assert.rejects(() => readBeaconBootstrap([broken], abort.signal), AggregateError);
});
