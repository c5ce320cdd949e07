import { Hono } from "hono";
import type { Hooks } from "../chat/webhooks/hooks.ts";
import { readBody } from "./body.ts";
import type { Env } from "./websocket.ts";

/** What {@linkcode hooks} needs. */
export interface HooksRouteParts {
  /** Takes what is posted. */
  readonly hooks: Pick<Hooks, "receive">;
}

/**
 * `POST /v1/hooks/:hook`: incoming webhooks. Beside the operations, because whoever posts here is nobody: the secret, or a signature
 * with it, is all that they have. It is never in the URL, which proxies and histories keep.
 */
export function hooks({ hooks }: HooksRouteParts): Hono<Env> {
  const app = new Hono<Env>();
  app.post("/v1/hooks/:hook", async (c) => {
    const { raw } = c.req;
    const { cursor, at, duplicate } = await hooks.receive(c.req.param("hook"), raw.headers, await readBody(raw));
    return c.json({ cursor, at }, duplicate ? 200 : 201);
  });
  return app;
}
