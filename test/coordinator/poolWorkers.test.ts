import "../support/preset.ts";
import assert from "node:assert/strict";
import { after, before, beforeEach, describe, it } from "node:test";
import { BrowserProvider, concat, getBytes, hexlify, Wallet } from "ethers";
import { pino } from "pino";
import { balanceGwei } from "../../services/beacon/balances.ts";
import { openState, type StateProofs } from "../../services/beacon/stateProofs.ts";
import type { BeaconReader, LeavingValidator } from "../../services/coordinator/beacon/beaconReader.ts";
import { project } from "../../services/coordinator/projection/projection.ts";
import type { Step } from "../../services/coordinator/queues/job.ts";
import { createSender } from "../../services/coordinator/sender/sender.ts";
import type { ChainEvent } from "../../services/coordinator/store/chainStore.ts";
import { createTransactionStore } from "../../services/coordinator/store/transactionStore.ts";
import { STATE, type WorkerContext } from "../../services/coordinator/workers/context.ts";
import { topUp } from "../../services/coordinator/workers/deposits.ts";
import { recordEndings } from "../../services/coordinator/workers/endings.ts";
import { fillCycles } from "../../services/coordinator/workers/fill.ts";
import { reportBalances } from "../../services/coordinator/workers/report.ts";
import { requestWithdrawals } from "../../services/coordinator/workers/withdrawals.ts";
import { systemClock } from "../../services/ports/systemClock.ts";
import { beaconFixture, pubkeyOf } from "../beacon/state.ts";
import {
  DAY,
  provider as edr,
  ethers,
  GENESIS_TIME,
  networkHelpers,
  SECONDS_PER_SLOT,
  WITHDRAWAL_REQUESTS,
} from "../contracts/support/chain.ts";
import { currentSlot } from "../contracts/support/proofs.ts";
import { account, ETHER, nodeWallet } from "../contracts/support/septet.ts";
import { installSimulatedRoots, setSimulatedRoot } from "../contracts/support/simulatedRoots.ts";
import { type Known, needOf, REASON, withTwoActive } from "../contracts/support/validators.ts";
import { temporaryDatabase } from "./support/temporaryStore.ts";

const GWEI = 10n ** 9n;
/** Number of IValidatorRecords.ValidatorState.Withdrawn. */
const WITHDRAWN = 6n;
/** Number of IParameters.Parameter.CorrelationMinimumBps. */
const CORRELATION_MINIMUM_BPS = 26;
/** Seconds for which the simulated EIP-4788 gives the state's root. */
const ROOT_SECONDS = 60;

