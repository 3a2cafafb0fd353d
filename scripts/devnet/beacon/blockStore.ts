import { SLOTS_PER_EPOCH } from "@lodestar/params";
import type { CachedBeaconStateElectra } from "@lodestar/state-transition";
import type { electra } from "@lodestar/types";

/** A block of the chain. Roots are 0x-prefixed. */
export interface ChainBlock {
  slot: number;
  root: string;
  stateRoot: string;
  importedAtMs: number;
  signedBlock: electra.SignedBeaconBlock;
}

/** Post-states are kept for the blocks of this many slots; older ones only at epoch boundaries. */
const STATE_HISTORY_SLOTS = 64;

/** The one chain of blocks, and the post-states that are still served. Blocks are only ever appended. */
export class BlockStore {
  private readonly blocks: ChainBlock[];
  private readonly byRoot = new Map<string, ChainBlock>();
  private readonly states = new Map<string, CachedBeaconStateElectra>();

  constructor(genesis: ChainBlock, state: CachedBeaconStateElectra) {
    this.blocks = [genesis];
    this.byRoot.set(genesis.root, genesis);
    this.states.set(genesis.root, state);
  }

  get genesis(): ChainBlock {
    return this.at(0);
  }

  get head(): ChainBlock {
    return this.at(this.blocks.length - 1);
  }

  append(block: ChainBlock, state: CachedBeaconStateElectra): void {
    this.blocks.push(block);
    this.byRoot.set(block.root, block);
    this.states.set(block.root, state);
    this.pruneStates();
  }

  byBlockRoot(root: string): ChainBlock | undefined {
    return this.byRoot.get(root);
  }

  byStateRoot(stateRoot: string): ChainBlock | undefined {
    return this.blocks.findLast((block) => block.stateRoot === stateRoot);
  }

  bySlot(slot: number): ChainBlock | undefined {
    const block = this.atOrBefore(slot);
    return block.slot === slot ? block : undefined;
  }

  byParentRoot(parentRoot: string): ChainBlock | undefined {
    const parent = this.byRoot.get(parentRoot);
    return parent === undefined ? undefined : this.blocks[this.indexOf(parent.slot) + 1];
  }

  /** The last block whose slot is not after `slot`; the genesis block for anything below 0. */
  atOrBefore(slot: number): ChainBlock {
    return this.at(Math.max(0, this.indexOf(slot)));
  }

  postState(root: string): CachedBeaconStateElectra | undefined {
    return this.states.get(root);
  }

  /** Index of the last block whose slot is not after `slot`, or -1. */
  private indexOf(slot: number): number {
    let low = -1;
    let high = this.blocks.length - 1;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if (this.at(middle).slot <= slot) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  private at(index: number): ChainBlock {
    const block = this.blocks[index];
    if (block === undefined) throw new Error(`no block ${index} among ${this.blocks.length}`);
    return block;
  }

  private pruneStates(): void {
    const oldest = this.head.slot - STATE_HISTORY_SLOTS;
    for (const root of this.states.keys()) {
      const block = this.byRoot.get(root);
      if (block === undefined || block.slot >= oldest) continue;
      const next = this.at(this.indexOf(block.slot) + 1);
      const firstBoundary = Math.ceil(block.slot / SLOTS_PER_EPOCH) * SLOTS_PER_EPOCH;
      const isCheckpoint = firstBoundary < next.slot;
      if (!isCheckpoint) this.states.delete(root);
    }
  }
}
