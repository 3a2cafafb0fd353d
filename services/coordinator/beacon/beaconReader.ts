import { type ApiClient, getClient } from "@lodestar/api";
import { config } from "@lodestar/config/default";
import { toHexString } from "@lodestar/utils";
import { BeaconProofError } from "../../beacon/errors.ts";
import { fetchState } from "../../beacon/fetchState.ts";
import { type AnchoredValidator, fetchAnchoredState, fetchValidatorProof } from "../../beacon/fetchValidatorProof.ts";
import type { StateProofs } from "../../beacon/stateProofs.ts";
import type { Anchor, PendingDepositProof } from "../../beacon/types.ts";

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

/** A validator that leaves, or left. */
export interface LeavingValidator {
  /** 48 bytes, hex. */
  pubkey: string;
  slashed: boolean;
  /** First epoch in which its balance can be paid out. */
  withdrawableEpoch: number;
  balanceGwei: bigint;
}

/** An entry of `pending_deposits`: the arguments that contracts take of it. */
export interface AnchoredDeposit {
  anchor: Anchor;
  proof: PendingDepositProof;
}

/** The coordinator's view of the beacon chain. Every method rejects when the node can't be reached. */
export interface BeaconReader {
  /** The validator in the head state, or nothing when the state doesn't have it. */
  validator(pubkey: string): Promise<ValidatorStatus | undefined>;
  /** Those of the validators that leave or left, as the head state shows them. */
  leaving(pubkeys: string[]): Promise<LeavingValidator[]>;
  /**
   * Proof against the newest root that the execution chain holds, or nothing when the validator is not in that state:
   * it is the one before the head.
   */
  proof(pubkey: string): Promise<AnchoredValidator | undefined>;
  /** Proof that a deposit to the key still waits in the queue, against the newest root; nothing when it does not. */
  pendingDeposit(pubkey: string, amountGwei: bigint): Promise<AnchoredDeposit | undefined>;
  /**
   * Post-state of a block, or nothing when the node does not have it.
   *
   * @param blockId Root or slot.
   */
  state(blockId: string): Promise<StateProofs | undefined>;
}

// A mainnet state has some 300 MB.
const TIMEOUT_MS = 300_000;

/** Of one question to the beacon node. */
const MAX_VALIDATORS = 1_000;

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
    async leaving(pubkeys) {
      const found: LeavingValidator[] = [];
      for (let from = 0; from < pubkeys.length; from += MAX_VALIDATORS) {
        const validatorIds = pubkeys.slice(from, from + MAX_VALIDATORS);
        const response = await api.beacon.postStateValidators({ stateId: "head", validatorIds });
        for (const { validator, balance } of response.value()) {
          if (!Number.isSafeInteger(validator.exitEpoch)) continue;
          const { slashed, withdrawableEpoch } = validator;
          const pubkey = toHexString(validator.pubkey);
          found.push({ pubkey, slashed, withdrawableEpoch, balanceGwei: BigInt(balance) });
        }
      }
      return found;
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
    async pendingDeposit(pubkey, amountGwei) {
      const { genesisTimeSeconds: genesisTime, secondsPerSlot } = timing;
      const { anchor, proofs } = await fetchAnchoredState(api, { genesisTime, secondsPerSlot });
      const index = proofs.findPendingDeposit(pubkey, amountGwei);
      return index === undefined ? undefined : { anchor, proof: proofs.pendingDeposit(index) };
    },
    state: (blockId) => fetchState(api, blockId),
  };
}
