import { identify } from "@libp2p/identify";
import type { Connection, Libp2p, PeerId, Stream } from "@libp2p/interface";
import { noise } from "@libp2p/noise";
import { ping } from "@libp2p/ping";
import { tcp } from "@libp2p/tcp";
import { yamux } from "@libp2p/yamux";
import { createLibp2p } from "libp2p";
import type { Clock } from "../ports/clock.ts";
import type { ClosedMesh, MeshMember, OperatorId, ProtocolLimits } from "../ports/peers.ts";
import type { Randomness } from "../ports/randomness.ts";
import type { CountPeerEvent } from "./counters.ts";
import { membersOnly } from "./gater.ts";
import { libp2pKey, peerIdOf } from "./identity.ts";
import { readMessages } from "./inbound.ts";
import { PeerLink } from "./peerLink.ts";
import { TokenBucket } from "./tokenBucket.ts";

const STREAMS_PER_PROTOCOL = 2;
const STREAM_OPENS_PER_SECOND = 5;
const BURST_SECONDS = 2;

export interface MeshOptions {
  operatorId: OperatorId;
  nodePrivateKey: Uint8Array;
  /** e.g. `/ip4/127.0.0.1/tcp/0` */
  listen: string;
  clock: Clock;
  randomness: Randomness;
  count: CountPeerEvent;
}

interface Protocol {
  limits: ProtocolLimits;
  handler: (from: OperatorId, message: Uint8Array) => void;
  messages: Map<OperatorId, TokenBucket>;
  opens: Map<OperatorId, TokenBucket>;
}

/** Peers over libp2p: TCP, noise, yamux, one stream per direction and protocol, only registered node keys. */
export class Mesh implements ClosedMesh {
  readonly #options: MeshOptions;
  readonly #links = new Map<OperatorId, PeerLink>();
  readonly #operatorIds = new Map<string, OperatorId>();
  readonly #protocols = new Map<string, Protocol>();
  readonly #libp2p: Libp2p;
  #stopped = false;

  private constructor(options: MeshOptions, libp2p: Libp2p) {
    this.#options = options;
    this.#libp2p = libp2p;
  }

