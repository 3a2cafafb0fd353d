import type { BeaconConfig } from "@lodestar/config";
import type { ForkName } from "@lodestar/params";
import { type BlockContents, sszTypesFor } from "@lodestar/types";
import { toHex } from "@lodestar/utils";
import type { Pubkey, Root } from "../../ports/beacon.ts";
import type { ProposalValue } from "../consensus/types.ts";

/** The forks that `isSupportedFork` admits. */
type SupportedFork = ForkName.electra | ForkName.fulu;
export type SupportedBlockContents = BlockContents<SupportedFork>;

/** SSZ types of the fork of a slot that `isSupportedFork` admits. */
export function forkTypes(config: BeaconConfig, slot: number) {
  return sszTypesFor(config.getForkName(slot) as SupportedFork);
}

export interface DecodedBlock {
  contents: SupportedBlockContents;
  /** Hash tree root of the block, and of its header. */
  blockRoot: Root;
  parentRoot: Root;
}

/** Throws when the bytes are no BlockContents of the slot's fork. */
export function decodeBlock(config: BeaconConfig, slot: number, bytes: Uint8Array): DecodedBlock {
  const types = forkTypes(config, slot);
  const contents = types.BlockContents.deserialize(bytes);
  const blockRoot = toHex(types.BeaconBlock.hashTreeRoot(contents.block));
  return { contents, blockRoot, parentRoot: toHex(contents.block.parentRoot) };
}

/** The value to agree on: the header alone, for the one proposer. */
export function proposalValue(pubkey: Pubkey, { contents, blockRoot, parentRoot }: DecodedBlock): ProposalValue {
  return { type: "proposal", slot: contents.block.slot, headerRoot: blockRoot, parentRoot, validators: [pubkey] };
}
