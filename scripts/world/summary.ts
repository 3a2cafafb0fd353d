import path from "node:path";
import type { World } from "./world.ts";

/** What a person needs to use the running world. The keys it names are those of a private chain and worth nothing. */
export function summary(world: World): string {
  const { devnet, deployment, deploymentDir, coordinatorUrl, operators, depositors } = world;
  const depositor = depositors.at(-1);
  const keyFile = path.join(world.dir, "keys", "depositor");
  const lines = [
    "",
    `Septet runs on a private chain (chain id ${devnet.chainId}). Ctrl-C ends it and removes everything.`,
    "",
    `  execution RPC   ${devnet.executionUrl}`,
    `  beacon API      ${devnet.beaconUrl}`,
    `  coordinator     ${coordinatorUrl}/v1/status`,
    ...operators.map(({ name, apiUrl }) => `  ${name}      ${apiUrl}/v1/status`),
    "",
    ...Object.entries(deployment.contracts).map(([name, address]) => `  ${name.padEnd(18)} ${address}`),
    "",
    "Stake 32 ETH from a funded account, in a second terminal:",
    `  npm run stake -- --rpc ${devnet.executionUrl} --deployment ${deploymentDir} --key-file ${keyFile} --amount 32`,
    `(the account is ${depositor?.address}; the coordinator asks for a key when the pool has enough for a validator)`,
    "",
    `  logs            ${path.join(world.dir, "logs")}`,
    "",
  ];
  return lines.join("\n");
}
