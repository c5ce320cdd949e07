/**
 * From a route to a consumer in one call:
 *
 * ```ts ignore
 * app.get("/ws/chat/:room/", websocket(() => new ChatConsumer(), { layer }));
 * ```
 *
 * @module
 */

import type { Context, Handler } from "hono";
import { createOrigins, type Origins } from "../auth/origins.ts";
import type { ConnectionParts } from "../consumers/connection.ts";
import { Connections } from "../consumers/connections.ts";
import type { Consumer } from "../consumers/consumer.ts";
import type { Upgrade } from "../consumers/socket.ts";
import type { Call } from "../operations/operation.ts";
import { ChatError, quote } from "../protocol/errors.ts";
import { denoUpgrade } from "./deno_socket.ts";
import { problem } from "./problem.ts";
import { scopeOf, tokens } from "./scope.ts";

/** What every socket route shares. */
export interface WebsocketParts extends ConnectionParts {
  /** Whose pages may connect. */
  readonly origins: Origins;
  /** Counts the open ones, and says whether this isolate takes more. */
  readonly connections: Connections;
  /** Who asks, and from where. Default: nobody has said, from the peer's address. @throws {ChatError} `unauthorized`. */
  readonly identify?: (c: Context<Env>) => Promise<Call>;
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
 * @param given See {@linkcode WebsocketParts}. Only the layer has no default: same origin, faults to the console.
 */
export function websocket<Frame>(
  create: () => Consumer<Frame>,
  given: Pick<WebsocketParts, "layer"> & Partial<WebsocketParts>,
): Handler<Env> {
  const parts: WebsocketParts = {
    origins: createOrigins([]),
    connections: new Connections(),
    report: (what, error) => console.error(what, error),
    ...given,
  };
  return async (c) => {
    try {
      checkHandshake(c.req.raw.headers);
      if (parts.connections.isDraining) {
        return problem(new ChatError("unavailable", "The server restarts"), { "retry-after": RETRY_AFTER_S });
      }
      if (!parts.origins.allows(c.req.header("origin") ?? null, c.req.header("host") ?? null)) {
        throw new ChatError("forbidden", `Cannot connect from ${quote(c.req.header("origin"))}: not an allowed origin`);
      }
      const call = await parts.identify?.(c);
      const handshake = await create().handshake(
        scopeOf(c, call),
        c.env?.upgrade ?? denoUpgrade(c.req.raw),
        parts,
      );
      if (handshake.kind === "accepted") return handshake.response;
      throw handshake.error;
    } catch (error) {
      if (!(error instanceof ChatError)) parts.report(`handshake on ${c.req.path}`, error);
      return problem(error, error instanceof ChatError && error.code === "upgrade_required" ? UPGRADE_HEADERS : {});
    }
  };
}

const UPGRADE_HEADERS = { "upgrade": "websocket", "connection": "upgrade", "sec-websocket-version": "13" };

/** RFC 6455 §4.2.1. */
function checkHandshake(headers: Headers): void {
  const isUpgrade = headers.get("upgrade")?.toLowerCase() === "websocket" &&
    tokens(headers.get("connection")).some((token) => token.toLowerCase() === "upgrade");
  if (!isUpgrade) throw new ChatError("upgrade_required", "This path speaks WebSocket: no upgrade was asked for");
  const version = headers.get("sec-websocket-version");
  if (version !== "13") {
    throw new ChatError("upgrade_required", `Cannot speak WebSocket version ${quote(version)}: the version is 13`);
  }
  const key = headers.get("sec-websocket-key");
  if (key === null || !/^[A-Za-z0-9+/]{21}[AQgw]==$/.test(key)) {
    throw new ChatError("bad_handshake", `Cannot shake hands: ${quote(key)} is no Sec-WebSocket-Key of 16 bytes`);
  }
}
