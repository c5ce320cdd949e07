/**
 * The HTTP application: wiring only. Tests pass their own parts.
 *
 * @module
 */

import { Hono } from "hono";
import { sessionCookie } from "./auth/cookie.ts";
import { allowed } from "./chat/allowed.ts";
import { Limits } from "./chat/limits.ts";
import { connectionCaps, Connections } from "./consumers/connections.ts";
import { OPERATIONS } from "./operations/table.ts";
import { ChatError } from "./protocol/errors.ts";
import { type Addresses, createAddresses } from "./routes/address.ts";
import { addressOf, callerOf, identify, limitAddress, noTokenInUrl } from "./routes/call.ts";
import { crossOrigin } from "./routes/cors.ts";
import { docs } from "./routes/docs.ts";
import { health } from "./routes/health.ts";
import { hooks } from "./routes/hooks.ts";
import { openApiRoutes } from "./routes/openapi.ts";
import { FURTHER_OPERATIONS } from "./routes/openapi_further.ts";
import { operationRoutes } from "./routes/operations.ts";
import { pages } from "./routes/pages.ts";
import { notFound, problem } from "./routes/problem.ts";
import { sockets } from "./routes/sockets.ts";
import type { StaticFiles } from "./routes/static_files.ts";
import { streams } from "./routes/streams.ts";
import type { Env } from "./routes/websocket.ts";
import { createService, type RunningService, type ServiceParts } from "./service.ts";

/** What an application is made of. */
export interface AppParts extends ServiceParts {
  /** Messages a second for each person; 0 is no limit. */
  readonly sendRate: number;
  /** How many times the limits of everything else apply; 0 is no limit. Default 1. */
  readonly rateScale?: number;
  /** Where requests come from. Default: from the peer. */
  readonly addresses?: Addresses;
  /** The page. */
  readonly files: StaticFiles;
  /** Whether each answer is checked against what is documented; in tests. Default false. */
  readonly checkOutputs?: boolean;
}

/** An application, and the handle to drain it by. */
export interface App {
  /** Answers requests: `app.fetch(request, info)`, `app.request(path)`. */
  readonly app: Hono<Env>;
  /** Its open sockets. */
  readonly connections: Connections;
  /** What it asks. */
  readonly running: RunningService;
}

/** Puts the routes together. Nothing runs in the background before `running.start()`. */
export function createApp(given: AppParts): App {
  const { layer, sendRate, rateScale, report, now = Date.now } = given;
  const connections = new Connections(connectionCaps(rateScale));
  const limits = new Limits({ sendRate, ...(rateScale !== undefined && { scale: rateScale }) });
  const running = createService({ ...given, limits });
  const { service, authenticator } = running;
  const parts = {
    ...given,
    now,
    connections,
    service,
    authenticator,
    addresses: given.addresses ?? createAddresses(""),
    limits,
    operations: OPERATIONS,
    further: FURTHER_OPERATIONS,
    sessionCookie,
  };
  const app = new Hono<Env>();
  app.route("/", sockets({ ...parts, identify: (c) => identify(c, parts, "read", true) }));
  app.route("/", health(parts));
  app.use("/v1/*", crossOrigin(given.origins));
  app.use("/v1/*", noTokenInUrl);
  app.use("/v1/hooks/*", limitAddress(parts, "send"));
  app.route("/", hooks({ hooks: service.hooks }));
  app.route(
    "/",
    streams({
      layer,
      connections,
      callerOf: callerOf(parts, "costly"),
      addressOf: (c) => addressOf(parts, c),
      mayRead: async (caller, room) => void await allowed(service.standings, caller, room, () => ["read"], true),
      exportRoom: running.exportRoom,
      exportPerson: running.exportPerson,
      report,
      now,
    }),
  );
  app.route("/", operationRoutes(parts));
  app.route("/", openApiRoutes(OPERATIONS, FURTHER_OPERATIONS));
  app.route("/", docs(given.files));
  app.route("/", pages(given.files, given.origins));
  app.notFound((c) => notFound(c.req.path));
  app.onError((error, c) => {
    if (!(error instanceof ChatError)) report(`${c.req.method} ${c.req.path}`, error);
    return problem(error);
  });
  return { app, connections, running };
}
