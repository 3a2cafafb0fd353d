import path from "node:path";
import { setTimeout } from "node:timers/promises";
import {
  Interface,
  type JsonRpcApiProvider,
  JsonRpcProvider,
  Transaction,
  type TransactionReceipt,
  Wallet,
} from "ethers";
import {
  type ContractRecord,
  type Deployment,
  type DeploymentSummary,
  readDeployment,
} from "../../services/chain/deployment.ts";
import { linkBytecode, readArtifact } from "./artifacts.ts";
import { checkChain } from "./chain.ts";
import { checkDeployment } from "./check.ts";
import { DeployError } from "./errors.ts";
import { type DeployParameters, type DeployParametersInput, parseParameters, withRoles } from "./parameters.ts";
import { type DeploymentPlan, type PlannedContract, planDeployment, ROUNDS } from "./plan.ts";
import { exists, type Journal, openJournal, removeJournal, requireSame, writeJournal, writeJson } from "./record.ts";

const RECEIPT_POLL_MS = 500;
const RECEIPT_POLLS = 600;
/** A client may count a nonce before it can give the receipt. */
const RECEIPT_POLLS_AFTER_USE = 20;

// Some clients estimate what a transaction used, not what it needs.
const GAS_MARGIN_PERCENT = 120n;

export interface DeployOptions {
  rpcUrl: string;
  /** Private key of the account that deploys, and governs unless the parameters name another. */
  deployer: string;
  /** Where the record goes; see services/chain. */
  outDir: string;
  parameters: DeployParametersInput;
}

/**
 * Deploys all contracts, checks them on the chain and writes the record. Run again after an interruption it goes on where
 * it stopped; run again after success it only checks.
 *
 * @param progress is told what is awaited
 * @throws DeployError, DeploymentError
 */
export async function deploy(options: DeployOptions, progress: (step: string) => void): Promise<Deployment> {
  const provider = new JsonRpcProvider(options.rpcUrl, undefined, { pollingInterval: 500 });
  try {
    return await deployWith(new Wallet(options.deployer, provider), provider, options, progress);
  } finally {
    provider.destroy();
  }
}

/** `deploy` through a provider that is there already. */
export async function deployWith(
  wallet: Wallet,
  provider: JsonRpcApiProvider,
  { outDir, parameters: input }: Pick<DeployOptions, "outDir" | "parameters">,
  progress: (step: string) => void,
): Promise<Deployment> {
  const chainId = Number((await provider.getNetwork()).chainId);
  const parameters = withRoles(parseParameters(input), chainId, wallet.address);
  const fresh = !(await exists(path.join(outDir, "deployment.json")));
  if (fresh) {
    await checkChain(parameters, provider);
    await deployAndRecord(wallet, provider, outDir, parameters, chainId, progress);
  }
  const deployment = await readDeployment(outDir);
  requireSame(outDir, "chainId", String(deployment.chainId), String(chainId));
  progress("the check of the contracts on the chain");
  await checkDeployment(deployment, parameters, provider, fresh);
  await removeJournal(outDir);
  return deployment;
}

async function deployAndRecord(
  wallet: Wallet,
  provider: JsonRpcApiProvider,
  outDir: string,
  parameters: DeployParameters,
  chainId: number,
  progress: (step: string) => void,
): Promise<void> {
  const journal = await openJournal(outDir, {
    chainId,
    deployer: wallet.address,
    firstNonce: await provider.getTransactionCount(wallet.address, "latest"),
    parameters: JSON.stringify(parameters, (_, each) => (typeof each === "bigint" ? each.toString() : each)),
  });
  const plan = planDeployment(wallet.address, journal.firstNonce, parameters);
  const mined: Mined[] = [];
  for (const round of ROUNDS) {
    for (const name of round) {
      progress(`${name} to be sent`);
      await sendUnlessSent(wallet, provider, outDir, journal, plan.contracts[name], plan);
    }
    for (const name of round) {
      progress(`${name} to be mined`);
      mined.push(await waitUntilMined(provider, journal, plan.contracts[name]));
    }
  }
  await writeRecord(outDir, chainId, plan, parameters, mined);
}

