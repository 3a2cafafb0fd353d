import { getCreateAddress } from "ethers";
import { CONTRACT_NAMES, type ContractName } from "../../services/chain/deployment.ts";
import type { DeployParameters } from "./parameters.ts";

export interface PlannedContract {
  name: ContractName;
  nonce: number;
  address: string;
  constructorArguments: unknown[];
  valueWei: bigint;
}

/** What is sent together: the last contract asks others in its constructor, so they must be mined before it. */
export const ROUNDS: ContractName[][] = [CONTRACT_NAMES.slice(0, -1), CONTRACT_NAMES.slice(-1)];

/**
 * Addresses and constructor arguments of all contracts. They refer to each other by immutables, so the addresses are
 * computed from the deployer's nonces before anything is sent.
 */
export function planDeployment(
  deployer: string,
  firstNonce: number,
  parameters: DeployParameters,
): Record<ContractName, PlannedContract> {
  const governance = parameters.governance ?? deployer;
  const at = Object.fromEntries(
    CONTRACT_NAMES.map((name, index) => [name, getCreateAddress({ from: deployer, nonce: firstNonce + index })]),
  ) as Record<ContractName, string>;
  const { genesisTime, secondsPerSlot, slotsPerEpoch, targetBalanceWei } = parameters;
  const constructorArguments: Record<ContractName, unknown[]> = {
    BLS12381: [],
    BeaconVerifier: [genesisTime, secondsPerSlot, slotsPerEpoch],
    WithdrawalVault: [],
    StakingPool: [at.ValidatorManager],
    OperatorRegistry: [at.StakingPool, at.OperatorSets, at.ValidatorManager],
    OperatorSets: [governance, at.StakingPool, at.OperatorRegistry, at.ValidatorManager, targetBalanceWei],
    ValidatorManager: [
      {
        pool: at.StakingPool,
        registry: at.OperatorRegistry,
        sets: at.OperatorSets,
        verifier: at.BeaconVerifier,
        vault: at.WithdrawalVault,
        depositContract: parameters.depositContract,
        genesisForkVersion: parameters.genesisForkVersion,
        day: parameters.daySeconds,
        requestLifetime: parameters.requestLifetimeSeconds,
        targetBalanceWei,
      },
    ],
  };
  const planned = CONTRACT_NAMES.map((name, index) => ({
    name,
    nonce: firstNonce + index,
    address: at[name],
    constructorArguments: constructorArguments[name],
    valueWei: name === "StakingPool" ? parameters.seedWei : 0n,
  }));
  return Object.fromEntries(planned.map((each) => [each.name, each])) as Record<ContractName, PlannedContract>;
}
