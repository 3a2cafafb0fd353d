import "../support/preset.ts";
import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import path from "node:path";
import { after, before, describe, it } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { BrowserProvider, Wallet } from "ethers";
import { Redis } from "ioredis";
import { pino } from "pino";
import { runCeremony } from "../../services/ceremony/runCeremony.ts";
import type { BeaconReader } from "../../services/coordinator/beacon/beaconReader.ts";
import { type RunningCoordinator, startCoordinator } from "../../services/coordinator/coordinator.ts";
import { SEATS } from "../../services/crypto/seats.ts";
import { ceremonyContext, selfEncryptor } from "../../services/node/ceremonies/ceremonyContext.ts";
import { httpMailbox } from "../../services/node/ceremonies/httpMailbox.ts";
import type { Clock } from "../../services/ports/clock.ts";
import { systemClock } from "../../services/ports/systemClock.ts";
import { systemRandomness } from "../../services/ports/systemRandomness.ts";
import { type AcquiredRedis, acquireRedis } from "../../services/redis/redis.ts";
import { createMemoryStore } from "../ceremony/world.ts";
import { provider as edr, GENESIS_TIME, networkHelpers, PARAMETERS } from "../contracts/support/chain.ts";
import { proveBalance } from "../contracts/support/proofs.ts";
import { account, ETHER, nodeWallet, SEVEN, type Septet, withOperators } from "../contracts/support/septet.ts";
import { temporaryFolder } from "./support/temporaryStore.ts";

interface Status {
  ready: boolean;
  sets: { awaiting?: string }[];
  requests: { requestId: string; awaiting?: string }[];
  validators: { step: string; awaiting?: string }[];
}

/** The simulated chain lives in another time; this clock follows it from where it is at the start. */
async function chainClock(): Promise<Clock> {
  const offsetMs = Number(await networkHelpers.time.latest()) * 1000 - Date.now();
  return {
    nowMs: () => Date.now() + offsetMs,
    setTimer: (atMs, callback) => systemClock.setTimer(atMs - offsetMs, callback),
  };
}

/**
 * A fake beacon node: the test says what it knows of the validator. Its states, proofs and roots are real in form, and
 * the contracts verify them.
 */
class FakeBeacon implements BeaconReader {
  processed = false;
  active = false;
  readonly #withdrawalCredentials: string;

  constructor(withdrawalCredentials: string) {
    this.#withdrawalCredentials = withdrawalCredentials;
  }

