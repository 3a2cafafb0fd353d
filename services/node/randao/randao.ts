import type { BeaconConfig } from "@lodestar/config";
import { fromHex } from "@lodestar/utils";
import type { Pubkey } from "../../ports/beacon.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Aggregator } from "../aggregator/aggregator.ts";
import type { ValidatorKey } from "../directory/directory.ts";
import type { ProposalDuty } from "../dutyTypes.ts";
import type { Exchange } from "../exchange/exchange.ts";
import type { PartialDuty } from "../exchange/messages.ts";
import { randaoSigningRoot } from "../signingRoots.ts";

export interface RandaoOptions {
  config: BeaconConfig;
  clock: Clock;
  exchange: Pick<Exchange, "publish">;
  aggregator: Pick<Aggregator, "expect" | "isComplete" | "forget">;
  key: (pubkey: Pubkey) => ValidatorKey | undefined;
  signWithShare: (pubkey: Pubkey, signingRoot: Uint8Array) => Uint8Array | undefined;
}

interface Reveal {
  duty: PartialDuty;
  signature: PromiseWithResolvers<Uint8Array>;
}

/**
 * RANDAO reveals of coming proposals. They can't be slashed, so any four seats make one without agreement; the partials
 * travel in the slot before the proposal.
 */
export class Randao {
  readonly #options: RandaoOptions;
  readonly #reveals = new Map<string, Reveal>();

  constructor(options: RandaoOptions) {
    this.#options = options;
  }

  /** Signs and sends this node's partial once; it is wanted until `expiresAtMs`. */
  prepare({ instance, pubkey }: ProposalDuty, expiresAtMs: number): void {
    const { config, clock, exchange, aggregator, key, signWithShare } = this.#options;
    const id = revealKey(pubkey, instance.slot);
    const validator = key(pubkey);
    if (!validator || this.#reveals.has(id)) return;
    const signingRoot = randaoSigningRoot(config, instance.slot);
    const signature = signWithShare(pubkey, fromHex(signingRoot));
    if (!signature) return;
    const { setId, configuration, slot } = instance;
    const duty: PartialDuty = { setId, configuration, generation: validator.generation, slot, type: "randao" };
    const combined = Promise.withResolvers<Uint8Array>();
    // Nobody may be waiting when it expires.
    combined.promise.catch(() => {});
    clock.setTimer(expiresAtMs, () => this.#expire(id));
    this.#reveals.set(id, { duty, signature: combined });
    aggregator.expect(duty, signingRoot, [validator]);
    exchange.publish({ duty, signingRoot, partials: [{ pubkey, signature }] }, () => aggregator.isComplete(duty));
  }

  onSignatures({ slot }: PartialDuty, signatures: ReadonlyMap<Pubkey, Uint8Array>): void {
    for (const [pubkey, signature] of signatures) {
      this.#reveals.get(revealKey(pubkey, slot))?.signature.resolve(signature);
    }
  }

  /** The combined reveal (96 bytes); rejects when four partials haven't come in time. */
  reveal({ instance, pubkey }: ProposalDuty): Promise<Uint8Array> {
    const reveal = this.#reveals.get(revealKey(pubkey, instance.slot));
    return reveal ? reveal.signature.promise : Promise.reject(new Error("no RANDAO reveal was prepared"));
  }

  #expire(id: string): void {
    const reveal = this.#reveals.get(id);
    if (!reveal) return;
    this.#reveals.delete(id);
    this.#options.aggregator.forget(reveal.duty);
    reveal.signature.reject(new Error("four partial RANDAO reveals did not come in time"));
  }
}

function revealKey(pubkey: Pubkey, slot: number): string {
  return `${pubkey}/${slot}`;
}
