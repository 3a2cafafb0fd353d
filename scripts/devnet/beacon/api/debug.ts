import { ForkName } from "@lodestar/params";
import { finality, NOT_OPTIMISTIC, resolveState } from "./identifiers.ts";
import type { ApiModules, DebugHandlers } from "./modules.ts";

export function debugApi({ chain }: ApiModules): DebugHandlers {
  return {
    async getStateV2({ stateId }, context) {
      const state = resolveState(chain, stateId);
      const data = context?.returnBytes === true ? state.serialize() : state.toValue();
      return { data, meta: { ...finality(chain, state.slot), version: ForkName.electra } };
    },

    async getDebugChainHeadsV2() {
      return { data: [{ slot: chain.head.slot, root: chain.head.root, ...NOT_OPTIMISTIC }] };
    },
  };
}
