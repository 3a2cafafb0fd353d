import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { hexlify } from "ethers";
import { type FastifyInstance, fastify } from "fastify";
import { beaconFixture, pubkeyOf } from "./state.ts";

const { getClient } = await import("@lodestar/api");
const { createBeaconConfig, createChainForkConfig } = await import("@lodestar/config");
const { ssz } = await import("@lodestar/types");
const { fetchValidatorProof } = await import("../../services/beacon/fetchValidatorProof.ts");
const { BeaconProofError } = await import("../../services/beacon/errors.ts");

const added = [{ pubkey: pubkeyOf(100), withdrawalCredentials: new Uint8Array(32).fill(2), effectiveBalance: 1e9 }];
const parent = beaconFixture(11, added);
const child = {
  slot: 13,
  proposerIndex: 1,
  parentRoot: parent.blockRoot,
  stateRoot: parent.blockRoot,
  bodyRoot: parent.blockRoot,
};
const stateRoot = hexlify(parent.header.stateRoot);
const request = { pubkey: hexlify(pubkeyOf(100)), genesisTime: 1_000, secondsPerSlot: 2 };

/** Answers the three routes as the Beacon API says, from one state; `change` makes it lie. */
async function serveBeaconApi(
  server: FastifyInstance,
  change: { indexOffset: number; state: Uint8Array },
): Promise<string> {
  const header = (message: typeof child) => ({
    execution_optimistic: false,
    finalized: false,
    data: {
      root: hexlify(ssz.phase0.BeaconBlockHeader.hashTreeRoot(message)),
      canonical: true,
      header: { message: ssz.phase0.BeaconBlockHeader.toJson(message), signature: `0x${"00".repeat(96)}` },
    },
  });
  server.get("/eth/v1/beacon/headers/head", () => header(child));
  server.get(`/eth/v1/beacon/headers/${hexlify(parent.blockRoot)}`, () => header(parent.header));
  server.get(`/eth/v1/beacon/states/${stateRoot}/validators/:id`, ({ params }, reply) => {
    if ((params as { id: string }).id !== request.pubkey)
      return reply.status(404).send({ code: 404, message: "unknown" });
    const validator = ssz.phase0.Validator.toJson({
      ...ssz.phase0.Validator.defaultValue(),
      pubkey: pubkeyOf(100),
    });
    const data = { index: String(16 + change.indexOffset), balance: "1", status: "pending_initialized", validator };
    return reply.send({ execution_optimistic: false, finalized: false, data });
  });
  server.get(`/eth/v2/debug/beacon/states/${stateRoot}`, (_, reply) =>
    reply
      .header("Content-Type", "application/octet-stream")
      .header("Eth-Consensus-Version", "electra")
      .header("Eth-Execution-Optimistic", "false")
      .header("Eth-Finalized", "false")
      .send(Buffer.from(change.state)),
  );
  return server.listen({ host: "127.0.0.1", port: 0 });
}

describe("proof over the Beacon API", () => {
  const server = fastify();
  const change = { indexOffset: 0, state: parent.state };
  let api: ReturnType<typeof getClient>;

  before(async () => {
    const config = createBeaconConfig(createChainForkConfig({ ELECTRA_FORK_EPOCH: 0 }), new Uint8Array(32));
    api = getClient({ baseUrl: await serveBeaconApi(server, change) }, { config });
  });
  after(() => server.close());

  it("shows the state of the block's parent, under the timestamp of the block", async () => {
    const { anchor, proof } = await fetchValidatorProof(api, request);
    assert.equal(anchor.timestamp, 1_026n);
    assert.equal(anchor.header.slot, 11n);
    assert.equal(proof.validatorIndex, 16n);
    assert.equal(proof.validator.pubkeyRoot, hexlify(ssz.BLSPubkey.hashTreeRoot(pubkeyOf(100))));
  });

  it("says when the state does not have the validator yet", async () => {
    const unknown = { ...request, pubkey: hexlify(pubkeyOf(101)) };
    await assert.rejects(fetchValidatorProof(api, unknown), isError("UNKNOWN_VALIDATOR"));
  });

  it("notices a beacon node that gives another validator's index", async () => {
    change.indexOffset = -1;
    await assert.rejects(fetchValidatorProof(api, request), isError("BEACON_API"));
    change.indexOffset = 0;
  });

  it("notices a beacon node that gives another state", async () => {
    change.state = beaconFixture(11, []).state;
    await assert.rejects(fetchValidatorProof(api, request), isError("STATE_ROOT_MISMATCH"));
    change.state = parent.state;
  });

  it("fails with the route when the beacon node is away", async () => {
    const config = createBeaconConfig(createChainForkConfig({ ELECTRA_FORK_EPOCH: 0 }), new Uint8Array(32));
    const nobody = getClient({ baseUrl: "http://127.0.0.1:1" }, { config });
    await assert.rejects(fetchValidatorProof(nobody, request), isError("BEACON_API"));
  });
});

function isError(code: string) {
  return (error: unknown) => error instanceof BeaconProofError && error.details.code === code;
}
