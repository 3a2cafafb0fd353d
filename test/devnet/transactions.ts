import type { SecretKey } from "@chainsafe/blst";
import { DOMAIN_DEPOSIT } from "@lodestar/params";
import { computeDomain, computeSigningRoot } from "@lodestar/state-transition";
import { ssz } from "@lodestar/types";
import { Contract, getBytes, hexlify, JsonRpcProvider, parseEther, toBeHex, Wallet } from "ethers";
import type { Devnet } from "../../scripts/devnet/devnet.ts";

const DEPOSIT_ABI = [
  "function deposit(bytes pubkey, bytes withdrawal_credentials, bytes signature, bytes32 deposit_data_root) payable",
];
const BEACON_ROOTS_ADDRESS = "0x000F3df6D732807Ef1319fB7B8bB8522d0Beac02";
const WITHDRAWAL_REQUESTS_ADDRESS = "0x00000961Ef480Eb55e80D19ad83579A64c007002";
const CONSOLIDATION_REQUESTS_ADDRESS = "0x0000BBdDc7CE488642fb579F8B00f3a590007251";
/** More than the least of 1 wei, for several requests in one block; the rest is kept by the contract. */
const REQUEST_FEE_WEI = 100n;

function provider(devnet: Devnet): JsonRpcProvider {
  return new JsonRpcProvider(devnet.executionUrl, devnet.chainId, { staticNetwork: true, pollingInterval: 200 });
}

function wallet(devnet: Devnet, account: number): Wallet {
  const key = devnet.devAccounts[account]?.privateKey;
  if (key === undefined) throw new Error(`no development account ${account}`);
  return new Wallet(key, provider(devnet));
}

/** Deposits for the key with compounding credentials of the account. */
export async function deposit(devnet: Devnet, account: number, secretKey: SecretKey, amountEth: number) {
  const from = wallet(devnet, account);
  const pubkey = secretKey.toPublicKey().toBytes();
  const withdrawalCredentials = Uint8Array.of(0x02, ...new Uint8Array(11), ...getBytes(from.address));
  const message = { pubkey, withdrawalCredentials, amount: amountEth * 1_000_000_000 };
  const domain = computeDomain(DOMAIN_DEPOSIT, getBytes(devnet.genesisForkVersion), new Uint8Array(32));
  const signature = secretKey.sign(computeSigningRoot(ssz.phase0.DepositMessage, message, domain)).toBytes();
  const root = ssz.phase0.DepositData.hashTreeRoot({ ...message, signature });
  const contract = new Contract(devnet.depositContract, DEPOSIT_ABI, from);
  const value = parseEther(String(amountEth));
  const transaction = await contract.getFunction("deposit")(pubkey, withdrawalCredentials, signature, root, { value });
  await transaction.wait();
  return { pubkey, pubkeyHex: hexlify(pubkey), withdrawalCredentials };
}

/** Asks for a partial withdrawal as the account (EIP-7002: public key, then eight bytes of gwei; the fee is the value). */
export async function requestWithdrawal(devnet: Devnet, account: number, pubkey: Uint8Array, amountGwei: bigint) {
  const data = Uint8Array.of(...pubkey, ...getBytes(toBeHex(amountGwei, 8)));
  return sendRequest(devnet, account, WITHDRAWAL_REQUESTS_ADDRESS, data);
}

/** Asks as the account for the stake of `source` to be moved to `target` (EIP-7251: two public keys). */
export async function requestConsolidation(devnet: Devnet, account: number, source: Uint8Array, target: Uint8Array) {
  return sendRequest(devnet, account, CONSOLIDATION_REQUESTS_ADDRESS, Uint8Array.of(...source, ...target));
}

async function sendRequest(devnet: Devnet, account: number, to: string, data: Uint8Array) {
  const from = wallet(devnet, account);
  const transaction = await from.sendTransaction({ to, data: hexlify(data), value: REQUEST_FEE_WEI });
  const receipt = await transaction.wait();
  if (receipt?.status !== 1) throw new Error("the request failed");
  return { blockNumber: receipt.blockNumber, from: from.address };
}

/** What a contract reads from the beacon roots contract for the timestamp. */
export function parentBeaconRoot(devnet: Devnet, timestamp: number): Promise<string> {
  return provider(devnet).call({ to: BEACON_ROOTS_ADDRESS, data: toBeHex(timestamp, 32) });
}
