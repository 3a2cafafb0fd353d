import type { NonceManager } from "ethers";
import { type Contracts, connectContracts } from "../../services/chain/contracts.ts";
import type { Deployment } from "../../services/chain/deployment.ts";
import { mined } from "../../services/chain/mined.ts";

/** Lists the operators of these owners and forms a set of them, as governance; returns the set's number. */
export async function formSet(deployment: Deployment, governance: NonceManager, owners: string[]): Promise<bigint> {
  const contracts = connectContracts(deployment, governance);
  const { operatorSets } = contracts;
  const ids = await Promise.all(owners.map((owner) => operatorIdOf(contracts, owner, deployment.deployedAtBlock)));
  await Promise.all(ids.map((id) => mined(operatorSets.setListed(id, true))));
  await mined(operatorSets.formSet(ids as Parameters<typeof operatorSets.formSet>[0]));
  return operatorSets.setCount();
}

async function operatorIdOf({ operatorRegistry }: Contracts, owner: string, fromBlock: number): Promise<bigint> {
  const filter = operatorRegistry.filters.OperatorRegistered(undefined, owner);
  const [event] = await operatorRegistry.queryFilter(filter, fromBlock);
  if (event === undefined) throw new Error(`the operator of ${owner} is not registered`);
  return event.args.operatorId;
}
