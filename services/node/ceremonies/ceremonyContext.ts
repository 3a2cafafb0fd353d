import { hkdf } from "@noble/hashes/hkdf.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { concat, getBytes } from "ethers";
import { type CeremonyContext, FIRST_GENERATION, PREDEPOSIT_GWEI } from "../../ceremony/context.ts";
import type { ShareEncryptor } from "../../ceremony/rounds.ts";
import type { DeploymentSummary } from "../../chain/deployment.ts";
import { SEATS } from "../../crypto/seats.ts";
import { encryptShare } from "../../crypto/shareEncryption.ts";
import type { KeyRequest } from "../../ports/chain.ts";
import type { NodeSet } from "../directory/directory.ts";

const COMPOUNDING_PREFIX = `0x02${"00".repeat(11)}`;

/** What the chain says of a request, as the ceremony needs it. */
export function ceremonyContext(deployment: DeploymentSummary, request: KeyRequest, set: NodeSet): CeremonyContext {
  return {
    chainId: BigInt(deployment.chainId),
    verifyingContract: deployment.contracts.ValidatorManager,
    requestId: BigInt(request.requestId),
    setId: BigInt(request.setId),
    generation: FIRST_GENERATION,
    keyCount: request.keyCount,
    deadlineSeconds: request.deadline,
    members: SEATS.map((seat) => {
      const member = set.members[seat - 1];
      if (!member) throw new Error(`set ${set.setId} has no seat ${seat}`);
      return { seat, operatorId: member.operatorId, nodeKey: member.nodeAddress };
    }),
    withdrawalCredentials: getBytes(concat([COMPOUNDING_PREFIX, deployment.contracts.WithdrawalVault])),
    genesisForkVersion: getBytes(deployment.genesisForkVersion),
    amountGwei: PREDEPOSIT_GWEI,
  };
}

/** Encrypts this seat's shares to itself, under a secret that only the holder of the node key can derive. */
export function selfEncryptor(nodePrivateKey: Uint8Array, context: CeremonyContext): ShareEncryptor {
  const secret = hkdf(sha256, nodePrivateKey, undefined, new TextEncoder().encode("septet/self-encryption/v1"), 32);
  return (share, place) => encryptShare(secret, { ...context, ...place }, share);
}
