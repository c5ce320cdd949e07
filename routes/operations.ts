/**
 * HTTP, made of the table of operations: `:parts` of the path, the query (GET, DELETE) or the JSON body (POST, PUT, PATCH) are an
 * operation's input.
 *
 * @module
 */

import { type Context, Hono } from "hono";
import { createOrigins, type Origins } from "../auth/origins.ts";
import type { Quota } from "../chat/limits.ts";
import { checkOutput } from "../operations/check_output.ts";
import { Encoded, type Operation } from "../operations/operation.ts";
import type { Service } from "../operations/service.ts";
import { ChatError, quote } from "../protocol/errors.ts";
import { parseWith } from "../protocol/frames.ts";
import { readJsonObject } from "./body.ts";
import { type CallParts, identify } from "./call.ts";
import { problem } from "./problem.ts";
import { rateHeaders } from "./rate_headers.ts";
import type { Env } from "./websocket.ts";

/** Writes the session's cookie. */
export interface SessionCookie {
  /** The `Set-Cookie` that keeps a token; `isSecure`: the client came by https. */
  set(token: string, isSecure: boolean): string;
  /** The `Set-Cookie` that removes it. */
  clear(isSecure: boolean): string;
}

/** A path that is answered elsewhere. */
export interface Route {
  /** HTTP's method, in any case. */
  readonly method: string;
  /** HTTP's path with `:name`s. */
  readonly path: string;
}

/** What {@linkcode operationRoutes} needs. */
export interface OperationParts extends CallParts {
  /** The table. */
  readonly operations: readonly Operation[];
  /** What operations work on. */
  readonly service: Service;
  /** Writes the session's cookie. */
  readonly sessionCookie: SessionCookie;
  /** Whose pages may have it written. Default: the service's own. */
  readonly origins?: Origins;
  /** Further routes below the same paths: so that `Allow` knows them. Mount them before these. */
  readonly further?: readonly Route[];
  /** Whether each output is checked against its schema; in tests. Default false. */
  readonly checkOutputs?: boolean;
}

const METHODS_WITH_BODY: ReadonlySet<string> = new Set(["post", "put", "patch"]);

/** Personal, and never a page. */
const HEADERS = { "cache-control": "no-store", "x-content-type-options": "nosniff" };

/** Every operation that HTTP has, as routes. */
export function operationRoutes(parts: OperationParts): Hono<Env> {
  const app = new Hono<Env>();
  const operations = parts.operations.filter(({ only }) => only !== "socket");
  for (const operation of operations) {
    app.on(operation.method.toUpperCase(), operation.path, (c) => answer(c, operation, parts));
  }
  // After all of them: `/v1/rooms/direct` must not hide what `/v1/rooms/:room` does with another method.
  for (const [path, methods] of methodsByPath([...operations, ...parts.further ?? []])) {
    app.all(path, (c) => refuseMethod(c.req.method, path, methods));
  }
  return app;
}

async function answer(c: Context<Env>, operation: Operation, parts: OperationParts): Promise<Response> {
  const quotas: (Quota | undefined)[] = [];
  try {
    const call = await identify(c, parts, operation.cost, operation.isOpen, quotas);
    if (operation.session !== undefined) refuseForeign(c, parts.origins ?? createOrigins([]));
    const input = parseWith(await inputOf(c, operation), operation.input);
    const output = await operation.run(parts.service, call, input);
    if (parts.checkOutputs) checkOutput(operation, output);
    const response = respond(operation, output, rateHeaders(quotas));
    const cookie = cookieOf(operation, output, call.origin.startsWith("https:"), parts.sessionCookie);
    if (cookie !== undefined) response.headers.append("set-cookie", cookie);
    return response;
  } catch (error) {
    if (!(error instanceof ChatError)) throw error;
    return problem(error, { ...HEADERS, ...rateHeaders(quotas) });
  }
}

