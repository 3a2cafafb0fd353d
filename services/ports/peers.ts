/** On-chain number of an operator in OperatorRegistry; 1 is the first. */
export type OperatorId = number;

/** What one protocol accepts from one peer before messages are dropped and counted. */
export interface ProtocolLimits {
  maxBytes: number;
  maxMessagesPerSecond: number;
}

/**
 * The closed mesh of operators. The transport authenticates the sender: `from` is the operator whose registered node key
 * made the connection. Delivery is best effort; messages may be lost, repeated or reordered, and protocols retransmit.
 */
export interface Peers {
  /** Hands a message to the transport. Never throws: what can't be sent is dropped and counted. */
  send(to: OperatorId, protocol: string, message: Uint8Array): void;
  /** Registers the one handler of a protocol. Messages over a limit never reach it. */
  handle(protocol: string, limits: ProtocolLimits, handler: (from: OperatorId, message: Uint8Array) => void): void;
  /** Operators with an open connection. */
  connected(): OperatorId[];
}

/** An operator that may connect. `nodePublicKey`: 64 bytes, x ‖ y; `multiaddrs`: as registered. */
export interface MeshMember {
  operatorId: OperatorId;
  nodePublicKey: Uint8Array;
  multiaddrs: readonly string[];
}

/** Peers of which the node itself says who belongs to them. */
export interface ClosedMesh extends Peers {
  /** Replaces the operators that may connect; those left out are cut off. */
  setMembers(members: readonly MeshMember[]): void;
}
