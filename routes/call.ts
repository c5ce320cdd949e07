/**
 * Who sends a request and from where, counted: what every route of `/v1` asks first.
 *
 * @module
 */

import type { Context, MiddlewareHandler } from "hono";
import { refuseTokenInUrl } from "../auth/url_tokens.ts";
import type { Cost, Limits, Quota } from "../chat/limits.ts";
import type { Call } from "../operations/operation.ts";
import type { Caller } from "../protocol/caller.ts";
import { ChatError } from "../protocol/errors.ts";
import { addressName } from "../chat/limits.ts";
import type { Addresses } from "./address.ts";
import type { Env } from "./websocket.ts";

/** Says who asks. `Authenticator` (auth/authenticator.ts) is one. */
export interface Finder {
  /**
   * Reads the request's credential: a Bearer token or the session's cookie.
   *
   * @param request Its method, URL and headers are read.
   * @param options `forgivesCookie`: a cookie whose session has ended counts as none.
   * @returns Undefined: there is none.
   * @throws {ChatError} `unauthorized`, `forbidden`, `bad_request`, `unavailable`.
   */
  find(request: Request, options?: { readonly forgivesCookie?: boolean }): Promise<Caller | undefined>;
}

/** What {@linkcode identify} needs. */
export interface CallParts {
  /** Says who asks. */
  readonly authenticator: Finder;
  /** How fast one may ask. */
  readonly limits: Limits;
  /** Where requests come from. */
  readonly addresses: Addresses;
  /** The service's own origin as browsers see it; undefined: what each request says. */
  readonly publicUrl?: string | undefined;
}

/**
 * Finds out who asks, and counts it: first for the address, so that guessing tokens is counted before anybody asks the database, then
 * for the person.
 *
 * @param c The request.
 * @param parts See {@linkcode CallParts}.
 * @param cost What it costs.
 * @param isOpen Whether anybody may ask.
 * @param quotas Gets what is left of each limit, also when it throws.
 * @throws {ChatError} `rate_limited`, and what {@linkcode Finder.find} throws.
 */
export async function identify(
  c: Context<Env>,
  parts: CallParts,
  cost: Cost,
  isOpen: boolean,
  quotas: (Quota | undefined)[] = [],
): Promise<Call> {
  const { limits, addresses, authenticator, publicUrl } = parts;
  const take = (who: "address" | "person", name: string) => {
    try {
      quotas.push(limits.take(who, name, cost));
    } catch (error) {
      // A refusal says what is left, too.
      quotas.push(limits.peek(who, name, cost));
      throw error;
    }
  };
  const { raw } = c.req;
  const peer = peerOf(c);
  const address = addresses.client(peer, raw.headers);
  take("address", addressName(address));
  const caller = await authenticator.find(raw, { forgivesCookie: isOpen });
  if (caller !== undefined) take("person", caller.user.id);
  return { caller, address, origin: publicUrl ?? originOf(raw.url, raw.headers, addresses.trusts(peer)) };
}

/**
 * For routes that are no operations: who asks, counted.
 *
 * @param parts See {@linkcode CallParts}.
 * @param cost What each request costs.
 * @returns Rejects as {@linkcode identify}, and with `unauthorized` when nobody says who they are.
 */
export function callerOf(parts: CallParts, cost: Cost): (c: Context<Env>) => Promise<Caller> {
  return async (c) => {
    const { caller } = await identify(c, parts, cost, false);
    if (caller === undefined) throw new ChatError("unauthorized", "Cannot answer before you say who you are");
    return caller;
  };
}

/**
 * For routes where nobody says who they are, e.g. incoming webhooks: counts the address.
 *
 * @param parts See {@linkcode CallParts}.
 * @param cost What each request costs.
 */
export function limitAddress(parts: Pick<CallParts, "limits" | "addresses">, cost: Cost): MiddlewareHandler<Env> {
  return (c, next) => {
    parts.limits.take("address", addressName(addressOf(parts, c)), cost);
    return next();
  };
}

/**
 * Refuses a token in the URL, whatever is asked: also where nobody reads who asks, and where nothing is.
 *
 * @throws {ChatError} `bad_request`.
 */
export const noTokenInUrl: MiddlewareHandler<Env> = (c, next) => {
  refuseTokenInUrl(c.req.url);
  return next();
};

/** The client's address; `""` where it is not known. */
export function addressOf({ addresses }: Pick<CallParts, "addresses">, c: Context<Env>): string {
  return addresses.client(peerOf(c), c.req.raw.headers);
}

function peerOf(c: Context<Env>): string | undefined {
  const addr = c.env?.remoteAddr;
  return addr?.transport === "tcp" ? addr.hostname : undefined;
}

/** The origin that the client has asked, which a proxy that ends TLS knows better. */
function originOf(url: string, headers: Headers, isTrusted: boolean): string {
  const own = URL.parse(url);
  if (own === null) return "";
  if (!isTrusted) return own.origin;
  const [, said] = /^\s*(https?)\b/i.exec(headers.get("x-forwarded-proto") ?? "") ?? [];
  const scheme = said?.toLowerCase() ?? own.protocol.slice(0, -1);
  const host = headers.get("x-forwarded-host")?.split(",")[0]?.trim() || own.host;
  return URL.parse(`${scheme}://${host}`)?.origin ?? own.origin;
}
