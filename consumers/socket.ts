/**
 * What a consumer sees of the world: a socket of ours, and the scope of the connection. `Deno.upgradeWebSocket` is one
 * adapter of it, the tests' communicator another.
 *
 * @module
 */

import type { Caller } from "../protocol/caller.ts";
import type { User } from "../protocol/events.ts";

/** One side of an open connection. Sending on a closed one does nothing. */
export interface Socket {
  /** Sends one text frame. */
  send(text: string): void;
  /**
   * Starts the closing handshake.
   *
   * @param code RFC 6455 §7.4, or 4000 to 4999.
   * @param reason At most 123 bytes of UTF-8.
   */
  close(code: number, reason: string): void;
  /** Bytes that were sent and have not left the process. */
  readonly bufferedAmount: number;
}

/** What a transport calls. None of them throws. */
export interface SocketEvents {
  /** The socket is open: from now on it sends. */
  opened(): void;
  /** A text frame came. Anything else is refused by {@linkcode received} with 1003. */
  received(data: unknown): void;
  /** The socket is closed, however that came. Called once. */
  closed(code: number, reason: string): void;
}

/** How a transport turns a request into a socket. */
export interface Upgrade {
  /**
   * Accepts the request.
   *
   * @param events What to call from now on.
   * @param options The subprotocol to answer with, one of those offered, and further headers.
   * @returns The socket, and the response that makes it open.
   */
  (
    events: SocketEvents,
    options: { readonly protocol?: string; readonly headers?: HeadersInit },
  ): { socket: Socket; response: Response };
}

/** Who connects, and to what: Channels' scope. */
export interface Scope {
  /** Decoded path. */
  readonly path: string;
  /** The route's parameters, decoded. */
  readonly params: Readonly<Record<string, string>>;
  /** The query. */
  readonly query: URLSearchParams;
  /** The handshake's headers. */
  readonly headers: Headers;
  /** The subprotocols that the client offers, in its order. */
  readonly subprotocols: readonly string[];
  /** Who asks, as of the time of the handshake: who {@linkcode caller} is, else a guest for as long as the connection lives. */
  readonly user: User;
  /** Who asks, where a cookie or a header of the handshake proved it. */
  readonly caller?: Caller;
  /** The service's own origin as this client sees it, e.g. `https://chat.example`; of a page of ours the same as its `Origin`. */
  readonly origin: string;
  /** The client's address, under which it is counted; `""` where it is not known. Behind a trusted proxy not the peer's. */
  readonly address: string;
  /** The peer's address, where the transport knows it. */
  readonly client?: { readonly hostname: string; readonly port: number };
}
