import { fromHex } from "@lodestar/utils";
import { type Seat, THRESHOLD } from "../../crypto/seats.ts";
import { combineSignatures, type PartialSignature } from "../../crypto/threshold.ts";
import { combineVerified, verifyPartial, verifySameMessage } from "../../crypto/verification.ts";
import type { Pubkey, Root } from "../../ports/beacon.ts";
import type { PartialDuty } from "../exchange/messages.ts";
import { keyOf } from "../exchange/partialStore.ts";
import { Suspects } from "./suspects.ts";

/** Public part of a shared key. */
export interface GroupKey {
  pubkey: Pubkey;
  /** Share keys of seats 1..7, 48 bytes each. */
  shareKeys: readonly Uint8Array[];
}

export interface AggregatorOptions {
  partialsOf: (duty: PartialDuty, pubkey: Pubkey, signingRoot: Root) => PartialSignature[];
  /** Signatures that verified under their group keys, all on the duty's signing root. */
  onSignatures: (duty: PartialDuty, signatures: ReadonlyMap<Pubkey, Uint8Array>) => void;
  /** A seat's partial was invalid. */
  onCulprit: (duty: PartialDuty, seat: Seat) => void;
  /** Valid partials that give no valid signature: the keys on chain contradict each other. */
  onInconsistentKeys: (duty: PartialDuty, pubkey: Pubkey) => void;
}

interface Pending {
  duty: PartialDuty;
  signingRoot: Root;
  keys: Map<Pubkey, GroupKey>;
}

/**
 * Makes group signatures of partials. All validators of a duty sign one root, so their combined signatures are verified
 * together; only when that fails is anything looked at alone.
 */
export class Aggregator {
  readonly #options: AggregatorOptions;
  readonly #pending = new Map<string, Pending>();
  readonly #suspects = new Suspects();

  constructor(options: AggregatorOptions) {
    this.#options = options;
  }

  /** Wants signatures of these keys on this root: what this node itself has signed. */
  expect(duty: PartialDuty, signingRoot: Root, keys: readonly GroupKey[]): void {
    const pending = { duty, signingRoot, keys: new Map(keys.map((key) => [key.pubkey, key])) };
    this.#pending.set(keyOf(duty), pending);
  }

  isComplete(duty: PartialDuty): boolean {
    return !this.#pending.has(keyOf(duty));
  }

  /** Gives up on a duty; the validators that are still without a signature. */
  forget(duty: PartialDuty): Pubkey[] {
    const pending = this.#pending.get(keyOf(duty));
    this.#pending.delete(keyOf(duty));
    return pending ? [...pending.keys.keys()] : [];
  }

  /** New partials have come for the duty. */
  tryCombine(duty: PartialDuty): void {
    const pending = this.#pending.get(keyOf(duty));
    if (!pending) return;
    const signatures = this.#combineAll(pending);
    for (const pubkey of signatures.keys()) pending.keys.delete(pubkey);
    if (pending.keys.size === 0) {
      this.#pending.delete(keyOf(duty));
      this.#suspects.dutyDone(duty.setId);
    }
    if (signatures.size > 0) this.#options.onSignatures(duty, signatures);
  }

  #combineAll({ duty, signingRoot, keys }: Pending): Map<Pubkey, Uint8Array> {
    const message = fromHex(signingRoot);
    const candidates = [...keys.values()]
      .map((key) => ({ key, partials: this.#trusted(duty, key, signingRoot, message) }))
      .filter(({ partials }) => partials.length >= THRESHOLD);
    const optimistic = candidates.map(({ key, partials }) => ({
      publicKey: fromHex(key.pubkey),
      signature: combineOrEmpty(partials),
    }));
    const valid = optimistic.length === 0 ? [] : verifySameMessage(message, optimistic);
    const signatures = new Map<Pubkey, Uint8Array>();
    for (const [index, { key, partials }] of candidates.entries()) {
      const signature = valid[index] ? optimistic[index]?.signature : this.#searchCulprit(duty, key, message, partials);
      if (signature) signatures.set(key.pubkey, signature);
    }
    return signatures;
  }

  /** Partials without those that a suspected seat is found to have spoiled. */
  #trusted(duty: PartialDuty, key: GroupKey, signingRoot: Root, message: Uint8Array): PartialSignature[] {
    return this.#options.partialsOf(duty, key.pubkey, signingRoot).filter(({ seat, signature }) => {
      if (!this.#suspects.has(duty.setId, seat)) return true;
      const shareKey = key.shareKeys[seat - 1];
      if (shareKey && verifyPartial(shareKey, message, signature)) return true;
      this.#suspects.add(duty.setId, seat);
      return false;
    });
  }

  #searchCulprit(
    duty: PartialDuty,
    key: GroupKey,
    signingRoot: Uint8Array,
    partials: PartialSignature[],
  ): Uint8Array | undefined {
    const groupKey = fromHex(key.pubkey);
    const result = combineVerified({ groupKey, shareKeys: key.shareKeys, signingRoot, partials });
    for (const seat of result.culprits) {
      if (!this.#suspects.has(duty.setId, seat)) this.#options.onCulprit(duty, seat);
      this.#suspects.add(duty.setId, seat);
    }
    if (result.ok) return result.signature;
    if (result.reason === "inconsistent_keys") this.#options.onInconsistentKeys(duty, key.pubkey);
    return undefined;
  }
}

/** An empty signature never verifies: what doesn't even combine is for the culprit search. */
function combineOrEmpty(partials: readonly PartialSignature[]): Uint8Array {
  try {
    return combineSignatures(partials.slice(0, THRESHOLD));
  } catch {
    return new Uint8Array();
  }
}
