import { getBytes } from "ethers";
import { type CeremonyContext, FIRST_GENERATION, PREDEPOSIT_GWEI } from "../../ceremony/context.ts";
import type { Contracts } from "../../chain/contracts.ts";
import type { Deployment } from "../../chain/deployment.ts";
import { SEATS } from "../../crypto/seats.ts";

/** Reads what all participants of a key request must agree on. Rejects when the set changed since the request. */
export async function readCeremonyContext(
  contracts: Contracts,
  deployment: Deployment,
  requestId: bigint,
): Promise<CeremonyContext> {
  const { validatorManager, operatorSets } = contracts;
  const { setId, configuration, keyCount, deadline } = await validatorManager.request(requestId);
  const [operatorIds, nodeKeys, present, credentials] = await Promise.all([
    operatorSets.members(setId),
    operatorSets.seatNodeKeys(setId),
    operatorSets.configuration(setId),
    validatorManager.withdrawalCredentials(),
  ]);
  if (present !== configuration) throw new Error(`set ${setId} changed since request ${requestId}`);
  return {
    chainId: BigInt(deployment.chainId),
    verifyingContract: deployment.contracts.ValidatorManager,
    requestId,
    setId,
    generation: FIRST_GENERATION,
    keyCount: Number(keyCount),
    deadlineSeconds: Number(deadline),
    members: SEATS.map((seat) => ({
      seat,
      operatorId: Number(operatorIds[seat - 1]),
      nodeKey: String(nodeKeys[seat - 1]),
    })),
    withdrawalCredentials: getBytes(credentials),
    genesisForkVersion: getBytes(deployment.genesisForkVersion),
    amountGwei: PREDEPOSIT_GWEI,
  };
}
