import "../../support/preset.ts";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { getGenesis } from "@ethereumjs/genesis";
import { BrowserProvider, toBeHex, Wallet, ZeroHash } from "ethers";
import { network } from "hardhat";
import { deployWith } from "../../../scripts/deploy/deploy.ts";
import type { DeployParametersInput } from "../../../scripts/deploy/parameters.ts";
import { connectContracts } from "../../../services/chain/contracts.ts";

export const { ethers, networkHelpers, provider } = await network.create();

const restore = networkHelpers.loadFixture.bind(networkHelpers);
// Where a snapshot is restored, Hardhat 3.17 moves the clock on by the time since it was taken: deadlines passed in
// fixtures, the sooner the slower the machine.
networkHelpers.loadFixture = async (fixture) => {
  const data = await restore(fixture);
  await networkHelpers.time.setNextBlockTimestamp((await networkHelpers.time.latest()) + 1);
  return data;
};

/** First account of Hardhat's well-known development mnemonic. */
const DEPLOYER_KEY = "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80";
const HOODI = 560_048;
const DEPOSIT_CONTRACT = "0x00000000219ab540356cBB839Cbe05303d7705Fa";
export const WITHDRAWAL_REQUESTS = "0x00000961Ef480Eb55e80D19ad83579A64c007002";
export const CONSOLIDATION_REQUESTS = "0x0000BBdDc7CE488642fb579F8B00f3a590007251";
const BEACON_ROOTS = "0x000F3df6D732807Ef1319fB7B8bB8522d0Beac02";
const BEACON_ROOTS_LENGTH = 8191n;

/** The simulated network starts at 2030-01-01 (hardhat.config.ts); the beacon chain here as well. */
export const GENESIS_TIME = 1_893_456_000;
export const DAY = 30n;
export const SECONDS_PER_SLOT = 2n;

export const PARAMETERS = {
  depositContract: DEPOSIT_CONTRACT,
  genesisForkVersion: "0x00000001",
  genesisTime: GENESIS_TIME,
  secondsPerSlot: Number(SECONDS_PER_SLOT),
  slotsPerEpoch: 8,
  shardCommitteePeriod: 4,
  epochsPerSlashingsVector: 64,
  minValidatorWithdrawabilityDelay: 4,
  daySeconds: Number(DAY),
  targetBalanceEther: 32,
} satisfies DeployParametersInput;

/** The deployer, over the simulated network. Answers are not cached: blocks come in the same instant as transactions. */
export function deployerWallet(browser = new BrowserProvider(provider, undefined, { cacheTimeout: -1 })) {
  return { browser, wallet: new Wallet(DEPLOYER_KEY, browser) };
}

export async function inTemporaryFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(path.join(tmpdir(), "septet-contracts-"));
  try {
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** The contracts as the deploy script makes them, around the deposit contract of Hoodi. */
export async function deployContracts(changes: Partial<DeployParametersInput> = {}) {
  await installDepositContract();
  const { wallet, browser } = deployerWallet();
  const deployment = await inTemporaryFolder((outDir) =>
    deployWith(wallet, browser, { outDir, parameters: { ...PARAMETERS, ...changes } }, () => {}),
  );
  browser.destroy();
  const [governance, ...accounts] = await ethers.getSigners();
  if (governance === undefined) throw new Error("the simulated network has no accounts");
  const contracts = connectContracts(deployment, governance);
  const depositContract = new ethers.Contract(DEPOSIT_CONTRACT, DEPOSIT_ABI, governance);
  return { deployment, governance, accounts, depositContract, ...contracts };
}

const DEPOSIT_ABI = [
  "event DepositEvent(bytes pubkey, bytes withdrawal_credentials, bytes amount, bytes signature, bytes index)",
  "function get_deposit_count() view returns (bytes)",
];

/** The real deposit contract and request contracts (EIP-7002, 7251): code and storage of Hoodi's genesis. */
export async function installDepositContract(): Promise<void> {
  // Deposits of earlier tests: branch and count.
  for (let slot = 0; slot <= 32; slot++) await networkHelpers.setStorageAt(DEPOSIT_CONTRACT, slot, 0);
  for (const address of [DEPOSIT_CONTRACT, WITHDRAWAL_REQUESTS, CONSOLIDATION_REQUESTS]) await installGenesis(address);
  for (const address of [WITHDRAWAL_REQUESTS, CONSOLIDATION_REQUESTS]) {
    // The first block of Prague lets them take requests; nothing empties their queues here.
    for (let slot = 0; slot <= 3; slot++) await networkHelpers.setStorageAt(address, slot, 0);
  }
}

async function installGenesis(address: string): Promise<void> {
  const entry = Object.entries(getGenesis(HOODI) ?? {}).find(([key]) => key === address.toLowerCase())?.[1];
  if (!Array.isArray(entry)) throw new Error(`the genesis of Hoodi has nothing at ${address}`);
  const [, code, storage] = entry;
  await networkHelpers.setCode(address, code);
  await networkHelpers.setBalance(address, 0n);
  for (const [slot, value] of storage ?? []) await networkHelpers.setStorageAt(address, slot, value);
}

/** Makes the EIP-4788 contract know `root` under `timestamp`, as the execution client does at each block. */
export async function setBeaconRoot(timestamp: bigint, root: string): Promise<void> {
  const slot = timestamp % BEACON_ROOTS_LENGTH;
  await networkHelpers.setStorageAt(BEACON_ROOTS, toBeHex(slot), toBeHex(timestamp, 32));
  await networkHelpers.setStorageAt(BEACON_ROOTS, toBeHex(slot + BEACON_ROOTS_LENGTH), root);
}

/** Empties what setBeaconRoot stored. */
export async function clearBeaconRoot(timestamp: bigint): Promise<void> {
  await networkHelpers.setStorageAt(BEACON_ROOTS, toBeHex(timestamp % BEACON_ROOTS_LENGTH), ZeroHash);
}
