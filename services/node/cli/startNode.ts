import { hkdf } from "@noble/hashes/hkdf.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { getBytes, JsonRpcProvider, Network, type Wallet } from "ethers";
import type { Logger } from "pino";
import { confirmationsOf } from "../../chain/confirmations.ts";
import { type Contracts, connectContracts } from "../../chain/contracts.ts";
import type { Deployment } from "../../chain/deployment.ts";
import { openCeremonyStore } from "../../keystore/ceremonyStore.ts";
import { openShareStore } from "../../keystore/shareStore.ts";
import { describeError } from "../../logging/describeError.ts";
import { Mesh } from "../../p2p/mesh.ts";
import { systemClock } from "../../ports/systemClock.ts";
import { systemRandomness } from "../../ports/systemRandomness.ts";
import { type NodeFace, notReady } from "../api/server.ts";
import { connectBeacon } from "../beacon/beaconClient.ts";
import type { BeaconBootstrap } from "../beacon/bootstrap.ts";
import { httpMailbox } from "../ceremonies/httpMailbox.ts";
import { cursorFile } from "../chain/cursor.ts";
import { ChainFollower } from "../chain/follower.ts";
import { chainSpec } from "../chainSpec.ts";
import { FIRST_INSTANCE_COUNTER } from "../directory/setViews.ts";
import { openLockDatabase } from "../locks/database.ts";
import { epochAt } from "../locks/floors.ts";
import { keepPruned } from "../locks/pruning.ts";
import type { NodeMetrics } from "../metrics.ts";
import { readiness } from "../readiness.ts";
import { wireNode } from "../wire.ts";
import { dataFiles } from "./dataDirectory.ts";
import { FatalError, retry } from "./retry.ts";
import type { RunOptions } from "./run.ts";

const CHAIN_POLL_MS = 1_000;
const MAX_CHAIN_AGE_MS = 60_000;

export interface StartNodeInput {
  options: RunOptions;
  password: string;
  nodeKey: Wallet;
  deployment: Deployment;
  bootstrap: BeaconBootstrap;
  metrics: NodeMetrics;
  log: Logger;
  face: NodeFace;
  cleanup: AsyncDisposableStack;
}

/** Gives the wired node its real ports: this machine's clock, files and sockets, and the operator's own clients. */
export async function startNode(input: StartNodeInput, signal: AbortSignal): Promise<void> {
  const { options, password, nodeKey, deployment, bootstrap, metrics, log, face, cleanup } = input;
  const spec = chainSpec(bootstrap.spec, bootstrap.genesis);
  const files = dataFiles(options.dataDir);
  const beacon = connectBeacon({
    urls: options.beaconUrls,
    config: spec.config,
    clock: systemClock,
    signal,
    onEventStreamError: (url, error) => log.debug({ url, error: describeError(error) }, "Head events were interrupted"),
  });
  const chain = await followChain(input, signal);
  face.readiness = async () => [notReady("not_registered", "the node key is not registered, or not deep enough yet")];
  const operatorId = await retry("Waiting for the registration", log, signal, async () => {
    await chain.poll();
    const { operatorId } = chain.view();
    if (operatorId === undefined) throw new Error(`node key ${nodeKey.address} is not registered`);
    return operatorId;
  });

  const locks = openLockDatabase({
    path: files.locks,
    clock: systemClock,
    time: spec.time,
    genesisValidatorsRoot: spec.genesisValidatorsRoot,
    instanceCounter: FIRST_INSTANCE_COUNTER,
  });
  cleanup.defer(() => locks.close());
  const epoch = epochAt(systemClock.nowMs(), spec.time);
  const onPruneError = (error: unknown) => log.error({ error: describeError(error) }, "Could not prune old votes");
  keepPruned({ locks, clock: systemClock, time: spec.time, onError: onPruneError }, signal);
  if (locks.floor.minTargetEpoch > epoch) {
    const fields = { epoch, signsFromEpoch: locks.floor.minTargetEpoch };
    log.warn(
      fields,
      "The last stop was not clean: silent until this epoch, because votes may be missing from the database",
    );
  }

  const mesh = await Mesh.start({
    operatorId,
    nodePrivateKey: getBytes(nodeKey.privateKey),
    listen: `/ip4/${options.p2pHost}/tcp/${options.p2pPort}`,
    clock: systemClock,
    randomness: systemRandomness,
    count: (event) => metrics.peerEvents.inc({ event }),
  });
  cleanup.defer(() => mesh.stop());
  log.info({ operatorId, listen: mesh.listenAddresses() }, "Listening for peers");

  const node = wireNode(
    {
      clock: systemClock,
      randomness: systemRandomness,
      peers: mesh,
      beacon,
      chain,
      mailbox: httpMailbox(options.coordinatorUrl),
      locks,
      shares: openShareStore(files.keystores, password),
      ceremonies: openCeremonyStore(files.ceremonies, storageKey(password), systemRandomness),
      log,
      metrics,
    },
    { operatorId, nodeKey, deployment, spec },
  );
  await node.start();
  cleanup.defer(() => node.stop());
  void chain.follow(signal);
  const chainAgeMs = () => systemClock.nowMs() - chain.readAtMs;
  face.status = () => node.status();
  face.readiness = () => readiness({ beacon, chainAgeMs, maxChainAgeMs: MAX_CHAIN_AGE_MS, status: node.status });
  log.info({ operatorId }, "Running");
}

async function followChain(
  { options, deployment, nodeKey, log, metrics, cleanup }: StartNodeInput,
  signal: AbortSignal,
): Promise<ChainFollower> {
  const network = Network.from(deployment.chainId);
  const provider = new JsonRpcProvider(options.executionUrl, network, { staticNetwork: network });
  cleanup.defer(() => provider.destroy());
  await retry("Waiting for the execution client", log, signal, async () => {
    const chainId = Number(await provider.send("eth_chainId", []));
    if (chainId !== deployment.chainId) throw new FatalError(`the execution client is on chain ${chainId}`);
  });
  return new ChainFollower({
    provider,
    sources: sourcesOf(connectContracts(deployment, provider)),
    nodeAddress: nodeKey.address,
    deployedAtBlock: deployment.deployedAtBlock,
    confirmations: confirmationsOf(deployment.chainId),
    pollIntervalMs: CHAIN_POLL_MS,
    cursors: cursorFile(dataFiles(options.dataDir).chain),
    clock: systemClock,
    onError(error) {
      metrics.clientErrors.inc({ task: "execution chain" });
      log.warn({ error: describeError(error) }, "Could not read the execution chain");
    },
  });
}

function sourcesOf({ operatorRegistry, operatorSets, validatorManager }: Contracts) {
  const source = ({
    target,
    interface: abi,
  }: typeof operatorRegistry | typeof operatorSets | typeof validatorManager) => {
    return { address: String(target), interface: abi };
  };
  return { registry: source(operatorRegistry), sets: source(operatorSets), manager: source(validatorManager) };
}

/** Key of the files that hold a ceremony's secrets. */
function storageKey(password: string): Uint8Array {
  return hkdf(
    sha256,
    new TextEncoder().encode(password),
    undefined,
    new TextEncoder().encode("septet/ceremony-storage/v1"),
    32,
  );
}
