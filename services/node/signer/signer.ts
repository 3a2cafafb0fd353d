import { fromHex } from "@lodestar/utils";
import type { Pubkey, Root } from "../../ports/beacon.ts";
import { recordSigning } from "../consensus/decision.ts";
import type { Decision } from "../consensus/types.ts";
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
 * before the first partial exists, and at most one value per instance is ever recorded so. A decision whose COMMITs this
 * process did not check is refused. Validators that are locked against the value are left out.
 */
export function signDecided(decision: Decision, signingRoot: Root, { locks, signWithShare }: SignerPorts): SignResult {
  let { validators } = decision.proposal.value;
  let recorded = recordSigning(locks, decision, { signingRoot });
  if (!recorded.ok && recorded.reason === "conflict") {
    const refused = new Set(recorded.refused.map(({ pubkey }) => pubkey));
    validators = validators.filter((pubkey) => !refused.has(pubkey));
    if (validators.length > 0) recorded = recordSigning(locks, decision, { validators, signingRoot });
  }
  if (!recorded.ok) {
    const detail = recorded.reason === "conflict" ? recorded.refused[0]?.rule : recorded.reason;
    return { ok: false, reason: "locked", ...(detail === undefined ? {} : { detail }) };
  }
  const message = fromHex(signingRoot);
  const partials = validators.flatMap((pubkey) => {
    const signature = signWithShare(pubkey, message);
    return signature ? [{ pubkey, signature }] : [];
  });
  return partials.length > 0 ? { ok: true, partials } : { ok: false, reason: "no_share" };
}