  async validator() {
    if (!this.processed) return undefined;
    return { withdrawalCredentials: this.#withdrawalCredentials, activationEpoch: this.active ? 1 : undefined };
  }

  async leaving() {
    return [];
  }

  async pendingDeposit() {
    return undefined;
  }

  async proof(pubkey: string) {
    const withdrawalCredentials = this.#withdrawalCredentials;
    const activation = this.active ? { activationEpoch: 1 } : {};
    return proveBalance({ pubkey, withdrawalCredentials, effectiveBalance: 1e9, ...activation });
  }

  /** The simulated execution chain holds no root of any block by itself, so no report starts. */
  async state() {
    return assert.fail("no report can be proven");
  }
}

describe("coordinator on the real contracts", { timeout: 240_000 }, () => {
  const folder = temporaryFolder();
  const ceremonies = new AbortController();
  let redis: AcquiredRedis;
  let septet: Septet;
  let clock: Clock;
  let beacon: FakeBeacon;
  const running = new Set<RunningCoordinator>();

  before(async () => {
    const { signal } = new AbortController();
    redis = await acquireRedis({ dataDir: path.join(folder, "redis"), signal, log: () => {} });
    septet = await withOperators();
    await septet.operatorSets.formSet([...SEVEN]);
    clock = await chainClock();
    beacon = new FakeBeacon(await septet.validatorManager.withdrawalCredentials());
  });
  after(async () => {
    ceremonies.abort();
    for (const coordinator of running) await coordinator.stop();
    await redis.stop();
  });

  /** `number` also picks the account that pays the gas. */
  async function start(number: number): Promise<RunningCoordinator> {
    const provider = new BrowserProvider(edr, undefined, { cacheTimeout: -1 });
    const wallet = new Wallet(nodeWallet(90 + number).privateKey);
    await networkHelpers.setBalance(wallet.address, 10n * ETHER);
    const coordinator = await startCoordinator({
      ...{ deployment: septet.deployment, provider, beacon, wallet, clock },
      ...{ redisUrl: redis.url, dataDir: path.join(folder, `coordinator ${number}`) },
      timing: {
        genesisTimeSeconds: GENESIS_TIME,
        secondsPerSlot: PARAMETERS.secondsPerSlot,
        slotsPerEpoch: PARAMETERS.slotsPerEpoch,
      },
      ...{ apiHost: "127.0.0.1", apiPort: 0, confirmations: 0, maxFeePerGasLimit: 10n ** 12n, maxKeysPerRequest: 1 },
      log: pino({ level: process.env["LOG_LEVEL"] ?? "silent" }),
    });
    running.add(coordinator);
    return coordinator;
  }

  async function until(coordinator: RunningCoordinator, condition: (status: Status) => boolean): Promise<Status> {
    for (;;) {
      const status = (await (await fetch(`${coordinator.apiUrl}/v1/status`)).json()) as Status;
      if (condition(status)) return status;
      await delay(50);
    }
  }

  /** Seven seats with the nodes' own code, over HTTP. */
  async function startCeremony(apiUrl: string): Promise<void> {
    const { setId, configuration, keyCount, deadline } = await septet.validatorManager.request(1);
    const members = SEATS.map((seat) => {
      const { address } = nodeWallet(seat);
      return { operatorId: seat, nodeAddress: address, nodePublicKey: new Uint8Array(64), multiaddrs: [] };
    });
    const request = {
      ...{ requestId: 1, setId: Number(setId), configuration: Number(configuration) },
      ...{ keyCount: Number(keyCount), deadline: Number(deadline) },
    };
    for (const seat of SEATS) {
      const set = { setId: Number(setId), configuration: Number(configuration), members, ownSeat: seat };
      const context = ceremonyContext(septet.deployment, request, set as never);
      const wallet = nodeWallet(seat);
      const shareEncryptor = selfEncryptor(Buffer.from(wallet.privateKey.slice(2), "hex"), context);
      const deps = { selfSeat: seat, store: createMemoryStore(), randomness: systemRandomness, signer: wallet };
      const timing = { clock, pollIntervalMs: 100 };
      void runCeremony(
        context,
        { ...deps, ...timing, shareEncryptor, mailbox: httpMailbox(apiUrl) },
        ceremonies.signal,
      );
    }
  }

  it("takes a deposit to an active validator beside a rival, and over the loss of Redis and its database", async () => {
    let first = await start(1);
    const rival = await start(2);
    const idle = await until(first, ({ sets }) => sets[0]?.awaiting !== undefined);
    assert.match(idle.sets[0]?.awaiting ?? "", /deposits/);

    const staker = septet.stakingPool.connect(account(septet, 10));
    await staker.deposit(40n * ETHER, account(septet, 10), { value: 40n * ETHER });
    const asked = await until(first, ({ requests }) => requests[0]?.awaiting !== undefined);
    assert.match(asked.requests[0]?.awaiting ?? "", /round open: seats 1, 2, 3, 4, 5, 6, 7/);

    await startCeremony(first.apiUrl);
    const waiting = await until(first, ({ validators }) => /beacon chain/.test(validators[0]?.awaiting ?? ""));
    assert.equal(waiting.validators[0]?.step, "Predeposited");

    await first.stop();
    running.delete(first);
    const admin = new Redis(redis.url);
    await admin.flushall();
    admin.disconnect();
    rmSync(path.join(folder, "coordinator 1"), { recursive: true });
    first = await start(1);

    beacon.processed = true;
    await until(first, ({ validators }) => validators[0]?.step === "ToppedUp");
    beacon.active = true;
    for (const each of [first, rival]) await until(each, ({ validators }) => validators[0]?.step === "Activated");
    const [validatorId] = (await septet.validatorManager.queryFilter(septet.validatorManager.filters.Activated())).map(
      ({ args }) => args.validatorId,
    );
    assert.ok(validatorId);
    assert.equal((await septet.validatorManager.validator(validatorId)).sentGwei, 32n * 10n ** 9n);
    assert.equal(await septet.validatorManager.requestCount(), 1n, "there is no demand for a second key");
  });
});
