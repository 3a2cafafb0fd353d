import type { BeaconConfig } from "@lodestar/config";
import { SLOTS_PER_EPOCH } from "@lodestar/params";
import {
  type CachedBeaconStateElectra,
  computeEpochAtSlot,
  computeStartSlotAtEpoch,
  DataAvailabilityStatus,
  ExecutionPayloadStatus,
  processSlots,
  stateTransition,
} from "@lodestar/state-transition";
import { type electra, type phase0, ssz } from "@lodestar/types";
import { toRootHex } from "@lodestar/utils";
import { BlockStore, type ChainBlock } from "./blockStore.ts";
import type { EngineClient } from "./engine.ts";
import { Rejection } from "./errors.ts";
import type { ChainEvents } from "./events.ts";
import type { SlotClock } from "./slotClock.ts";

export interface ChainModules {
  config: BeaconConfig;
  genesisState: CachedBeaconStateElectra;
  engine: EngineClient;
  slotClock: SlotClock;
  events: ChainEvents;
}

const ADVANCED_STATES_KEPT = 4;

/**
 * Imports blocks and knows the head. There is no fork choice: a block extends the head or is refused, so the head is
 * always the last imported block and nothing is ever reorganized.
 */
export class Chain {
  readonly config: BeaconConfig;
  readonly slotClock: SlotClock;
  readonly blocks: BlockStore;
  private readonly engine: EngineClient;
  private readonly events: ChainEvents;
  private readonly advanced = new Map<string, CachedBeaconStateElectra>();
  private lastImport: Promise<unknown> = Promise.resolve();

  constructor({ config, genesisState, engine, slotClock, events }: ChainModules) {
    this.config = config;
    this.engine = engine;
    this.slotClock = slotClock;
    this.events = events;
    this.blocks = new BlockStore(genesisBlock(genesisState), genesisState);
  }

  get head(): ChainBlock {
    return this.blocks.head;
  }

  get headState(): CachedBeaconStateElectra {
    return this.requireState(this.head);
  }

  /** As the head's post-state has it. Its root is never zero: before finality it is the genesis block's. */
  get finalized(): phase0.Checkpoint {
    return this.checkpointOrGenesis(this.headState.finalizedCheckpoint.toValue());
  }

  get justified(): phase0.Checkpoint {
    return this.checkpointOrGenesis(this.headState.currentJustifiedCheckpoint.toValue());
  }

  /**
   * Verifies the block with all its signatures and its payload, and makes it the head. A block that is already in the
   * chain is accepted again, as every operator of a set may publish the same one.
   * @throws Rejection; nothing has changed then
   */
  importBlock(signedBlock: electra.SignedBeaconBlock): Promise<void> {
    const result = this.lastImport.then(() => this.verifyAndAppend(signedBlock));
    this.lastImport = result.catch(() => {});
    return result;
  }

  /**
   * The state of the chain at `slot`: the post-state of the last block up to it, advanced through the empty slots
   * after that block. `undefined` when that post-state is no longer kept.
   */
  stateAt(slot: number): CachedBeaconStateElectra | undefined {
    const block = this.blocks.atOrBefore(slot);
    const state = this.blocks.postState(block.root);
    return state === undefined || state.slot === slot ? state : this.advance(block, state, slot);
  }

  /** A state in the given epoch or later that knows its committees and proposers, advanced no further than needed. */
  stateInEpoch(epoch: number): CachedBeaconStateElectra | undefined {
    const startSlot = computeStartSlotAtEpoch(epoch);
    const endSlot = startSlot + SLOTS_PER_EPOCH - 1;
    const last = this.blocks.atOrBefore(endSlot);
    const isRecent = last.slot >= startSlot && this.blocks.postState(last.root) !== undefined;
    return this.stateAt(isRecent ? last.slot : startSlot);
  }

  /** Root of the last block at or before the slot. */
  blockRootAt(slot: number): string {
    return this.blocks.atOrBefore(slot).root;
  }

  private checkpointOrGenesis(checkpoint: phase0.Checkpoint): phase0.Checkpoint {
    if (checkpoint.epoch > 0) return checkpoint;
    return { epoch: 0, root: ssz.Root.fromJson(this.blocks.genesis.root) };
  }

  private requireState(block: ChainBlock): CachedBeaconStateElectra {
    const state = this.blocks.postState(block.root);
    if (state === undefined) throw new Error(`post-state of block ${block.root} is not kept`);
    return state;
  }

  private advance(block: ChainBlock, state: CachedBeaconStateElectra, slot: number): CachedBeaconStateElectra {
    const key = `${block.root}:${slot}`;
    const known = this.advanced.get(key);
    if (known !== undefined) return known;
    const advanced = processSlots(state, slot, { dontTransferCache: true }) as CachedBeaconStateElectra;
    this.advanced.set(key, advanced);
    for (const oldest of this.advanced.keys()) {
      if (this.advanced.size <= ADVANCED_STATES_KEPT) break;
      this.advanced.delete(oldest);
    }
    return advanced;
  }

