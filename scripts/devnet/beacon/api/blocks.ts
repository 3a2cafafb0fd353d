import { ForkName } from "@lodestar/params";
import { type electra, ssz } from "@lodestar/types";
import { fromHex } from "@lodestar/utils";
import type { ChainBlock } from "../blockStore.ts";
import { finality, resolveBlock } from "./identifiers.ts";
import type { ApiModules, BeaconHandlers } from "./modules.ts";

function headerOf({ root, signedBlock }: ChainBlock) {
  const { slot, proposerIndex, parentRoot, stateRoot, body } = signedBlock.message;
  const bodyRoot = ssz.electra.BeaconBlockBody.hashTreeRoot(body);
  const message = { slot, proposerIndex, parentRoot, stateRoot, bodyRoot };
  return { root: fromHex(root), canonical: true, header: { message, signature: signedBlock.signature } };
}

export function blockHandlers({ chain, reception }: ApiModules): BeaconHandlers {
  const versioned = (block: ChainBlock) => ({ ...finality(chain, block.slot), version: ForkName.electra });
  return {
    async getBlockV2({ blockId }) {
      const block = resolveBlock(chain, blockId);
      return { data: block.signedBlock, meta: versioned(block) };
    },

    async getBlockAttestationsV2({ blockId }) {
      const block = resolveBlock(chain, blockId);
      return { data: block.signedBlock.message.body.attestations, meta: versioned(block) };
    },

    async getBlockRoot({ blockId }) {
      const block = resolveBlock(chain, blockId);
      return { data: { root: fromHex(block.root) }, meta: finality(chain, block.slot) };
    },

    async getBlockHeader({ blockId }) {
      const block = resolveBlock(chain, blockId);
      return { data: headerOf(block), meta: finality(chain, block.slot) };
    },

    async getBlockHeaders({ slot, parentRoot }) {
      const bySlot = slot === undefined ? chain.head : chain.blocks.bySlot(slot);
      const block = parentRoot === undefined ? bySlot : chain.blocks.byParentRoot(parentRoot.toLowerCase());
      const isWanted = block !== undefined && (slot === undefined || block.slot === slot);
      return { data: isWanted ? [headerOf(block)] : [], meta: finality(chain, block?.slot ?? chain.head.slot) };
    },

    // Every broadcast_validation level is met: the block is in the chain when this returns.
    async publishBlockV2({ signedBlockContents }) {
      await reception.block(signedBlockContents.signedBlock as electra.SignedBeaconBlock);
    },
  };
}
