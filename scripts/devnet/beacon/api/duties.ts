import { ApiError } from "@lodestar/api/server";
import { SLOTS_PER_EPOCH } from "@lodestar/params";
import {
  type CachedBeaconStateElectra,
  calculateCommitteeAssignments,
  computeEpochAtSlot,
  computeStartSlotAtEpoch,
} from "@lodestar/state-transition";
import type { Chain } from "../chain.ts";
import { NOT_OPTIMISTIC } from "./identifiers.ts";
import type { ApiModules, ValidatorHandlers } from "./modules.ts";

/**
 * A state that knows the shuffling of the epoch: of that epoch, or of the one before it as long as it lies ahead.
 * @throws ApiError 400 for epochs after the next one
 */
function stateForDuties(chain: Chain, epoch: number): CachedBeaconStateElectra {
  const currentEpoch = computeEpochAtSlot(chain.slotClock.latestAcceptableSlot());
  if (epoch > currentEpoch + 1) throw new ApiError(400, `Epoch ${epoch} is too far ahead, now ${currentEpoch}`);
  const state = chain.stateInEpoch(Math.min(epoch, currentEpoch));
  if (state === undefined) throw new ApiError(404, `The state of epoch ${epoch} is not kept`);
  return state;
}

/** Root of the last block before the epoch, on which its duties depend; the genesis block's on underflow. */
function lastBlockBefore(chain: Chain, epoch: number): string {
  return chain.blockRootAt(computeStartSlotAtEpoch(epoch) - 1);
}

function pubkeyOf(state: CachedBeaconStateElectra, index: number): Uint8Array {
  return state.validators.getReadonly(index).pubkey;
}

export function dutyHandlers({ chain }: ApiModules): ValidatorHandlers {
  const proposerDuties = async ({ epoch }: { epoch: number }) => {
    const state = stateForDuties(chain, epoch);
    const start = computeStartSlotAtEpoch(epoch);
    const data = Array.from({ length: SLOTS_PER_EPOCH }, (_, offset) => {
      const slot = start + offset;
      const validatorIndex = state.epochCtx.getBeaconProposer(slot);
      return { slot, validatorIndex, pubkey: pubkeyOf(state, validatorIndex) };
    });
    return { data, meta: { ...NOT_OPTIMISTIC, dependentRoot: lastBlockBefore(chain, epoch) } };
  };

  return {
    async getAttesterDuties({ epoch, indices }) {
      const state = stateForDuties(chain, epoch);
      const assignments = calculateCommitteeAssignments(state.epochCtx.getShufflingAtEpoch(epoch), indices);
      const data = [...assignments.values()].map((duty) => ({ ...duty, pubkey: pubkeyOf(state, duty.validatorIndex) }));
      return { data, meta: { ...NOT_OPTIMISTIC, dependentRoot: lastBlockBefore(chain, epoch - 1) } };
    },

    getProposerDuties: proposerDuties,
    // Differs from v1 only from Fulu on, whose proposers are known an epoch earlier.
    getProposerDutiesV2: proposerDuties,

    async getSyncCommitteeDuties({ epoch, indices }) {
      const state = stateForDuties(chain, computeEpochAtSlot(chain.slotClock.currentSlot()));
      try {
        const { validatorIndexMap } = state.epochCtx.getIndexedSyncCommitteeAtEpoch(epoch);
        const data = indices.flatMap((validatorIndex) => {
          const positions = validatorIndexMap.get(validatorIndex);
          if (positions === undefined) return [];
          const pubkey = pubkeyOf(state, validatorIndex);
          return [{ pubkey, validatorIndex, validatorSyncCommitteeIndices: positions }];
        });
        return { data, meta: NOT_OPTIMISTIC };
      } catch {
        throw new ApiError(400, `Epoch ${epoch} is out of range`);
      }
    },
  };
}
