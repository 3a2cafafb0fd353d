import "../support/preset.ts";

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { after, before, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { SecretKey } from "@chainsafe/blst";
import type { BeaconConfig } from "@lodestar/config";
import { interopSecretKey } from "@lodestar/state-transition";
import { type Devnet, startDevnet } from "../../scripts/devnet/devnet.ts";
import { type BeaconClient, connect, currentSlot, isListening, until } from "./harness.ts";
import { deposit, parentBeaconRoot, requestWithdrawal } from "./transactions.ts";
import { change, proposeFirst, publish, readHead, sign, voteTwice } from "./validatorActions.ts";

const MAIN = fileURLToPath(new URL("../../scripts/devnet/main.ts", import.meta.url));
const GWEI_PER_ETH = 1_000_000_000;

describe("devnet", { timeout: 180_000, concurrency: true }, () => {
  const dataDir = mkdtempSync(path.join(tmpdir(), "septet-devnet-test-"));
  const aborter = new AbortController();
  let devnet: Devnet;
  let api: BeaconClient;
  let config: BeaconConfig;

  before(async () => {
    devnet = await startDevnet({ dataDir, secondsPerSlot: 1 }, aborter.signal);
    ({ api, config } = await connect(devnet.beaconUrl));
  });

  after(async () => {
    await devnet?.stop();
    rmSync(dataDir, { recursive: true, force: true });
  });

  it("finalizes epochs", async () => {
    const checkpoints = await until(async () => {
      const data = (await api.beacon.getStateFinalityCheckpoints({ stateId: "head" })).value();
      return data.finalized.epoch >= 2 ? data : undefined;
    });
    const finalized = (await api.beacon.getBlockHeader({ blockId: "finalized" })).value();
    assert.deepEqual(finalized.root, checkpoints.finalized.root);
    assert.equal(finalized.header.message.slot, checkpoints.finalized.epoch * 8);
  });

  it("turns a deposit transaction into a pending deposit and then a validator with the same credentials", async () => {
    const secretKey = SecretKey.fromKeygen(new Uint8Array(32).fill(7));
    const sent = await deposit(devnet, 0, secretKey, 32);
    const [pending] = await until(async () => {
      const deposits = (await api.beacon.getPendingDeposits({ stateId: "head" })).value();
      return deposits.length > 0 ? deposits : undefined;
    });
    assert.deepEqual(pending?.pubkey, sent.pubkey);
    assert.deepEqual(pending?.withdrawalCredentials, sent.withdrawalCredentials);
    assert.equal(pending?.amount, 32 * GWEI_PER_ETH);

    const { validator, balance } = await until(async () => {
      const [found] = (
        await api.beacon.getStateValidators({ stateId: "head", validatorIds: [sent.pubkeyHex] })
      ).value();
      return found;
    });
    assert.equal(sent.withdrawalCredentials[0], 0x02);
    assert.deepEqual(validator.withdrawalCredentials, sent.withdrawalCredentials);
    assert.equal(validator.effectiveBalance, 32 * GWEI_PER_ETH);
    assert.equal(balance, 32 * GWEI_PER_ETH);
  });

  it("carries an EIP-7002 request from a transaction into a block", async () => {
    // The contract takes no request before the first block has activated it.
    await until(() => readHead(api, 2));
    const pubkey = new Uint8Array(48).fill(0xab);
    const { blockNumber, from } = await requestWithdrawal(devnet, 1, pubkey, 5n);
    // Every slot of this run has a block so far, or the numbers would not be found within the epoch.
    const request = await until(async () => {
      for (let slot = blockNumber; slot < blockNumber + 8; slot++) {
        const block = await api.beacon.getBlockV2({ blockId: slot });
        if (!block.ok) continue;
        const body = block.value().message.body;
        if (!("executionRequests" in body)) throw new Error("not an Electra block");
        if (body.executionRequests.withdrawals.length > 0) return body.executionRequests.withdrawals[0];
      }
      return undefined;
    });
    assert.deepEqual(request.validatorPubkey, pubkey);
    assert.equal(request.amount, 5n);
    assert.deepEqual(Buffer.from(request.sourceAddress).toString("hex"), from.slice(2).toLowerCase());
  });

  it("gives contracts the parent's root by the block's timestamp (EIP-4788)", async () => {
    const { slot, header } = await until(() => readHead(api, 3));
    const timestamp = devnet.genesisTime + slot * devnet.secondsPerSlot;
    // The beacon node tells of a head before the execution client has made it its own.
    const parentRoot = await until(() => parentBeaconRoot(devnet, timestamp).catch(() => undefined));
    assert.equal(parentRoot, `0x${Buffer.from(header.parentRoot).toString("hex")}`);
  });

  it("serves states whose root is the one in the header, as SSZ and as JSON", async () => {
    const { slot, header } = await until(() => readHead(api, 2));
    const { BeaconState } = config.getForkTypes(slot);
    const ssz = await fetch(`${devnet.beaconUrl}/eth/v2/debug/beacon/states/${slot}`, {
      headers: { accept: "application/octet-stream" },
    });
    const json = await fetch(`${devnet.beaconUrl}/eth/v2/debug/beacon/states/${slot}`);
    assert.equal(ssz.headers.get("eth-consensus-version"), "electra");
    const { data } = (await json.json()) as { data: unknown };
    assert.deepEqual(
      BeaconState.hashTreeRoot(BeaconState.deserialize(new Uint8Array(await ssz.arrayBuffer()))),
      header.stateRoot,
    );
    assert.deepEqual(BeaconState.hashTreeRoot(BeaconState.fromJson(data)), header.stateRoot);
  });

  it("takes a block produced through the API, paid to the registered fee recipient, from whoever sends it", async () => {
    const feeRecipient = "0x00000000000000000000000000000000000000fe";
    const proposal = { feeRecipient, graffiti: "from outside" };
    const sent = await proposeFirst(devnet, api, config, proposal, async (block) => {
      const signedBlock = sign(config, block);
      const answers = await Promise.all([publish(api, signedBlock), publish(api, signedBlock)]);
      return answers.every(({ ok }) => ok) ? signedBlock : undefined;
    });
    const included = (await api.beacon.getBlockV2({ blockId: sent.message.slot })).value();
    assert.deepEqual(included.signature, sent.signature);
    const { body } = included.message;
    assert.ok("executionPayload" in body);
    assert.equal(`0x${Buffer.from(body.executionPayload.feeRecipient).toString("hex")}`, feeRecipient);
    assert.equal(Buffer.from(body.graffiti).toString("utf8").replaceAll("\0", ""), "from outside");
  });

  it("refuses a block with a wrong signature, proposer, parent, state root or slot and changes nothing", async () => {
    const proposal = { graffiti: "" };
    const wrongRoot = new Uint8Array(32).fill(1);
    const {
      before,
      answers,
      after: later,
    } = await proposeFirst(devnet, api, config, proposal, async (block) => {
      const other = (block.proposerIndex + 1) % 16;
      const faulty = {
        signature: sign(config, block, other),
        proposer: sign(config, change(block, { proposerIndex: other })),
        parent: sign(config, change(block, { parentRoot: wrongRoot })),
        stateRoot: sign(config, change(block, { stateRoot: wrongRoot })),
        slot: sign(config, change(block, { slot: block.slot + 5 })),
      };
      const before = await readHead(api, 0);
      const answers = await Promise.all(
        Object.entries(faulty).map(async ([fault, signedBlock]) => [fault, await publish(api, signedBlock)] as const),
      );
      const after = await readHead(api, 0);
      const isTooLate = answers.some(([, { message }]) => message.includes("BLOCK_SLOT_NOT_AFTER_HEAD"));
      return isTooLate ? undefined : { before, answers: Object.fromEntries(answers), after };
    });
    assert.deepEqual(later, before);
    for (const [fault, { status }] of Object.entries(answers)) assert.equal(status, 400, fault);
    assert.match(answers["signature"]?.message ?? "", /BLOCK_INVALID: Invalid block signature/);
    assert.match(answers["proposer"]?.message ?? "", /BLOCK_INVALID: .*proposer/i);
    assert.match(answers["parent"]?.message ?? "", /BLOCK_NOT_ON_HEAD/);
    assert.match(answers["stateRoot"]?.message ?? "", /BLOCK_INVALID: Invalid state root/);
    assert.match(answers["slot"]?.message ?? "", /BLOCK_FROM_THE_FUTURE/);
  });

  it("produces no block for a wrong RANDAO reveal", async () => {
    const { slot } = await until(() => readHead(api, 1));
    const randaoReveal = interopSecretKey(0).sign(new Uint8Array(32)).toBytes();
    const [past, next] = await Promise.all([
      api.validator.produceBlockV3({ slot, randaoReveal, graffiti: "" }),
      until(async () => {
        const produced = await api.validator.produceBlockV3({
          slot: currentSlot(devnet) + 1,
          randaoReveal,
          graffiti: "",
        });
        return produced.error()?.message.includes("SLOT_OUT_OF_RANGE") ? undefined : produced;
      }),
    ]);
    assert.equal(past.status, 400);
    assert.match(past.error()?.message ?? "", /SLOT_OUT_OF_RANGE/);
    assert.equal(next.status, 400);
    assert.match(next.error()?.message ?? "", /RANDAO_INVALID/);
  });

  it("slashes a validator that votes twice", async () => {
    const validatorId = await voteTwice(devnet, api, config);
    await until(async () => {
      const { status } = (await api.beacon.getStateValidator({ stateId: "head", validatorId })).value();
      return status === "active_slashed" ? true : undefined;
    });
  });

  it("names each attestation that it refuses", async () => {
    const { slot } = await until(() => readHead(api, 1));
    const data = (await api.validator.produceAttestationData({ slot, committeeIndex: 0 })).value();
    const signedAttestations = [{ committeeIndex: 0, attesterIndex: 999, data, signature: new Uint8Array(96) }];
    const response = await api.beacon.submitPoolAttestationsV2({ signedAttestations });
    assert.equal(response.status, 400);
    const body = JSON.parse(await response.errorBody()) as { failures: { index: number; message: string }[] };
    assert.deepEqual(
      body.failures.map(({ index }) => index),
      [0],
    );
    assert.match(body.failures[0]?.message ?? "", /validator 999 is not in committee/);
  });

  it("answers with the standard statuses for what it has not", async () => {
    const statusOf = async (route: string) => (await fetch(`${devnet.beaconUrl}${route}`)).status;
    assert.equal(await statusOf("/eth/v1/beacon/states/what/root"), 400);
    assert.equal(await statusOf("/eth/v1/beacon/states/99999/root"), 404);
    assert.equal(await statusOf(`/eth/v1/beacon/headers/0x${"ab".repeat(32)}`), 404);
    assert.equal(await statusOf("/eth/v1/validator/attestation_data?slot=99999&committee_index=0"), 400);
    assert.equal(await statusOf("/eth/v1/beacon/light_client/finality_update"), 501);
    assert.equal(await statusOf("/eth/v1/nothing"), 404);
    assert.equal(await statusOf("/eth/v1/node/health"), 200);
  });

  it("streams each new head", async () => {
    const stream = await fetch(`${devnet.beaconUrl}/eth/v1/events?topics=head,block`);
    const chunks = stream.body?.getReader();
    assert.ok(chunks);
    let text = "";
    while (!text.includes("event: head") || !text.includes("event: block")) {
      text += Buffer.from((await chunks.read()).value ?? []).toString("utf8");
    }
    await chunks.cancel();
    assert.match(text, /"current_duty_dependent_root":"0x[0-9a-f]{64}"/);
  });
});

describe("devnet processes", { timeout: 120_000 }, () => {
  it("refuses a directory of an earlier devnet, and stops what it started", async () => {
    const dataDir = mkdtempSync(path.join(tmpdir(), "septet-devnet-test-"));
    const devnet = await startDevnet({ dataDir, secondsPerSlot: 1 }, new AbortController().signal);
    await assert.rejects(startDevnet({ dataDir }, new AbortController().signal), /EEXIST/);
    await devnet.stop();
    assert.deepEqual(await Promise.all([devnet.executionUrl, devnet.beaconUrl].map(isListening)), [false, false]);
    rmSync(dataDir, { recursive: true });
  });

  it("leaves no process behind when its parent is killed", async () => {
    const dataDir = mkdtempSync(path.join(tmpdir(), "septet-devnet-test-"));
    const parent = spawn(process.execPath, [MAIN, "--data-dir", dataDir], { stdio: ["ignore", "pipe", "inherit"] });
    const urls: string[] = [];
    for await (const line of createInterface(parent.stdout)) {
      urls.push(...(line.match(/http:\/\/127\.0\.0\.1:\d+/g) ?? []));
      if (urls.length === 2) break;
    }
    assert.deepEqual(await Promise.all(urls.map(isListening)), [true, true]);
    parent.kill("SIGKILL");
    await once(parent, "exit");
    await until(async () => ((await Promise.all(urls.map(isListening))).includes(true) ? undefined : true));
    rmSync(dataDir, { recursive: true, force: true });
  });
});