/** The signed transaction is in the journal before it leaves, so a second run sends the same one, never another. */
async function sendUnlessSent(
  wallet: Wallet,
  provider: JsonRpcApiProvider,
  outDir: string,
  journal: Journal,
  contract: PlannedContract,
  { contracts }: DeploymentPlan,
): Promise<void> {
  const { name, nonce } = contract;
  const recorded = journal.transactions[name];
  if (recorded !== undefined) {
    // Refused when it is known or mined already; waitUntilMined tells that from a real failure.
    await provider.broadcastTransaction(recorded).catch(() => undefined);
    return;
  }
  const used = await provider.getTransactionCount(wallet.address, "latest");
  if (used > nonce) {
    throw new DeployError({ code: "NONCE_USED", contract: name, nonce, reason: `the account's next is ${used}` });
  }
  const artifact = await readArtifact(name);
  const addresses = Object.fromEntries(Object.values(contracts).map((each) => [each.name, each.address]));
  const code = linkBytecode(artifact.bytecode, artifact.linkReferences, addresses);
  const encoded = new Interface(artifact.abi).encodeDeploy(contract.constructorArguments);
  const creation = { nonce, value: contract.valueWei, data: code + encoded.slice(2) };
  const gasLimit = ((await wallet.estimateGas(creation)) * GAS_MARGIN_PERCENT) / 100n;
  const signed = await wallet.signTransaction(await wallet.populateTransaction({ ...creation, gasLimit }));
  journal.transactions[name] = signed;
  await writeJournal(outDir, journal);
  await provider.broadcastTransaction(signed);
}

interface Mined {
  contract: PlannedContract;
  transactionHash: string;
  blockNumber: number;
}

async function waitUntilMined(
  provider: JsonRpcApiProvider,
  journal: Journal,
  contract: PlannedContract,
): Promise<Mined> {
  const { name, nonce } = contract;
  const signed = Transaction.from(journal.transactions[name]);
  const transactionHash = signed.hash ?? "";
  const receipt = await pollReceipt(provider, signed);
  if (receipt === null) {
    const reason = `${transactionHash} was not mined`;
    throw new DeployError({ code: "NONCE_USED", contract: name, nonce, reason });
  }
  if (receipt.status !== 1) {
    throw new DeployError({ code: "DEPLOYMENT_REVERTED", contract: name, transactionHash });
  }
  if (receipt.contractAddress !== contract.address) {
    const actual = receipt.contractAddress ?? "none";
    throw new DeployError({ code: "UNEXPECTED_ADDRESS", contract: name, expected: contract.address, actual });
  }
  return { contract, transactionHash, blockNumber: receipt.blockNumber };
}

/**
 * Ethers' own waiting counts on a later block, which a chain that mines on demand never makes.
 *
 * @returns null when another transaction took the nonce, or after five minutes
 */
async function pollReceipt(
  provider: JsonRpcApiProvider,
  { from, nonce, hash }: Transaction,
): Promise<TransactionReceipt | null> {
  let polledSinceUsed = 0;
  for (let poll = 0; poll < RECEIPT_POLLS && polledSinceUsed < RECEIPT_POLLS_AFTER_USE; poll++) {
    const used = await provider.getTransactionCount(from ?? "", "latest");
    const receipt = await provider.getTransactionReceipt(hash ?? "");
    if (receipt !== null) return receipt;
    if (used > nonce) polledSinceUsed++;
    await setTimeout(RECEIPT_POLL_MS);
  }
  return null;
}

/** The summary comes last: while it is missing, the deployment counts as unfinished. */
async function writeRecord(
  outDir: string,
  chainId: number,
  { governance }: DeploymentPlan,
  parameters: DeployParameters,
  mined: Mined[],
): Promise<void> {
  for (const { contract, transactionHash } of mined) {
    const { name, address, constructorArguments } = contract;
    const { abi } = await readArtifact(name);
    const record: ContractRecord = { address, abi, constructorArguments, transactionHash };
    await writeJson(path.join(outDir, `${name}.json`), record);
  }
  const addresses = mined.map(({ contract }) => [contract.name, contract.address]);
  const summary: DeploymentSummary = {
    chainId,
    deployedAtBlock: Math.min(...mined.map(({ blockNumber }) => blockNumber)),
    day: parameters.daySeconds,
    governance,
    depositContract: parameters.depositContract,
    genesisForkVersion: parameters.genesisForkVersion,
    contracts: Object.fromEntries(addresses),
  };
  await writeJson(path.join(outDir, "deployment.json"), summary);
}
