import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, describe, it } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { Interface, JsonRpcApiProvider, Transaction, Wallet } from "ethers";
import { pino } from "pino";
import { createSender, type SenderOptions } from "../../services/coordinator/sender/sender.ts";
import { createTransactionStore, type TransactionStore } from "../../services/coordinator/store/transactionStore.ts";
import { createChainReader } from "../../services/coordinator/watcher/chainReader.ts";
import { readRange } from "../../services/coordinator/watcher/readRange.ts";
import { systemClock } from "../../services/ports/systemClock.ts";
import { createEdrChain, FUNDED_KEY } from "./support/edrChain.ts";
import { temporaryDatabase } from "./support/temporaryStore.ts";

const abi = new Interface(["error NoDemand(uint256 setId)"]);
const GWEI = 10n ** 9n;

describe("sender on a real execution environment", { timeout: 240_000 }, () => {
  let chain: Awaited<ReturnType<typeof createEdrChain>>;
  let store: TransactionStore;
  let life: AbortController;
  before(async () => {
    chain = await createEdrChain();
  });
  after(() => chain.close());
  beforeEach(() => {
    store = createTransactionStore(temporaryDatabase());
    life = new AbortController();
  });
  afterEach(() => life.abort());

  const sender = (changes: Partial<SenderOptions> = {}) =>
    createSender({
      provider: chain.provider,
      wallet: new Wallet(FUNDED_KEY),
      chainId: 31337n,
      store,
      interfaces: [abi],
      replaceAfterBlocks: 3,
      maxFeePerGasLimit: 500n * GWEI,
      pollIntervalMs: 5,
      clock: systemClock,
      log: pino({ level: "silent" }),
      signal: life.signal,
      ...changes,
    });
  const call = () => ({ label: "test", to: chain.contract, data: "0x" });
  const untilPooled = async () => {
    while ((await chain.poolSize()) === 0) await delay(5);
  };

  it("sends calls one after the other, each with the next nonce", async () => {
    const { send, address } = sender();
    const nonce = await chain.provider.getTransactionCount(address);
    const both = Promise.all([send(call()), send(call())]);
    await untilPooled();
    assert.equal(await chain.poolSize(), 1);
    await chain.mine();
    await untilPooled();
    await chain.mine();
    const [first, second] = await both;
    assert.equal(second.blockNumber, first.blockNumber + 1);
    assert.equal(await chain.provider.getTransactionCount(address), nonce + 2);
    assert.equal(store.pending(), undefined);
  });

  it("names the contract's custom error and sends nothing when the call would revert", async () => {
    const data = abi.encodeErrorResult("NoDemand", [7]);
    await assert.rejects(sender().send({ ...call(), data }), {
      code: "REVERTED",
      reason: "NoDemand",
      message: /NoDemand\(7\)/,
    });
    assert.equal(await chain.poolSize(), 0);
    assert.equal(store.pending(), undefined);
  });

  it("raises the fee of a transaction that blocks leave out, and takes whichever version is mined", async () => {
    const { send } = sender();
    const sent = send(call());
    await untilPooled();
    const [original] = store.pending()?.rawTransactions ?? [];
    assert.ok(original);
    // Blocks without our transaction: taken out of the pool while they are mined.
    const { hash, maxFeePerGas } = Transaction.from(original);
    await chain.provider.send("hardhat_dropTransaction", [hash]);
    await chain.mine(3);
    await untilPooled();
    const versions = store.pending()?.rawTransactions ?? [];
    assert.equal(versions.length, 2);
    const replacement = Transaction.from(versions[1] ?? "");
    assert.ok((replacement.maxFeePerGas ?? 0n) * 100n >= (maxFeePerGas ?? 0n) * 125n);
    assert.equal(replacement.nonce, Transaction.from(original).nonce);
    await chain.mine();
    assert.equal((await sent).hash, replacement.hash);
  });

  it("never bids more than the limit", async () => {
    const { send } = sender({ maxFeePerGasLimit: 3n * GWEI });
    const sent = send(call());
    await untilPooled();
    const [raw] = store.pending()?.rawTransactions ?? [];
    assert.ok((Transaction.from(raw ?? "").maxFeePerGas ?? 0n) <= 3n * GWEI);
    await chain.mine();
    await sent;
  });

  it("settles what a killed process left under way before it sends anything else", async () => {
    const { send: abandoned, address } = sender({ signal: life.signal });
    const lost = assert.rejects(abandoned(call()));
    await untilPooled();
    life.abort();
    await lost;
    const left = store.pending();
    assert.ok(left);
    life = new AbortController();
    const nonce = await chain.provider.getTransactionCount(address);
    const sent = sender().send(call());
    await delay(30);
    assert.equal(await chain.poolSize(), 1, "the second call waits for the first");
    await chain.mine();
    while (store.pending()?.nonce !== nonce + 1) await delay(5);
    await chain.mine();
    await sent;
    assert.equal(await chain.provider.getTransactionCount(address), nonce + 2);
  });

  it("sends again what the node lost together with the process", async () => {
    const lost = assert.rejects(sender().send(call()));
    await untilPooled();
    life.abort();
    await lost;
    const [raw] = store.pending()?.rawTransactions ?? [];
    await chain.provider.send("hardhat_dropTransaction", [Transaction.from(raw ?? "").hash]);
    life = new AbortController();
    const sent = sender().send(call());
    await untilPooled();
    await chain.mine();
    await untilPooled();
    await chain.mine();
    await sent;
  });

  it("reports an account that can't pay, and keeps nothing pending", async () => {
    const wallet = new Wallet(`0x${"11".repeat(32)}`);
    await assert.rejects(sender({ wallet }).send(call()), { code: "INSUFFICIENT_FUNDS" });
    assert.equal(store.pending(), undefined);
  });

  it("gives up a nonce that something else with its key used", async () => {
    const { send } = sender();
    const sent = assert.rejects(send(call()), { code: "NONCE_TAKEN" });
    await untilPooled();
    const [raw] = store.pending()?.rawTransactions ?? [];
    await chain.provider.send("hardhat_dropTransaction", [Transaction.from(raw ?? "").hash]);
    const other = await new Wallet(FUNDED_KEY, chain.provider).sendTransaction({ to: chain.contract, value: 0 });
    await chain.mine();
    await other.wait();
    await sent;
    assert.equal(store.pending(), undefined);
  });

  it("reads its contract's logs as complete by the real header's bloom", async () => {
    const { send } = sender();
    const sent = send(call());
    await untilPooled();
    await chain.mine();
    const { blockNumber, hash } = await sent;
    assert.ok(chain.provider instanceof JsonRpcApiProvider);
    const reader = createChainReader(chain.provider, [chain.contract]);
    const blocks = await readRange(reader, [chain.contract], 0, blockNumber, undefined);
    assert.equal(blocks.at(-1)?.logs[0]?.transactionHash, hash);
    const honest = reader.logs;
    reader.logs = async (from, to) => (await honest(from, to)).filter((log) => log.transactionHash !== hash);
    await assert.rejects(readRange(reader, [chain.contract], 0, blockNumber, undefined), { code: "LOGS_INCOMPLETE" });
  });
});
