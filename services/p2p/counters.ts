import type { OperatorId } from "../ports/peers.ts";

/**
 * Why something of a peer was refused or lost.
 * `handshakeFailed`: a connection that never spoke our protocol to its end; `unauthenticated`: a key that is in none of
 * our sets; `oversized`/`malformed`: a frame over the limit or empty; `rateLimited`: too many messages or streams;
 * `handlerFailed`: a protocol's handler threw; `notConnected`, `queueFull`, `streamFailed`: a message of ours was dropped.
 */
export type PeerEvent =
  | "handshakeFailed"
  | "unauthenticated"
  | "oversized"
  | "malformed"
  | "rateLimited"
  | "handlerFailed"
  | "notConnected"
  | "queueFull"
  | "streamFailed";

/** Receives each event; `operatorId` is absent when the other side isn't authenticated. */
export type CountPeerEvent = (event: PeerEvent, operatorId?: OperatorId, protocol?: string) => void;
