import Fastify, { type FastifyInstance } from "fastify";
import type { Registry } from "prom-client";
import { z } from "zod";
import { MAX_MESSAGE_BYTES } from "../../ceremony/messages.ts";
import type { Clock } from "../../ports/clock.ts";
import type { CeremonyMailbox } from "../mailbox/mailbox.ts";
import type { Metrics } from "../metrics.ts";
import { toApiError } from "./errors.ts";
import { createRateLimits } from "./rateLimits.ts";
import { describeStatus, notReadyBecause, type StatusInput } from "./status.ts";

export interface ApiOptions {
  mailbox: CeremonyMailbox;
  status(): Promise<StatusInput>;
  registry: Registry;
  metrics: Metrics;
  clock: Clock;
  /** An error that is not the caller's fault. */
  onError(error: unknown): void;
}

const params = z.object({ requestId: z.string().regex(/^[1-9][0-9]{0,19}$/) });
const query = z.object({
  after: z
    .string()
    .regex(/^[0-9]{1,15}$/)
    .default("0")
    .transform(Number),
});
const CONNECTION_TIMEOUT_MS = 30_000;

/** The HTTP interface; `listen` is the caller's. */
export function createApi(options: ApiOptions): FastifyInstance {
  const { mailbox, metrics, registry } = options;
  const app = Fastify({
    bodyLimit: MAX_MESSAGE_BYTES,
    connectionTimeout: CONNECTION_TIMEOUT_MS,
    requestTimeout: CONNECTION_TIMEOUT_MS,
    forceCloseConnections: true,
  });
  const admits = createRateLimits(options.clock);

  app.setErrorHandler((error: Error, _request, reply) => {
    const { status, code, message } = toApiError(error);
    if (status >= 500) options.onError(error);
    return reply.code(status).send({ code, message });
  });
  app.setNotFoundHandler((_request, reply) => reply.code(404).send({ code: "not_found", message: "no such route" }));
  app.addHook("onRequest", async (request, reply) => {
    if (!admits(request.ip)) return reply.code(429).send({ code: "rate_limited", message: "too many requests" });
  });

  app.get("/v1/ceremonies/:requestId/messages", async (request, reply) => {
    const [path, search] = [params.safeParse(request.params), query.safeParse(request.query)];
    if (!path.success || !search.success) return malformed(reply);
    const { messages, cursor } = mailbox.list(path.data.requestId, search.data.after);
    return { messages, cursor: String(cursor) };
  });

  app.post("/v1/ceremonies/:requestId/messages", async (request, reply) => {
    const path = params.safeParse(request.params);
    if (!path.success) return malformed(reply);
    try {
      const stored = await mailbox.post(path.data.requestId, request.body);
      metrics.mailboxPosts.inc({ outcome: stored ? "stored" : "unchanged" });
      return reply.code(202).send({ stored });
    } catch (error) {
      metrics.mailboxPosts.inc({ outcome: toApiError(error as Error).code });
      throw error;
    }
  });

  app.get("/livez", async () => ({ status: "alive" }));
  app.get("/readyz", async (_request, reply) => {
    const reasons = notReadyBecause(await options.status());
    return reply.code(reasons.length === 0 ? 200 : 503).send({ ready: reasons.length === 0, reasons });
  });
  app.get("/metrics", async (_request, reply) => reply.type(registry.contentType).send(await registry.metrics()));
  app.get("/v1/status", async (_request, reply) =>
    reply.type("application/json").send(JSON.stringify(describeStatus(await options.status()), null, 2)),
  );
  return app;

  function malformed(reply: { code(status: number): { send(body: unknown): unknown } }) {
    return reply.code(400).send({ code: "bad_request", message: "the request id or cursor is malformed" });
  }
}
