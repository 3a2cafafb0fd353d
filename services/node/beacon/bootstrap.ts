import { z } from "zod";

const TIMEOUT_MS = 5_000;
const ROOT = /^0x[0-9a-fA-F]{64}$/;

const specAnswer = z.object({
  data: z.looseObject({ PRESET_BASE: z.enum(["mainnet", "minimal", "gnosis"]), SLOTS_PER_EPOCH: z.string() }),
});
const genesisAnswer = z.object({
  data: z.object({
    genesis_time: z.string().regex(/^\d{1,15}$/),
    genesis_validators_root: z.string().regex(ROOT),
    genesis_fork_version: z.string().regex(/^0x[0-9a-fA-F]{8}$/),
  }),
});

/** What must be known before the first Lodestar package is loaded, and the chain's constants. */
export interface BeaconBootstrap {
  preset: "mainnet" | "minimal" | "gnosis";
  spec: Record<string, unknown>;
  genesis: { genesisTimeSeconds: number; genesisValidatorsRoot: string; genesisForkVersion: string };
}

/**
 * Asks the first beacon node that answers. Uses plain fetch, because Lodestar fixes its preset at the first import.
 * Rejects with the errors of all nodes when none answers well.
 */
export async function readBeaconBootstrap(urls: readonly string[], signal: AbortSignal): Promise<BeaconBootstrap> {
  const errors: unknown[] = [];
  for (const url of urls) {
    try {
      const spec = specAnswer.parse(await getJson(url, "/eth/v1/config/spec", signal)).data;
      const genesis = genesisAnswer.parse(await getJson(url, "/eth/v1/beacon/genesis", signal)).data;
      return {
        preset: spec.PRESET_BASE,
        spec,
        genesis: {
          genesisTimeSeconds: Number(genesis.genesis_time),
          genesisValidatorsRoot: genesis.genesis_validators_root.toLowerCase(),
          genesisForkVersion: genesis.genesis_fork_version.toLowerCase(),
        },
      };
    } catch (error) {
      errors.push(error);
    }
  }
  throw new AggregateError(errors, "no beacon node told its chain's constants");
}

async function getJson(baseUrl: string, path: string, signal: AbortSignal): Promise<unknown> {
  const url = new URL(path, baseUrl);
  const answer = await fetch(url, { signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]) });
  if (!answer.ok) throw new Error(`GET ${path} answered ${answer.status}`);
  return answer.json();
}
