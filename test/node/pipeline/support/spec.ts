import { chainConfigToJson, defaultChainConfig } from "@lodestar/config";
import { chainSpec } from "../../../../services/node/chainSpec.ts";

/** A chain of four-second slots that has been at Electra from its genesis. */
export const SPEC = chainSpec(
  {
    ...chainConfigToJson({
      ...defaultChainConfig,
      ...{ ALTAIR_FORK_EPOCH: 0, BELLATRIX_FORK_EPOCH: 0, CAPELLA_FORK_EPOCH: 0, DENEB_FORK_EPOCH: 0 },
      ...{ ELECTRA_FORK_EPOCH: 0, FULU_FORK_EPOCH: Number.POSITIVE_INFINITY, SLOT_DURATION_MS: 4_000 },
    }),
    SLOTS_PER_EPOCH: "8",
  },
  { genesisTimeSeconds: 1_700_000_000, genesisValidatorsRoot: `0x${"11".repeat(32)}` },
);
