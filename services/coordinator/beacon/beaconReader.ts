import { type ApiClient, getClient } from "@lodestar/api";
import { config } from "@lodestar/config/default";
import { toHexString } from "@lodestar/utils";
import { BeaconProofError } from "../../beacon/errors.ts";
import { fetchState } from "../../beacon/fetchState.ts";
import { type AnchoredValidator, fetchValidatorProof } from "../../beacon/fetchValidatorProof.ts";
import type { StateProofs } from "../../beacon/stateProofs.ts";

/** The consensus chain's clock, read from the BeaconVerifier. */
export interface SlotTiming {
  genesisTimeSeconds: number;
  secondsPerSlot: number;
  slotsPerEpoch: number;
}

export interface ValidatorStatus {
  withdrawalCredentials: string;
  /** Nothing while it is not scheduled. */
  activationEpoch: number | undefined;
}

/** The coordinator's view of the beacon chain. Every method rejects when the node can't be reached. */
export interface BeaconReader {
  /** The validator in the head state, or nothing when the state doesn't have it. */
  validator(pubkey: string): Promise<ValidatorStatus | undefined>;
  /**
   * Proof against the newest root that the execution chain holds, or nothing when the validator is not in that state:
   * it is the one before the head.
   */
  proof(pubkey: string): Promise<AnchoredValidator | undefined>;
  /**
   * Post-state of a block, or nothing when the node does not have it.
   *
   * @param blockId Root or slot.
   */
  state(blockId: string): Promise<StateProofs | undefined>;
}

// A mainnet state has some 300 MB.
const TIMEOUT_MS = 300_000;

export function createBeaconReader(baseUrl: string, timing: SlotTiming, signal: AbortSignal): BeaconReader {
  // What is read here has the same form in all forks, so the default config serves every network.
  const api: ApiClient = getClient({ baseUrl, globalInit: { timeoutMs: TIMEOUT_MS, signal } }, { config });
  return {
    async validator(pubkey) {
      const response = await api.beacon.getStateValidator({ stateId: "head", validatorId: pubkey });
      if (response.status === 404) return undefined;
      const { validator } = response.value();
      return {
        withdrawalCredentials: toHexString(validator.withdrawalCredentials),
        activationEpoch: Number.isSafeInteger(validator.activationEpoch) ? validator.activationEpoch : undefined,
      };
    },
    async proof(pubkey) {
      const { genesisTimeSeconds: genesisTime, secondsPerSlot } = timing;
      try {
        return await fetchValidatorProof(api, { pubkey, genesisTime, secondsPerSlot });
      } catch (error) {
        if (error instanceof BeaconProofError && error.details.code === "UNKNOWN_VALIDATOR") return undefined;
        throw error;
      }
    },
    state: (blockId) => fetchState(api, blockId),
  };
}
