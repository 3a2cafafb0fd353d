import { getGenesis } from "@ethereumjs/genesis";

const HOODI_CHAIN_ID = 560048;

/** Where Hoodi, and therefore this chain, has its deposit contract. */
export const DEPOSIT_CONTRACT_ADDRESS = "0x00000000219ab540356cBB839Cbe05303d7705Fa";

export interface GenesisBalance {
  address: string;
  balanceWei: bigint;
}

interface AllocEntry {
  balance: string;
  code?: string;
  nonce?: string;
  storage?: Record<string, string>;
}

/**
 * The genesis of the execution chain in geth's format, at Prague from the first block. The deposit contract with its
 * storage and the EIP-4788, 2935, 7002 and 7251 system contracts are those of Hoodi's genesis.
 */
export function executionGenesis(chainId: number, timestamp: number, balances: GenesisBalance[]): object {
  return {
    config: {
      chainId,
      homesteadBlock: 0,
      eip150Block: 0,
      eip155Block: 0,
      eip158Block: 0,
      byzantiumBlock: 0,
      constantinopleBlock: 0,
      petersburgBlock: 0,
      istanbulBlock: 0,
      berlinBlock: 0,
      londonBlock: 0,
      mergeNetsplitBlock: 0,
      shanghaiTime: 0,
      cancunTime: 0,
      pragueTime: 0,
      terminalTotalDifficulty: 0,
      terminalTotalDifficultyPassed: true,
      depositContractAddress: DEPOSIT_CONTRACT_ADDRESS,
      blobSchedule: {
        cancun: { target: 3, max: 6, baseFeeUpdateFraction: 3338477 },
        prague: { target: 6, max: 9, baseFeeUpdateFraction: 5007716 },
      },
    },
    nonce: "0x0",
    timestamp: `0x${timestamp.toString(16)}`,
    extraData: "0x",
    gasLimit: "0x3938700",
    difficulty: "0x0",
    mixHash: `0x${"00".repeat(32)}`,
    coinbase: `0x${"00".repeat(20)}`,
    baseFeePerGas: "0x3b9aca00",
    alloc: {
      ...hoodiContracts(),
      ...Object.fromEntries(balances.map((b) => [b.address, { balance: `0x${b.balanceWei.toString(16)}` }])),
    },
  };
}

function hoodiContracts(): Record<string, AllocEntry> {
  const contracts: Record<string, AllocEntry> = {};
  for (const [address, entry] of Object.entries(getGenesis(HOODI_CHAIN_ID) ?? {})) {
    if (!Array.isArray(entry)) continue;
    const [balance, code, storage, nonce] = entry;
    if (code === undefined || code === "0x") continue;
    contracts[address] = {
      balance,
      code,
      ...(nonce === undefined ? {} : { nonce }),
      ...(storage === undefined ? {} : { storage: Object.fromEntries(storage) }),
    };
  }
  return contracts;
}
