import "../support/preset.ts";
import assert from "node:assert/strict";
import { after, before, beforeEach, describe, it } from "node:test";
import { BrowserProvider, concat, sha256, Wallet } from "ethers";
import { pino } from "pino";
import type { CeremonyMessage } from "../../services/ceremony/messages.ts";
import { keyFieldHash } from "../../services/chain/typedData.ts";
import type { BeaconReader, ValidatorStatus } from "../../services/coordinator/beacon/beaconReader.ts";
import { project } from "../../services/coordinator/projection/projection.ts";
import { TransactionError } from "../../services/coordinator/sender/errors.ts";
import { createSender, type Sender } from "../../services/coordinator/sender/sender.ts";
import type { ChainEvent } from "../../services/coordinator/store/chainStore.ts";
import { createTransactionStore } from "../../services/coordinator/store/transactionStore.ts";
import { submitCeremony } from "../../services/coordinator/workers/ceremony.ts";
import { STATE, type WorkerContext } from "../../services/coordinator/workers/context.ts";
import { predeposit, topUp } from "../../services/coordinator/workers/deposits.ts";
import { requestKeysWhenFunded } from "../../services/coordinator/workers/keyRequest.ts";
import { proveCredentials, recordActivation } from "../../services/coordinator/workers/proofs.ts";
import { systemClock } from "../../services/ports/systemClock.ts";
import { provider as edr, GENESIS_TIME, networkHelpers } from "../contracts/support/chain.ts";
import { signDeposit, testKey } from "../contracts/support/keys.ts";
import {
  depositTerms,
  ETHER,
  nodeWallet,
  type Septet,
  submissionOf,
  submit,
  withSet,
} from "../contracts/support/septet.ts";
import { temporaryDatabase } from "./support/temporaryStore.ts";

const key = testKey("workers");
const VALIDATOR = sha256(concat([key.pubkey, `0x${"00".repeat(16)}`]));

