// Stakes ether from an account: `node scripts/run.mjs node scripts/stake.ts --help`.
import { Command } from "commander";
import { formatEther, parseEther, Wallet } from "ethers";
import { connectContracts } from "../services/chain/contracts.ts";
import { type Deployment, readDeployment } from "../services/chain/deployment.ts";
import { connectExecution } from "../services/chain/executionProvider.ts";
import { mined } from "../services/chain/mined.ts";
import { readPrivateKey } from "./deploy/key.ts";

export interface Staked {
  transactionHash: string;
  blockNumber: number;
  /** Shares minted to the receiver. */
  shares: bigint;
}

/** Stakes `amountWei` through a connected wallet; the shares go to `receiver`, the wallet itself by default. */
export async function stake(
  wallet: Wallet,
  deployment: Deployment,
  amountWei: bigint,
  receiver = wallet.address,
): Promise<Staked> {
  const { stakingPool } = connectContracts(deployment, wallet);
  const receipt = await mined(stakingPool.deposit(amountWei, receiver, { value: amountWei }));
  const deposit = receipt.logs.map((log) => stakingPool.interface.parseLog(log)).find((log) => log?.name === "Deposit");
  if (!deposit) throw new Error(`stake ether: no Deposit event in ${receipt.hash}`);
  return { transactionHash: receipt.hash, blockNumber: receipt.blockNumber, shares: deposit.args["shares"] };
}

const program = new Command("stake")
  .description("Stake ether and get pool shares.")
  .requiredOption("--rpc <url>", "JSON-RPC of the execution client")
  .requiredOption("--deployment <folder>", "record of the deployment")
  .requiredOption("--amount <ether>", "ether to stake")
  .option("--receiver <address>", "who gets the shares; the sender by default")
  .option("--key-file <file>", "private key of the sender, mode 0600")
  .option("--key-env <name>", "environment variable with the private key")
  .action(async ({ rpc, deployment: folder, amount, receiver, keyFile, keyEnv }) => {
    const deployment = await readDeployment(folder);
    const provider = connectExecution(rpc, deployment.chainId);
    try {
      const wallet = new Wallet(await readPrivateKey({ keyFile, keyEnv }), provider);
      const { shares, transactionHash } = await stake(wallet, deployment, parseEther(amount), receiver);
      console.log(`staked ${amount} ETH for ${formatEther(shares)} shares in ${transactionHash}`);
    } finally {
      provider.destroy();
    }
  });

if (import.meta.main) {
  await program.parseAsync().catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : String(error));
    process.exitCode = 1;
  });
}
