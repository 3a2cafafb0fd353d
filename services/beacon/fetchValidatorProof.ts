import type { ApiClient } from "@lodestar/api";
import type { phase0 } from "@lodestar/types";
import { toHexString } from "@lodestar/utils";
import { sha256 } from "ethers";
import { BeaconProofError } from "./errors.ts";
import { openState, type StateProofs } from "./stateProofs.ts";
import type { Anchor, BalancesProof, ValidatorProof } from "./types.ts";

/** A validator in the state of one block: the arguments that contracts take of it. */
export interface AnchoredValidator {
  anchor: Anchor;
  proof: ValidatorProof;
  /** The one chunk with its balance. */
  balances: BalancesProof;
}

export interface ProofRequest {
  /** 0x and 96 hex digits. */
  pubkey: string;
  /** Unix seconds. */
  genesisTime: number;
  secondsPerSlot: number;
  /**
   * Root of the block whose execution payload carries the root that is proven against, the head by default. The proof
   * shows the state of that block's *parent*.
   */
  block?: string;
}

/**
 * Fetches a state over the Beacon API and proves a validator of it.
 *
 * @throws BeaconProofError UNKNOWN_VALIDATOR while the state does not have it yet
 */
export async function fetchValidatorProof(
  api: Pick<ApiClient, "beacon" | "debug">,
  { pubkey, genesisTime, secondsPerSlot, block = "head" }: ProofRequest,
): Promise<AnchoredValidator> {
  const { anchor, proofs, stateId } = await fetchAnchoredState(api, { genesisTime, secondsPerSlot, block });
  const validatorIndex = await indexOf(api, stateId, pubkey);
  if (validatorIndex >= proofs.validatorCount) {
    throw new BeaconProofError({ code: "BEACON_API", route: "getStateValidator" });
  }
  const proof = proofs.validator(validatorIndex);
  if (proof.validator.pubkeyRoot !== pubkeyRootOf(pubkey)) {
    throw new BeaconProofError({ code: "BEACON_API", route: "getStateValidator" });
  }
  return { anchor, proof, balances: proofs.balances([validatorIndex]) };
}

/** Fetches the state before `block` with the anchor that the execution chain has for it. */
export async function fetchAnchoredState(
  api: Pick<ApiClient, "beacon" | "debug">,
  { genesisTime, secondsPerSlot, block = "head" }: Omit<ProofRequest, "pubkey">,
): Promise<{ anchor: Anchor; proofs: StateProofs; stateId: string }> {
  const child = await headerOf(api, block);
  const header = await headerOf(api, toHexString(child.parentRoot));
  const stateId = toHexString(header.stateRoot);
  const { state, fork } = await ask("getStateV2", async () => {
    const response = await api.debug.getStateV2({ stateId });
    response.assertOk();
    return { state: response.ssz(), fork: response.meta().version };
  });
  const proofs = openState({ fork, state, header });
  const timestamp = BigInt(genesisTime + child.slot * secondsPerSlot);
  return { anchor: proofs.anchor(timestamp), proofs, stateId };
}

async function headerOf(api: Pick<ApiClient, "beacon">, blockId: string): Promise<phase0.BeaconBlockHeader> {
  return ask("getBlockHeader", async () => (await api.beacon.getBlockHeader({ blockId })).value().header.message);
}

async function indexOf(api: Pick<ApiClient, "beacon">, stateId: string, pubkey: string): Promise<number> {
  return ask("getStateValidator", async () => {
    const response = await api.beacon.getStateValidator({ stateId, validatorId: pubkey });
    if (response.status === 404) throw new BeaconProofError({ code: "UNKNOWN_VALIDATOR", validator: pubkey });
    return response.value().index;
  });
}

/** Errors of the client carry what the server sent: that goes into the cause, never into the message. */
async function ask<T>(route: string, request: () => Promise<T>): Promise<T> {
  try {
    return await request();
  } catch (cause) {
    if (cause instanceof BeaconProofError) throw cause;
    throw new BeaconProofError({ code: "BEACON_API", route }, { cause });
  }
}

/** SSZ root of 48 bytes. */
function pubkeyRootOf(pubkey: string): string {
  return sha256(`${pubkey}${"00".repeat(16)}`);
}
