import { computeEpochAtSlot } from "@lodestar/state-transition";
import type { Chain } from "../chain.ts";

/** Whether a block has included an attestation that the validator made in the epoch: the current one or the one before. */
export function isLiveIn(chain: Chain, epoch: number, validatorIndex: number): boolean {
  const state = chain.headState;
  const headEpoch = computeEpochAtSlot(state.slot);
  if (validatorIndex >= state.validators.length) return false;
  if (epoch === headEpoch) return state.currentEpochParticipation.get(validatorIndex) !== 0;
  if (epoch === headEpoch - 1) return state.previousEpochParticipation.get(validatorIndex) !== 0;
  return false;
}
