import { Hono } from "hono";
import { createOrigins, type Origins } from "../auth/origins.ts";
import { hasEtag } from "./etag.ts";
import { notFound } from "./problem.ts";
import type { Env } from "./websocket.ts";

/** One file of the page, as it is served. */
export interface StaticFile {
  /** Its bytes. */
  readonly body: Uint8Array<ArrayBuffer>;
  /** Its media type. */
  readonly type: string;
  /** Strong, of the bytes. */
  readonly etag: string;
}

const TYPES: Readonly<Record<string, string>> = {
  css: "text/css; charset=utf-8",
  html: "text/html; charset=utf-8",
  js: "text/javascript; charset=utf-8",
  svg: "image/svg+xml",
  png: "image/png",
  webmanifest: "application/manifest+json",
};

/** What the page may do: run and load what is ours, and nothing else. */
export const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self' data:",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
].join("; ");

/**
 * Reads a folder into memory once. What is served is what is in this map: no path from outside ever reaches the file system, and a
 * symbolic link, which could lead anywhere, is left out.
 *
 * @param folder The folder.
 * @returns Path below the folder (`app.js`, `i18n/ko.js`) → file.
 */
export async function loadStatic(folder: URL): Promise<Map<string, StaticFile>> {
  const files = new Map<string, StaticFile>();
  const read = async (url: URL, prefix: string) => {
    for await (const entry of Deno.readDir(url)) {
      if (entry.isDirectory) await read(new URL(`${entry.name}/`, url), `${prefix}${entry.name}/`);
      const type = TYPES[entry.name.split(".").at(-1) ?? ""];
      if (!entry.isFile || type === undefined) continue;
      const body = await Deno.readFile(new URL(entry.name, url));
      const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", body));
      files.set(prefix + entry.name, { body, type, etag: `"${hash.toHex().slice(0, 32)}"` });
    }
  };
  await read(folder, "");
  return files;
}

/**
 * `/`, `/test` and `/static/…`. Pages of allowed origins may import the modules.
 *
 * @param files As {@linkcode loadStatic} gives them.
 * @param origins Whose pages. Default: the service's own.
 */
export function pages(files: ReadonlyMap<string, StaticFile>, origins: Origins = createOrigins([])): Hono<Env> {
  const app = new Hono<Env>();
  app.get("/", (c) => serve(files.get("index.html"), c.req.raw));
  app.get("/test", (c) => serve(files.get("test.html"), c.req.raw));
  app.get("/test/", (c) => c.redirect("/test", 308));
  app.get("/favicon.ico", (c) => serve(files.get("icon.svg"), c.req.raw));
  // The path as it was sent: nothing is decoded, so nothing can be smuggled past the map.
  app.get("/static/*", (c) => {
    const file = files.get(pathOf(c.req.raw).slice("/static/".length));
    const response = serve(file, c.req.raw);
    if (file?.type === TYPES["js"]) shareModule(response.headers, c.req.raw.headers, origins);
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

/**
 * Answers with a file, with the headers that every page of ours has, or 304.
 *
 * @param file Undefined: 404.
 * @param request What asked for it.
 */
export function serve(file: StaticFile | undefined, request: Request): Response {
  if (file === undefined) return notFound(pathOf(request));
  const headers = {
    "content-type": file.type,
    "content-security-policy": CONTENT_SECURITY_POLICY,
    "etag": file.etag,
    // Names do not change with content, so a browser asks each time and mostly hears 304.
    "cache-control": "no-cache",
    "cross-origin-opener-policy": "same-origin",
    "referrer-policy": "same-origin",
    "x-content-type-options": "nosniff",
  };
  if (hasEtag(request.headers, file.etag)) return new Response(null, { status: 304, headers });
  return new Response(file.body, { headers });
}

/** A `Host` that is none makes a URL that is none; what that asks for is not here. */
function pathOf(request: Request): string {
  return URL.parse(request.url)?.pathname ?? "";
}
