import path from "node:path";
import { fileURLToPath } from "node:url";
import { Daemon } from "./daemon.ts";
import { freePorts } from "./freePorts.ts";
import { runScript } from "./runScript.ts";

const NODE_MAIN = fileURLToPath(new URL("../../services/node/main.ts", import.meta.url));

/** One operator of the local world: its data directory, its ports and its process. */
export interface Operator {
  name: string;
  dataDir: string;
  p2pPort: number;
  apiUrl: string;
  daemon: Daemon;
}

export interface OperatorEnvironment {
  signal: AbortSignal;
  worldDir: string;
  deploymentDir: string;
  executionUrl: string;
  beaconUrl: string;
  coordinatorUrl: string;
}

/** Creates operators' keys and databases with the node's own `init`; nothing runs yet. */
export async function createOperators(count: number, environment: OperatorEnvironment): Promise<Operator[]> {
  const ports = await freePorts(2 * count);
  const numbers = Array.from({ length: count }, (_, index) => index + 1);
  return Promise.all(numbers.map((number) => createOperator(number, ports.splice(0, 2), environment)));
}

async function createOperator(
  number: number,
  [p2pPort = 0, apiPort = 0]: number[],
  environment: OperatorEnvironment,
): Promise<Operator> {
  const { worldDir, deploymentDir, executionUrl, beaconUrl, coordinatorUrl } = environment;
  const name = `operator-${number}`;
  const dataDir = path.join(worldDir, name);
  await runScript([NODE_MAIN, "init", "--data-dir", dataDir], environment.signal);
  const daemon = new Daemon(
    name,
    [
      ...[NODE_MAIN, "run", "--data-dir", dataDir, "--deployment", deploymentDir],
      ...["--execution-url", executionUrl, "--beacon-url", beaconUrl, "--coordinator-url", coordinatorUrl],
      ...["--p2p-host", "127.0.0.1", "--p2p-port", String(p2pPort), "--api-port", String(apiPort)],
    ],
    path.join(worldDir, "logs"),
  );
  return { name, dataDir, p2pPort, apiUrl: `http://127.0.0.1:${apiPort}`, daemon };
}

/** Registers and bonds an operator on chain with the node's own `register`. */
export async function registerOperator(
  operator: Operator,
  environment: OperatorEnvironment,
  owner: { address: string; keyFile: string; bondEther: number },
): Promise<void> {
  const registration = [
    ...[NODE_MAIN, "register", "--data-dir", operator.dataDir, "--deployment", environment.deploymentDir],
    ...["--execution-url", environment.executionUrl, "--owner-key-file", owner.keyFile, "--payout", owner.address],
    ...["--multiaddrs", `/ip4/127.0.0.1/tcp/${operator.p2pPort}`, "--bond-ether", String(owner.bondEther)],
  ];
  await runScript(registration, environment.signal);
}

/** True once the operator's node says that it is ready; undefined before. */
export async function isReady({ apiUrl }: Operator): Promise<true | undefined> {
  try {
    const { ok } = await fetch(`${apiUrl}/readyz`, { signal: AbortSignal.timeout(2_000) });
    return ok ? true : undefined;
  } catch {
    return undefined;
  }
}
