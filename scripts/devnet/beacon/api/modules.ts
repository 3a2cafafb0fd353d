import type { routes } from "@lodestar/api";
import type { ApplicationMethods } from "@lodestar/api/server";
import type { BlockProductionModules } from "../blockProduction.ts";
import type { EngineClient } from "../engine.ts";
import type { ChainEvents } from "../events.ts";
import type { Reception } from "../reception.ts";

/** What the API's handlers work with. */
export interface ApiModules extends BlockProductionModules {
  engine: EngineClient;
  reception: Reception;
  events: ChainEvents;
  /** Ends the event streams. */
  signal: AbortSignal;
}

export type BeaconHandlers = Partial<ApplicationMethods<routes.beacon.Endpoints>>;
export type ConfigHandlers = Partial<ApplicationMethods<routes.config.Endpoints>>;
export type DebugHandlers = Partial<ApplicationMethods<routes.debug.Endpoints>>;
export type EventsHandlers = ApplicationMethods<routes.events.Endpoints>;
export type NodeHandlers = Partial<ApplicationMethods<routes.node.Endpoints>>;
export type ValidatorHandlers = Partial<ApplicationMethods<routes.validator.Endpoints>>;
