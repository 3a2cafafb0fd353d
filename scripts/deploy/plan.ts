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

export interface DeploymentPlan {
  /** Address that every contract obeys as governance. */
  governance: string;
  contracts: Record<ContractName, PlannedContract>;
}

/** What is sent together: the last three ask others in their constructors, so those must be mined before. */
export const ROUNDS: ContractName[][] = [CONTRACT_NAMES.slice(0, -3), CONTRACT_NAMES.slice(-3)];

/**
 * Addresses and constructor arguments of all contracts. They refer to each other by immutables, so the addresses are
 * computed from the deployer's nonces before anything is sent.
 */
export function planDeployment(deployer: string, firstNonce: number, parameters: DeployParameters): DeploymentPlan {
  const at = Object.fromEntries(
    CONTRACT_NAMES.map((name, index) => [name, getCreateAddress({ from: deployer, nonce: firstNonce + index })]),
  ) as Record<ContractName, string>;
  const { genesisTime, secondsPerSlot, slotsPerEpoch, targetBalanceWei } = parameters;
  const { shardCommitteePeriod, epochsPerSlashingsVector, minValidatorWithdrawabilityDelay, gloasSlot } = parameters;
  const governance = parameters.governance === "timelock" ? at.Timelock : parameters.governance;
  const wiring = wiringOf(at, governance, parameters.daySeconds);
  const validatorParameters = {
    depositContract: parameters.depositContract,
    genesisForkVersion: parameters.genesisForkVersion,
    requestLifetime: parameters.requestLifetimeSeconds,
    targetBalanceWei,
  };
  const constructorArguments: Record<ContractName, unknown[]> = {
    BLS12381: [],
    Parameters: [wiring],
    BeaconVerifier: [
      {
        ...{ genesisTime, secondsPerSlot, slotsPerEpoch },
        ...{ shardCommitteePeriod, epochsPerSlashingsVector, minValidatorWithdrawabilityDelay, gloasSlot },
      },
    ],
    VerifierReplacement: [wiring, at.BeaconVerifier],
    WithdrawalVault: [wiring],
    Bookkeeping: [],
    RedemptionFills: [],
    RedemptionClaims: [],
    StakingPool: [wiring],
    OperatorRegistry: [wiring],
    SeatHandovers: [wiring, targetBalanceWei],
    SetChanges: [wiring],
    FeeDistributor: [wiring],
    ValidatorExits: [wiring],
    BalanceReport: [wiring],
    Slashings: [wiring],
    FaultCourt: [wiring],
    Guardian: [wiring, parameters.guardian],
    Timelock: [wiring, at.SeptetGovernor],
    VoteToken: [wiring, at.Timelock],
    SeptetGovernor: [wiring, at.VoteToken, at.Timelock],
    KeyCeremonies: [wiring, validatorParameters],
    ValidatorEndings: [wiring, validatorParameters],
    OperatorSets: [wiring, targetBalanceWei, at.SeatHandovers],
    ValidatorManager: [wiring, validatorParameters, at.KeyCeremonies, at.ValidatorEndings],
  };
  const planned = CONTRACT_NAMES.map((name, index) => ({
    name,
    nonce: firstNonce + index,
    address: at[name],
    constructorArguments: constructorArguments[name],
    valueWei: name === "StakingPool" ? parameters.seedWei : 0n,
  }));
  const contracts = Object.fromEntries(planned.map((each) => [each.name, each]));
  return { governance, contracts: contracts as Record<ContractName, PlannedContract> };
}

/** The record that every contract takes; fields of contracts/interfaces/Wiring.sol. */
export function wiringOf(at: Record<ContractName, string>, governance: string, day: number) {
  return {
    parameters: at.Parameters,
    verifiers: at.VerifierReplacement,
    vault: at.WithdrawalVault,
    pool: at.StakingPool,
    registry: at.OperatorRegistry,
    sets: at.OperatorSets,
    changes: at.SetChanges,
    fees: at.FeeDistributor,
    manager: at.ValidatorManager,
    exits: at.ValidatorExits,
    report: at.BalanceReport,
    slashings: at.Slashings,
    court: at.FaultCourt,
    guardian: at.Guardian,
    governance,
    day,
  };
}
