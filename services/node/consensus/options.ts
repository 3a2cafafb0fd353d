import type { Clock } from "../../ports/clock.ts";
import type { InstanceId, Locks } from "../locks/types.ts";
import type { SeatOf } from "./authenticator.ts";
import type { RoundTiming } from "./timers.ts";
import type { ConsensusSet, ConsensusValue, Count, InstanceCallbacks, QbftMessage, SignedMessage } from "./types.ts";

export interface InstanceOptions {
  id: InstanceId;
  set: ConsensusSet;
  /** Index of this node's seat (0 is seat 1). */
  seat: number;
  timing: RoundTiming;
  /** When the value can no longer be included. */
  expiresAtMs: number;
  slotsPerEpoch: number;
  /** COMMITs that decide a value: a property of the value. Never fewer than the set's quorum are accepted. */
  commitQuorum: (value: ConsensusValue) => number;
}

export interface InstancePorts {
  clock: Clock;
  locks: Locks;
  sign: (message: QbftMessage) => SignedMessage;
  seatOf: SeatOf;
  /** Sends to a seat by index; best effort. */
  send: (seat: number, packet: Uint8Array) => void;
  count: Count;
  callbacks: InstanceCallbacks;
  /** Called once at the deadline; nothing happens afterwards. */
  onEnd: () => void;
}
