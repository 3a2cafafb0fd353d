import { type BeaconConfig, chainConfigFromJson, createBeaconConfig } from "@lodestar/config";
import { ForkSeq, SLOTS_PER_EPOCH } from "@lodestar/params";
import { fromHex } from "@lodestar/utils";
import type { ChainTime } from "./locks/types.ts";

const BASIS_POINTS = 10_000;

/** What a beacon node says of its chain once and for all. */
export interface ChainSpec {
  config: BeaconConfig;
  time: ChainTime;
  /** `0x` and 64 hex digits. */
  genesisValidatorsRoot: string;
}

/**
 * @param spec answer of `/eth/v1/config/spec`: all values as decimal or hex strings
 * @param genesis answer of `/eth/v1/beacon/genesis`
 */
export function chainSpec(
  spec: Record<string, unknown>,
  genesis: { genesisTimeSeconds: number; genesisValidatorsRoot: string },
): ChainSpec {
  const config = createBeaconConfig(chainConfigFromJson(withTimings(spec)), fromHex(genesis.genesisValidatorsRoot));
  if (Number(spec["SLOTS_PER_EPOCH"]) !== SLOTS_PER_EPOCH) {
    throw new Error(`the beacon node has ${spec["SLOTS_PER_EPOCH"]} slots per epoch, this preset ${SLOTS_PER_EPOCH}`);
  }
  if (!(config.SLOT_DURATION_MS > 0)) throw new Error("the beacon node's slots have no duration");
  return {
    config,
    time: {
      genesisTimeMs: genesis.genesisTimeSeconds * 1000,
      slotDurationMs: config.SLOT_DURATION_MS,
      slotsPerEpoch: SLOTS_PER_EPOCH,
    },
    genesisValidatorsRoot: genesis.genesisValidatorsRoot,
  };
}

/** Older beacon nodes state seconds per slot and intervals per slot instead of milliseconds and basis points. */
function withTimings(spec: Record<string, unknown>): Record<string, unknown> {
  const timings = { ...spec };
  if (spec["SLOT_DURATION_MS"] === undefined) {
    timings["SLOT_DURATION_MS"] = String(Number(spec["SECONDS_PER_SLOT"]) * 1000);
  }
  if (spec["ATTESTATION_DUE_BPS"] === undefined && spec["INTERVALS_PER_SLOT"] !== undefined) {
    timings["ATTESTATION_DUE_BPS"] = String(Math.floor(BASIS_POINTS / Number(spec["INTERVALS_PER_SLOT"])));
  }
  return timings;
}

export function epochOf(slot: number, time: ChainTime): number {
  return Math.floor(slot / time.slotsPerEpoch);
}

export function firstSlotOf(epoch: number, time: ChainTime): number {
  return epoch * time.slotsPerEpoch;
}

/** The slot at `nowMs`; negative before genesis. */
export function slotAt(nowMs: number, time: ChainTime): number {
  return Math.floor((nowMs - time.genesisTimeMs) / time.slotDurationMs);
}

export function slotStartMs(slot: number, time: ChainTime): number {
  return time.genesisTimeMs + slot * time.slotDurationMs;
}

/** Unix milliseconds at which attestations of the slot are due when its block hasn't come. */
export function attestationDueAtMs(slot: number, { config, time }: ChainSpec): number {
  return slotStartMs(slot, time) + config.getAttestationDueMs(config.getForkName(slot));
}

/** Whether this node knows the duties of the slot's fork: SingleAttestation with index 0, block with its payload. */
export function isSupportedFork(slot: number, { config }: ChainSpec): boolean {
  const fork = config.getForkSeq(slot);
  return fork >= ForkSeq.electra && fork < ForkSeq.gloas;
}
