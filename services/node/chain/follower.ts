import type { Interface, JsonRpcProvider, Log } from "ethers";
import type { ChainAccess, ChainView } from "../../ports/chain.ts";
import { type Clock, sleepUntil } from "../../ports/clock.ts";
import type { ChainCursor, CursorStore } from "./cursor.ts";
import { EMPTY_STATE, foldEvent } from "./fold.ts";
import { viewFor } from "./view.ts";

const BLOCKS_PER_REQUEST = 1_000;

export interface ChainFollowerOptions {
  provider: JsonRpcProvider;
  /** The contracts whose events count. */
  sources: { registry: ContractSource; sets: ContractSource; manager: ContractSource };
  nodeAddress: string;
  deployedAtBlock: number;
  /** Blocks on top of one before it counts. A constant of the network, not a matter of taste. */
  confirmations: number;
  pollIntervalMs: number;
  cursors: CursorStore;
  clock: Clock;
  /** A poll failed; the next one repeats it. */
  onError: (error: unknown) => void;
}

export interface ContractSource {
  address: string;
  interface: Interface;
}

/** Follows the contracts' events up to a confirmation depth, with a cursor that survives a kill at any moment. */
export class ChainFollower implements ChainAccess {
  readonly #options: ChainFollowerOptions;
  readonly #listeners = new Set<(view: ChainView) => void>();
  #cursor: ChainCursor;
  #view: ChainView;
  #readAtMs = 0;

  constructor(options: ChainFollowerOptions) {
    this.#options = options;
    const saved = options.cursors.load();
    this.#cursor = saved?.manager === options.sources.manager.address ? saved : this.#firstCursor();
    try {
      this.#view = this.#viewNow();
    } catch {
      // A file that contradicts itself costs only reading again.
      this.#cursor = this.#firstCursor();
      this.#view = this.#viewNow();
    }
  }

  /** Unix milliseconds of the last poll that succeeded; 0 before. */
  get readAtMs(): number {
    return this.#readAtMs;
  }

  view(): ChainView {
    return this.#view;
  }

  onView(listener: (view: ChainView) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Polls until the signal is aborted. */
  async follow(signal: AbortSignal): Promise<void> {
    const { clock, pollIntervalMs, onError } = this.#options;
    while (!signal.aborted) {
      await this.poll().catch(onError);
      await sleepUntil(clock, clock.nowMs() + pollIntervalMs, signal).catch(() => {});
    }
  }

  /** Reads what is deep enough since the last poll. */
  async poll(): Promise<void> {
    const { provider, confirmations, clock } = this.#options;
    const target = (await provider.getBlockNumber()) - confirmations;
    this.#readAtMs = clock.nowMs();
    if (target <= this.#cursor.block.number) return;
    if (!(await this.#isCanonical())) this.#cursor = this.#firstCursor();
    while (this.#cursor.block.number < target) {
      await this.#advance(Math.min(target, this.#cursor.block.number + BLOCKS_PER_REQUEST));
    }
    this.#view = this.#viewNow();
    for (const listener of this.#listeners) listener(this.#view);
  }

  /** Deeper than the confirmations nothing should move; if it did (a devnet reset), everything is read again. */
  async #isCanonical(): Promise<boolean> {
    const { number, hash } = this.#cursor.block;
    if (number < this.#options.deployedAtBlock) return true;
    return (await this.#options.provider.getBlock(number))?.hash === hash;
  }

  async #advance(toBlock: number): Promise<void> {
    const { provider, cursors } = this.#options;
    const fromBlock = this.#cursor.block.number + 1;
    const block = await provider.getBlock(toBlock);
    if (!block?.hash) throw new Error(`block ${toBlock} is not there`);
    const logs = await provider.getLogs({ address: this.#addresses(), fromBlock, toBlock });
    const state = logs.sort(byPosition).reduce((before, log) => {
      const event = this.#parse(log);
      return event ? foldEvent(before, event) : before;
    }, this.#cursor.state);
    this.#cursor = { ...this.#cursor, block: { number: toBlock, hash: block.hash }, state };
    cursors.save(this.#cursor);
  }

  #parse(log: Log) {
    const source = Object.values(this.#options.sources).find(({ address }) => address === log.address);
    return source?.interface.parseLog(log);
  }

  #addresses(): string[] {
    return Object.values(this.#options.sources).map(({ address }) => address);
  }

  #firstCursor(): ChainCursor {
    const { sources, deployedAtBlock } = this.#options;
    const block = { number: deployedAtBlock - 1, hash: "0x" };
    return { version: 1, manager: sources.manager.address, block, state: EMPTY_STATE };
  }

  #viewNow(): ChainView {
    return viewFor(this.#options.nodeAddress, this.#cursor.state, this.#cursor.block.number);
  }
}

function byPosition(a: Log, b: Log): number {
  return a.blockNumber - b.blockNumber || a.index - b.index;
}