/** A form of any page could have the browser take our cookie, and so sign somebody in as whoever wrote that page (login CSRF). */
function refuseForeign(c: Context<Env>, origins: Origins): void {
  const origin = c.req.header("origin");
  if (origins.allows(origin ?? null, c.req.header("host") ?? null)) return;
  throw new ChatError("forbidden", `Cannot begin or end a session from ${quote(origin)}: it is not an allowed origin`);
}

async function inputOf(c: Context<Env>, { method }: Operation): Promise<object> {
  const query = queryOf(c.req.url);
  const hasBody = METHODS_WITH_BODY.has(method);
  const [stray] = hasBody ? Object.keys(query) : [];
  if (stray !== undefined) {
    throw new ChatError(
      "bad_request",
      `Cannot take ${quote(stray)} from the query: ${method.toUpperCase()} takes a JSON body`,
    );
  }
  const given = hasBody ? await readJsonObject(c.req.raw) : query;
  const params = c.req.param();
  for (const name of Object.keys(params)) {
    if (Object.hasOwn(given, name)) {
      throw new ChatError("bad_request", `Cannot take ${quote(name)} twice: the path says it already`);
    }
  }
  return { ...given, ...params };
}

function queryOf(url: string): Record<string, string> {
  const start = url.indexOf("?");
  if (start < 0) return {};
  const query = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(url.slice(start))) {
    if (query.has(name)) throw new ChatError("bad_request", `Cannot take ${quote(name)} twice: the query repeats it`);
    query.set(name, value);
  }
  return Object.fromEntries(query);
}

function respond({ status = 200 }: Operation, output: unknown, headers: Record<string, string>): Response {
  if (status === 204) return new Response(null, { status, headers: { ...HEADERS, ...headers } });
  const { json, isNew } = encode(output);
  return new Response(json, {
    status: status === 201 && isNew === false ? 200 : status,
    headers: { "content-type": "application/json", ...HEADERS, ...headers },
  });
}

/** The status says what `isNew` does, and the same request answers the same body whether it was the first or not. */
function encode(output: unknown): { json: string; isNew?: unknown } {
  if (output instanceof Encoded) return output;
  if (typeof output !== "object" || output === null || !("isNew" in output)) {
    return { json: JSON.stringify(output ?? {}) };
  }
  const { isNew, ...rest } = output;
  return { json: JSON.stringify(rest), isNew };
}

function cookieOf(
  { session, type }: Operation,
  output: unknown,
  isSecure: boolean,
  cookie: SessionCookie,
): string | undefined {
  if (session === undefined) return undefined;
  if (session === "ends") return cookie.clear(isSecure);
  const token: unknown = typeof output === "object" && output !== null ? Reflect.get(output, "token") : undefined;
  if (typeof token === "string") return cookie.set(token, isSecure);
  throw new TypeError(`Cannot begin a session as the output of ${type} holds no token`);
}

/** What a part of a path is called matters to nobody who asks: `messages/:key` and `messages/:cursor` are one path. */
function methodsByPath(routes: readonly Route[]): Map<string, string[]> {
  const byShape = new Map<string, { readonly path: string; readonly methods: string[] }>();
  for (const { method, path } of routes) {
    const shape = path.replaceAll(/:\w+/g, ":");
    let found = byShape.get(shape);
    if (found === undefined) byShape.set(shape, found = { path, methods: ["OPTIONS"] });
    found.methods.push(...method.toLowerCase() === "get" ? ["GET", "HEAD"] : [method.toUpperCase()]);
  }
  return new Map([...byShape.values()].map(({ path, methods }) => [path, methods]));
}

function refuseMethod(method: string, path: string, methods: readonly string[]): Response {
  const allow = methods.toSorted().join(", ");
  if (method === "OPTIONS") return new Response(null, { status: 204, headers: { allow } });
  const why = `Cannot ${quote(method)} ${path}: it takes ${allow}`;
  return problem(new ChatError("method_not_allowed", why), { allow });
}
