import { ApiError } from "@lodestar/api/server";
import {
  EPOCHS_PER_HISTORICAL_VECTOR,
  ForkName,
  SLOTS_PER_EPOCH,
  SYNC_COMMITTEE_SIZE,
  SYNC_COMMITTEE_SUBNET_COUNT,
} from "@lodestar/params";
import { computeEpochAtSlot, computeStartSlotAtEpoch, getRandaoMix } from "@lodestar/state-transition";
import { finality, resolveState } from "./identifiers.ts";
import type { ApiModules, BeaconHandlers } from "./modules.ts";

export function stateHandlers({ chain }: ApiModules): BeaconHandlers {
  const versioned = (slot: number) => ({ ...finality(chain, slot), version: ForkName.electra });
  return {
    async getStateRoot({ stateId }) {
      const state = resolveState(chain, stateId);
      return { data: { root: state.hashTreeRoot() }, meta: finality(chain, state.slot) };
    },

    async getStateFork({ stateId }) {
      const state = resolveState(chain, stateId);
      return { data: state.fork.toValue(), meta: finality(chain, state.slot) };
    },

    async getStateFinalityCheckpoints({ stateId }) {
      const state = resolveState(chain, stateId);
      const data = {
        previousJustified: state.previousJustifiedCheckpoint.toValue(),
        currentJustified: state.currentJustifiedCheckpoint.toValue(),
        finalized: state.finalizedCheckpoint.toValue(),
      };
      return { data, meta: finality(chain, state.slot) };
    },

    async getStateRandao({ stateId, epoch }) {
      const state = resolveState(chain, stateId);
      const stateEpoch = computeEpochAtSlot(state.slot);
      const wanted = epoch ?? stateEpoch;
      if (wanted > stateEpoch || wanted + EPOCHS_PER_HISTORICAL_VECTOR < stateEpoch) {
        throw new ApiError(400, `Epoch ${wanted} is out of the state's range`);
      }
      return { data: { randao: getRandaoMix(state, wanted) }, meta: finality(chain, state.slot) };
    },

    async getEpochCommittees({ stateId, epoch, index, slot }) {
      const state = resolveState(chain, stateId);
      const wanted = epoch ?? computeEpochAtSlot(state.slot);
      const shuffling = state.epochCtx.getShufflingAtEpochOrNull(wanted);
      if (shuffling === null) throw new ApiError(400, `Epoch ${wanted} is out of the state's range`);
      if (slot !== undefined && computeEpochAtSlot(slot) !== wanted) {
        throw new ApiError(400, `Slot ${slot} is not in epoch ${wanted}`);
      }
      const start = computeStartSlotAtEpoch(wanted);
      const data = Array.from({ length: SLOTS_PER_EPOCH }, (_, offset) => start + offset)
        .filter((committeeSlot) => slot === undefined || committeeSlot === slot)
        .flatMap((committeeSlot) =>
          (shuffling.committees[committeeSlot % SLOTS_PER_EPOCH] ?? []).map((validators, committeeIndex) => ({
            index: committeeIndex,
            slot: committeeSlot,
            validators: Array.from(validators),
          })),
        )
        .filter((committee) => index === undefined || committee.index === index);
      return { data, meta: finality(chain, state.slot) };
    },

    async getEpochSyncCommittees({ stateId, epoch }) {
      const state = resolveState(chain, stateId);
      const wanted = epoch ?? computeEpochAtSlot(state.slot);
      try {
        const validators = Array.from(state.epochCtx.getIndexedSyncCommitteeAtEpoch(wanted).validatorIndices);
        const size = SYNC_COMMITTEE_SIZE / SYNC_COMMITTEE_SUBNET_COUNT;
        const validatorAggregates = Array.from({ length: SYNC_COMMITTEE_SUBNET_COUNT }, (_, subcommittee) =>
          validators.slice(subcommittee * size, (subcommittee + 1) * size),
        );
        return { data: { validators, validatorAggregates }, meta: finality(chain, state.slot) };
      } catch {
        throw new ApiError(400, `Epoch ${wanted} is out of the state's range`);
      }
    },

    async getPendingDeposits({ stateId }, context) {
      const state = resolveState(chain, stateId);
      const deposits = state.pendingDeposits;
      return {
        data: context?.returnBytes === true ? deposits.serialize() : deposits.toValue(),
        meta: versioned(state.slot),
      };
    },

    async getPendingPartialWithdrawals({ stateId }, context) {
      const state = resolveState(chain, stateId);
      const withdrawals = state.pendingPartialWithdrawals;
      return {
        data: context?.returnBytes === true ? withdrawals.serialize() : withdrawals.toValue(),
        meta: versioned(state.slot),
      };
    },

    async getPendingConsolidations({ stateId }, context) {
      const state = resolveState(chain, stateId);
      const consolidations = state.pendingConsolidations;
      return {
        data: context?.returnBytes === true ? consolidations.serialize() : consolidations.toValue(),
        meta: versioned(state.slot),
      };
    },
  };
}
