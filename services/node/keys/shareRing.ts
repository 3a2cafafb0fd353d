import { signWithShare } from "../../crypto/signing.ts";
import type { Pubkey } from "../../ports/beacon.ts";

/** The shares of this node in memory. They go in and signatures come out; a share never does. */
export class ShareRing {
  readonly #shares = new Map<Pubkey, Uint8Array>();

  /** `share`: 32 bytes; the ring keeps its own copy. */
  add(pubkey: Pubkey, share: Uint8Array): void {
    this.#shares.set(pubkey, Uint8Array.from(share));
  }

  has(pubkey: Pubkey): boolean {
    return this.#shares.has(pubkey);
  }

  /** Partial signature (96 bytes), or `undefined` without a share of the key. */
  sign(pubkey: Pubkey, signingRoot: Uint8Array): Uint8Array | undefined {
    const share = this.#shares.get(pubkey);
    return share && signWithShare(share, signingRoot);
  }

  /** Overwrites every share. */
  clear(): void {
    for (const share of this.#shares.values()) share.fill(0);
    this.#shares.clear();
  }
}
