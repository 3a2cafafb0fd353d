import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { FetchRequest, JsonRpcProvider } from "ethers";
import { type Logger, pino, stdTimeFunctions } from "pino";
import { confirmationsOf } from "../chain/confirmations.ts";
import { connectContracts } from "../chain/contracts.ts";
import { type Deployment, readDeployment } from "../chain/deployment.ts";
import { describeError } from "../logging/describeError.ts";
import { systemClock } from "../ports/systemClock.ts";
import { acquireRedis } from "../redis/redis.ts";
import type { SlotTiming } from "./beacon/beaconReader.ts";
import { createCommand, type RunOptions } from "./config.ts";
import { readKeyFile } from "./keyFile.ts";

const REQUEST_TIMEOUT_MS = 30_000;
const RETRY_MS = 3_000;

async function untilAnswered<T>(what: string, log: Logger, signal: AbortSignal, ask: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      signal.throwIfAborted();
      log.warn({ error: describeError(error) }, `Waiting for the ${what}`);
      await delay(RETRY_MS, undefined, { signal });
    }
  }
}

/** Lodestar's types are made for one preset, chosen before they are loaded. */
async function readPreset(beaconUrl: string, signal: AbortSignal): Promise<string> {
  const timeout = AbortSignal.timeout(REQUEST_TIMEOUT_MS);
  const answer = await fetch(new URL("/eth/v1/config/spec", beaconUrl), { signal: AbortSignal.any([signal, timeout]) });
  if (!answer.ok) throw new Error(`the beacon node answered ${answer.status}`);
  const preset = ((await answer.json()) as { data?: { PRESET_BASE?: unknown } }).data?.PRESET_BASE;
  if (preset !== "mainnet" && preset !== "minimal") throw new Error("the beacon node's preset is unknown");
  return preset;
}

async function readTiming(deployment: Deployment, provider: JsonRpcProvider): Promise<SlotTiming> {
  const { beaconVerifier } = connectContracts(deployment, provider);
  const [genesisTime, secondsPerSlot, slotsPerEpoch] = await Promise.all([
    beaconVerifier.GENESIS_TIME(),
    beaconVerifier.SECONDS_PER_SLOT(),
    beaconVerifier.SLOTS_PER_EPOCH(),
  ]);
  return {
    genesisTimeSeconds: Number(genesisTime),
    secondsPerSlot: Number(secondsPerSlot),
    slotsPerEpoch: Number(slotsPerEpoch),
  };
}

async function run(options: RunOptions): Promise<void> {
  const log = pino({ level: options.logLevel, base: null, timestamp: stdTimeFunctions.isoTime });
  const shutdown = new AbortController();
  const { signal } = shutdown;
  const stopping = new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
  for (const name of ["SIGTERM", "SIGINT"] as const) {
    process.on(name, () => shutdown.abort(new Error(`stopped by ${name}`)));
  }
  const closers: (() => Promise<void> | void)[] = [];
  try {
    const deployment = await readDeployment(options.deployment);
    const wallet = await readKeyFile(options.keyFile);
    const request = new FetchRequest(options.executionUrl);
    request.timeout = REQUEST_TIMEOUT_MS;
    const provider = new JsonRpcProvider(request, deployment.chainId, { staticNetwork: true, cacheTimeout: -1 });
    closers.push(() => provider.destroy());
    const chainId = await untilAnswered("execution node", log, signal, () => provider.send("eth_chainId", []));
    if (Number(chainId) !== deployment.chainId) {
      throw new Error(`the execution node is on chain ${Number(chainId)}, the deployment on ${deployment.chainId}`);
    }
    process.env["LODESTAR_PRESET"] = await untilAnswered("beacon node", log, signal, () =>
      readPreset(options.beaconUrl, signal),
    );
    const timing = await untilAnswered("contracts", log, signal, () => readTiming(deployment, provider));
    const ownRedis = options.redisUrl
      ? undefined
      : await acquireRedis({ dataDir: path.join(options.dataDir, "redis"), signal, log: (text) => log.info(text) });
    if (ownRedis) closers.push(() => ownRedis.stop());

    const { createBeaconReader } = await import("./beacon/beaconReader.ts");
    const { startCoordinator } = await import("./coordinator.ts");
    const coordinator = await startCoordinator({
      ...{ deployment, provider, wallet, timing, log },
      beacon: createBeaconReader(options.beaconUrl, timing, signal),
      dataDir: options.dataDir,
      redisUrl: options.redisUrl ?? ownRedis?.url ?? "",
      apiHost: options.apiHost,
      apiPort: options.apiPort,
      confirmations: options.confirmations ?? confirmationsOf(deployment.chainId),
      maxFeePerGasLimit: options.maxFee,
      maxKeysPerRequest: options.maxKeys,
      clock: systemClock,
    });
    closers.push(() => coordinator.stop());
    await stopping;
    log.info("Coordinator stops");
  } catch (error) {
    if (!signal.aborted) {
      log.fatal({ error: describeError(error) }, "Coordinator can't go on");
      process.exitCode = 1;
    }
  } finally {
    for (const close of closers.toReversed()) await close();
  }
}

await createCommand(run).parseAsync();
