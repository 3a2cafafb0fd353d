import { ApiError } from "@lodestar/api/server";
import { type CachedBeaconStateElectra, computeStartSlotAtEpoch } from "@lodestar/state-transition";
import { fromHex, toRootHex } from "@lodestar/utils";
import type { ChainBlock } from "../blockStore.ts";
import type { Chain } from "../chain.ts";

const ROOT_PATTERN = /^0x[0-9a-fA-F]{64}$/;
const NUMBER_PATTERN = /^\d{1,15}$/;

/** Every block is executed before it is imported, so nothing that is served is optimistic. */
export const NOT_OPTIMISTIC = { executionOptimistic: false } as const;

/** Meta of an answer about a block or state of the slot. */
export function finality(chain: Chain, slot: number) {
  return { ...NOT_OPTIMISTIC, finalized: slot <= computeStartSlotAtEpoch(chain.finalized.epoch) };
}

/**
 * `block_id` of the Beacon API: head, genesis, finalized, justified, a slot or a root.
 * @throws ApiError 400 for anything else, 404 when there is no such block
 */
export function resolveBlock(chain: Chain, id: string | number): ChainBlock {
  const block = namedBlock(chain, String(id));
  if (block === undefined) throw new ApiError(404, `Block not found: ${id}`);
  return block;
}

function namedBlock(chain: Chain, id: string): ChainBlock | undefined {
  if (id === "head") return chain.head;
  if (id === "genesis") return chain.blocks.genesis;
  if (id === "finalized") return chain.blocks.byBlockRoot(toRootHex(chain.finalized.root));
  if (id === "justified") return chain.blocks.byBlockRoot(toRootHex(chain.justified.root));
  if (ROOT_PATTERN.test(id)) return chain.blocks.byBlockRoot(id.toLowerCase());
  if (NUMBER_PATTERN.test(id)) return chain.blocks.bySlot(Number(id));
  throw new ApiError(400, `Invalid block id: ${id}`);
}

/**
 * `state_id` of the Beacon API. A slot gives the state at that slot, advanced when the slot is empty; finalized and
 * justified give the post-states of those blocks.
 * @throws ApiError 400 for anything that is no id, 404 for states that do not exist or are no longer kept
 */
export function resolveState(chain: Chain, id: string | number): CachedBeaconStateElectra {
  const text = String(id);
  const state = NUMBER_PATTERN.test(text) ? stateOfSlot(chain, Number(text)) : stateOfBlock(chain, text);
  if (state === undefined) throw new ApiError(404, `State not found: ${id}`);
  return state;
}

function stateOfSlot(chain: Chain, slot: number): CachedBeaconStateElectra | undefined {
  return slot > chain.slotClock.latestAcceptableSlot() ? undefined : chain.stateAt(slot);
}

function stateOfBlock(chain: Chain, id: string): CachedBeaconStateElectra | undefined {
  const byRoot = ROOT_PATTERN.test(id) ? chain.blocks.byStateRoot(id.toLowerCase()) : undefined;
  const block = ROOT_PATTERN.test(id) ? byRoot : namedBlock(chain, id);
  return block === undefined ? undefined : chain.blocks.postState(block.root);
}

/**
 * `validator_id` of the Beacon API: an index or a public key.
 * @returns the index, or `undefined` when the state has no such validator
 * @throws ApiError 400 for anything else
 */
export function resolveValidator(state: CachedBeaconStateElectra, id: string | number): number | undefined {
  const text = String(id);
  if (NUMBER_PATTERN.test(text)) return Number(text) < state.validators.length ? Number(text) : undefined;
  if (!/^0x[0-9a-fA-F]{96}$/.test(text)) throw new ApiError(400, `Invalid validator id: ${text}`);
  const index = state.epochCtx.getValidatorIndex(fromHex(text));
  return index !== null && index < state.validators.length ? index : undefined;
}
