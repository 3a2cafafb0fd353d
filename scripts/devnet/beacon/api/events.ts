import type { EventEmitter } from "node:events";
import { routes } from "@lodestar/api";
import { computeEpochAtSlot, computeStartSlotAtEpoch } from "@lodestar/state-transition";
import { toRootHex } from "@lodestar/utils";
import type { ChainEventMap, ImportedBlock } from "../events.ts";
import { NOT_OPTIMISTIC } from "./identifiers.ts";
import type { ApiModules, EventsHandlers } from "./modules.ts";

const { EventType } = routes.events;

export function eventsApi({ chain, events, signal: stopped }: ApiModules): EventsHandlers {
  const head = ({ block, epochTransition }: ImportedBlock) => {
    const epoch = computeEpochAtSlot(block.slot);
    return {
      slot: block.slot,
      block: block.root,
      state: block.stateRoot,
      epochTransition,
      previousDutyDependentRoot: chain.blockRootAt(computeStartSlotAtEpoch(epoch - 1) - 1),
      currentDutyDependentRoot: chain.blockRootAt(computeStartSlotAtEpoch(epoch) - 1),
      ...NOT_OPTIMISTIC,
    };
  };

  return {
    async eventstream({ topics, signal, onEvent }) {
      const wanted = new Set<string>(topics);
      const ended = AbortSignal.any([signal, stopped]);
      const subscribe = <Name extends keyof ChainEventMap>(
        topic: string,
        name: Name,
        listener: (event: ChainEventMap[Name][0]) => void,
      ) => {
        if (!wanted.has(topic)) return;
        const forward = (...args: unknown[]) => listener(args[0] as ChainEventMap[Name][0]);
        const emitter: EventEmitter = events;
        emitter.on(name, forward);
        ended.addEventListener("abort", () => emitter.off(name, forward), { once: true });
      };

      subscribe(EventType.head, "block", (imported) => onEvent({ type: EventType.head, message: head(imported) }));
      subscribe(EventType.block, "block", ({ block }) => {
        const message = { slot: block.slot, block: block.root, ...NOT_OPTIMISTIC };
        onEvent({ type: EventType.block, message });
      });
      subscribe(EventType.finalizedCheckpoint, "finalized", ({ state }) => {
        const { epoch, root } = state.finalizedCheckpoint;
        const block = chain.blocks.byBlockRoot(toRootHex(root));
        const message = { block: toRootHex(root), state: block?.stateRoot ?? "", epoch, ...NOT_OPTIMISTIC };
        onEvent({ type: EventType.finalizedCheckpoint, message });
      });
      subscribe(EventType.singleAttestation, "attestation", (message) => {
        onEvent({ type: EventType.singleAttestation, message });
      });
      subscribe(EventType.voluntaryExit, "voluntaryExit", (message) => {
        onEvent({ type: EventType.voluntaryExit, message });
      });
    },
  };
}
