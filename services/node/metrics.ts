import { Counter, Gauge, Histogram, type Registry } from "prom-client";

/** The node's metrics, each registered once in `registry`. */
export function createMetrics(registry: Registry) {
  const registers = [registry];
  return {
    duties: new Counter({
      name: "septet_duties_total",
      help: "Duties that came to their end, by type and outcome: done, or the code of the reason",
      labelNames: ["type", "outcome"] as const,
      registers,
    }),
    dutyDuration: new Histogram({
      name: "septet_duty_duration_seconds",
      help: "Time from the start of a duty to its publication",
      labelNames: ["type"] as const,
      buckets: [0.05, 0.1, 0.25, 0.5, 1, 2, 4, 8, 16],
      registers,
    }),
    peerEvents: new Counter({
      name: "septet_peer_events_total",
      help: "Connections and messages that were refused or lost, by reason",
      labelNames: ["event"] as const,
      registers,
    }),
    consensusDropped: new Counter({
      name: "septet_consensus_dropped_total",
      help: "Consensus packets that changed nothing, by reason",
      labelNames: ["reason"] as const,
      registers,
    }),
    partialsDropped: new Counter({
      name: "septet_partials_dropped_total",
      help: "Messages of partial signatures that changed nothing, by reason",
      labelNames: ["reason"] as const,
      registers,
    }),
    culprits: new Counter({
      name: "septet_invalid_partials_total",
      help: "Invalid partial signatures found, by set and seat",
      labelNames: ["set", "seat"] as const,
      registers,
    }),
    clientErrors: new Counter({
      name: "septet_client_errors_total",
      help: "Failed requests to the beacon node, the execution client and the coordinator, by task",
      labelNames: ["task"] as const,
      registers,
    }),
    connectedPeers: new Gauge({ name: "septet_connected_peers", help: "Operators with an open connection", registers }),
    chainBlock: new Gauge({ name: "septet_chain_block", help: "Last confirmed block that was read", registers }),
    shares: new Gauge({ name: "septet_shares", help: "Key shares that this node can sign with", registers }),
  };
}

export type NodeMetrics = ReturnType<typeof createMetrics>;
