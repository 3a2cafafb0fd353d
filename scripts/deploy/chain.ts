import { dataLength, type Provider } from "ethers";
import { DeployError } from "./errors.ts";
import type { DeployParameters } from "./parameters.ts";

/** Contracts that forks put on the chain and that Septet calls. */
const PREDEPLOYS = {
  "EIP-4788 beacon roots": "0x000F3df6D732807Ef1319fB7B8bB8522d0Beac02",
  "EIP-7002 withdrawal requests": "0x00000961Ef480Eb55e80D19ad83579A64c007002",
  "EIP-7251 consolidation requests": "0x0000BBdDc7CE488642fb579F8B00f3a590007251",
};

/** EIP-2537 BLS12_G1ADD. */
const G1_ADD = "0x000000000000000000000000000000000000000b";
const G1_POINT_BYTES = 128;

/**
 * Asks the chain, before anything is sent, for what the contracts rely on: calls to an address without code would succeed
 * and do nothing.
 *
 * @throws DeployError CHAIN_LACKS
 */
export async function checkChain({ depositContract }: DeployParameters, provider: Provider): Promise<void> {
  for (const [what, address] of Object.entries({ "deposit contract": depositContract, ...PREDEPLOYS })) {
    if ((await provider.getCode(address)) === "0x") throw new DeployError({ code: "CHAIN_LACKS", what, address });
  }
  const twoInfinities = `0x${"00".repeat(2 * G1_POINT_BYTES)}`;
  const sum = await provider.call({ to: G1_ADD, data: twoInfinities });
  if (dataLength(sum) !== G1_POINT_BYTES) {
    throw new DeployError({ code: "CHAIN_LACKS", what: "EIP-2537 BLS12-381 precompiles", address: G1_ADD });
  }
}
