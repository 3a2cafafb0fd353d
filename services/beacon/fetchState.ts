import type { ApiClient } from "@lodestar/api";
import { toHexString } from "@lodestar/utils";
import { BeaconProofError } from "./errors.ts";
import { openState, type StateProofs } from "./stateProofs.ts";

/**
 * Fetches the post-state of a block over the Beacon API, ready to prove what is in it.
 *
 * @param blockId Root or slot of the block, as the Beacon API takes it.
 * @returns nothing when the node does not have the block or no longer keeps its state
 * @throws BeaconProofError
 */
export async function fetchState(
  api: Pick<ApiClient, "beacon" | "debug">,
  blockId: string,
): Promise<StateProofs | undefined> {
  const header = await ask("getBlockHeader", async () => {
    const response = await api.beacon.getBlockHeader({ blockId });
    return response.status === 404 ? undefined : response.value().header.message;
  });
  if (!header) return undefined;
  const answer = await ask("getStateV2", async () => {
    const response = await api.debug.getStateV2({ stateId: toHexString(header.stateRoot) });
    if (response.status === 404) return undefined;
    response.assertOk();
    return { state: response.ssz(), fork: response.meta().version };
  });
  return answer && openState({ ...answer, header });
}

/** Errors of the client carry what the server sent: that goes into the cause, never into the message. */
async function ask<T>(route: string, request: () => Promise<T>): Promise<T> {
  try {
    return await request();
  } catch (cause) {
    throw new BeaconProofError({ code: "BEACON_API", route }, { cause });
  }
}
