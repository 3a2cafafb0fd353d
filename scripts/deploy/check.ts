import type { Provider } from "ethers";
import { connectContracts } from "../../services/chain/contracts.ts";
import { CONTRACT_NAMES, type Deployment } from "../../services/chain/deployment.ts";
import { linkedLibraries, readArtifact } from "./artifacts.ts";
import { DeployError } from "./errors.ts";
import type { DeployParameters } from "./parameters.ts";

/**
 * Asks the chain whether the deployment is what its record says: code everywhere, every immutable pointing to the right
 * contract, the parameters those that were asked for.
 *
 * @throws DeployError CHECK_FAILED with the first difference
 */
export async function checkDeployment(
  deployment: Deployment,
  parameters: DeployParameters,
  provider: Provider,
): Promise<void> {
  const { contracts: at } = deployment;
  const codes = new Map<string, string>();
  for (const [name, address] of [...Object.entries(at), ["deposit contract", deployment.depositContract] as const]) {
    const code = await provider.getCode(address);
    if (code === "0x") fail(name, `code at ${address}`, "some", "none");
    codes.set(name, code);
  }
  const addresses: Partial<Record<string, string>> = at;
  for (const name of CONTRACT_NAMES) {
    for (const library of linkedLibraries(await readArtifact(name))) {
      const address = addresses[library] ?? "none";
      if (codes.get(name)?.includes(address.slice(2).toLowerCase())) continue;
      fail(name, `linked ${library}`, address, "another");
    }
  }

  const contracts = connectContracts(deployment, provider);
  const { stakingPool: pool, operatorRegistry: registry, operatorSets: sets } = contracts;
  const { validatorManager: manager, beaconVerifier: verifier } = contracts;
  const credentials = `0x02${"00".repeat(11)}${at.WithdrawalVault.slice(2).toLowerCase()}`;
  const facts: [contract: string, what: string, expected: string, actual: Promise<unknown>][] = [
    ["StakingPool", "VALIDATOR_MANAGER", at.ValidatorManager, pool.VALIDATOR_MANAGER()],
    ["OperatorRegistry", "POOL", at.StakingPool, registry.POOL()],
    ["OperatorRegistry", "SETS", at.OperatorSets, registry.SETS()],
    ["OperatorSets", "governance", deployment.governance, sets.governance()],
    ["OperatorSets", "POOL", at.StakingPool, sets.POOL()],
    ["OperatorSets", "REGISTRY", at.OperatorRegistry, sets.REGISTRY()],
    ["OperatorSets", "VALIDATOR_MANAGER", at.ValidatorManager, sets.VALIDATOR_MANAGER()],
    ["OperatorSets", "KEY_STAKE_WEI", String(parameters.targetBalanceWei), sets.KEY_STAKE_WEI()],
    ["ValidatorManager", "POOL", at.StakingPool, manager.POOL()],
    ["ValidatorManager", "REGISTRY", at.OperatorRegistry, manager.REGISTRY()],
    ["ValidatorManager", "SETS", at.OperatorSets, manager.SETS()],
    ["ValidatorManager", "VERIFIERS", at.VerifierReplacement, manager.VERIFIERS()],
    ["VerifierReplacement", "current", at.BeaconVerifier, contracts.verifierReplacement.current()],
    ["ValidatorManager", "DEPOSIT_CONTRACT", parameters.depositContract, manager.DEPOSIT_CONTRACT()],
    ["ValidatorManager", "GENESIS_FORK_VERSION", parameters.genesisForkVersion, manager.GENESIS_FORK_VERSION()],
    ["ValidatorManager", "DAY", String(parameters.daySeconds), manager.DAY()],
    ["ValidatorManager", "REQUEST_LIFETIME", String(parameters.requestLifetimeSeconds), manager.REQUEST_LIFETIME()],
    ["ValidatorManager", "TARGET_BALANCE_WEI", String(parameters.targetBalanceWei), manager.TARGET_BALANCE_WEI()],
    ["BeaconVerifier", "GENESIS_TIME", String(parameters.genesisTime), verifier.GENESIS_TIME()],
    ["BeaconVerifier", "SECONDS_PER_SLOT", String(parameters.secondsPerSlot), verifier.SECONDS_PER_SLOT()],
    ["BeaconVerifier", "SLOTS_PER_EPOCH", String(parameters.slotsPerEpoch), verifier.SLOTS_PER_EPOCH()],
    [
      "BeaconVerifier",
      "SHARD_COMMITTEE_PERIOD",
      String(parameters.shardCommitteePeriod),
      verifier.SHARD_COMMITTEE_PERIOD(),
    ],
    [
      "BeaconVerifier",
      "EPOCHS_PER_SLASHINGS_VECTOR",
      String(parameters.epochsPerSlashingsVector),
      verifier.EPOCHS_PER_SLASHINGS_VECTOR(),
    ],
    [
      "BeaconVerifier",
      "MIN_VALIDATOR_WITHDRAWABILITY_DELAY",
      String(parameters.minValidatorWithdrawabilityDelay),
      verifier.MIN_VALIDATOR_WITHDRAWABILITY_DELAY(),
    ],
    ["BeaconVerifier", "GLOAS_SLOT", String(parameters.gloasSlot), verifier.GLOAS_SLOT()],
    ["ValidatorManager", "withdrawalCredentials", credentials, manager.withdrawalCredentials()],
  ];
  for (const [contract, what, expected, actual] of facts) {
    const found = String(await actual);
    if (found !== expected) fail(contract, what, expected, found);
  }
  const assets = await pool.totalAssets();
  if (assets < parameters.seedWei) fail("StakingPool", "totalAssets", `at least ${parameters.seedWei}`, String(assets));
}

function fail(contract: string, what: string, expected: string, actual: string): never {
  throw new DeployError({ code: "CHECK_FAILED", contract, what, expected, actual });
}
