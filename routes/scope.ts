import type { Context } from "hono";
import { newId } from "../auth/tokens.ts";
import type { Scope } from "../consumers/socket.ts";
import type { Call } from "../operations/operation.ts";
import type { Caller } from "../protocol/caller.ts";
import type { User } from "../protocol/events.ts";
import { parsePersonName } from "../protocol/names.ts";
import type { Env } from "./websocket.ts";

/**
 * The scope of a handshake. It is read off the request at once, because Deno's request cannot be read any more once the
 * socket is made; and kept as strings, because thousands of sockets have one each and few look at it.
 *
 * @param call Who asks and from where, where that was found out.
 * @throws {ChatError} `bad_name`: the query's `name` is none.
 */
export function scopeOf(c: Context<Env>, call?: Call): Scope {
  const { url } = c.req;
  const search = url.indexOf("?");
  return new HandshakeScope(c, search < 0 ? "" : url.slice(search), call);
}

class HandshakeScope implements Scope {
  readonly path: string;
  readonly params: Readonly<Record<string, string>>;
  readonly user: User;
  readonly caller?: Caller;
  readonly origin: string;
  readonly address: string;
  readonly client?: { readonly hostname: string; readonly port: number };
  readonly #search: string;
  /** Names and values in turn. */
  readonly #headers: string[] = [];

  constructor(c: Context<Env>, search: string, call: Call | undefined) {
    this.path = c.req.path;
    this.params = c.req.param();
    this.#search = search;
    for (const [name, value] of c.req.raw.headers) this.#headers.push(name, value);
    const caller = call?.caller;
    this.user = caller?.user ?? guest(search === "" ? null : this.query.get("name"), newId("g_"));
    if (caller !== undefined) this.caller = caller;
    this.origin = call?.origin ?? URL.parse(c.req.url)?.origin ?? "";
    const addr = c.env?.remoteAddr;
    if (addr?.transport === "tcp") this.client = { hostname: addr.hostname, port: addr.port };
    this.address = call?.address ?? this.client?.hostname ?? "";
  }

  get query(): URLSearchParams {
    return new URLSearchParams(this.#search);
  }

  get headers(): Headers {
    const headers = new Headers();
    for (let i = 0; i < this.#headers.length; i += 2) {
      headers.append(this.#headers[i] ?? "", this.#headers[i + 1] ?? "");
    }
    return headers;
  }

  get subprotocols(): readonly string[] {
    return tokens(this.headers.get("sec-websocket-protocol"));
  }
}

/** The members of a comma-separated header. */
export function tokens(list: string | null): string[] {
  return (list ?? "").split(",").map((token) => token.trim()).filter((token) => token !== "");
}

function guest(name: string | null, id: string): User {
  return { id, name: name === null ? `guest-${id.slice(2, 6).toLowerCase()}` : parsePersonName(name) };
}
