import { SLOTS_PER_EPOCH } from "@lodestar/params";
import { computeEpochAtSlot, computeStartSlotAtEpoch } from "@lodestar/state-transition";
import { type phase0, ssz } from "@lodestar/types";
import type { Chain } from "./chain.ts";
import { Rejection } from "./errors.ts";

/**
 * What an honest validator attests to at `slot`, as the chain is now: the head up to that slot, and the checkpoints of
 * that head's state (consensus-specs, phase0 validator guide, "Attesting"). Its committee index is 0 since EIP-7549.
 * @throws Rejection for slots of the future and those whose attestations no block could include any more
 */
export function attestationData(chain: Chain, slot: number): phase0.AttestationData {
  const latest = chain.slotClock.latestAcceptableSlot();
  if (slot > latest || slot + SLOTS_PER_EPOCH < latest) {
    throw new Rejection("SLOT_OUT_OF_RANGE", `attestation data for slot ${slot}, now ${latest}`);
  }
  const epoch = computeEpochAtSlot(slot);
  const epochStart = computeStartSlotAtEpoch(epoch);
  const head = chain.blocks.atOrBefore(slot);
  // An epoch that begins without a block has its justification in a state advanced to its first slot.
  const state = chain.stateAt(Math.max(head.slot, epochStart));
  if (state === undefined) throw new Rejection("SLOT_OUT_OF_RANGE", `the state of slot ${slot} is not kept`);
  const source = state.currentJustifiedCheckpoint;
  return {
    slot,
    index: 0,
    beaconBlockRoot: ssz.Root.fromJson(head.root),
    source: { epoch: source.epoch, root: source.root },
    target: { epoch, root: ssz.Root.fromJson(chain.blockRootAt(epochStart)) },
  };
}
