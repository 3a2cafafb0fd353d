// A whole Septet on this machine: a private chain, the contracts, seven operators and a coordinator, each a real process.
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { type JsonRpcProvider, NonceManager, Wallet } from "ethers";
import { type Contracts, connectContracts } from "../../services/chain/contracts.ts";
import type { Deployment } from "../../services/chain/deployment.ts";
import { connectExecution } from "../../services/chain/executionProvider.ts";
import { acquireRedis } from "../../services/redis/redis.ts";
import { deploy } from "../deploy/deploy.ts";
import { type Devnet, startDevnet } from "../devnet/devnet.ts";
import { Cleanup } from "./cleanup.ts";
import { Daemon } from "./daemon.ts";
import { formSet } from "./formSet.ts";
import { freePorts } from "./freePorts.ts";
import { Observer } from "./observer.ts";
import { createOperators, isReady, type Operator, type OperatorEnvironment, registerOperator } from "./operators.ts";
import type { Progress } from "./progress.ts";
import { until } from "./until.ts";

const COORDINATOR_MAIN = fileURLToPath(new URL("../../services/coordinator/main.ts", import.meta.url));
const SEATS = 7;
const SLOTS_PER_EPOCH = 8;

export interface WorldOptions {
  secondsPerSlot: number;
  /** What each pool validator is topped up to. */
  targetBalanceEther: number;
  bondEtherPerOperator: number;
}

export const DEFAULT_WORLD: WorldOptions = {
  secondsPerSlot: 2,
  // A block proposer is drawn in proportion to its stake: against 16 validators of 32 ETH this gives one block in five.
  targetBalanceEther: 128,
  bondEtherPerOperator: 3,
};

export interface World {
  dir: string;
  deploymentDir: string;
  devnet: Devnet;
  provider: JsonRpcProvider;
  deployment: Deployment;
  /** Connected for reading. */
  contracts: Contracts;
  observer: Observer;
  operators: Operator[];
  coordinator: Daemon;
  coordinatorUrl: string;
  setId: bigint;
  /** Accounts with ether and no role yet. */
  depositors: Wallet[];
}

/**
 * Brings a world up and hands it to `use`; takes it down again, processes and files, however `use` ends.
 * @param signal ends everything early; `use` gets it too.
 */
