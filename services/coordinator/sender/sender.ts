import { type Interface, isCallException, isError, type JsonRpcApiProvider, Transaction, type Wallet } from "ethers";
import type { Logger } from "pino";
import { describeError } from "../../logging/describeError.ts";
import { type Clock, sleepUntil } from "../../ports/clock.ts";
import type { PendingTransaction, TransactionStore } from "../store/transactionStore.ts";
import { describeRevert, TransactionError } from "./errors.ts";
import { bumpedFees, currentFees } from "./fees.ts";

export interface Call {
  /** Names the job in logs; the same for every try. */
  label: string;
  to: string;
  data: string;
  /** Wei to send along; none by default. */
  valueWei?: bigint;
}

export interface MinedTransaction {
  hash: string;
  blockNumber: number;
}

export interface SenderOptions {
  provider: JsonRpcApiProvider;
  wallet: Wallet;
  chainId: bigint;
  store: TransactionStore;
  /** ABIs by which revert reasons are read. */
  interfaces: readonly Interface[];
  /** Blocks without our transaction after which its fees are raised. */
  replaceAfterBlocks: number;
  maxFeePerGasLimit: bigint;
  pollIntervalMs: number;
  clock: Clock;
  log: Logger;
  /** Ends all waiting; what is under way is picked up by the next process. */
  signal: AbortSignal;
}

export interface Sender {
  address: string;
  /**
   * Simulates, signs and sends a call and waits until it is mined. Calls go one after the other. Throws
   * `TransactionError`, or the provider's error when the node can't be reached.
   */
  send(call: Call): Promise<MinedTransaction>;
}

// EIP-7825: no transaction may have more gas.
const MAX_GAS = 2n ** 24n;

type Outcome = { status: "mined" | "reverted"; hash: string; blockNumber: number } | { status: "nonce taken" };