describe("the pool's workers on the real contracts", { timeout: 240_000 }, () => {
  const life = new AbortController();
  const provider = new BrowserProvider(edr, undefined, { cacheTimeout: -1 });
  let septet: Awaited<ReturnType<typeof withTwoActive>>;
  let fresh: Awaited<ReturnType<typeof networkHelpers.takeSnapshot>>;
  /** Gwei by validator, as the beacon state of the test shows them. */
  let balances: Map<Known, number>;
  let beacon: BeaconReader;
  /** As the fake beacon node says it. */
  let leaving: LeavingValidator[];
  let nowMs: number;
  let shownIn: Map<string, bigint>;
  /** Validators of which the coordinator read the event. */
  let seenExits: Set<string>;
  /** Unix time of the event of the first one's end, when there is one. */
  let endedAt: number | undefined;
  /** Queue of the beacon state. */
  let pendingDeposits: { pubkey: string; amountGwei: number }[];
  /** Of the first validator in the beacon state. */
  let changes: { slashed?: boolean; exitEpoch?: number; withdrawableEpoch?: number };

  before(async () => {
    septet = await withTwoActive();
    await networkHelpers.setBalance(nodeWallet(99).address, 10n * ETHER);
    await installSimulatedRoots();
    fresh = await networkHelpers.takeSnapshot();
  });
  after(() => {
    life.abort();
    provider.destroy();
  });
  beforeEach(async () => {
    await fresh.restore();
    balances = new Map([septet.first, septet.second].map((known) => [known, 32e9]));
    leaving = [];
    changes = {};
    pendingDeposits = [];
    shownIn = new Map();
    seenExits = new Set();
    endedAt = undefined;
    beacon = await simulateBeacon();
    nowMs = Number(await networkHelpers.time.latest()) * 1000;
  });

  /** A real beacon state of this moment, which EIP-4788 names to each block of the next minute. */
  async function simulateBeacon(): Promise<BeaconReader> {
    const slot = (await currentSlot()) + 1;
    const known = [...balances].map(([{ shown }, balance]) => ({
      ...{ activationEligibilityEpoch: 0, activationEpoch: 0, effectiveBalance: Math.floor(balance / 1e9) * 1e9 },
      ...(shown.pubkey === septet.first.key.pubkey ? changes : {}),
      pubkey: getBytes(shown.pubkey),
      withdrawalCredentials: getBytes(shown.withdrawalCredentials),
      balance,
    }));
    const stranger = { pubkey: pubkeyOf(16), withdrawalCredentials: new Uint8Array(32).fill(9) };
    const queue = pendingDeposits.map(({ pubkey, amountGwei }) => ({
      ...{ pubkey: getBytes(pubkey), amount: amountGwei, slot: 0 },
      withdrawalCredentials: new Uint8Array(32),
    }));
    const { state, header, blockRoot } = beaconFixture(slot, [stranger, ...known], queue);
    const root = hexlify(blockRoot);
    const timestamp = BigInt(GENESIS_TIME) + BigInt(slot + 1) * SECONDS_PER_SLOT;
    for (let second = 0; second < ROOT_SECONDS; second++) await setSimulatedRoot(timestamp + BigInt(second), root);
    await networkHelpers.time.increaseTo(timestamp);
    const proofs: StateProofs = openState({ fork: "electra", state, header });
    return {
      validator: () => assert.fail("no status is asked for"),
      async leaving(pubkeys) {
        const all = endedAt === undefined ? [septet.first, septet.second] : [septet.second];
        assert.deepEqual(
          pubkeys,
          all.map(({ key }) => key.pubkey),
        );
        return leaving;
      },
      async proof(pubkey) {
        const index = [...balances.keys()].findIndex(({ key }) => key.pubkey === pubkey) + 17;
        return { anchor: proofs.anchor(timestamp), proof: proofs.validator(index), balances: proofs.balances([index]) };
      },
      async pendingDeposit(pubkey, amountGwei) {
        const index = proofs.findPendingDeposit(pubkey, amountGwei);
        return index === undefined
          ? undefined
          : { anchor: proofs.anchor(timestamp), proof: proofs.pendingDeposit(index) };
      },
      state: async (id) => (id === root || id === String(slot) ? proofs : undefined),
    };
  }

  const events = (): ChainEvent[] =>
    [septet.first, septet.second].flatMap(({ key, id, shown }) =>
      [
        { name: "KeyVerified", arguments: { validatorId: id, requestId: "1", setId: "1", pubkey: key.pubkey } },
        { name: "CredentialsProven", arguments: { validatorId: id, validatorIndex: String(shown.index) } },
        { name: "Activated", arguments: { validatorId: id } },
        ...(seenExits.has(id) ? [{ name: "ExitSeen", arguments: { validatorId: id } }] : []),
        ...(endedAt !== undefined && id === septet.first.id
          ? [{ name: "Withdrawn", arguments: { validatorId: id }, timestampSeconds: endedAt }]
          : []),
      ].map((event, position) => ({ blockNumber: 1, position, timestampSeconds: 1, ...event })),
    );

  const context = (others: Partial<WorkerContext> = {}): WorkerContext => ({
    contracts: septet,
    managerAddress: septet.deployment.contracts.ValidatorManager,
    sender: createSender({
      ...{ provider, wallet: new Wallet(nodeWallet(99).privateKey), chainId: 31_337n, signal: life.signal },
      ...{ store: createTransactionStore(temporaryDatabase()), interfaces: [septet.validatorManager.interface] },
      ...{ replaceAfterBlocks: 5, maxFeePerGasLimit: 10n ** 12n, pollIntervalMs: 5, clock: systemClock },
      log: pino({ level: "silent" }),
    }),
    beacon,
    timing: { genesisTimeSeconds: GENESIS_TIME, secondsPerSlot: 2, slotsPerEpoch: 8 },
    clock: { ...systemClock, nowMs: () => nowMs },
    projection: () => project(events()),
    ceremonyContext: () => assert.fail("no ceremony is looked at"),
    ceremonyMessages: () => assert.fail("no ceremony is looked at"),
    maxKeysPerRequest: 1,
    ...others,
  });
  const awaited = (step: Step) => ("awaiting" in step ? step.awaiting : `done: ${step.done}`);

  it("starts a report, proves and finishes it with one transaction more, and then awaits the day of the next", async () => {
    balances.set(septet.first, 32.5e9);
    beacon = await simulateBeacon();
    const { balanceReport } = septet;
    const shown = await Promise.all([septet.first, septet.second].map(({ key }) => beacon.proof(key.pubkey)));
    const shownGwei = shown.reduce((sum, proven) => sum + (proven ? balanceGwei(proven) : 0n), 0n);
    assert.equal(awaited(await reportBalances(context())), "the report's next step");
    assert.ok(await balanceReport.isOpen());
    assert.equal(awaited(await reportBalances(context())), "the report's next step");
    assert.equal(await balanceReport.provenCount(), 2n);
    assert.equal(await balanceReport.isOpen(), false);
    const [started] = await balanceReport.queryFilter(balanceReport.filters.ReportStarted());
    const [finished] = await balanceReport.queryFilter(balanceReport.filters.ReportFinished());
    assert.ok(started && finished);
    const { bookedWei, liquidWei, inFlightWei } = started.args;
    assert.equal(finished.args.differenceWei, shownGwei * GWEI + liquidWei + inFlightWei - bookedWei);
    assert.match(awaited(await reportBalances(context())), /next balance report, due at/);
  });

  it("goes on with a report that another opened, and proves only what is missing", async () => {
    const { balanceReport } = septet;
    await balanceReport.start();
    const state = await beacon.state(await balanceReport.anchorRoot());
    assert.ok(state);
    await balanceReport.prove(state.anchor(0n).header, state.balances([17, 18]));
    await reportBalances(context());
    assert.equal(await balanceReport.isOpen(), false, "it finishes what others proved");
  });

  it("waits for a beacon node that has the report's state, and sends nothing meanwhile", async () => {
    await septet.balanceReport.start();
    const pruned = { ...beacon, state: async () => undefined };
    assert.match(awaited(await reportBalances(context({ beacon: pruned }))), /a beacon node that keeps the state/);
    assert.equal(await septet.balanceReport.provenCount(), 0n);
    await reportBalances(context());
    assert.equal(await septet.balanceReport.provenCount(), 2n);
  });

  it("fills what reports closed, and waits while a report is open or nothing is closed", async () => {
    const { stakingPool: pool, balanceReport } = septet;
    const holder = account(septet, 10);
    assert.equal(awaited(await fillCycles(context())), "redemptions to be closed by a report");
    await pool.connect(holder).requestRedeem(5n * ETHER, holder, holder);
    await reportBalances(context());
    assert.ok(await balanceReport.isOpen());
    assert.equal(awaited(await fillCycles(context())), "the balance report to finish");
    await reportBalances(context());
    await reportBalances(context());
    assert.equal(await pool.maxRedeem(holder), 0n);
    assert.equal(awaited(await fillCycles(context())), "more redemptions");
    assert.ok((await pool.maxRedeem(holder)) > 0n);
  });

  it("asks nobody without need; then a partial of a large validator rather than an exit", async () => {
    assert.equal(awaited(await requestWithdrawals(context())), "redemptions that need a validator's ether");
    balances.set(septet.first, 100e9);
    beacon = await simulateBeacon();
    await needOf(septet, 20n * ETHER);
    const need = await septet.exits.needWei();
    assert.equal(awaited(await requestWithdrawals(context())), "the ether asked for");
    const amount = (need + GWEI - 1n) / GWEI;
    const vault = await septet.withdrawalVault.getAddress();
    const request = concat([vault, septet.first.key.pubkey, `0x${amount.toString(16).padStart(16, "0")}`]);
    const [log] = await ethers.provider.getLogs({ address: WITHDRAWAL_REQUESTS, fromBlock: "latest" });
    assert.equal(log?.data, request.toLowerCase());
    assert.equal(awaited(await requestWithdrawals(context())), "redemptions that need a validator's ether");
  });

  it("exits a whole validator when none can spare enough", async () => {
    await needOf(septet, 20n * ETHER);
    assert.equal(awaited(await requestWithdrawals(context())), "the ether asked for");
    const states = await Promise.all(
      [septet.first, septet.second].map(async ({ id }) => (await septet.manager.validator(id)).state),
    );
    assert.deepEqual(states, [5n, 4n], "one exits, the other stays");
  });

  it("tops an active validator up with ETH that comes later, once", async () => {
    balances.set(septet.first, 17e9);
    beacon = await simulateBeacon();
    // Deposits are open only after a report.
    for (let run = 0; run < 3; run++) await reportBalances(context());
    beacon = await simulateBeacon();
    const { id } = septet.first;
    const top = () => topUp(context(), id);
    assert.match(awaited(await top()), /ETH in the pool for the top-up/);
    const holder = account(septet, 10);
    await septet.stakingPool.connect(holder).deposit(40n * ETHER, holder, { value: 40n * ETHER });
    assert.match(awaited(await top()), /^done: mined/);
    assert.ok((await septet.manager.validator(id)).topUpGwei >= 15n * GWEI);
    assert.match(awaited(await top()), /a report to credit the last one/);
  });

  it("records a slashing, then settles it when the validator is withdrawable, then its end", async () => {
    const { manager, parameters, slashings, first } = septet;
    const state = async () => (await manager.validator(first.id)).state;
    assert.equal(awaited(await recordEndings(context(), shownIn)), "validators that leave");
    const epoch = Math.floor((await currentSlot()) / 8);
    const withdrawableEpoch = epoch + 64;
    changes = { slashed: true, exitEpoch: epoch + 4, withdrawableEpoch };
    beacon = await simulateBeacon();
    leaving = [{ pubkey: first.key.pubkey, slashed: true, withdrawableEpoch, balanceGwei: 31n * GWEI }];
    assert.equal(awaited(await recordEndings(context(), shownIn)), "more of validators that leave");
    assert.equal(await state(), STATE.slashed);
    assert.equal(awaited(await recordEndings(context(), shownIn)), "validators that leave");
    const { reservedWei } = await slashings.slashing(first.id);
    await parameters.set(CORRELATION_MINIMUM_BPS, 100);
    assert.equal(awaited(await recordEndings(context(), shownIn)), "more of validators that leave");
    assert.ok((await slashings.slashing(first.id)).reservedWei > reservedWei, "bonds answer for the new estimate");
    assert.equal(awaited(await recordEndings(context(), shownIn)), "validators that leave");

    await networkHelpers.time.increaseTo(GENESIS_TIME + (withdrawableEpoch * 8 + 1) * Number(SECONDS_PER_SLOT));
    balances.set(first, 0);
    beacon = await simulateBeacon();
    nowMs = Number(await networkHelpers.time.latest()) * 1000;
    leaving = [{ pubkey: first.key.pubkey, slashed: true, withdrawableEpoch, balanceGwei: 0n }];
    assert.equal(awaited(await recordEndings(context(), shownIn)), "more of validators that leave");
    assert.ok(await slashings.isSettled(first.id));
    assert.equal(awaited(await recordEndings(context(), shownIn)), "more of validators that leave");
    assert.equal(await state(), WITHDRAWN);
    assert.equal(awaited(await recordEndings(context(), shownIn)), "validators that leave");
  });

  it("frees the target of a consolidation once its source is gone, or the target would never get a top-up", async () => {
    const { manager, validatorExits, first, second } = septet;
    const prove = async ({ key: { pubkey } }: Known) => {
      const proven = await beacon.proof(pubkey);
      if (!proven) throw new Error("the state has both");
      const { anchor, proof, balances: chunk } = proven;
      return { anchor, proof, balances: chunk, evidence: { pubkey, validator: proof, balances: chunk } };
    };
    const [source, target] = [await prove(first), await prove(second)];
    await validatorExits.requestConsolidation(REASON.governance, source.anchor, source.evidence, target.evidence, {
      value: 1n,
    });
    await networkHelpers.time.increase(200);
    const epoch = Math.floor((await currentSlot()) / 8);
    changes = { exitEpoch: epoch - 6, withdrawableEpoch: epoch - 2 };
    balances.set(first, 0);
    beacon = await simulateBeacon();
    const gone = await prove(first);
    await manager.recordExit(first.id, gone.anchor, gone.proof);
    await manager.recordWithdrawn(first.id, gone.anchor, gone.proof, gone.balances);
    assert.equal((await manager.validator(second.id)).requestOpen, true);

    endedAt = Number(await networkHelpers.time.latest());
    nowMs = (endedAt + 40 * 24 * 3600) * 1000;
    assert.equal(awaited(await recordEndings(context(), shownIn)), "validators that leave", "not of long ago");
    nowMs = endedAt * 1000;
    assert.equal(awaited(await recordEndings(context(), shownIn)), "more of validators that leave");
    assert.equal((await manager.validator(second.id)).requestOpen, false);
    assert.equal(awaited(await recordEndings(context(), shownIn)), "validators that leave");
  });

  it("records an exit that nobody here asked for, once", async () => {
    const { manager, first } = septet;
    const epoch = Math.floor((await currentSlot()) / 8);
    changes = { exitEpoch: epoch + 4, withdrawableEpoch: epoch + 8 };
    beacon = await simulateBeacon();
    leaving = [{ pubkey: first.key.pubkey, slashed: false, withdrawableEpoch: epoch + 8, balanceGwei: 32n * GWEI }];
    assert.equal(awaited(await recordEndings(context(), shownIn)), "more of validators that leave");
    assert.equal((await manager.validator(first.id)).state, STATE.exiting);
    const before = await ethers.provider.getBlockNumber();
    assert.equal(awaited(await recordEndings(context(), shownIn)), "validators that leave");
    assert.equal(await ethers.provider.getBlockNumber(), before);
  });

  it("shows that the top-up of a validator that left still waits, before the report takes its balance", async () => {
    const { manager, balanceReport, stakingPool, first } = septet;
    balances.set(first, 17e9);
    beacon = await simulateBeacon();
    for (let run = 0; run < 3; run++) await reportBalances(context());
    beacon = await simulateBeacon();
    const holder = account(septet, 10);
    await stakingPool.connect(holder).deposit(40n * ETHER, holder, { value: 40n * ETHER });
    await topUp(context(), first.id);
    const amountGwei = Number((await manager.validator(first.id)).topUpGwei);
    pendingDeposits = [{ pubkey: first.key.pubkey, amountGwei }];

    const epoch = Math.floor((await currentSlot()) / 8);
    const withdrawableEpoch = epoch + 4;
    changes = { exitEpoch: epoch + 1, withdrawableEpoch };
    leaving = [{ pubkey: first.key.pubkey, slashed: false, withdrawableEpoch, balanceGwei: 17n * GWEI }];
    beacon = await simulateBeacon();
    assert.equal(awaited(await recordEndings(context(), shownIn)), "more of validators that leave");
    seenExits.add(first.id);
    assert.equal(await stakingPool.maxDeposit(holder), 0n, "no deposits while the top-up is on its way");

    await networkHelpers.time.increaseTo(GENESIS_TIME + (withdrawableEpoch * 8 + 8) * Number(SECONDS_PER_SLOT));
    beacon = await simulateBeacon();
    nowMs = Number(await networkHelpers.time.latest()) * 1000;
    const atStart = beacon;
    await reportBalances(context());
    assert.ok(await balanceReport.isOpen());
    await reportBalances(context());
    assert.equal(await balanceReport.provenCount(), 1n, "the one that leaves is held back");
    assert.match(awaited(await reportBalances(context())), /top-ups of validators that leave/);
    assert.match(awaited(await recordEndings(context(), shownIn)), /a newer beacon state, for show the top-up/);

    beacon = await simulateBeacon();
    assert.equal(awaited(await recordEndings(context(), shownIn)), "more of validators that leave");
    assert.notEqual(shownIn.size, 0);
    assert.equal(awaited(await recordEndings(context(), shownIn)), "validators that leave", "once is enough");
    await networkHelpers.time.increase(DAY / 8n + 2n);
    nowMs = Number(await networkHelpers.time.latest()) * 1000;
    const before = await manager.inFlightWei();
    for (let run = 0; run < 2; run++) await reportBalances(context({ beacon: atStart }));
    assert.equal(await balanceReport.isOpen(), false);
    assert.equal(await manager.inFlightWei(), before, "the top-up still counts as on its way");
  });

  it("proves a validator that leaves within the gas that batches are planned with", async () => {
    const { balanceReport, exits } = septet;
    await needOf(septet, 20n * ETHER);
    await requestWithdrawals(context());
    await networkHelpers.time.increase(2n * DAY);
    beacon = await simulateBeacon();
    await reportBalances(context());
    const used: bigint[] = [];
    const { sender, ...rest } = context();
    const measuring = {
      address: sender.address,
      async send(call: Parameters<typeof sender.send>[0]) {
        const mined = await sender.send(call);
        used.push((await provider.getTransactionReceipt(mined.hash))?.gasUsed ?? 0n);
        return mined;
      },
    };
    await reportBalances({ ...rest, sender: measuring });
    assert.equal(await balanceReport.provenCount(), 2n);
    assert.ok((await exits.expectedWei()) > 0n);
    const [gas = 0n] = used;
    assert.ok(gas > 0n && gas < 475_000n, `two validators of which one is special took ${gas}`);
    assert.equal(await balanceReport.isOpen(), false, "finished by the same transaction");
  });
});
