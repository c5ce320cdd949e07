/**
 * The HTTP application: wiring only. Tests pass their own parts.
 *
 * @module
 */

import { Hono } from "hono";
import { createGuests } from "./auth/guests.ts";
import type { Origins } from "./auth/origins.ts";
import { RateLimit } from "./chat/rate_limit.ts";
import { Rooms } from "./chat/rooms.ts";
import type { Report } from "./consumers/connection.ts";
import type { ChannelLayer } from "./layers/layer.ts";
import { ChatError } from "./protocol/errors.ts";
import { Connections } from "./consumers/connections.ts";
import { health } from "./routes/health.ts";
import { messages } from "./routes/messages.ts";
import { pages, type StaticFile } from "./routes/pages.ts";
import { notFound, problem } from "./routes/problem.ts";
import { sockets } from "./routes/sockets.ts";
import type { Env } from "./routes/websocket.ts";

/** What an application is made of. */
export interface AppParts {
  /** Groups and channels. */
  readonly layer: ChannelLayer;
  /** Signs guests' tokens: at least 32 random bytes, the same on all isolates. */
  readonly secret: Uint8Array<ArrayBuffer>;
  /** Whose pages may open sockets. */
  readonly origins: Origins;
  /** Messages a second for each user; 0 is no limit. */
  readonly sendRate: number;
  /** The page. */
  readonly files: ReadonlyMap<string, StaticFile>;
  /** Told of faults. */
  readonly report: Report;
  /** Milliseconds since 1970. Default `Date.now`. */
  readonly now?: () => number;
}

/** An application, and the handle to drain it by. */
export interface App {
  /** Answers requests: `app.fetch(request, info)`, `app.request(path)`. */
  readonly app: Hono<Env>;
  /** Its open sockets. */
  readonly connections: Connections;
}

// A reconnect joins all rooms at once; after that a person does a few things a second.
const ACTIONS = { perSecond: 20, burst: 200 };

/** Puts the routes together. */
export async function createApp(given: AppParts): Promise<App> {
  const { layer, sendRate, now = Date.now } = given;
  const connections = new Connections();
  const parts = {
    ...given,
    now,
    connections,
    rooms: new Rooms(layer, now),
    guests: await createGuests(given.secret),
    sendLimit: new RateLimit({ perSecond: sendRate }),
    actionLimit: new RateLimit(ACTIONS),
  };

  const app = new Hono<Env>();
  app.route("/", sockets(parts));
  app.route("/", health(parts));
  app.route("/v1/rooms/:room/messages", messages(parts));
  app.route("/", pages(given.files));
  app.notFound((c) => notFound(c.req.path));
  app.onError((error, c) => {
    if (!(error instanceof ChatError)) given.report(`${c.req.method} ${c.req.path}`, error);
    return problem(error);
  });
  return { app, connections };
}
