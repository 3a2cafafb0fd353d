import { ApiError } from "@lodestar/api/server";
import { type CachedBeaconStateElectra, computeEpochAtSlot } from "@lodestar/state-transition";
import { getValidatorStatus, type ValidatorStatus } from "@lodestar/types";
import { finality, resolveState, resolveValidator } from "./identifiers.ts";
import type { ApiModules, BeaconHandlers } from "./modules.ts";

type Id = string | number;

function describe(state: CachedBeaconStateElectra, index: number) {
  const validator = state.validators.getReadonly(index).toValue();
  const status = getValidatorStatus(validator, computeEpochAtSlot(state.slot));
  return { index, balance: state.balances.get(index), status, validator };
}

/** Indices of the given validators, in the order asked for and without those that the state has not; all by default. */
function select(state: CachedBeaconStateElectra, ids: Id[] | undefined): number[] {
  if (ids === undefined || ids.length === 0) return Array.from({ length: state.validators.length }, (_, i) => i);
  return ids.flatMap((id) => resolveValidator(state, id) ?? []);
}

/** A filter may name a status or its class, such as `active` for `active_ongoing`. */
function matches(status: ValidatorStatus, filter: string[] | undefined): boolean {
  if (filter === undefined || filter.length === 0) return true;
  return filter.some((wanted) => status === wanted || status.startsWith(`${wanted}_`));
}

export function stateValidatorHandlers({ chain }: ApiModules): BeaconHandlers {
  const validators = (stateId: Id, ids: Id[] | undefined, statuses: string[] | undefined) => {
    const state = resolveState(chain, stateId);
    const data = select(state, ids)
      .map((index) => describe(state, index))
      .filter(({ status }) => matches(status, statuses));
    return { data, meta: finality(chain, state.slot) };
  };
  const balances = (stateId: Id, ids: Id[] | undefined) => {
    const state = resolveState(chain, stateId);
    const data = select(state, ids).map((index) => ({ index, balance: state.balances.get(index) }));
    return { data, meta: finality(chain, state.slot) };
  };

  return {
    async getStateValidators({ stateId, validatorIds, statuses }) {
      return validators(stateId, validatorIds, statuses);
    },

    async postStateValidators({ stateId, validatorIds, statuses }) {
      return validators(stateId, validatorIds, statuses);
    },

    async getStateValidator({ stateId, validatorId }) {
      const state = resolveState(chain, stateId);
      const index = resolveValidator(state, validatorId);
      if (index === undefined) throw new ApiError(404, `Validator not found: ${validatorId}`);
      return { data: describe(state, index), meta: finality(chain, state.slot) };
    },

    async postStateValidatorIdentities({ stateId, validatorIds }) {
      const state = resolveState(chain, stateId);
      const data = select(state, validatorIds).map((index) => {
        const { pubkey, activationEpoch } = state.validators.getReadonly(index);
        return { index, pubkey, activationEpoch };
      });
      return { data, meta: finality(chain, state.slot) };
    },

    async getStateValidatorBalances({ stateId, validatorIds }) {
      return balances(stateId, validatorIds);
    },

    async postStateValidatorBalances({ stateId, validatorIds }) {
      return balances(stateId, validatorIds);
    },
  };
}
