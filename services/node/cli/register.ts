import { readFileSync } from "node:fs";
import { computeAddress, getAddress, parseEther, Wallet } from "ethers";
import { type Contracts, connectContracts } from "../../chain/contracts.ts";
import { readDeployment } from "../../chain/deployment.ts";
import { connectExecution } from "../../chain/executionProvider.ts";
import { mined } from "../../chain/mined.ts";
import { NODE_KEY_PROOF_TYPES, septetDomain } from "../../chain/typedData.ts";
import { openDataDirectory } from "./dataDirectory.ts";

export interface RegisterOptions {
  dataDir: string;
  /** Folder of the deployment record. */
  deployment: string;
  executionUrl: string;
  /** File with the owner account's private key in hex. */
  ownerKeyFile: string;
  payout: string;
  multiaddrs: string;
  uri: string;
  /** Decimal number of ETH that the bond should be worth. */
  bondEther: string;
}

export interface Registration {
  operatorId: number;
  nodeAddress: string;
  bondShares: string;
}

/** A share rate that rounds down must not cost a deposit of dust at every repetition. */
const DUST_WEI = 1_000_000_000n;

/** Brings the registration, the addresses and the bond to what the options say; what is right already is left alone. */
export async function register(options: RegisterOptions): Promise<Registration> {
  const deployment = await readDeployment(options.deployment);
  const { nodeKey } = await openDataDirectory(options.dataDir);
  const provider = connectExecution(options.executionUrl, deployment.chainId);
  try {
    const owner = new Wallet(readFileSync(options.ownerKeyFile, "utf8").trim(), provider);
    const contracts = connectContracts(deployment, owner);
    const registry = contracts.operatorRegistry;
    const payout = getAddress(options.payout);
    if ((await registry.operatorIdOf(nodeKey.address)) === 0n) {
      const domain = septetDomain(deployment.chainId, deployment.contracts.OperatorRegistry);
      const proof = { owner: owner.address, nodeKey: nodeKey.address, payout };
      const signature = await nodeKey.signTypedData(domain, NODE_KEY_PROOF_TYPES, proof);
      const nodePublicKey = `0x${nodeKey.signingKey.publicKey.slice(4)}`;
      const registration = { nodePublicKey, payout, multiaddrs: options.multiaddrs, uri: options.uri };
      await mined(registry.register(registration, signature));
    }
    const operatorId = await registry.operatorIdOf(nodeKey.address);
    await updateSettings(contracts, operatorId, owner.address, { ...options, payout }, deployment.deployedAtBlock);
    await fillBond(contracts, operatorId, parseEther(options.bondEther));
    const bondShares = await registry.bondOf(operatorId);
    return {
      operatorId: Number(operatorId),
      nodeAddress: computeAddress(nodeKey.signingKey.publicKey),
      bondShares: bondShares.toString(),
    };
  } finally {
    provider.destroy();
  }
}

async function updateSettings(
  { operatorRegistry: registry }: Contracts,
  operatorId: bigint,
  ownerAddress: string,
  wanted: { payout: string; multiaddrs: string },
  deployedAtBlock: number,
): Promise<void> {
  const operator = await registry.operator(operatorId);
  if (operator.owner !== ownerAddress) throw new Error(`operator ${operatorId} belongs to ${operator.owner}`);
  if (operator.payout !== wanted.payout) await mined(registry.setPayout(operatorId, wanted.payout));
  const registered = await registry.queryFilter(registry.filters.OperatorRegistered(operatorId), deployedAtBlock);
  const changed = await registry.queryFilter(registry.filters.MultiaddrsChanged(operatorId), deployedAtBlock);
  const multiaddrs = (changed.at(-1) ?? registered.at(-1))?.args.multiaddrs;
  if (multiaddrs !== wanted.multiaddrs) await mined(registry.setMultiaddrs(operatorId, wanted.multiaddrs));
}

async function fillBond(
  { operatorRegistry: registry, stakingPool: pool }: Contracts,
  operatorId: bigint,
  wantedWei: bigint,
): Promise<void> {
  const bondWei = await pool.convertToAssets(await registry.bondOf(operatorId));
  const missingWei = wantedWei - bondWei;
  if (missingWei > DUST_WEI) await mined(registry.bondEther(operatorId, { value: missingWei }));
}