describe("workers on the real contracts", { timeout: 240_000 }, () => {
  const life = new AbortController();
  const provider = new BrowserProvider(edr, undefined, { cacheTimeout: -1 });
  let septet: Septet;
  let events: ChainEvent[];
  let nowMs: number;
  /** What the fake beacon node says. */
  let status: ValidatorStatus | undefined;
  let fresh: Awaited<ReturnType<typeof networkHelpers.takeSnapshot>>;

  before(async () => {
    septet = await withSet();
    await networkHelpers.setBalance(nodeWallet(99).address, 10n * ETHER);
    fresh = await networkHelpers.takeSnapshot();
  });
  after(() => {
    life.abort();
    provider.destroy();
  });
  beforeEach(async () => {
    await fresh.restore();
    events = [];
    status = undefined;
    nowMs = Number(await networkHelpers.time.latest()) * 1000;
  });

  const context = (changes: Partial<WorkerContext> = {}): WorkerContext => {
    const fakeBeacon: BeaconReader = {
      validator: async () => status,
      pendingDeposit: () => assert.fail("nobody leaves"),
      leaving: () => assert.fail("nobody leaves"),
      proof: () => assert.fail("no proof may be made"),
      state: () => assert.fail("no state may be read"),
    };
    return {
      contracts: septet,
      managerAddress: septet.deployment.contracts.ValidatorManager,
      sender: createSender({
        ...{ provider, wallet: new Wallet(nodeWallet(99).privateKey), chainId: 31_337n, signal: life.signal },
        ...{ store: createTransactionStore(temporaryDatabase()), interfaces: [septet.validatorManager.interface] },
        ...{ replaceAfterBlocks: 5, maxFeePerGasLimit: 10n ** 12n, pollIntervalMs: 5, clock: systemClock },
        log: pino({ level: "silent" }),
      }),
      beacon: fakeBeacon,
      timing: { genesisTimeSeconds: GENESIS_TIME, secondsPerSlot: 2, slotsPerEpoch: 8 },
      clock: { ...systemClock, nowMs: () => nowMs },
      projection: () => project(events),
      ceremonyContext: () => assert.fail("no ceremony is looked at"),
      ceremonyMessages: () => assert.fail("no ceremony is looked at"),
      maxKeysPerRequest: 1,
      ...changes,
    };
  };

  /** Request 1 fulfilled with a key whose whole polynomial the test knows. */
  async function verifiedKey() {
    await septet.validatorManager.requestKeys(1, 1);
    await submit(septet, await submissionOf(septet, [key]));
    const depositSignature = signDeposit(key.groupSecret, key.pubkey, await depositTerms(septet)).compressed;
    const values = { validatorId: VALIDATOR, requestId: "1", setId: "1", pubkey: key.pubkey, depositSignature };
    events = [{ blockNumber: 1, position: 0, timestampSeconds: 1, name: "KeyVerified", arguments: values }];
  }
  const stateNow = async () => (await septet.validatorManager.validator(VALIDATOR)).state;

  it("asks for as many keys as the free ETH is for, and not twice while a request is open", async () => {
    await septet.stakingPool.deposit(40n * ETHER, septet.governance, { value: 40n * ETHER });
    const step = await requestKeysWhenFunded(context({ maxKeysPerRequest: 20 }), "1");
    assert.deepEqual(step, { awaiting: "its key request to end", retryAfterMs: 2_000 });
    assert.equal((await septet.validatorManager.request(1)).keyCount, 3n, "102 ETH are free for keys of 32 ETH");
    const again = await requestKeysWhenFunded(context(), "1");
    assert.match("awaiting" in again ? again.awaiting : "", /key request 1 .* to end/);
    assert.equal(await septet.validatorManager.requestCount(), 1n);
  });

  it("asks for nothing without the ETH for a whole validator, though the contract would give a spare key", async () => {
    await septet.validatorManager.requestKeys(1, 1);
    await submit(septet, await submissionOf(septet, [key]));
    assert.ok(await septet.validatorManager.canRequestKeys(1, 1));
    const step = await requestKeysWhenFunded(context(), "1");
    assert.deepEqual(step, { awaiting: "deposits for another validator", retryAfterMs: 2_000 });
    assert.equal(await septet.validatorManager.requestCount(), 1n);
  });

  it("expires a request that its set let pass, naming the seats that were silent, and then awaits the end of the set's pause", async () => {
    await septet.validatorManager.requestKeys(1, 1);
    const { deadline } = await septet.validatorManager.request(1);
    await networkHelpers.time.increaseTo(deadline + 4n);
    nowMs = Number(deadline + 4n) * 1000;
    const submission = await submissionOf(septet, [key]);
    const { attempt, transcriptHash, keys } = submission;
    const payload = {
      transcriptHash,
      keysHash: keyFieldHash(keys.map(({ points }) => points)),
      encryptedSharesHash: keyFieldHash(keys.map(({ encryptedShares }) => encryptedShares)),
    };
    const messages: CeremonyMessage[] = ([1, 2, 4] as const).map((seat) => ({
      ...{ requestId: "1", attempt, seat, kind: "acknowledgement", payload },
      signature: submission.acknowledgements[seat - 1] ?? "",
    }));
    const step = await submitCeremony(context({ ceremonyMessages: async () => messages }), "1");
    assert.match("done" in step ? step.done : "", /^mined as 0x/);
    assert.equal((await septet.validatorManager.request(1)).state, 3n);
    const { filters } = septet.validatorManager;
    const [silent] = await septet.validatorManager.queryFilter(filters.SeatsSilent());
    assert.equal(silent?.args.seats, 0b1110100n, "seats 3, 5, 6 and 7 said nothing");
    const next = await requestKeysWhenFunded(context(), "1");
    assert.match("awaiting" in next ? next.awaiting : "", /end of the set's pause/);
  });

  it("makes a predeposit once: a rival's is the end of the job", async () => {
    await verifiedKey();
    const [first, second] = await Promise.all(
      [predeposit(context(), VALIDATOR), predeposit(context(), VALIDATOR)].map((step) =>
        step.catch((error: Error) => ({ done: error.message })),
      ),
    );
    assert.match(`${JSON.stringify(first)} ${JSON.stringify(second)}`, /mined as 0x/);
    assert.equal(await stateNow(), STATE.predeposited);
    assert.deepEqual(await predeposit(context(), VALIDATOR), { done: "the key awaits no predeposit" });
  });

  it("waits for the seats' bonds when they can't carry a predeposit's reserve", async () => {
    await verifiedKey();
    const send = () => Promise.reject(new TransactionError("REVERTED", "simulate", "InsufficientBond"));
    const refusingSender: Sender = { address: "0x", send };
    const step = await predeposit(context({ sender: refusingSender }), VALIDATOR);
    assert.match("awaiting" in step ? step.awaiting : "", /bond/);
  });

  it("stops for good at a key that exists with foreign credentials", async () => {
    await verifiedKey();
    await predeposit(context(), VALIDATOR);
    assert.match(JSON.stringify(await proveCredentials(context(), VALIDATOR)), /awaiting.*process the predeposit/);
    status = { withdrawalCredentials: `0x01${"00".repeat(11)}${"ee".repeat(20)}`, activationEpoch: undefined };
    await assert.rejects(proveCredentials(context(), VALIDATOR), { name: "PermanentFailure", message: /foreign/ });
    assert.equal(await stateNow(), STATE.predeposited);
  });

  it("has nothing to do for a key that a reorganisation took back", async () => {
    await verifiedKey();
    events = [];
    for (const worker of [predeposit, proveCredentials, topUp, recordActivation]) {
      assert.ok("done" in (await worker(context(), VALIDATOR)));
    }
    assert.equal(await stateNow(), STATE.keyVerified);
  });
});
