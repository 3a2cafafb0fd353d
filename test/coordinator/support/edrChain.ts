import { BrowserProvider, type Eip1193Provider, Wallet } from "ethers";
import { network } from "hardhat";

/** First account of Hardhat's development mnemonic, funded by EDR. */
export const FUNDED_KEY = "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80";

// Emits a log without topics when called without data, and reverts with the data it is called with otherwise.
const LOG_OR_REVERT_RUNTIME = "36600a5760006000a0005b366000600037366000fd";
const LOG_OR_REVERT = `0x601580600${9}3d393df3${LOG_OR_REVERT_RUNTIME}`;

/** A real execution environment (EDR) in this process, where transactions wait in the pool until `mine`. */
export async function createEdrChain() {
  const connection = await network.create();
  const provider = new BrowserProvider(connection.provider as Eip1193Provider, undefined, { cacheTimeout: -1 });
  const deployer = new Wallet(FUNDED_KEY, provider);
  const deployed = await deployer.sendTransaction({ data: LOG_OR_REVERT });
  const contract = (await deployed.wait())?.contractAddress ?? "";
  await provider.send("evm_setAutomine", [false]);
  return {
    provider,
    /** Address of a contract that logs without data and reverts with data. */
    contract,
    mine: (blocks = 1) => provider.send("hardhat_mine", [`0x${blocks.toString(16)}`]),
    poolSize: async () => (await provider.send("eth_pendingTransactions", [])).length as number,
    async close() {
      provider.destroy();
      await connection.close();
    },
  };
}
