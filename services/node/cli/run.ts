import type { Logger } from "pino";
import { collectDefaultMetrics, Registry } from "prom-client";
import { readDeployment } from "../../chain/deployment.ts";
import { lockDirectory } from "../../keystore/directoryLock.ts";
import { createApi, type NodeFace, notReady } from "../api/server.ts";
import { readBeaconBootstrap } from "../beacon/bootstrap.ts";
import { createMetrics } from "../metrics.ts";
import { openDataDirectory } from "./dataDirectory.ts";
import { FatalError, retry } from "./retry.ts";

export interface RunOptions {
  dataDir: string;
  /** Folder of the deployment record. */
  deployment: string;
  executionUrl: string;
  /** The first is asked, the others when it fails. */
  beaconUrls: string[];
  coordinatorUrl: string;
  p2pHost: string;
  p2pPort: number;
  apiHost: string;
  apiPort: number;
}

/** Runs a node until the signal is aborted, then stops what was started in the opposite order. */
export async function run(options: RunOptions, log: Logger, signal: AbortSignal): Promise<void> {
  await using cleanup = new AsyncDisposableStack();
  const lock = lockDirectory(options.dataDir);
  cleanup.defer(() => lock.release());
  const { password, nodeKey } = await openDataDirectory(options.dataDir);
  const deployment = await readDeployment(options.deployment);
  log.info({ nodeAddress: nodeKey.address, chainId: deployment.chainId }, "Starting");

  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const metrics = createMetrics(registry);
  const face: NodeFace = {
    readiness: async () => [notReady("beacon_unreachable", "no beacon node answers")],
    status: () => undefined,
  };
  const api = createApi(registry, metrics, face);
  await api.listen({ host: options.apiHost, port: options.apiPort });
  cleanup.defer(() => api.close());

  const bootstrap = await retry("Waiting for the beacon node", log, signal, () =>
    readBeaconBootstrap(options.beaconUrls, signal),
  );
  if (bootstrap.genesis.genesisForkVersion !== deployment.genesisForkVersion) {
    throw new FatalError("the beacon node is on another chain than the deployment");
  }
  // Lodestar reads the preset from the environment at its first import, so what needs it is loaded only here.
  process.env["LODESTAR_PRESET"] = bootstrap.preset;
  const { startNode } = await import("./startNode.ts");
  await startNode({ options, password, nodeKey, deployment, bootstrap, metrics, log, face, cleanup }, signal);
  await new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
  log.info("Stopping");
}
