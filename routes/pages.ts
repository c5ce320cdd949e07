import { Hono } from "hono";
import { createOrigins, type Origins } from "../auth/origins.ts";
import { MODULE_TYPE, serve, type StaticFiles } from "./static_files.ts";
import type { Env } from "./websocket.ts";

/**
 * `/`, `/test`, `/static/…`, and `/static/~<version>/…`, which a browser need not ask for again: modules import each other by relative names, so
 * one page's modules are all of one version. Pages of allowed origins may import them.
 *
 * @param files As {@linkcode loadStatic} gives them.
 * @param origins Whose pages. Default: the service's own.
 */
export function pages(files: StaticFiles, origins: Origins = createOrigins([])): Hono<Env> {
  const app = new Hono<Env>();
  app.get("/", (c) => serve(files.get("index.html"), c.req.raw));
  app.get("/test", (c) => serve(files.get("test.html"), c.req.raw));
  app.get("/test/", (c) => c.redirect("/test", 308));
  app.get("/favicon.ico", (c) => serve(files.get("icon.svg"), c.req.raw));
  // The path as it was sent: nothing is decoded, so nothing can be smuggled past the map.
  app.get("/static/*", (c) => {
    const [, version, path = ""] = /^\/static\/(?:~([0-9a-f]+)\/)?(.*)$/s.exec(pathOf(c.req.raw)) ?? [];
    const file = files.get(path);
    // A page of another version that is still open gets what there is.
    const response = serve(file, c.req.raw, version === files.version);
    if (file?.type === MODULE_TYPE) shareModule(response.headers, c.req.raw.headers, origins);
    return response;
  });
  return app;
}

/** A module of another origin is fetched with CORS, always; what is kept of the answer to one origin is not for another. */
function shareModule(answer: Headers, asked: Headers, origins: Origins): void {
  answer.append("vary", "Origin");
  const origin = asked.get("origin");
  if (origin === null || !origins.allows(origin, asked.get("host"))) return;
  answer.set("access-control-allow-origin", origin);
}

/** A `Host` that is none makes a URL that is none; what that asks for is not here. */
function pathOf(request: Request): string {
  return URL.parse(request.url)?.pathname ?? "";
}
