import { secp256k1 } from "@noble/curves/secp256k1.js";
import type { PeerEvent } from "../../services/p2p/counters.ts";
import { Mesh } from "../../services/p2p/mesh.ts";
import type { MeshMember } from "../../services/ports/peers.ts";
import { systemClock } from "../../services/ports/systemClock.ts";
import { systemRandomness } from "../../services/ports/systemRandomness.ts";

export interface TestNode {
  mesh: Mesh;
  member: MeshMember;
  nodePrivateKey: Uint8Array;
  events: Map<PeerEvent, number>;
}

/** A mesh on a free loopback port that counts its events. */
export async function startTestNode(
  operatorId: number,
  nodePrivateKey = systemRandomness.bytes(32),
): Promise<TestNode> {
  const events = new Map<PeerEvent, number>();
  const mesh = await Mesh.start({
    operatorId,
    nodePrivateKey,
    listen: "/ip4/127.0.0.1/tcp/0",
    clock: systemClock,
    randomness: systemRandomness,
    count: (event) => events.set(event, (events.get(event) ?? 0) + 1),
  });
  const nodePublicKey = secp256k1.getPublicKey(nodePrivateKey, false).slice(1);
  return { mesh, nodePrivateKey, events, member: { operatorId, nodePublicKey, multiaddrs: mesh.listenAddresses() } };
}

export function connectAll(nodes: readonly TestNode[]): void {
  for (const { mesh } of nodes) mesh.setMembers(nodes.map(({ member }) => member));
}

/** Waits for real sockets; fails after ten seconds and says what for. */
export async function until(what: string, condition: () => boolean): Promise<void> {
  for (let attempt = 0; attempt < 1000; attempt++) {
    if (condition()) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error(`waited in vain for: ${what}`);
}
