import type { OperatorId } from "../../ports/peers.ts";
import { MAX_EARLY_BYTES_PER_PEER, MAX_EARLY_PACKETS_PER_PEER } from "./limits.ts";
import type { Packet } from "./types.ts";

interface Early {
  from: OperatorId;
  slot: number;
  packet: Packet;
  bytes: number;
}

/**
 * Packets for instances that do not run here yet: clocks differ, and duties become known at different moments. The
 * latest of each kind from each peer is kept, within a budget per peer.
 */
export class EarlyPackets {
  readonly #byInstance = new Map<string, Map<string, Early>>();
  readonly #budgets = new Map<OperatorId, { bytes: number; packets: number }>();

  /** False when the peer's budget is used up. */
  add(instance: string, from: OperatorId, packet: Packet, bytes: number): boolean {
    const key = `${from}:${packet.kind}`;
    const entries = this.#byInstance.get(instance) ?? new Map<string, Early>();
    const budget = this.#budgets.get(from) ?? { bytes: 0, packets: 0 };
    const replaced = entries.get(key);
    const afterBytes = budget.bytes + bytes - (replaced?.bytes ?? 0);
    const afterPackets = budget.packets + (replaced ? 0 : 1);
    if (afterBytes > MAX_EARLY_BYTES_PER_PEER || afterPackets > MAX_EARLY_PACKETS_PER_PEER) return false;
    this.#budgets.set(from, { bytes: afterBytes, packets: afterPackets });
    entries.set(key, { from, slot: packet.instance.slot, packet, bytes });
    this.#byInstance.set(instance, entries);
    return true;
  }

  /** Hands over what was kept for an instance, in the order of arrival of the kinds. */
  take(instance: string): { from: OperatorId; packet: Packet }[] {
    const entries = [...(this.#byInstance.get(instance)?.values() ?? [])];
    this.#byInstance.delete(instance);
    for (const { from, bytes } of entries) this.#release(from, bytes);
    return entries;
  }

  /** Drops what was kept for slots before `slot`; returns how many packets. */
  dropBefore(slot: number): number {
    let dropped = 0;
    for (const [instance, entries] of this.#byInstance) {
      const [first] = entries.values();
      if (first && first.slot < slot) dropped += this.take(instance).length;
    }
    return dropped;
  }

  #release(from: OperatorId, bytes: number): void {
    const budget = this.#budgets.get(from);
    if (!budget) return;
    budget.bytes -= bytes;
    budget.packets -= 1;
  }
}
