import type { Endpoints } from "@lodestar/api";
import { type BeaconApiMethods, registerRoutes } from "@lodestar/api/beacon/server";
import { ApiError, addSszContentTypeParser } from "@lodestar/api/server";
import { type FastifyInstance, fastify } from "fastify";
import { Rejection } from "../errors.ts";
import { beaconApi } from "./beacon.ts";
import { configApi } from "./config.ts";
import { debugApi } from "./debug.ts";
import { eventsApi } from "./events.ts";
import type { ApiModules } from "./modules.ts";
import { nodeApi } from "./node.ts";
import { PartialFailure } from "./partialFailure.ts";
import { validatorApi } from "./validator.ts";

const NAMESPACES = ["beacon", "config", "debug", "events", "lightclient", "node", "validator"] as const;
const MAX_BODY_BYTES = 8 * 1024 * 1024;

/** Serves the standard Beacon API on a free port of 127.0.0.1. What this node does not do answers 501. */
export async function startApiServer(modules: ApiModules): Promise<{ port: number; close(): Promise<void> }> {
  const server = fastify({
    bodyLimit: MAX_BODY_BYTES,
    forceCloseConnections: true,
    ajv: { customOptions: { coerceTypes: "array" } },
    routerOptions: { querystringParser: parseQuery },
  });
  addSszContentTypeParser(server);
  setErrorHandlers(server);
  const methods = {
    beacon: orNotImplemented(beaconApi(modules)),
    config: orNotImplemented(configApi(modules)),
    debug: orNotImplemented(debugApi(modules)),
    events: eventsApi(modules),
    lightclient: orNotImplemented({}),
    lodestar: orNotImplemented({}),
    node: orNotImplemented(nodeApi(modules)),
    proof: orNotImplemented({}),
    validator: orNotImplemented(validatorApi(modules)),
  } as unknown as BeaconApiMethods;
  registerRoutes(server, modules.chain.config, methods, [...NAMESPACES] satisfies (keyof Endpoints)[]);
  await server.listen({ host: "127.0.0.1", port: 0 });
  const address = server.addresses()[0];
  if (address === undefined) throw new Error("the API server listens on no address");
  return { port: address.port, close: () => server.close() };
}

function orNotImplemented<T extends object>(handlers: T): T {
  return new Proxy(handlers, {
    get: (target, name) =>
      Reflect.get(target, name) ??
      (async () => {
        throw new ApiError(501, `${String(name)} is not implemented by this node`);
      }),
  });
}

/** Lists come as repeated keys or separated by commas, as the Beacon API allows both. */
function parseQuery(query: string): Record<string, string | string[]> {
  const parsed: Record<string, string | string[]> = {};
  const search = new URLSearchParams(query);
  for (const key of new Set(search.keys())) {
    const values = search.getAll(key).flatMap((value) => value.split(","));
    parsed[key] = values.length === 1 ? (values[0] ?? "") : values;
  }
  return parsed;
}

function setErrorHandlers(server: FastifyInstance): void {
  server.setErrorHandler((error, _request, reply) => {
    const code = statusCode(error);
    const message = error instanceof Error ? error.message : String(error);
    void reply
      .status(code)
      .send({ code, message, ...(error instanceof PartialFailure && { failures: error.failures }) });
  });
  server.setNotFoundHandler((request, reply) => {
    void reply.status(404).send({ code: 404, message: `Route ${request.method}:${request.url} not found` });
  });
}

function statusCode(error: unknown): number {
  if (error instanceof ApiError) return error.statusCode;
  if (error instanceof PartialFailure) return 400;
  if (error instanceof Rejection) return error.code === "ENGINE_UNAVAILABLE" ? 503 : 400;
  if (typeof error === "object" && error !== null && "statusCode" in error) return Number(error.statusCode);
  return 500;
}
