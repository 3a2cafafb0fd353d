import { setTimeout as delay } from "node:timers/promises";
import { getClient } from "@lodestar/api";
import { type BeaconConfig, chainConfigFromJson, createBeaconConfig, createChainForkConfig } from "@lodestar/config";
import { minimalChainConfig } from "@lodestar/config/configs";
import type { Devnet } from "../../scripts/devnet/devnet.ts";

export type BeaconClient = ReturnType<typeof getClient>;

/** A Beacon API client configured by what the node itself answers, as any validator client's is. */
export async function connect(beaconUrl: string): Promise<{ api: BeaconClient; config: BeaconConfig }> {
  const bootstrap = getClient({ baseUrl: beaconUrl }, { config: createChainForkConfig(minimalChainConfig) });
  const spec = (await bootstrap.config.getSpec()).value();
  const { genesisValidatorsRoot } = (await bootstrap.beacon.getGenesis()).value();
  const config = createBeaconConfig(chainConfigFromJson(spec), genesisValidatorsRoot);
  return { api: getClient({ baseUrl: beaconUrl }, { config }), config };
}

/** Asks until the answer is there. The chain's pace decides how long that is; the test's timeout bounds it. */
export async function until<T>(ask: () => Promise<T | undefined>): Promise<T> {
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    await delay(100);
  }
}

export async function untilSlot(devnet: Devnet, slot: number, offsetMs = 0): Promise<void> {
  const atMs = (devnet.genesisTime + slot * devnet.secondsPerSlot) * 1000 + offsetMs;
  await delay(Math.max(0, atMs - Date.now()));
}

/** 0 before genesis. */
export function currentSlot(devnet: Devnet): number {
  return Math.max(0, Math.floor((Date.now() / 1000 - devnet.genesisTime) / devnet.secondsPerSlot));
}

export async function isListening(url: string): Promise<boolean> {
  return fetch(url).then(
    () => true,
    () => false,
  );
}
