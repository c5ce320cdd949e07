import type { MiddlewareHandler } from "hono";
import { cors } from "hono/cors";
import type { Origins } from "../auth/origins.ts";
import type { Env } from "./websocket.ts";

/** Headers that scripts of other origins may read. */
const EXPOSED_HEADERS = ["Allow", "ETag", "RateLimit", "RateLimit-Policy", "Retry-After"];

/**
 * Lets pages of allowed origins use `/v1` with a Bearer token. Never with cookies: no answer says `Access-Control-Allow-Credentials`, so a
 * browser shows no page of another origin what a cookie would open. Goes before every route of `/v1`.
 *
 * @param origins Whose pages.
 */
export function crossOrigin(origins: Origins): MiddlewareHandler<Env> {
  const allow = cors({
    origin: (origin, c) => origins.allows(origin, c.req.header("host") ?? null) ? origin : null,
    allowMethods: ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"],
    allowHeaders: ["Authorization", "Content-Type", "Last-Event-ID"],
    exposeHeaders: EXPOSED_HEADERS,
    maxAge: 600,
  });
  return (c, next) => {
    // Without Origin it is no cross-origin request; OPTIONS that ask for no method are not a browser's question but ours to answer.
    if (c.req.header("origin") === undefined) return next();
    if (c.req.method === "OPTIONS" && c.req.header("access-control-request-method") === undefined) return next();
    return allow(c, next);
  };
}
