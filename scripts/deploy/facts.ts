import { id, ZeroAddress, ZeroHash } from "ethers";
import { CONTRACT_NAMES, type ContractName, type Deployment } from "../../services/chain/deployment.ts";
import type { DeployParameters } from "./parameters.ts";

/** What a call to a contract must answer, as text. */
export interface Fact {
  contract: ContractName;
  name: string;
  arguments: string[];
  expected: string;
}

/** What getters of these names answer, whichever contract has them: neighbours, constants of the chain, choices. */
export function expectedByName(deployment: Deployment, parameters: DeployParameters): Record<string, string> {
  const { contracts: at, governance } = deployment;
  return {
    PARAMETERS: at.Parameters,
    VERIFIERS: at.VerifierReplacement,
    VAULT: at.WithdrawalVault,
    POOL: at.StakingPool,
    REGISTRY: at.OperatorRegistry,
    BONDS: at.OperatorRegistry,
    SETS: at.OperatorSets,
    CHANGES: at.SetChanges,
    FEES: at.FeeDistributor,
    MANAGER: at.ValidatorManager,
    CEREMONIES: at.KeyCeremonies,
    ENDINGS: at.ValidatorEndings,
    HANDOVERS: at.SeatHandovers,
    DEAD_SETS: at.FeeDistributor,
    VALIDATOR_MANAGER: at.ValidatorManager,
    EXITS: at.ValidatorExits,
    REPORT: at.BalanceReport,
    SLASHINGS: at.Slashings,
    COURT: at.FaultCourt,
    GUARDIAN: at.Guardian,
    TIMELOCK: at.Timelock,
    GOVERNANCE: governance,
    governance,
    DAY: String(parameters.daySeconds),
    DEPOSIT_CONTRACT: parameters.depositContract,
    GENESIS_FORK_VERSION: parameters.genesisForkVersion,
    GENESIS_TIME: String(parameters.genesisTime),
    SECONDS_PER_SLOT: String(parameters.secondsPerSlot),
    SLOTS_PER_EPOCH: String(parameters.slotsPerEpoch),
    SHARD_COMMITTEE_PERIOD: String(parameters.shardCommitteePeriod),
    MIN_VALIDATOR_WITHDRAWABILITY_DELAY: String(parameters.minValidatorWithdrawabilityDelay),
    EPOCHS_PER_SLASHINGS_VECTOR: String(parameters.epochsPerSlashingsVector),
    GLOAS_SLOT: String(parameters.gloasSlot),
    REQUEST_LIFETIME: String(parameters.requestLifetimeSeconds),
    TARGET_BALANCE_WEI: String(parameters.targetBalanceWei),
    KEY_STAKE_WEI: String(parameters.targetBalanceWei),
    withdrawalCredentials: `0x02${"00".repeat(11)}${at.WithdrawalVault.slice(2).toLowerCase()}`,
    // Epochs.
    CHANGE_DELAY: "8",
    LEASE_TERM: "225",
    SEATS: "7",
    THRESHOLD: "4",
    QUORUM: "5",
  };
}

/** What is so for ever. */
export function lastingFacts(deployment: Deployment, parameters: DeployParameters): Fact[] {
  const expected = expectedByName(deployment, parameters);
  const named = CONTRACT_NAMES.flatMap((contract) =>
    deployment.abis[contract]
      .filter(({ type, inputs }) => type === "function" && inputs?.length === 0)
      .flatMap(({ name = "" }) => {
        const value = expected[name];
        return value === undefined ? [] : [{ contract, name, arguments: [], expected: value }];
      }),
  );
  const { contracts: at } = deployment;
  return [
    ...named,
    fact("VoteToken", "underlying", at.StakingPool),
    fact("SeptetGovernor", "token", at.VoteToken),
    fact("SeptetGovernor", "timelock", at.Timelock),
    fact("SeptetGovernor", "CLOCK_MODE", "mode=timestamp"),
  ];
}

/** What is so until governance decides otherwise. */
export function initialFacts(deployment: Deployment, parameters: DeployParameters): Fact[] {
  const { contracts: at, governance } = deployment;
  const role = (name: string) => (name === "admin" ? ZeroHash : id(`${name}_ROLE`));
  const hasRole = (name: string, account: string, expected: boolean) =>
    fact("Timelock", "hasRole", String(expected), role(name), account);
  return [
    fact("VerifierReplacement", "current", at.BeaconVerifier),
    fact("Guardian", "guardian", parameters.guardian),
    fact("Guardian", "canPause", "true"),
    fact("Timelock", "getMinDelay", String(7 * parameters.daySeconds)),
    hasRole("PROPOSER", at.SeptetGovernor, true),
    hasRole("CANCELLER", at.SeptetGovernor, true),
    hasRole("EXECUTOR", ZeroAddress, true),
    hasRole("admin", at.Timelock, true),
    ...["PROPOSER", "CANCELLER", "EXECUTOR", "admin"].map((name) => hasRole(name, parameters.guardian, false)),
    ...["PROPOSER", "CANCELLER", "EXECUTOR", "admin"].map((name) =>
      hasRole(name, governance, governance === at.Timelock && name === "admin"),
    ),
    fact("SeptetGovernor", "votingDelay", String(2 * parameters.daySeconds)),
    fact("SeptetGovernor", "votingPeriod", String(5 * parameters.daySeconds)),
    fact("SeptetGovernor", "quorumNumerator", "20"),
  ];
}

function fact(contract: ContractName, name: string, expected: string, ...args: string[]): Fact {
  return { contract, name, arguments: args, expected };
}
