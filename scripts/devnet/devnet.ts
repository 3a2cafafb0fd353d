import { randomBytes } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { type DevAccount, developmentAccounts } from "./accounts.ts";
import type { BeaconMessage, BeaconNodeOptions, ChainStatus } from "./beacon/protocol.ts";
import { type Child, type ChildOptions, startChild } from "./childProcess.ts";
import { DEPOSIT_CONTRACT_ADDRESS, executionGenesis, type GenesisBalance } from "./execution/genesis.ts";
import { ENGINE_PORT_FLAG, type ExecutionMessage, RPC_PORT_FLAG } from "./execution/protocol.ts";

export interface DevnetOptions {
  /** Takes the chain data and both logs; must not hold those of an earlier devnet, as a chain cannot be resumed. */
  dataDir: string;
  /** Default 2. */
  secondsPerSlot?: number;
  /** Validators of 32 ETH that the beacon node itself runs and that keep the chain final; default 16. */
  interopValidators?: number;
  /** Funded at genesis beside the development accounts. */
  fundedAccounts?: GenesisBalance[];
  /** One line at a time, for a person. */
  log?: (line: string) => void;
  /** Once per slot. */
  onStatus?: (status: ChainStatus) => void;
  /** A process of the devnet died by itself; the devnet is of no use any more. */
  onFailure?: (error: Error) => void;
}

export interface Devnet {
  executionUrl: string;
  beaconUrl: string;
  chainId: number;
  /** Unix seconds. */
  genesisTime: number;
  genesisForkVersion: string;
  genesisValidatorsRoot: string;
  secondsPerSlot: number;
  depositContract: string;
  devAccounts: DevAccount[];
  /** Resolves when both processes are gone. The data directory stays. */
  stop(): Promise<void>;
}

const CHAIN_ID = 7_357_001;
const DEV_ACCOUNT_COUNT = 30;
const DEV_ACCOUNT_BALANCE_WEI = 1_000_000n * 10n ** 18n;
const EXECUTION_FOLDER = "execution";
const START_TIMEOUT_MS = 60_000;
/** The execution client takes up to 10 s to close databases that nobody opens again. */
const STOP_GRACE_MS = 2_000;

/**
 * Starts the execution client and the beacon node, each a process of its own bound to 127.0.0.1 on free ports. They
 * end with {@link Devnet.stop}, with the signal, or when this process dies in whatever way.
 * @throws when the directory has been used, when a process ends before it serves, or when they are not up in a minute
 */
