import { getBytes } from "ethers";
import { type CeremonyContext, FIRST_GENERATION } from "../../ceremony/context.ts";
import type { Mailbox } from "../../ceremony/mailbox.ts";
import type { ShareEncryptor } from "../../ceremony/rounds.ts";
import { type CeremonyProgress, runCeremony } from "../../ceremony/runCeremony.ts";
import type { TypedDataSigner } from "../../ceremony/signing.ts";
import { type CeremonyStore, eraseCeremony, loadAcknowledgedResults } from "../../ceremony/store.ts";
import { publicKeyOf } from "../../crypto/polynomial.ts";
import { scalarFromBytes } from "../../crypto/scalars.ts";
import type { ChainView, KeyRequest, VerifiedKey } from "../../ports/chain.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Randomness } from "../../ports/randomness.ts";
import type { ShareStore } from "../../ports/shareStore.ts";
import { buildDirectory, type Directory, type NodeSet } from "../directory/directory.ts";

export interface CeremoniesOptions {
  clock: Clock;
  randomness: Randomness;
  mailbox: Mailbox;
  store: CeremonyStore;
  shares: ShareStore;
  signer: TypedDataSigner;
  context: (request: KeyRequest, set: NodeSet) => CeremonyContext;
  encryptorFor: (context: CeremonyContext) => ShareEncryptor;
  hasShare: (pubkey: string) => boolean;
  /** The share is stored and its key verified on chain. */
  onShare: (pubkey: string, share: Uint8Array) => void;
  onProgress: (requestId: number, progress: CeremonyProgress) => void;
  onError: (requestId: number, error: unknown) => void;
}

interface Running {
  stop: AbortController;
  ended: Promise<void>;
  progress?: CeremonyProgress;
}

/**
 * Takes part in the ceremonies that the chain asks this operator's sets for, and keeps the share of every key that the
 * chain has verified. Only the chain decides: what the mailbox says of a ceremony is never believed.
 */
export class Ceremonies {
  readonly #options: CeremoniesOptions;
  readonly #running = new Map<number, Running>();
  readonly #erased = new Set<number>();
  #work: Promise<void> = Promise.resolve();
  #stopped = false;

  constructor(options: CeremoniesOptions) {
    this.#options = options;
  }

  /** Views are worked off one after the other. */
  onView(view: ChainView): void {
    this.#work = this.#work.then(async () => {
      if (!this.#stopped) await this.#reconcile(view);
    });
  }

  progress(): { requestId: number; progress: CeremonyProgress | undefined }[] {
    return [...this.#running].map(([requestId, { progress }]) => ({ requestId, progress }));
  }

  /** Resolves when nothing of a ceremony runs any more. */
  async stop(): Promise<void> {
    this.#stopped = true;
    for (const { stop } of this.#running.values()) stop.abort();
    await this.#work;
    await Promise.all([...this.#running.values()].map(({ ended }) => ended));
  }

  async #reconcile(view: ChainView): Promise<void> {
    const directory = buildDirectory(view);
    for (const request of view.openRequests) this.#begin(request, directory.sets.get(request.setId));
    for (const [requestId, { stop, ended }] of this.#running) {
      if (view.openRequests.some((request) => request.requestId === requestId)) continue;
      stop.abort();
      await ended;
    }
    for (const [requestId, keys] of Map.groupBy(view.verifiedKeys, (key) => key.requestId)) {
      await this.#keepShares(requestId, keys, directory).catch((error) => this.#options.onError(requestId, error));
    }
  }

  #begin(request: KeyRequest, set: NodeSet | undefined): void {
    const { clock, onError, onProgress } = this.#options;
    const { requestId, configuration, deadline } = request;
    const isForUs = set?.configuration === configuration && clock.nowMs() < deadline * 1000;
    if (!set || !isForUs || this.#running.has(requestId)) return;
    const context = this.#options.context(request, set);
    const stop = new AbortController();
    const deps = {
      ...this.#options,
      selfSeat: set.ownSeat,
      shareEncryptor: this.#options.encryptorFor(context),
      onProgress: (progress: CeremonyProgress) => {
        running.progress = progress;
        onProgress(requestId, progress);
      },
      onMailboxError: (error: unknown) => onError(requestId, error),
      onRefused: (error: unknown) => onError(requestId, error),
    };
    const ended = runCeremony(context, deps, stop.signal)
      .catch((error: unknown) => onError(requestId, error))
      .then(() => void this.#running.delete(requestId));
    const running: Running = { stop, ended };
    this.#running.set(requestId, running);
  }

  /** Stores the shares of verified keys before anything of their ceremony is erased. */
  async #keepShares(requestId: number, keys: readonly VerifiedKey[], directory: Directory): Promise<void> {
    const { store, shares, hasShare, onShare, onError } = this.#options;
    if (this.#erased.has(requestId)) return;
    const missing = keys.filter(({ pubkey }) => !hasShare(pubkey));
    const results = missing.length > 0 ? await loadAcknowledgedResults(store, BigInt(requestId)) : [];
    for (const key of missing) {
      const ownSeat = directory.sets.get(key.setId)?.ownSeat;
      const share = results
        .find(({ attempt, transcriptHash }) => attempt === key.attempt && transcriptHash === key.transcriptHash)
        ?.keys.find(({ groupKey }) => Buffer.compare(groupKey, getBytes(key.pubkey)) === 0)?.share;
      const shareKey = ownSeat && key.shareKeys[ownSeat - 1];
      if (!share || !shareKey || Buffer.compare(publicKeyOf(scalarFromBytes(share)), shareKey) !== 0) {
        onError(requestId, new Error(`no share that fits the verified key ${key.pubkey}`));
        return;
      }
      await shares.save(key.pubkey, share, { setId: key.setId, seat: ownSeat, generation: FIRST_GENERATION });
      onShare(key.pubkey, share);
    }
    await eraseCeremony(store, BigInt(requestId));
    this.#erased.add(requestId);
  }
}
