// Deploys the contracts: `node scripts/run.mjs node scripts/deploy.ts --help`. The work is done by scripts/deploy/.
import { readFile } from "node:fs/promises";
import { Command } from "commander";
import { deploy } from "./deploy/deploy.ts";
import { readPrivateKey } from "./deploy/key.ts";
import type { DeployParametersInput } from "./deploy/parameters.ts";

const program = new Command("deploy")
  .description("Deploy Septet's contracts. Run again after an interruption, it goes on where it stopped.")
  .requiredOption("--rpc <url>", "JSON-RPC of the execution client")
  .requiredOption("--parameters <file>", "JSON as in scripts/deploy/parameters/")
  .requiredOption("--out <folder>", "where the deployment record goes, like deployments/<chainId>")
  .option("--key-file <file>", "private key of the deployer, mode 0600")
  .option("--key-env <name>", "environment variable with the private key")
  .action(async ({ rpc, parameters, out, keyFile, keyEnv }) => {
    const input = JSON.parse(await readFile(parameters, "utf8")) as DeployParametersInput;
    const deployer = await readPrivateKey({ keyFile, keyEnv });
    const options = { rpcUrl: rpc, deployer, outDir: out, parameters: input };
    const { contracts } = await deploy(options, (step) => console.error(`waiting for ${step}`));
    console.log(JSON.stringify(contracts, null, 2));
  });

await program.parseAsync().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
});