  static async start(options: MeshOptions): Promise<Mesh> {
    let mesh: Mesh | undefined;
    const isMember = (peerId: PeerId) => mesh?.operatorIdOf(peerId) !== undefined;
    const libp2p = await createLibp2p({
      start: false,
      privateKey: libp2pKey(options.nodePrivateKey),
      addresses: { listen: [options.listen] },
      transports: [tcp()],
      connectionEncrypters: [noise()],
      streamMuxers: [yamux()],
      services: { identify: identify(), ping: ping() },
      connectionGater: membersOnly(isMember, options.count),
      // The seven of a set may share a host on a test network: the default of five connections a second cuts their start.
      connectionManager: {
        inboundConnectionThreshold: 1000,
        maxIncomingPendingConnections: 100,
        maxParallelDials: 100,
        inboundUpgradeTimeout: 5_000,
      },
      connectionMonitor: { pingInterval: 10_000, pingTimeout: { minTimeout: 5_000 } },
    });
    mesh = new Mesh(options, libp2p);
    libp2p.addEventListener("connection:open", ({ detail }) => mesh.#onOpen(detail));
    libp2p.addEventListener("connection:close", ({ detail }) => mesh.#linkOf(detail.remotePeer)?.onClose());
    await libp2p.start();
    return mesh;
  }

  /** A key that is no point of the curve is skipped. */
  setMembers(members: readonly MeshMember[]): void {
    if (this.#stopped) return;
    const wanted = new Map<OperatorId, MeshMember>();
    for (const member of members)
      if (member.operatorId !== this.#options.operatorId) wanted.set(member.operatorId, member);
    for (const [operatorId, link] of this.#links) {
      if (wanted.has(operatorId)) continue;
      this.#operatorIds.delete(link.peerId.toString());
      this.#links.delete(operatorId);
      link.stop();
    }
    for (const member of wanted.values()) {
      const known = this.#links.get(member.operatorId);
      if (known) known.setMultiaddrs(member.multiaddrs);
      else this.#addLink(member);
    }
  }

  send(to: OperatorId, protocol: string, message: Uint8Array): void {
    const link = this.#links.get(to);
    if (link) link.send(protocol, message);
    else this.#options.count("notConnected", to, protocol);
  }

  handle(name: string, limits: ProtocolLimits, handler: (from: OperatorId, message: Uint8Array) => void): void {
    if (this.#protocols.has(name)) throw new Error(`protocol ${name} has a handler already`);
    this.#protocols.set(name, { limits, handler, messages: new Map(), opens: new Map() });
    const accept = (stream: Stream, connection: Connection) => this.#onStream(name, stream, connection);
    void this.#libp2p.handle(name, accept, { maxInboundStreams: STREAMS_PER_PROTOCOL });
  }

  connected(): OperatorId[] {
    return [...this.#links].filter(([, link]) => link.connection()).map(([operatorId]) => operatorId);
  }

  /** Where this node listens, with the ports the system chose. */
  listenAddresses(): string[] {
    return this.#libp2p.getMultiaddrs().map((address) => address.toString());
  }

  operatorIdOf(peerId: PeerId): OperatorId | undefined {
    return this.#operatorIds.get(peerId.toString());
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    for (const link of this.#links.values()) link.stop();
    await this.#libp2p.stop();
  }

  #addLink(member: MeshMember): void {
    let peerId: PeerId;
    try {
      peerId = peerIdOf(member.nodePublicKey);
    } catch {
      return;
    }
    const { operatorId, clock, randomness, count } = this.#options;
    // Both sides may dial, for either may be behind a firewall; the lower id goes first so that they rarely meet.
    const dialFirst = operatorId < member.operatorId;
    const link = new PeerLink({ libp2p: this.#libp2p, peerId, dialFirst, clock, randomness }, (event, protocol) =>
      count(event, member.operatorId, protocol),
    );
    this.#operatorIds.set(peerId.toString(), member.operatorId);
    this.#links.set(member.operatorId, link);
    link.setMultiaddrs(member.multiaddrs);
    link.start();
  }

  #linkOf(peerId: PeerId): PeerLink | undefined {
    const operatorId = this.operatorIdOf(peerId);
    return operatorId === undefined ? undefined : this.#links.get(operatorId);
  }

  #onOpen(connection: Connection): void {
    const link = this.#linkOf(connection.remotePeer);
    if (link) link.onOpen();
    else connection.abort(new Error("not a member"));
  }

  #onStream(name: string, stream: Stream, connection: Connection): void {
    const protocol = this.#protocols.get(name);
    const from = this.operatorIdOf(connection.remotePeer);
    if (!protocol || from === undefined) {
      stream.abort(new Error("not a member"));
      return;
    }
    const { clock, count } = this.#options;
    if (!take(protocol.opens, from, STREAM_OPENS_PER_SECOND, clock.nowMs())) {
      count("rateLimited", from, name);
      stream.abort(new Error("too many streams"));
      return;
    }
    readMessages(stream, protocol.limits.maxBytes, {
      onMessage: (message) => {
        // The member may have been removed while its stream was open.
        if (this.operatorIdOf(connection.remotePeer) !== from) return;
        if (!take(protocol.messages, from, protocol.limits.maxMessagesPerSecond, clock.nowMs())) {
          return count("rateLimited", from, name);
        }
        try {
          protocol.handler(from, message);
        } catch {
          count("handlerFailed", from, name);
        }
      },
      onBadFrame: (reason) => count(reason, from, name),
    });
  }
}

function take(buckets: Map<OperatorId, TokenBucket>, from: OperatorId, perSecond: number, nowMs: number): boolean {
  let bucket = buckets.get(from);
  if (!bucket) {
    bucket = new TokenBucket(perSecond, perSecond * BURST_SECONDS, nowMs);
    buckets.set(from, bucket);
  }
  return bucket.take(nowMs);
}
