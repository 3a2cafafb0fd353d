import type { ApiModules, NodeHandlers } from "./modules.ts";

const VERSION = "SeptetDevnet/v0.1.0";
/** A node with a head this far behind the clock has lost its proposers, and says so. */
const MAX_SYNC_DISTANCE_SLOTS = 8;

export function nodeApi({ chain, engine }: ApiModules): NodeHandlers {
  const syncDistance = () => Math.max(0, chain.slotClock.currentSlot() - chain.head.slot);
  return {
    async getNodeVersion() {
      return { data: { version: VERSION } };
    },

    async getSyncingStatus() {
      const distance = syncDistance();
      return {
        data: {
          headSlot: chain.head.slot,
          syncDistance: distance,
          isSyncing: distance > MAX_SYNC_DISTANCE_SLOTS,
          isOptimistic: false,
          elOffline: !engine.isOnline,
        },
      };
    },

    async getHealth({ syncingStatus }) {
      const isSyncing = syncDistance() > MAX_SYNC_DISTANCE_SLOTS;
      return { status: isSyncing ? (syncingStatus ?? 206) : 200 };
    },

    // The node has no network: it tells so instead of making up peers.
    async getPeers() {
      return { data: [], meta: { count: 0 } };
    },

    async getPeerCount() {
      return { data: { disconnected: 0, connecting: 0, connected: 0, disconnecting: 0 } };
    },
  };
}
