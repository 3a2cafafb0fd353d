import { Contract, type ContractRunner, Interface, type JsonFragment } from "ethers";
import type { FaultCourt } from "../../types/contracts/accountability/FaultCourt.ts";
import type { BalanceReport } from "../../types/contracts/accounting/BalanceReport.ts";
import type { BeaconVerifier } from "../../types/contracts/accounting/BeaconVerifier.ts";
import type { Slashings } from "../../types/contracts/accounting/Slashings.ts";
import type { Guardian } from "../../types/contracts/governance/Guardian.ts";
import type { Parameters } from "../../types/contracts/governance/Parameters.ts";
import type { SeptetGovernor } from "../../types/contracts/governance/SeptetGovernor.ts";
import type { Timelock } from "../../types/contracts/governance/Timelock.ts";
import type { VerifierReplacement } from "../../types/contracts/governance/VerifierReplacement.ts";
import type { VoteToken } from "../../types/contracts/governance/VoteToken.ts";
import type { FeeDistributor } from "../../types/contracts/operators/FeeDistributor.ts";
import type { OperatorRegistry } from "../../types/contracts/operators/OperatorRegistry.ts";
import type { OperatorSets } from "../../types/contracts/operators/OperatorSets.ts";
import type { SetChanges } from "../../types/contracts/operators/SetChanges.ts";
import type { StakingPool } from "../../types/contracts/pool/StakingPool.ts";
import type { WithdrawalVault } from "../../types/contracts/pool/WithdrawalVault.ts";
import type { ValidatorExits } from "../../types/contracts/validators/ValidatorExits.ts";
import type { ValidatorManager } from "../../types/contracts/validators/ValidatorManager.ts";
import type { ContractName, Deployment } from "./deployment.ts";

export interface Contracts {
  parameters: Parameters;
  beaconVerifier: BeaconVerifier;
  verifierReplacement: VerifierReplacement;
  withdrawalVault: WithdrawalVault;
  stakingPool: StakingPool;
  operatorRegistry: OperatorRegistry;
  operatorSets: OperatorSets;
  setChanges: SetChanges;
  feeDistributor: FeeDistributor;
  validatorExits: ValidatorExits;
  balanceReport: BalanceReport;
  slashings: Slashings;
  faultCourt: FaultCourt;
  guardian: Guardian;
  timelock: Timelock;
  voteToken: VoteToken;
  septetGovernor: SeptetGovernor;
  validatorManager: ValidatorManager;
}

/**
 * Typed ethers contracts of a deployment. Each knows the errors of all of them, because a call may revert in another
 * contract than the one that was called.
 *
 * @param runner Provider for reading and logs, signer for sending.
 */
export function connectContracts(deployment: Deployment, runner: ContractRunner): Contracts {
  const errors = allErrors(deployment);
  const connect = <T>(name: ContractName): T => {
    const own = deployment.abis[name].filter(({ type }) => type !== "error");
    // Typechain's types describe exactly this ABI, but ethers can't know.
    return new Contract(deployment.contracts[name], new Interface([...own, ...errors]), runner) as unknown as T;
  };
  return {
    parameters: connect<Parameters>("Parameters"),
    beaconVerifier: connect<BeaconVerifier>("BeaconVerifier"),
    verifierReplacement: connect<VerifierReplacement>("VerifierReplacement"),
    withdrawalVault: connect<WithdrawalVault>("WithdrawalVault"),
    stakingPool: connect<StakingPool>("StakingPool"),
    operatorRegistry: connect<OperatorRegistry>("OperatorRegistry"),
    operatorSets: connect<OperatorSets>("OperatorSets"),
    setChanges: connect<SetChanges>("SetChanges"),
    feeDistributor: connect<FeeDistributor>("FeeDistributor"),
    validatorExits: connect<ValidatorExits>("ValidatorExits"),
    balanceReport: connect<BalanceReport>("BalanceReport"),
    slashings: connect<Slashings>("Slashings"),
    faultCourt: connect<FaultCourt>("FaultCourt"),
    guardian: connect<Guardian>("Guardian"),
    timelock: connect<Timelock>("Timelock"),
    voteToken: connect<VoteToken>("VoteToken"),
    septetGovernor: connect<SeptetGovernor>("SeptetGovernor"),
    validatorManager: connect<ValidatorManager>("ValidatorManager"),
  };
}

function allErrors(deployment: Deployment): JsonFragment[] {
  const bySignature = new Map<string, JsonFragment>();
  for (const fragment of Object.values(deployment.abis).flat()) {
    if (fragment.type !== "error") continue;
    const types = (fragment.inputs ?? []).map(({ type }) => type);
    bySignature.set(`${fragment.name}(${types.join()})`, fragment);
  }
  return [...bySignature.values()];
}
