import type { ChainTime, Floor } from "./types.ts";

export const NO_FLOOR: Floor = { minSourceEpoch: 0, minTargetEpoch: 0, minProposalSlot: 0 };

export function epochAt(nowMs: number, time: ChainTime): number {
  const slot = Math.max(0, Math.floor((nowMs - time.genesisTimeMs) / time.slotDurationMs));
  return Math.floor(slot / time.slotsPerEpoch);
}

/**
 * Floor of a configuration that starts at `startEpoch` (L): every earlier vote has target ≤ L−1 and source ≤ L−2, so a
 * vote with source ≥ L−2 and target ≥ L can neither repeat a target nor surround or be surrounded. No history is needed.
 */
export function configurationFloor(startEpoch: number, slotsPerEpoch: number): Floor {
  return {
    minSourceEpoch: Math.max(0, startEpoch - 2),
    minTargetEpoch: startEpoch,
    minProposalSlot: startEpoch * slotsPerEpoch,
  };
}

/**
 * Floor of a node without trusted history at wall-clock epoch N: it assumes that it voted (source N, target N+1) and
 * proposed in every slot of epoch N+1. Marks stated by others are never used: they can be missing, or lies that silence
 * a validator for ever.
 */
export function clockFloor(clockEpoch: number, slotsPerEpoch: number): Floor {
  return {
    minSourceEpoch: clockEpoch,
    minTargetEpoch: clockEpoch + 2,
    minProposalSlot: (clockEpoch + 2) * slotsPerEpoch,
  };
}

export function highestFloor(a: Floor, b: Floor): Floor {
  return {
    minSourceEpoch: Math.max(a.minSourceEpoch, b.minSourceEpoch),
    minTargetEpoch: Math.max(a.minTargetEpoch, b.minTargetEpoch),
    minProposalSlot: Math.max(a.minProposalSlot, b.minProposalSlot),
  };
}