export async function startDevnet(options: DevnetOptions, signal: AbortSignal): Promise<Devnet> {
  signal.throwIfAborted();
  const { dataDir, secondsPerSlot = 2, interopValidators = 16 } = options;
  checkOptions(secondsPerSlot, interopValidators);
  mkdirSync(dataDir, { recursive: true });
  mkdirSync(path.join(dataDir, EXECUTION_FOLDER));
  const devAccounts = developmentAccounts(DEV_ACCOUNT_COUNT);
  const files = writeGenesis(dataDir, [
    ...devAccounts.map(({ address }) => ({ address, balanceWei: DEV_ACCOUNT_BALANCE_WEI })),
    ...(options.fundedAccounts ?? []),
  ]);

  const children: Child[] = [];
  const stop = once(async () => {
    signal.removeEventListener("abort", onAbort);
    // The beacon node first: it has nothing to flush and would only complain about a missing execution client.
    for (const child of children.toReversed()) await child.stop(STOP_GRACE_MS);
  });
  const onAbort = () => void stop();
  signal.addEventListener("abort", onAbort, { once: true });

  try {
    const starting = startWatch(signal);
    const spawn: Spawn = (childOptions) => {
      const onUnexpectedExit = (error: Error) => {
        starting.fail(error);
        options.onFailure?.(error);
      };
      const child = startChild({ ...childOptions, onUnexpectedExit });
      children.push(child);
      return child;
    };

    const execution = startExecution(spawn, dataDir, files);
    const beaconNode = startBeacon(spawn, dataDir, options);
    const { rpcPort, enginePort } = await starting.until(execution);
    beaconNode.configure({
      chainId: CHAIN_ID,
      secondsPerSlot,
      interopValidators,
      interopOwner: interopOwner(devAccounts).address,
      engineUrl: `http://127.0.0.1:${enginePort}`,
      jwtSecretFile: files.jwtSecret,
      depositContract: DEPOSIT_CONTRACT_ADDRESS,
    });
    const beacon = await starting.until(beaconNode.ready);
    return {
      executionUrl: `http://127.0.0.1:${rpcPort}`,
      beaconUrl: `http://127.0.0.1:${beacon.port}`,
      chainId: CHAIN_ID,
      genesisTime: beacon.genesisTime,
      genesisForkVersion: beacon.genesisForkVersion,
      genesisValidatorsRoot: beacon.genesisValidatorsRoot,
      secondsPerSlot,
      depositContract: DEPOSIT_CONTRACT_ADDRESS,
      devAccounts,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The account that the interop validators' stake belongs to, and that may have them exit (EIP-7002, 7251). */
export function interopOwner(devAccounts: DevAccount[]): DevAccount {
  const last = devAccounts.at(-1);
  if (last === undefined) throw new RangeError("no development accounts");
  return last;
}

function checkOptions(secondsPerSlot: number, interopValidators: number): void {
  // The execution chain's timestamps are whole seconds.
  if (!Number.isInteger(secondsPerSlot) || secondsPerSlot < 1) throw new RangeError("secondsPerSlot: a whole number");
  // With fewer, some of the epoch's eight slots would have no committee.
  if (!Number.isInteger(interopValidators) || interopValidators < 8 || interopValidators > 256) {
    throw new RangeError("interopValidators: a whole number from 8 to 256");
  }
}

type Spawn = (options: Omit<ChildOptions, "onUnexpectedExit">) => Child;
type GenesisFiles = ReturnType<typeof writeGenesis>;

function writeGenesis(dataDir: string, balances: GenesisBalance[]) {
  const genesis = path.join(dataDir, "execution-genesis.json");
  const jwtSecret = path.join(dataDir, "engine-jwt.hex");
  const timestamp = Math.floor(Date.now() / 1000);
  writeFileSync(genesis, JSON.stringify(executionGenesis(CHAIN_ID, timestamp, balances)));
  writeFileSync(jwtSecret, randomBytes(32).toString("hex"), { mode: 0o600 });
  return { genesis, jwtSecret };
}

function startExecution(spawn: Spawn, dataDir: string, files: GenesisFiles) {
  return new Promise<{ rpcPort: number; enginePort: number }>((resolve) => {
    const ports: Partial<Record<ExecutionMessage["service"], number>> = {};
    spawn({
      name: "execution client",
      entry: fileURLToPath(new URL("./execution/main.ts", import.meta.url)),
      logFile: path.join(dataDir, "execution.log"),
      args: [
        `--dataDir=${path.join(dataDir, EXECUTION_FOLDER)}`,
        `--gethGenesis=${files.genesis}`,
        `--jwtSecret=${files.jwtSecret}`,
        "--rpc",
        `--rpcPort=${RPC_PORT_FLAG}`,
        "--rpcEngine",
        `--rpcEnginePort=${ENGINE_PORT_FLAG}`,
        "--port=0",
        "--discV4=false",
        "--discDns=false",
        "--no-logFile",
        "--logLevel=warn",
        "--saveReceipts=true",
        // Without it the client refuses transactions until it has peers.
        "--isSingleNode",
      ],
      onMessage(message) {
        const { service, port } = message as ExecutionMessage;
        ports[service] = port;
        if (ports.rpc !== undefined && ports.engine !== undefined) {
          resolve({ rpcPort: ports.rpc, enginePort: ports.engine });
        }
      },
    });
  });
}

function startBeacon(spawn: Spawn, dataDir: string, { log, onStatus }: DevnetOptions) {
  const ready = Promise.withResolvers<Extract<BeaconMessage, { kind: "ready" }>>();
  const child = spawn({
    name: "beacon node",
    entry: fileURLToPath(new URL("./beacon/main.ts", import.meta.url)),
    logFile: path.join(dataDir, "beacon.log"),
    args: [],
    onMessage(received) {
      const message = received as BeaconMessage;
      if (message.kind === "ready") ready.resolve(message);
      else if (message.kind === "status") onStatus?.(message.status);
      else log?.(message.line);
    },
  });
  return { ready: ready.promise, configure: (options: BeaconNodeOptions) => child.send(options) };
}

/** Ends the wait for a process that fails, is aborted or takes too long, whichever step is being awaited. */
function startWatch(signal: AbortSignal) {
  const failure = Promise.withResolvers<never>();
  failure.promise.catch(() => {});
  const timer = setTimeout(() => {
    failure.reject(new Error(`the devnet did not start within ${START_TIMEOUT_MS / 1000} s`));
  }, START_TIMEOUT_MS);
  timer.unref();
  signal.addEventListener("abort", () => failure.reject(signal.reason), { once: true });
  return {
    fail: failure.reject,
    until: <T>(step: Promise<T>): Promise<T> => Promise.race([step, failure.promise]),
  };
}

function once<T>(action: () => Promise<T>): () => Promise<T> {
  let result: Promise<T> | undefined;
  return () => {
    result ??= action();
    return result;
  };
}
