import { fromHex } from "@lodestar/utils";
import type { Pubkey, Root } from "../../ports/beacon.ts";
import type { Decision } from "../consensus/types.ts";
import { voteOf } from "../consensus/value.ts";
import type { Locks } from "../locks/types.ts";
import type { ReasonCode } from "../reasons.ts";

export interface SignerPorts {
  locks: Locks;
  /** `undefined` without a share of the key. */
  signWithShare: (pubkey: Pubkey, signingRoot: Uint8Array) => Uint8Array | undefined;
}

export type SignResult =
  | { ok: true; partials: { pubkey: Pubkey; signature: Uint8Array }[] }
  | { ok: false; reason: ReasonCode; detail?: string };

/**
 * Signs a decided value with this node's shares, after the lock database has recorded it as signed: the record is durable
 * before the first partial exists, and at most one value per instance is ever recorded so.
 */
export function signDecided(decision: Decision, signingRoot: Root, { locks, signWithShare }: SignerPorts): SignResult {
  const { instance, round, proposal, valueHash } = decision;
  const vote = { ...voteOf(proposal.value, instance, round, valueHash), signingRoot };
  const recorded = locks.recordSigning(vote);
  if (!recorded.ok) {
    const detail = recorded.reason === "conflict" ? recorded.refused[0]?.rule : recorded.reason;
    return { ok: false, reason: "locked", ...(detail === undefined ? {} : { detail }) };
  }
  const message = fromHex(signingRoot);
  const partials = proposal.value.validators.flatMap((pubkey) => {
    const signature = signWithShare(pubkey, message);
    return signature ? [{ pubkey, signature }] : [];
  });
  return partials.length > 0 ? { ok: true, partials } : { ok: false, reason: "no_share" };
}
