import type { BeaconAccess } from "../ports/beacon.ts";
import { type NotReady, notReady } from "./api/server.ts";
import type { NodeStatus } from "./status.ts";

/** Five seats decide, so a node needs four others. */
const PEERS_NEEDED = 4;

export interface ReadinessSources {
  beacon: BeaconAccess;
  /** Milliseconds since the execution client was last read successfully. */
  chainAgeMs: () => number;
  maxChainAgeMs: number;
  status: () => NodeStatus;
}

/** Every reason why a wired node could not do a duty now. */
export async function readiness({ beacon, chainAgeMs, maxChainAgeMs, status }: ReadinessSources): Promise<NotReady[]> {
  const reasons: NotReady[] = [];
  try {
    const { isSyncing, isOptimistic, elOffline } = await beacon.syncStatus();
    if (isSyncing || isOptimistic || elOffline) {
      reasons.push(notReady("beacon_syncing", "the beacon node is syncing, optimistic or without execution client"));
    }
  } catch {
    reasons.push(notReady("beacon_unreachable", "no beacon node answers"));
  }
  if (chainAgeMs() > maxChainAgeMs) {
    reasons.push(notReady("chain_behind", "the execution client has not been read for too long"));
  }
  const { sets, validators } = status();
  for (const { setId, members } of sets) {
    const others = members.filter(({ connected }) => connected).length - 1;
    if (others >= PEERS_NEEDED) continue;
    reasons.push(notReady("too_few_peers", `set ${setId}: ${others} of 6 others are connected, four are needed`));
  }
  const without = validators.filter(({ hasShare }) => !hasShare).length;
  if (without > 0) reasons.push(notReady("shares_missing", `no share of ${without} verified keys`));
  return reasons;
}
