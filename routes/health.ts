import { Hono } from "hono";
import type { ChannelLayer } from "../layers/layer.ts";
import { ChatError } from "../protocol/errors.ts";
import type { Connections } from "../consumers/connections.ts";
import { problem } from "./problem.ts";
import type { Env } from "./websocket.ts";

/** What {@linkcode health} asks. */
export interface HealthParts {
  /** Whether the log can be reached. */
  readonly layer: Pick<ChannelLayer, "ping">;
  /** Whether this isolate drains. */
  readonly connections: Connections;
}

/** `/healthz` (the process lives) and `/readyz` (it takes work). */
export function health({ layer, connections }: HealthParts): Hono<Env> {
  const app = new Hono<Env>();
  app.get("/healthz", (c) => c.json({ ok: true }));
  app.get("/readyz", async (c) => {
    if (connections.isDraining) return problem(new ChatError("unavailable", "The server restarts"));
    await layer.ping();
    return c.json({ ok: true });
  });
  return app;
}
