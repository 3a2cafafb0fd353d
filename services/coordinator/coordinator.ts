import type { JsonRpcApiProvider, Wallet } from "ethers";
import { formatEther } from "ethers";
import type { Logger } from "pino";
import { Registry } from "prom-client";
import { connectContracts } from "../chain/contracts.ts";
import type { Deployment } from "../chain/deployment.ts";
import { describeError } from "../logging/describeError.ts";
import { type Clock, sleepUntil } from "../ports/clock.ts";
import { createApi } from "./api/api.ts";
import type { StatusInput } from "./api/status.ts";
import type { BeaconReader, SlotTiming } from "./beacon/beaconReader.ts";
import { createJobObserver } from "./jobObserver.ts";
import { readCeremonyContext } from "./mailbox/ceremonyContext.ts";
import { createMailbox } from "./mailbox/mailbox.ts";
import { createMetrics } from "./metrics.ts";
import { createEventDecoder } from "./projection/decodeEvent.ts";
import { isOpen, project } from "./projection/projection.ts";
import { startQueues } from "./queues/queues.ts";
import { createReconciler } from "./reconciler.ts";
import { createSender } from "./sender/sender.ts";
import { createChainStore } from "./store/chainStore.ts";
import { openDatabase } from "./store/database.ts";
import { createMailboxStore } from "./store/mailboxStore.ts";
import { createProgressStore } from "./store/progressStore.ts";
import { createTransactionStore } from "./store/transactionStore.ts";
import { createChainReader } from "./watcher/chainReader.ts";
import { type WatcherProgress, watch } from "./watcher/watcher.ts";
import type { WorkerContext } from "./workers/context.ts";
import { createWorkers } from "./workers/workers.ts";

export interface CoordinatorOptions {
  deployment: Deployment;
  provider: JsonRpcApiProvider;
  beacon: BeaconReader;
  redisUrl: string;
  dataDir: string;
  wallet: Wallet;
  timing: SlotTiming;
  apiHost: string;
  apiPort: number;
  confirmations: number;
  maxFeePerGasLimit: bigint;
  maxKeysPerRequest: number;
  clock: Clock;
  log: Logger;
}

export interface RunningCoordinator {
  apiUrl: string;
  stop(): Promise<void>;
}

const SWEEP_INTERVAL_MS = 30_000;
const REPLACE_AFTER_BLOCKS = 6;

/** The whole coordinator: chain → watcher → events → queues → workers → sender → chain; and the nodes' mailbox. */
export async function startCoordinator(options: CoordinatorOptions): Promise<RunningCoordinator> {
  const { deployment, provider, wallet, timing, clock, log } = options;
  const life = new AbortController();
  const { signal } = life;
  const { ValidatorManager: managerAddress, OperatorSets } = deployment.contracts;
  const contracts = connectContracts(deployment, provider);
  const targetBalanceWei = await contracts.validatorManager.TARGET_BALANCE_WEI();
  const pollIntervalMs = Math.min(3_000, Math.max(250, timing.secondsPerSlot * 250));

  const chainId = BigInt(deployment.chainId);
  const database = openDatabase(options.dataDir, { chainId, contract: managerAddress });
  const chainStore = createChainStore(database);
  const progress = createProgressStore(database);
  const registry = new Registry();
  const metrics = createMetrics(registry);
  let projection = project(chainStore.events());
  let chain: WatcherProgress | undefined;

  const mailbox = createMailbox({
    store: createMailboxStore(database),
    clock,
    request(requestId) {
      const request = projection.requests.get(requestId);
      return request && { open: isOpen(request), deadlineSeconds: request.deadlineSeconds };
    },
    readContext: (requestId) => readCeremonyContext(contracts, deployment, requestId),
    onStored: (id) => void queues.wake({ kind: "ceremony", id }).catch(onQueueError),
  });

  const sender = createSender({
    ...{ provider, wallet, chainId, clock, log, signal, pollIntervalMs },
    store: createTransactionStore(database),
    interfaces: [contracts.validatorManager.interface],
    replaceAfterBlocks: REPLACE_AFTER_BLOCKS,
    maxFeePerGasLimit: options.maxFeePerGasLimit,
  });

  const context: WorkerContext = {
    ...{ contracts, managerAddress, sender, timing, clock },
    beacon: options.beacon,
    projection: () => projection,
    ceremonyContext: mailbox.context,
    ceremonyMessages: mailbox.messages,
    maxKeysPerRequest: options.maxKeysPerRequest,
  };

  function onQueueError(error: unknown) {
    log.warn({ error: describeError(error) }, "Redis can't be reached");
  }
  const queues = await startQueues({
    redisUrl: options.redisUrl,
    prefix: `septet-${chainId}-${managerAddress}-${wallet.address}`,
    workers: createWorkers(context),
    ...createJobObserver({ progress, metrics, clock, log, signal }),
    onConnectionError: onQueueError,
  }).catch((error) => {
    database.close();
    throw error;
  });

  const reconcile = createReconciler({ projection: () => projection, queues, progress, targetBalanceWei, log });
  function onChainChanged() {
    projection = project(chainStore.events());
    mailbox.forgetClosed();
    void reconcile();
  }
  const watching = watch(
    {
      ...{ store: chainStore, clock, log, pollIntervalMs, confirmations: options.confirmations },
      reader: createChainReader(provider, [managerAddress, OperatorSets]),
      addresses: [managerAddress, OperatorSets],
      decode: createEventDecoder(contracts),
      deployedAtBlock: deployment.deployedAtBlock,
      onEvents(events) {
        for (const event of events) log.info({ event: event.name, ...event.arguments }, "Event");
        onChainChanged();
      },
      onRollback() {
        metrics.rollbacks.inc();
        mailbox.forgetContexts();
        onChainChanged();
      },
      onError(error) {
        const code = error instanceof Error && "code" in error ? String(error.code) : "UNKNOWN";
        metrics.watcherErrors.inc({ code });
        log.warn({ error: describeError(error) }, "Chain could not be read");
      },
      onProgress(now) {
        chain = now;
        metrics.headBlock.set(now.headNumber);
        metrics.cursorBlock.set(now.cursorNumber);
      },
    },
    signal,
  );

  async function sweep(): Promise<void> {
    while (!signal.aborted) {
      await reconcile();
      metrics.standing.reset();
      for (const { kind, status } of progress.all()) metrics.standing.inc({ kind, status });
      const balance = await provider.getBalance(wallet.address).catch(() => undefined);
      if (balance !== undefined) metrics.accountEther.set(Number(formatEther(balance)));
      await sleepUntil(clock, clock.nowMs() + SWEEP_INTERVAL_MS, signal).catch(() => {});
    }
  }
  const sweeping = sweep();

  const status = async (): Promise<StatusInput> => ({
    ...{ address: wallet.address, chain, projection, progress: progress.all() },
    redisReachable: await queues.isReachable(),
  });
  const onError = (error: unknown) => log.error({ error: describeError(error) }, "Request failed");
  const api = createApi({ mailbox, status, registry, metrics, clock, onError });

  async function stop(): Promise<void> {
    life.abort(new Error("the coordinator stops"));
    await api.close();
    await Promise.all([watching, sweeping]);
    await queues.close();
    database.close();
  }
  try {
    const apiUrl = await api.listen({ host: options.apiHost, port: options.apiPort });
    log.info({ apiUrl, account: wallet.address }, "Coordinator runs");
    return { apiUrl, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
