import { ForkName } from "@lodestar/params";
import { sleepUntil } from "../../../services/ports/clock.ts";
import type { BlockProductionModules } from "./blockProduction.ts";
import type { Chain } from "./chain.ts";
import type { ChainEvents } from "./events.ts";
import type { InteropValidators } from "./interop.ts";
import type { BeaconMessage, ChainStatus } from "./protocol.ts";
import type { Reception } from "./reception.ts";

export interface SlotLoopModules extends BlockProductionModules {
  interop: InteropValidators;
  reception: Reception;
  events: ChainEvents;
  send: (message: BeaconMessage) => void;
  signal: AbortSignal;
}

/** Part of a slot before its start at which the execution client begins to build its payload. */
const PREPARATION_FRACTION = 0.15;

/** Does what is due in each slot, at its time, until the signal. */
export async function runSlots(modules: SlotLoopModules): Promise<void> {
  const { chain, signal } = modules;
  const { slotClock, config } = chain;
  const attestationDueMs = config.getAttestationDueMs(ForkName.electra);
  try {
    for (let slot = slotClock.currentSlot() + 1; ; slot = Math.max(slot, slotClock.currentSlot()) + 1) {
      const startMs = slotClock.startOfSlotMs(slot);
      await sleepUntil(slotClock.clock, startMs - PREPARATION_FRACTION * slotClock.slotDurationMs, signal);
      attempt(modules, () => preparePayload(modules, slot));
      await sleepUntil(slotClock.clock, startMs, signal);
      attempt(modules, () => propose(modules, slot));
      await sleepUntil(slotClock.clock, startMs + attestationDueMs, signal);
      attempt(modules, () => attest(modules, slot));
      modules.send({ kind: "status", status: status(chain) });
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

/** A duty that fails is reported and missed; the slots go on. */
function attempt({ events, signal }: SlotLoopModules, duty: () => void | Promise<void>): void {
  void Promise.resolve()
    .then(duty)
    .catch((error: unknown) => {
      if (!signal.aborted) events.emit("warning", error instanceof Error ? error.message : String(error));
    });
}

function preparePayload({ chain, payloads, proposers }: SlotLoopModules, slot: number): void {
  const state = chain.stateAt(slot);
  if (state === undefined || slot <= chain.head.slot) return;
  payloads.prepare(chain.head, state, proposers.feeRecipient(state.epochCtx.getBeaconProposer(slot)));
}

async function propose(modules: SlotLoopModules, slot: number): Promise<void> {
  const signedBlock = await modules.interop.propose(modules, slot);
  if (signedBlock !== undefined) await modules.reception.block(signedBlock);
}

function attest({ interop, reception, syncCommittee }: SlotLoopModules, slot: number): void {
  for (const attestation of interop.attest(slot)) reception.attestation(attestation);
  for (const message of interop.syncMessages(slot)) syncCommittee.add(message);
}

function status(chain: Chain): ChainStatus {
  const { headState, slotClock } = chain;
  return {
    slot: slotClock.currentSlot(),
    epoch: headState.epochCtx.epoch,
    headSlot: chain.head.slot,
    headDelayMs: chain.head.importedAtMs - slotClock.startOfSlotMs(chain.head.slot),
    justifiedEpoch: headState.currentJustifiedCheckpoint.epoch,
    finalizedEpoch: headState.finalizedCheckpoint.epoch,
    activeValidators: headState.epochCtx.currentShuffling.activeIndices.length,
    pendingDeposits: headState.pendingDeposits.length,
  };
}
