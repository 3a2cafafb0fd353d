import { getBytes } from "ethers";
import type { Seat } from "../crypto/seats.ts";
import type { PartialSignature } from "../crypto/threshold.ts";
import { combineVerified, verifyPartial } from "../crypto/verification.ts";
import type { CeremonyContext } from "./context.ts";
import { depositSigningRoot } from "./deposit.ts";
import type { GroupKeys } from "./groupKeys.ts";
import { letOthersRun } from "./letOthersRun.ts";
import type { AbortReason, MessageOf } from "./messages.ts";

/** Why an attempt can't go on; `accused` is 0 when nobody is to blame. */
export interface Blame {
  reason: AbortReason;
  accused: Seat | 0;
}

/**
 * Checks that seven results name one transcript and that each partial deposit signature is its seat's, and that they
 * combine to the group's.
 */
export async function checkResults(
  context: CeremonyContext,
  keys: readonly GroupKeys[],
  transcriptHash: string,
  results: readonly MessageOf<"result">[],
): Promise<Blame | undefined> {
  const stranger = results.find(({ payload }) => payload.transcriptHash !== transcriptHash);
  if (stranger !== undefined) return { reason: "transcript_mismatch", accused: stranger.seat };

  for (const [keyIndex, key] of keys.entries()) {
    const signingRoot = depositSigningRoot(context, key.groupKey);
    const partials = depositPartials(results, keyIndex);
    for (const { seat, signature } of partials) {
      const shareKey = key.shareKeys[seat - 1] ?? new Uint8Array();
      if (!verifyPartial(shareKey, signingRoot, signature)) return { reason: "bad_partial_signature", accused: seat };
    }
    const combined = combineVerified({ ...key, signingRoot, partials });
    if (!combined.ok) return { reason: "bad_combined_signature", accused: 0 };
    await letOthersRun();
  }
  return undefined;
}

/** The seats' partial signatures on the deposit of one key. */
export function depositPartials(results: readonly MessageOf<"result">[], keyIndex: number): PartialSignature[] {
  return results.map(({ seat, payload }) => ({
    seat,
    signature: getBytes(payload.depositSignatures[keyIndex] ?? "0x"),
  }));
}