export function createSender(options: SenderOptions): Sender {
  const { provider, wallet, chainId, store, interfaces, maxFeePerGasLimit, clock, signal } = options;
  const log = options.log.child({ part: "sender" });
  const address = wallet.address;

  async function simulate(call: Call): Promise<bigint> {
    const transaction = { from: address, to: call.to, data: call.data, value: call.valueWei ?? 0n };
    try {
      await provider.call(transaction);
      const estimate = await provider.estimateGas(transaction);
      // Estimates leave out refunds and what calls must hold back (EIP-150).
      return estimate * 2n < MAX_GAS ? (estimate * 3n) / 2n : MAX_GAS;
    } catch (error) {
      if (!isCallException(error)) throw error;
      const { reason, details } = describeRevert(error.data, interfaces);
      throw new TransactionError("REVERTED", `simulate ${call.label}: ${details}`, reason, { cause: error });
    }
  }

  /** Hands a signed transaction to the node. Returns the error when the node refuses it. */
  async function broadcast(raw: string): Promise<unknown> {
    try {
      await provider.send("eth_sendRawTransaction", [raw]);
    } catch (error) {
      if (isError(error, "NETWORK_ERROR") || isError(error, "TIMEOUT") || isError(error, "SERVER_ERROR")) {
        log.warn({ code: error.code }, "Execution node did not take the transaction yet");
        return undefined;
      }
      return error;
    }
    return undefined;
  }

  async function findOutcome(pending: PendingTransaction): Promise<Outcome | undefined> {
    const nextNonce = await provider.getTransactionCount(address, "latest");
    for (const raw of pending.rawTransactions.toReversed()) {
      const receipt = await provider.getTransactionReceipt(Transaction.from(raw).hash ?? "");
      if (!receipt) continue;
      const status = receipt.status === 1 ? "mined" : "reverted";
      return { status, hash: receipt.hash, blockNumber: receipt.blockNumber };
    }
    return nextNonce > pending.nonce ? { status: "nonce taken" } : undefined;
  }

  async function replace(pending: PendingTransaction, blockNumber: number): Promise<PendingTransaction> {
    const latest = Transaction.from(pending.rawTransactions.at(-1) ?? "");
    const previous = {
      maxFeePerGas: latest.maxFeePerGas ?? 0n,
      maxPriorityFeePerGas: latest.maxPriorityFeePerGas ?? 0n,
    };
    const fees = bumpedFees(previous, await currentFees(provider, maxFeePerGasLimit), maxFeePerGasLimit);
    if (!fees) {
      log.error({ label: pending.label, nonce: pending.nonce }, "Transaction is stuck and its fee is at the limit");
      return { ...pending, sentAtBlock: blockNumber };
    }
    const { to, data, value, gasLimit, nonce } = latest;
    const raw = await wallet.signTransaction({ type: 2, chainId, to, data, value, gasLimit, nonce, ...fees });
    log.warn({ label: pending.label, nonce, maxFeePerGas: fees.maxFeePerGas.toString() }, "Raised a transaction's fee");
    return { ...pending, sentAtBlock: blockNumber, rawTransactions: [...pending.rawTransactions, raw] };
  }

  /** Waits for the pending transaction, whoever started it; sends it again and raises its fee as needed. */
  async function settle(first: PendingTransaction): Promise<Outcome> {
    let pending = first;
    for (;;) {
      const outcome = await findOutcome(pending);
      if (outcome) {
        store.clear();
        log.info({ label: pending.label, nonce: pending.nonce, ...outcome }, "Transaction settled");
        return outcome;
      }
      const blockNumber = await provider.getBlockNumber();
      if (blockNumber - pending.sentAtBlock >= options.replaceAfterBlocks) {
        pending = await replace(pending, blockNumber);
        store.save(pending);
        // An older version may still be mined, and a refused replacement is tried again later.
        await broadcast(pending.rawTransactions.at(-1) ?? "");
      }
      await sleepUntil(clock, clock.nowMs() + options.pollIntervalMs, signal);
    }
  }

  async function submit(call: Call): Promise<PendingTransaction> {
    const gasLimit = await simulate(call);
    const nonce = await provider.getTransactionCount(address, "latest");
    const fees = await currentFees(provider, maxFeePerGasLimit);
    const { to, data, valueWei: value = 0n } = call;
    if ((await provider.getBalance(address)) < gasLimit * fees.maxFeePerGas + value) {
      throw new TransactionError("INSUFFICIENT_FUNDS", `send ${call.label}: ${address} has too little ether for it`);
    }
    const raw = await wallet.signTransaction({ type: 2, chainId, to, data, value, gasLimit, nonce, ...fees });
    const sentAtBlock = await provider.getBlockNumber();
    const pending = { label: call.label, nonce, sentAtBlock, rawTransactions: [raw] };
    store.save(pending);
    const refusal = await broadcast(raw);
    if (refusal && !isError(refusal, "NONCE_EXPIRED") && !isError(refusal, "REPLACEMENT_UNDERPRICED")) {
      store.clear();
      const message = `send ${call.label}: the node refuses it: ${describeError(refusal)}`;
      throw new TransactionError("REJECTED", message, undefined, { cause: refusal });
    }
    return pending;
  }

  async function sendNow(call: Call): Promise<MinedTransaction> {
    const left = store.pending();
    if (left) {
      // The node may have lost it together with our predecessor.
      await broadcast(left.rawTransactions.at(-1) ?? "");
      await settle(left);
    }
    const outcome = await settle(await submit(call));
    if (outcome.status === "nonce taken") {
      throw new TransactionError("NONCE_TAKEN", `send ${call.label}: another transaction took its nonce`);
    }
    const { hash, blockNumber } = outcome;
    if (outcome.status === "reverted") {
      throw new TransactionError("REVERTED", `send ${call.label}: reverted when mined in block ${blockNumber}`);
    }
    return { hash, blockNumber };
  }

  let last: Promise<unknown> = Promise.resolve();
  return {
    address,
    send(call) {
      const result = last.then(() => {
        signal.throwIfAborted();
        return sendNow(call);
      });
      last = result.catch(() => {});
      return result;
    },
  };
}
