import { chainConfigToJson, specValuesToJson } from "@lodestar/config";
import * as params from "@lodestar/params";
import type { ApiModules, ConfigHandlers } from "./modules.ts";

/** Constants of the specs that clients read from `/eth/v1/config/spec`. */
const CONSTANT_NAMES = [
  "GENESIS_SLOT",
  "GENESIS_EPOCH",
  "FAR_FUTURE_EPOCH",
  "BASE_REWARDS_PER_EPOCH",
  "DEPOSIT_CONTRACT_TREE_DEPTH",
  "JUSTIFICATION_BITS_LENGTH",
  "BLS_WITHDRAWAL_PREFIX",
  "ETH1_ADDRESS_WITHDRAWAL_PREFIX",
  "COMPOUNDING_WITHDRAWAL_PREFIX",
  "DOMAIN_BEACON_PROPOSER",
  "DOMAIN_BEACON_ATTESTER",
  "DOMAIN_RANDAO",
  "DOMAIN_DEPOSIT",
  "DOMAIN_VOLUNTARY_EXIT",
  "DOMAIN_SELECTION_PROOF",
  "DOMAIN_AGGREGATE_AND_PROOF",
  "DOMAIN_SYNC_COMMITTEE",
  "DOMAIN_SYNC_COMMITTEE_SELECTION_PROOF",
  "DOMAIN_CONTRIBUTION_AND_PROOF",
  "DOMAIN_BLS_TO_EXECUTION_CHANGE",
  "DOMAIN_APPLICATION_BUILDER",
  "TIMELY_SOURCE_FLAG_INDEX",
  "TIMELY_TARGET_FLAG_INDEX",
  "TIMELY_HEAD_FLAG_INDEX",
  "TARGET_AGGREGATORS_PER_COMMITTEE",
  "TARGET_AGGREGATORS_PER_SYNC_SUBCOMMITTEE",
  "SYNC_COMMITTEE_SUBNET_COUNT",
  "ATTESTATION_SUBNET_COUNT",
  "UNSET_DEPOSIT_REQUESTS_START_INDEX",
  "FULL_EXIT_REQUEST_AMOUNT",
] as const;

function constants() {
  const known = params as Record<string, unknown>;
  const values: Record<string, number | bigint | Uint8Array> = {};
  for (const name of CONSTANT_NAMES) {
    const value = known[name];
    if (typeof value === "number" || typeof value === "bigint" || value instanceof Uint8Array) values[name] = value;
  }
  return specValuesToJson(values);
}

export function configApi({ chain }: ApiModules): ConfigHandlers {
  const { config } = chain;
  const spec = { ...chainConfigToJson(config), ...params.presetToJson(params.activePreset), ...constants() };
  return {
    async getSpec() {
      return { data: spec };
    },

    async getForkSchedule() {
      const scheduled = config.forksAscendingEpochOrder.filter((fork) => Number.isFinite(fork.epoch));
      return {
        data: scheduled.map((fork) => ({
          previousVersion: fork.prevVersion,
          currentVersion: fork.version,
          epoch: fork.epoch,
        })),
      };
    },

    async getDepositContract() {
      return { data: { chainId: config.DEPOSIT_CHAIN_ID, address: config.DEPOSIT_CONTRACT_ADDRESS } };
    },
  };
}
