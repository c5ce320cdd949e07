/**
 * From a route to a consumer in one call:
 *
 * ```ts ignore
 * app.get("/ws/chat/:room/", websocket(() => new ChatConsumer(), parts));
 * ```
 *
 * @module
 */

import type { Context, Handler } from "hono";
import type { Guests } from "../auth/guests.ts";
import type { Origins } from "../auth/origins.ts";
import type { Report } from "../consumers/connection.ts";
import type { Consumer } from "../consumers/consumer.ts";
import type { Scope, SocketEvents, Upgrade } from "../consumers/socket.ts";
import type { ChannelLayer } from "../layers/layer.ts";
import { ChatError, quote } from "../protocol/errors.ts";
import type { User } from "../protocol/events.ts";
import { parsePersonName } from "../protocol/names.ts";
import type { Connections } from "./connections.ts";
import { denoUpgrade } from "./deno_socket.ts";
import { problem } from "./problem.ts";

/** What every socket route shares. */
export interface WebsocketParts {
  /** Groups and channels for consumers. */
  readonly layer: ChannelLayer;
  /** Whose pages may connect. */
  readonly origins: Origins;
  /** Names those who connect. */
  readonly guests: Pick<Guests, "newId">;
  /** Counts the open ones, and refuses while draining. */
  readonly connections: Connections;
  /** Told of consumers' throws. */
  readonly report: Report;
}

/** What `app.fetch` gets beside the request: Deno's connection info, and in tests a transport without a port. */
export interface Bindings {
  /** The peer. */
  readonly remoteAddr?: Deno.Addr;
  /** In place of `Deno.upgradeWebSocket`. */
  readonly upgrade?: Upgrade;
}

/** The environment of Maru's Hono apps. */
export interface Env {
  /** See {@linkcode Bindings}. */
  Bindings: Bindings;
}

/** Seconds after which a refused client may come back while this server drains. */
const RETRY_AFTER_S = "1";

/**
 * A route's handler that hands the handshake to a consumer.
 *
 * @param create Makes the connection's consumer.
 * @param parts See {@linkcode WebsocketParts}.
 */
export function websocket<Frame>(create: () => Consumer<Frame>, parts: WebsocketParts): Handler<Env> {
  return async (c) => {
    try {
      checkHandshake(c.req.raw.headers);
      if (parts.connections.isDraining) {
        return problem(new ChatError("unavailable", "The server restarts"), { "retry-after": RETRY_AFTER_S });
      }
      if (!parts.origins.allows(c.req.header("origin") ?? null, c.req.header("host") ?? null)) {
        throw new ChatError("forbidden", `Cannot connect from ${quote(c.req.header("origin"))}: not an allowed origin`);
      }
      return await connect(create(), scopeOf(c, parts), c.env?.upgrade ?? denoUpgrade(c.req.raw), parts);
    } catch (error) {
      if (!(error instanceof ChatError)) parts.report(`handshake on ${c.req.path}`, error);
      return problem(error, error instanceof ChatError && error.code === "upgrade_required" ? UPGRADE_HEADERS : {});
    }
  };
}

const UPGRADE_HEADERS = { "upgrade": "websocket", "connection": "upgrade", "sec-websocket-version": "13" };

async function connect<Frame>(
  consumer: Consumer<Frame>,
  scope: Scope,
  upgrade: Upgrade,
  { layer, report, connections }: WebsocketParts,
): Promise<Response> {
  const counted: Upgrade = (events, options) => {
    const made = upgrade(new Counted(events, () => connections.delete(consumer)), options);
    connections.add(consumer);
    return made;
  };
  const handshake = await consumer.handshake({ scope, layer, report, upgrade: counted });
  if (handshake.kind === "accepted") return handshake.response;
  throw handshake.error;
}

/** Passes on what a transport calls, and counts the connection out at the end. */
class Counted implements SocketEvents {
  readonly #events: SocketEvents;
  readonly #gone: () => void;

  constructor(events: SocketEvents, gone: () => void) {
    this.#events = events;
    this.#gone = gone;
  }

  opened(): void {
    this.#events.opened();
  }

  received(data: unknown): void {
    this.#events.received(data);
  }

  closed(code: number, reason: string): void {
    this.#gone();
    this.#events.closed(code, reason);
  }
}

/** RFC 6455 §4.2.1. */
function checkHandshake(headers: Headers): void {
  const isUpgrade = headers.get("upgrade")?.toLowerCase() === "websocket" &&
    tokens(headers.get("connection")).some((token) => token.toLowerCase() === "upgrade");
  if (!isUpgrade) throw new ChatError("upgrade_required", "This path speaks WebSocket: no upgrade was asked for");
  const version = headers.get("sec-websocket-version");
  if (version === null) throw new ChatError("bad_handshake", "Cannot shake hands: there is no Sec-WebSocket-Version");
  if (version !== "13") {
    throw new ChatError("upgrade_required", `Cannot speak WebSocket version ${quote(version)}: the version is 13`);
  }
  const key = headers.get("sec-websocket-key");
  if (key === null || !/^[A-Za-z0-9+/]{21}[AQgw]==$/.test(key)) {
    throw new ChatError("bad_handshake", `Cannot shake hands: ${quote(key)} is no Sec-WebSocket-Key of 16 bytes`);
  }
}

function scopeOf(c: Context<Env>, { guests }: WebsocketParts): Scope {
  const query = new URL(c.req.url).searchParams;
  const addr = c.env?.remoteAddr;
  return {
    path: c.req.path,
    params: c.req.param(),
    query,
    headers: c.req.raw.headers,
    subprotocols: tokens(c.req.header("sec-websocket-protocol") ?? null),
    user: guest(query.get("name"), guests.newId()),
    ...(addr?.transport === "tcp" && { client: { hostname: addr.hostname, port: addr.port } }),
  };
}

function guest(name: string | null, id: string): User {
  return { id, name: name === null ? `guest-${id.slice(2, 6).toLowerCase()}` : parsePersonName(name) };
}

function tokens(list: string | null): string[] {
  return (list ?? "").split(",").map((token) => token.trim()).filter((token) => token !== "");
}
