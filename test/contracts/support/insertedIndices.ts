import { concat } from "ethers";
import { artifacts } from "hardhat";
import { ethers, networkHelpers } from "./chain.ts";
import type { Septet } from "./septet.ts";

/** What follows the code in the transaction that created the contract. */
async function constructorArgumentsOf(address: string, name: string): Promise<string> {
  const { bytecode } = await artifacts.readArtifact(name);
  for (let number = await ethers.provider.getBlockNumber(); number > 0; number--) {
    const block = await ethers.provider.getBlock(number, true);
    for (const transaction of block?.prefetchedTransactions ?? []) {
      if (transaction.to !== null) continue;
      const receipt = await ethers.provider.getTransactionReceipt(transaction.hash);
      if (receipt?.contractAddress === address) return `0x${transaction.data.slice(bytecode.length)}`;
    }
  }
  throw new Error(`no transaction created ${address}`);
}

/** The manager gets a door by which indices count without a key: a hundred ceremonies would add nothing here. */
export async function insertIndices(septet: Septet, first: number, count: number): Promise<void> {
  const manager = await septet.validatorManager.getAddress();
  const { bytecode } = await artifacts.readArtifact("ManagerWithInsertedKeys");
  const data = concat([bytecode, await constructorArgumentsOf(manager, "ValidatorManager")]);
  const made = await (await septet.governance.sendTransaction({ data })).wait();
  await networkHelpers.setCode(manager, await ethers.provider.getCode(made?.contractAddress ?? ""));
  const door = await ethers.getContractAt("ManagerWithInsertedKeys", manager);
  await door.getFunction("insertAccounted")(first, count);
}
