import { Contract, type ContractRunner, Interface, type JsonFragment } from "ethers";
import type { BeaconVerifier } from "../../types/contracts/accounting/BeaconVerifier.ts";
import type { OperatorRegistry } from "../../types/contracts/operators/OperatorRegistry.ts";
import type { OperatorSets } from "../../types/contracts/operators/OperatorSets.ts";
import type { StakingPool } from "../../types/contracts/pool/StakingPool.ts";
import type { WithdrawalVault } from "../../types/contracts/pool/WithdrawalVault.ts";
import type { ValidatorManager } from "../../types/contracts/validators/ValidatorManager.ts";
import type { ContractName, Deployment } from "./deployment.ts";

export interface Contracts {
  stakingPool: StakingPool;
  withdrawalVault: WithdrawalVault;
  operatorRegistry: OperatorRegistry;
  operatorSets: OperatorSets;
  validatorManager: ValidatorManager;
  beaconVerifier: BeaconVerifier;
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
    stakingPool: connect<StakingPool>("StakingPool"),
    withdrawalVault: connect<WithdrawalVault>("WithdrawalVault"),
    operatorRegistry: connect<OperatorRegistry>("OperatorRegistry"),
    operatorSets: connect<OperatorSets>("OperatorSets"),
    validatorManager: connect<ValidatorManager>("ValidatorManager"),
    beaconVerifier: connect<BeaconVerifier>("BeaconVerifier"),
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
