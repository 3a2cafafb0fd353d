import { getBytes, hexlify } from "ethers";
import { addCommitments, evaluateCommitments, groupKeyOf } from "../crypto/commitments.ts";
import { SEATS } from "../crypto/seats.ts";
import { letOthersRun } from "./letOthersRun.ts";
import type { MessageOf } from "./messages.ts";

/** The public side of one shared key, compressed G1. */
export interface GroupKeys {
  /** The validator's public key. */
  groupKey: Uint8Array;
  /** Seats 1..7 in order. */
  shareKeys: Uint8Array[];
}

/**
 * The keys that seven deals make, in batch order; undefined when a point is the identity or two keys are equal. The last
 * dealer can bias them, which is harmless for BLS keys whose shares stay unknown (Gennaro et al., J. Cryptology 2007).
 */
export async function deriveGroupKeys(
  deals: readonly MessageOf<"deal">[],
  keyCount: number,
): Promise<GroupKeys[] | undefined> {
  const keys: GroupKeys[] = [];
  try {
    for (let key = 0; key < keyCount; key++) {
      const dealers = deals.map(({ payload }) => (payload.commitments[key] ?? []).map((point) => getBytes(point)));
      const commitments = addCommitments(dealers);
      const shareKeys = evaluateCommitments(commitments, SEATS);
      keys.push({ groupKey: groupKeyOf(commitments[0] ?? new Uint8Array()), shareKeys });
      await letOthersRun();
    }
  } catch {
    return undefined;
  }
  return areDistinct(keys) ? keys : undefined;
}

function areDistinct(keys: readonly GroupKeys[]): boolean {
  const all = keys.flatMap(({ groupKey, shareKeys }) => [groupKey, ...shareKeys].map((key) => hexlify(key)));
  return new Set(all).size === all.length;
}
