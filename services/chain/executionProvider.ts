import { JsonRpcProvider, Network, type TransactionRequest } from "ethers";

// Some clients estimate what a call used, not what it needs: refunds and the 1/64 that a nested call leaves behind come on
// top, and others' transactions change the state before ours is mined. Unused gas costs nothing.
const GAS_MARGIN_PERCENT = 150n;

const POLLING_INTERVAL_MS = 500;

class ExecutionProvider extends JsonRpcProvider {
  override async estimateGas(transaction: TransactionRequest): Promise<bigint> {
    return ((await super.estimateGas(transaction)) * GAS_MARGIN_PERCENT) / 100n;
  }
}

/** A connection to an execution client for commands that send a few transactions and wait for them. */
export function connectExecution(url: string, chainId: number): JsonRpcProvider {
  const network = Network.from(chainId);
  return new ExecutionProvider(url, network, { staticNetwork: network, pollingInterval: POLLING_INTERVAL_MS });
}
