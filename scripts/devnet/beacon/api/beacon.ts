import { blockHandlers } from "./blocks.ts";
import type { ApiModules, BeaconHandlers } from "./modules.ts";
import { poolHandlers } from "./pool.ts";
import { stateHandlers } from "./states.ts";
import { stateValidatorHandlers } from "./stateValidators.ts";

export function beaconApi(modules: ApiModules): BeaconHandlers {
  const { config, headState } = modules.chain;
  const { genesisTime, genesisValidatorsRoot } = headState;
  return {
    async getGenesis() {
      return { data: { genesisTime, genesisValidatorsRoot, genesisForkVersion: config.GENESIS_FORK_VERSION } };
    },
    ...stateHandlers(modules),
    ...stateValidatorHandlers(modules),
    ...blockHandlers(modules),
    ...poolHandlers(modules),
  };
}