export async function withWorld<T>(
  options: WorldOptions,
  progress: Progress,
  signal: AbortSignal,
  use: (world: World) => Promise<T>,
): Promise<T> {
  const cleanup = new Cleanup();
  const work = startWorld(options, progress, signal, cleanup).then(use);
  // An interruption must not wait for whoever talks to a chain that is gone already.
  const interruption = new Promise<never>((_, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
  try {
    return await Promise.race([work, interruption]);
  } finally {
    work.catch(() => {});
    await cleanup.run();
  }
}

async function startWorld(
  options: WorldOptions,
  progress: Progress,
  signal: AbortSignal,
  cleanup: Cleanup,
): Promise<World> {
  const dir = await mkdtemp(path.join(tmpdir(), "septet-world-"));
  cleanup.add(() => rm(dir, { recursive: true, force: true, maxRetries: 5 }));
  await mkdir(path.join(dir, "logs"));
  await mkdir(path.join(dir, "keys"), { mode: 0o700 });
  const deploymentDir = path.join(dir, "deployment");

  const devnet = await progress.phase("private chain: execution client and beacon node", async () => {
    progress.awaiting("the chain's first blocks", 20);
    const devnetOptions = { dataDir: path.join(dir, "devnet"), secondsPerSlot: options.secondsPerSlot };
    const started = await startDevnet(devnetOptions, signal);
    cleanup.add(() => started.stop());
    return started;
  });
  const { executionUrl, beaconUrl, depositContract, genesisForkVersion, genesisTime, secondsPerSlot } = devnet;
  const provider = connectExecution(executionUrl, devnet.chainId);
  cleanup.add(async () => provider.destroy());
  const [deployer, coordinatorAccount, ...others] = devnet.devAccounts.map(
    ({ privateKey }) => new Wallet(privateKey, provider),
  );
  const [owners, depositors] = [others.slice(0, SEATS), others.slice(SEATS)];
  if (deployer === undefined || coordinatorAccount === undefined || depositors.length === 0) {
    throw new Error("the private chain has too few funded accounts");
  }
  const keyFile = async (name: string, wallet: Wallet) => {
    const file = path.join(dir, "keys", name);
    await writeFile(file, `${wallet.privateKey}\n`, { mode: 0o600 });
    return file;
  };

  const lastDepositor = depositors.at(-1);
  if (lastDepositor !== undefined) await keyFile("depositor", lastDepositor);

  const deployment = await progress.phase("contracts deployed", () =>
    deploy(
      {
        rpcUrl: executionUrl,
        deployer: deployer.privateKey,
        outDir: deploymentDir,
        parameters: {
          ...{ depositContract, genesisForkVersion, genesisTime, secondsPerSlot },
          slotsPerEpoch: SLOTS_PER_EPOCH,
          // As scripts/devnet/beacon/config.ts has them.
          ...{ shardCommitteePeriod: 4, epochsPerSlashingsVector: 64, minValidatorWithdrawabilityDelay: 4 },
          daySeconds: 30,
          targetBalanceEther: options.targetBalanceEther,
        },
      },
      (step) => progress.awaiting(step),
    ),
  );
  const contracts = connectContracts(deployment, provider);

  const [coordinatorPort = 0] = await freePorts(1);
  const coordinatorUrl = `http://127.0.0.1:${coordinatorPort}`;
  const environment: OperatorEnvironment = {
    ...{ signal, worldDir: dir, deploymentDir },
    ...{ executionUrl, beaconUrl, coordinatorUrl },
  };
  const operators = await progress.phase("seven operators registered and bonded", async () => {
    progress.awaiting("seven nodes to make their keys", 10);
    const created = await createOperators(SEATS, environment);
    progress.awaiting("seven registrations and bonds to be mined", 4 * options.secondsPerSlot);
    await Promise.all(
      created.map(async (operator, index) => {
        const owner = owners[index];
        if (owner === undefined) throw new Error("the private chain has too few funded accounts");
        const ownerKeyFile = await keyFile(operator.name, owner);
        await registerOperator(operator, environment, {
          address: owner.address,
          keyFile: ownerKeyFile,
          bondEther: options.bondEtherPerOperator,
        });
      }),
    );
    return created;
  });

  const setId = await progress.phase("set of seven formed", () =>
    formSet(
      deployment,
      new NonceManager(deployer),
      owners.map(({ address }) => address),
    ),
  );

  const coordinator = await progress.phase("coordinator and seven nodes running", async () => {
    const redis = await acquireRedis({ dataDir: path.join(dir, "redis"), signal, log: (text) => progress.note(text) });
    cleanup.add(() => redis.stop());
    const daemon = new Daemon(
      "coordinator",
      [
        ...[COORDINATOR_MAIN, "run", "--deployment", deploymentDir, "--data-dir", path.join(dir, "coordinator")],
        ...["--execution-url", executionUrl, "--beacon-url", beaconUrl, "--redis-url", redis.url],
        ...["--key-file", await keyFile("coordinator", coordinatorAccount), "--api-port", String(coordinatorPort)],
      ],
      path.join(dir, "logs"),
    );
    for (const each of [daemon, ...operators.map((operator) => operator.daemon)]) {
      each.start();
      cleanup.add(() => each.stop());
    }
    for (const operator of operators) {
      progress.awaiting(`${operator.name} to be ready`);
      await until(() => isReady(operator), signal);
    }
    return daemon;
  });

  const observer = new Observer(beaconUrl, { genesisTime, secondsPerSlot, slotsPerEpoch: SLOTS_PER_EPOCH });
  return {
    ...{ dir, deploymentDir, devnet, provider, deployment, contracts, observer },
    ...{ operators, coordinator, coordinatorUrl, setId, depositors },
  };
}
