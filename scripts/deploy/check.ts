import { Contract, type Provider } from "ethers";
import { CONTRACT_NAMES, type ContractName, type Deployment } from "../../services/chain/deployment.ts";
import { linkBytecode, readArtifact, withoutImmutables } from "./artifacts.ts";
import { DeployError } from "./errors.ts";
import { type Fact, initialFacts, lastingFacts } from "./facts.ts";
import type { DeployParameters } from "./parameters.ts";

/** A library's code begins with its own address (PUSH20), so that it can't be called directly. */
const LIBRARY_PREFIX = `0x73${"00".repeat(20)}`;

/**
 * Asks the chain whether the deployment is what its record says: the compiled code everywhere, every immutable and role as
 * in the one table of facts.ts.
 *
 * @param fresh also checks what governance may have changed since
 * @throws DeployError CHECK_FAILED with the first difference
 */
export async function checkDeployment(
  deployment: Deployment,
  parameters: DeployParameters,
  provider: Provider,
  fresh: boolean,
): Promise<void> {
  for (const name of CONTRACT_NAMES) await checkCode(name, deployment, provider);
  const facts = lastingFacts(deployment, parameters);
  for (const fact of fresh ? [...facts, ...initialFacts(deployment, parameters)] : facts) {
    await checkFact(fact, deployment, provider);
  }
  const pool = new Contract(deployment.contracts.StakingPool, deployment.abis.StakingPool, provider);
  const assets = (await pool.getFunction("totalAssets")()) as bigint;
  if (assets < parameters.seedWei) fail("StakingPool", "totalAssets", `at least ${parameters.seedWei}`, String(assets));
}

async function checkFact(fact: Fact, { contracts, abis }: Deployment, provider: Provider): Promise<void> {
  const { contract, name, expected } = fact;
  const connected = new Contract(contracts[contract], abis[contract], provider);
  const found = String(await connected.getFunction(name)(...fact.arguments));
  if (found !== expected) fail(contract, [name, ...fact.arguments].join(" "), expected, found);
}

async function checkCode(name: ContractName, { contracts: at }: Deployment, provider: Provider): Promise<void> {
  const artifact = await readArtifact(name);
  const compiled = linkBytecode(artifact.deployedBytecode, artifact.deployedLinkReferences, at).replace(
    LIBRARY_PREFIX,
    `0x73${at[name].slice(2).toLowerCase()}`,
  );
  const found = await provider.getCode(at[name]);
  if (found === "0x") fail(name, `code at ${at[name]}`, "some", "none");
  if (withoutImmutables(found, artifact) !== compiled) fail(name, `code at ${at[name]}`, "as compiled", "another");
}

function fail(contract: string, what: string, expected: string, actual: string): never {
  throw new DeployError({ code: "CHECK_FAILED", contract, what, expected, actual });
}
