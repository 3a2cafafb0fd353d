import { EventEmitter } from "node:events";
import type { CachedBeaconStateElectra } from "@lodestar/state-transition";
import type { electra, phase0 } from "@lodestar/types";
import type { ChainBlock } from "./blockStore.ts";

export interface ImportedBlock {
  block: ChainBlock;
  /** The block's post-state. */
  state: CachedBeaconStateElectra;
  /** Whether the block is the first of its epoch. */
  epochTransition: boolean;
}

/** What happened on the chain, after it happened. */
export interface ChainEventMap {
  block: [ImportedBlock];
  finalized: [{ block: ChainBlock; state: CachedBeaconStateElectra }];
  attestation: [electra.SingleAttestation];
  voluntaryExit: [phase0.SignedVoluntaryExit];
  /** Something that a person should see; the node goes on. */
  warning: [string];
}

export type ChainEvents = EventEmitter<ChainEventMap>;

export function createChainEvents(): ChainEvents {
  // Every SSE client is a listener.
  return new EventEmitter<ChainEventMap>().setMaxListeners(0);
}
