import type { Connection, Libp2p, PeerId, Stream } from "@libp2p/interface";
import type { Clock } from "../ports/clock.ts";
import type { Randomness } from "../ports/randomness.ts";
import type { PeerEvent } from "./counters.ts";
import { Dialer } from "./dialer.ts";
import { dialAddresses } from "./identity.ts";
import { Outbox } from "./outbox.ts";

const DIAL_TIMEOUT_MS = 5_000;
const STREAM_TIMEOUT_MS = 5_000;
/** How long the side that doesn't dial first waits to be called before it dials itself. */
const WAIT_FOR_CALL_MS = 3_000;
/** Two, so that a peer whose old connection is half dead can come back, and two crossing dials don't end each other. */
const MAX_CONNECTIONS = 2;
const OUTBOX_LIMITS = { maxMessages: 256, maxBytes: 16 * 1024 * 1024 };

export interface PeerLinkOptions {
  libp2p: Libp2p;
  peerId: PeerId;
  dialFirst: boolean;
  clock: Clock;
  randomness: Randomness;
}

/** Everything this node keeps for one other operator: its addresses, its connection, its queues. */
export class PeerLink {
  readonly peerId: PeerId;
  readonly #options: PeerLinkOptions;
  readonly #count: (event: PeerEvent, protocol: string) => void;
  readonly #dialer: Dialer;
  readonly #outboxes = new Map<string, Outbox>();
  #multiaddrs: readonly string[] = [];

  constructor(options: PeerLinkOptions, count: (event: PeerEvent, protocol: string) => void) {
    this.peerId = options.peerId;
    this.#options = options;
    this.#count = count;
    this.#dialer = new Dialer((signal) => this.#dial(signal), options.clock, options.randomness);
  }

  start(): void {
    this.#dialer.start(this.#options.dialFirst ? 0 : WAIT_FOR_CALL_MS);
  }

  stop(): void {
    this.#dialer.stop();
    this.#closeOutboxes();
    for (const connection of this.#connections()) connection.abort(new Error("no longer a member"));
  }

  setMultiaddrs(multiaddrs: readonly string[]): void {
    this.#multiaddrs = multiaddrs;
  }

  connection(): Connection | undefined {
    return this.#connections().findLast((connection) => connection.status === "open");
  }

  onOpen(): void {
    const connections = this.#connections().sort((a, b) => a.timeline.open - b.timeline.open);
    for (const old of connections.slice(0, -MAX_CONNECTIONS)) old.abort(new Error("replaced by a newer connection"));
  }

  onClose(): void {
    if (this.connection()) return;
    this.#closeOutboxes();
    this.start();
  }

  send(protocol: string, message: Uint8Array): void {
    if (!this.connection()) {
      this.#count("notConnected", protocol);
      return;
    }
    let outbox = this.#outboxes.get(protocol);
    if (!outbox) {
      outbox = new Outbox(
        () => this.#openStream(protocol),
        OUTBOX_LIMITS,
        (event) => this.#count(event, protocol),
      );
      this.#outboxes.set(protocol, outbox);
    }
    outbox.push(message);
  }

  #connections(): Connection[] {
    return this.#options.libp2p.getConnections(this.peerId);
  }

  #closeOutboxes(): void {
    for (const outbox of this.#outboxes.values()) outbox.close();
    this.#outboxes.clear();
  }

  async #openStream(protocol: string): Promise<Stream> {
    const connection = this.connection();
    if (!connection) throw new Error("not connected");
    return connection.newStream(protocol, { signal: AbortSignal.timeout(STREAM_TIMEOUT_MS) });
  }

  async #dial(signal: AbortSignal): Promise<boolean> {
    if (this.connection()) return true;
    const addresses = dialAddresses(this.#multiaddrs, this.peerId);
    if (addresses.length === 0) return false;
    try {
      await this.#options.libp2p.dial(addresses, {
        signal: AbortSignal.any([signal, AbortSignal.timeout(DIAL_TIMEOUT_MS)]),
      });
    } catch {
      // what the dial came to shows in the connection
    }
    return this.connection() !== undefined;
  }
}
