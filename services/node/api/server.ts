import fastify, { type FastifyInstance } from "fastify";
import type { Registry } from "prom-client";
import { describeError } from "../../logging/describeError.ts";
import type { NodeMetrics } from "../metrics.ts";
import type { NodeStatus } from "../status.ts";

export type NotReadyCode =
  | "beacon_unreachable"
  | "beacon_syncing"
  | "chain_behind"
  | "not_registered"
  | "too_few_peers"
  | "shares_missing";

export interface NotReady {
  code: NotReadyCode;
  /** What is missing, for a person. */
  message: string;
}

export const notReady = (code: NotReadyCode, message: string): NotReady => ({ code, message });

/** What a process shows of its node, from before it is wired on. */
export interface NodeFace {
  /** Why the node can't do its duties now; empty when it can. */
  readiness: () => Promise<NotReady[]>;
  /** `undefined` until the node is wired. */
  status: () => NodeStatus | undefined;
}

/** Health, metrics and status. Read-only, meant for the loopback interface. */
export function createApi(registry: Registry, metrics: NodeMetrics, face: NodeFace): FastifyInstance {
  const api = fastify({ logger: false, bodyLimit: 1_024, requestTimeout: 10_000, forceCloseConnections: true });
  api.get("/livez", async () => ({ ok: true }));
  api.get("/readyz", async (_request, reply) => {
    const reasons = await face.readiness();
    return reply.code(reasons.length === 0 ? 200 : 503).send({ ready: reasons.length === 0, reasons });
  });
  api.get("/metrics", async (_request, reply) => {
    const peers = face.status()?.sets.flatMap(({ members }) => members.filter(({ connected }) => connected)) ?? [];
    metrics.connectedPeers.set(new Set(peers.map(({ operatorId }) => operatorId)).size);
    return reply.type(registry.contentType).send(await registry.metrics());
  });
  api.get("/v1/status", async (_request, reply) => {
    const status = face.status();
    return status ?? reply.code(503).send({ code: "starting", message: "the node is starting" });
  });
  api.setErrorHandler((error, _request, reply) => {
    return reply.code(500).send({ code: "internal", message: describeError(error) });
  });
  return api;
}
