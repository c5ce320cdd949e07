import { Hono } from "hono";
import { serve, type StaticFiles } from "./static_files.ts";
import type { Env } from "./websocket.ts";

/**
 * `/docs`: a page that shows `/openapi.json`, and lets one try it.
 *
 * @param files As `loadStatic` gives them; the page is `docs.html`.
 */
export function docs(files: StaticFiles): Hono<Env> {
  const app = new Hono<Env>();
  app.get("/docs", (c) => serve(files.get("docs.html"), c.req.raw));
  app.get("/docs/", (c) => c.redirect("/docs", 308));
  return app;
}
