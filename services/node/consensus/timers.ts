import type { DutyType, InstanceId } from "../locks/types.ts";
import { DUTY_TYPE_NUMBER } from "./value.ts";

const FIRST_ROUND_MS = 1_000;
const MIN_RETRANSMIT_MS = 100;

/** A dead leader costs less than a slot's twelfth, however short the slots are. */
export function firstRoundMs(slotDurationMs: number): number {
  return Math.min(FIRST_ROUND_MS, Math.floor(slotDurationMs / 12));
}

export interface RoundTiming {
  type: DutyType;
  /** Start of the duty in its slot. */
  startMs: number;
  firstRoundMs: number;
}

/**
 * When round `round` (from 1) ends. Attestations: absolute, start + first·(2^round − 1), so that the rounds of all nodes
 * align whenever they begin. Proposals: first·2^(round−1) after the round was entered, because a block may come late.
 */
export function roundDeadlineMs(
  { type, startMs, firstRoundMs }: RoundTiming,
  round: number,
  enteredMs: number,
): number {
  return type === "attestation"
    ? startMs + firstRoundMs * (2 ** round - 1)
    : Math.max(enteredMs, startMs) + firstRoundMs * 2 ** (round - 1);
}

/** Three transmissions of everything said in a round; rounds double, so an instance that stays undecided grows quiet. */
export function retransmitIntervalMs(firstRoundMs: number, round: number): number {
  return Math.max(MIN_RETRANSMIT_MS, (firstRoundMs * 2 ** (round - 1)) / 3);
}

/** The round that an attestation instance is in by the clock; proposals go round by round. */
export function roundAt({ type, startMs, firstRoundMs }: RoundTiming, nowMs: number): number {
  if (type === "proposal" || nowMs < startMs) return 1;
  return Math.floor(Math.log2((nowMs - startMs) / firstRoundMs + 1)) + 1;
}

/** Index into the seats (0 is seat 1) of the leader of a round. */
export function leaderIndex({ slot, type }: InstanceId, round: number, seats: number): number {
  return (slot + DUTY_TYPE_NUMBER[type] + round) % seats;
}
