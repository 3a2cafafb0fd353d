import type { Clock } from "../../../../services/ports/clock.ts";
import type { ClosedMesh, MeshMember, OperatorId, ProtocolLimits } from "../../../../services/ports/peers.ts";

type Handler = (from: OperatorId, message: Uint8Array) => void;

/** Seven operators' messages in memory, each delivered after the same short time. */
export class MemoryNetwork {
  readonly #clock: Clock;
  readonly #latencyMs: number;
  readonly #nodes = new Map<OperatorId, Map<string, { limits: ProtocolLimits; handler: Handler }>>();
  readonly down = new Set<OperatorId>();
  /** Lets a test change or drop (`undefined`) what an operator sends. */
  tamper: (from: OperatorId, to: OperatorId, protocol: string, message: Uint8Array) => Uint8Array | undefined = (
    _from,
    _to,
    _protocol,
    message,
  ) => message;

  constructor(clock: Clock, latencyMs = 5) {
    this.#clock = clock;
    this.#latencyMs = latencyMs;
  }

  /** A fresh end of the network; handlers of a former one of this operator are gone, as after a restart. */
  join(operatorId: OperatorId): ClosedMesh {
    const handlers = new Map<string, { limits: ProtocolLimits; handler: Handler }>();
    this.#nodes.set(operatorId, handlers);
    let members: readonly MeshMember[] = [];
    const isPeer = (other: OperatorId) => members.some((member) => member.operatorId === other);
    return {
      setMembers: (next) => {
        members = next;
      },
      send: (to, protocol, message) => {
        if (isPeer(to)) this.send(operatorId, to, protocol, message);
      },
      handle: (protocol, limits, handler) => handlers.set(protocol, { limits, handler }),
      connected: () => [...this.#nodes.keys()].filter((other) => isPeer(other) && !this.down.has(other)),
    };
  }

  send(from: OperatorId, to: OperatorId, protocol: string, message: Uint8Array): void {
    const sent = this.tamper(from, to, protocol, message);
    if (!sent || this.down.has(from)) return;
    this.#clock.setTimer(this.#clock.nowMs() + this.#latencyMs, () => {
      const target = this.#nodes.get(to)?.get(protocol);
      if (target && !this.down.has(to) && sent.length <= target.limits.maxBytes) target.handler(from, sent);
    });
  }
}