  private async verifyAndAppend(signedBlock: electra.SignedBeaconBlock): Promise<void> {
    const block = signedBlock.message;
    const root = toRootHex(ssz.electra.BeaconBlock.hashTreeRoot(block));
    if (this.blocks.byBlockRoot(root) !== undefined) return;
    this.checkPosition(block);

    const finalizedBefore = this.headState.finalizedCheckpoint.epoch;
    const state = this.verifyTransition(signedBlock);
    await this.verifyPayload(block);
    const importedAtMs = this.slotClock.clock.nowMs();
    const imported = { slot: block.slot, root, stateRoot: toRootHex(block.stateRoot), importedAtMs, signedBlock };
    const previousHead = this.head;
    this.blocks.append(imported, state);
    // The block is in the chain from here on; an execution client that lags behind is caught by the next call.
    await this.updateForkchoice().catch((error: unknown) => this.events.emit("warning", String(error)));

    const epochTransition = computeEpochAtSlot(previousHead.slot) !== computeEpochAtSlot(imported.slot);
    this.events.emit("block", { block: imported, state, epochTransition });
    if (state.finalizedCheckpoint.epoch > finalizedBefore) this.events.emit("finalized", { block: imported, state });
  }

  private checkPosition({ slot, parentRoot }: electra.BeaconBlock): void {
    if (slot > this.slotClock.latestAcceptableSlot()) {
      throw new Rejection("BLOCK_FROM_THE_FUTURE", `slot ${slot}, now ${this.slotClock.currentSlot()}`);
    }
    if (slot <= this.head.slot) {
      throw new Rejection("BLOCK_SLOT_NOT_AFTER_HEAD", `slot ${slot}, head slot ${this.head.slot}`);
    }
    if (toRootHex(parentRoot) !== this.head.root) {
      throw new Rejection("BLOCK_NOT_ON_HEAD", `parent ${toRootHex(parentRoot)}, head ${this.head.root}`);
    }
  }

  private verifyTransition(signedBlock: electra.SignedBeaconBlock): CachedBeaconStateElectra {
    const preState = this.stateAt(signedBlock.message.slot);
    if (preState === undefined) throw new Error("the head's post-state is always kept");
    try {
      return stateTransition(preState, signedBlock, {
        // The execution client is asked right afterwards, before the block counts.
        executionPayloadStatus: ExecutionPayloadStatus.valid,
        dataAvailabilityStatus: DataAvailabilityStatus.Available,
        verifyStateRoot: true,
        verifyProposer: true,
        verifySignatures: true,
        dontTransferCache: true,
      }) as CachedBeaconStateElectra;
    } catch (error) {
      throw new Rejection("BLOCK_INVALID", (error as Error).message);
    }
  }

  private async verifyPayload({ body, parentRoot }: electra.BeaconBlock): Promise<void> {
    const { executionPayload, executionRequests, blobKzgCommitments } = body;
    const result = await this.engine
      .newPayload(executionPayload, executionRequests, blobKzgCommitments, parentRoot)
      .catch((error: unknown) => {
        throw new Rejection("ENGINE_UNAVAILABLE", String(error));
      });
    if (!result.valid) throw new Rejection("PAYLOAD_INVALID", result.reason);
  }

  private async updateForkchoice(): Promise<void> {
    await this.engine.forkchoiceUpdated(this.forkchoiceState());
  }

  /** Head, justified and finalized execution blocks. */
  forkchoiceState() {
    return {
      headBlockHash: this.executionBlockHash(this.head),
      safeBlockHash: this.executionBlockHash(this.blockOfCheckpoint(this.justified)),
      finalizedBlockHash: this.executionBlockHash(this.blockOfCheckpoint(this.finalized)),
    };
  }

  private blockOfCheckpoint(checkpoint: phase0.Checkpoint): ChainBlock {
    return this.blocks.byBlockRoot(toRootHex(checkpoint.root)) ?? this.blocks.genesis;
  }

  private executionBlockHash(block: ChainBlock): Uint8Array {
    if (block !== this.blocks.genesis) return block.signedBlock.message.body.executionPayload.blockHash;
    return this.genesisExecutionBlockHash;
  }

  private get genesisExecutionBlockHash(): Uint8Array {
    const state = this.blocks.postState(this.blocks.genesis.root);
    if (state === undefined) throw new Error("the genesis state is always kept");
    return state.latestExecutionPayloadHeader.blockHash;
  }
}

/** The block whose header the genesis state carries: empty, unsigned, and with the genesis state's root. */
function genesisBlock(state: CachedBeaconStateElectra): ChainBlock {
  const signedBlock = ssz.electra.SignedBeaconBlock.defaultValue();
  signedBlock.message.stateRoot = state.hashTreeRoot();
  return {
    slot: 0,
    root: toRootHex(ssz.electra.BeaconBlock.hashTreeRoot(signedBlock.message)),
    stateRoot: toRootHex(signedBlock.message.stateRoot),
    importedAtMs: state.genesisTime * 1000,
    signedBlock,
  };
}
