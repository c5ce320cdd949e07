/**
 * The files of the pages: read once, made lean, and served as browsers like them.
 *
 * @module
 */

import { hasEtag } from "./etag.ts";
import { leanPage, leanScript, leanStyle } from "./lean.ts";
import { notFound } from "./problem.ts";

/** One file of the pages, as it is served. */
export interface StaticFile {
  /** Its bytes. */
  readonly body: Uint8Array<ArrayBuffer>;
  /** The same, compressed. */
  readonly gzip: Uint8Array<ArrayBuffer>;
  /** Its media type. */
  readonly type: string;
  /** Strong, of the bytes. */
  readonly etag: string;
}

/** Path below the folder (`chat/app.js`, `i18n/ko.js`) → file. */
export interface StaticFiles extends ReadonlyMap<string, StaticFile> {
  /** Changes with any of them: hexadecimal digits. `/static/~<version>/<path>` is a file of this version for ever. */
  readonly version: string;
}

/** What there is where there are no pages. */
export const NO_FILES: StaticFiles = Object.assign(new Map<string, StaticFile>(), { version: "" });

const TYPES: Readonly<Record<string, string>> = {
  css: "text/css; charset=utf-8",
  html: "text/html; charset=utf-8",
  js: "text/javascript; charset=utf-8",
  svg: "image/svg+xml",
  png: "image/png",
  webmanifest: "application/manifest+json",
};

const STRING = /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`(?:[^`\\]|\\.)*`/gs;

/** The media type of a module, to which pages of other origins may be let. */
export const MODULE_TYPE = TYPES["js"];

/** Names do not change with content, so a browser asks each time and mostly hears 304. */
const ASK_EACH_TIME = "no-cache";
const KEEP = "public, max-age=31536000, immutable";

/** What the pages may do: run and load what is ours, and nothing else. */
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
 * @param folder The folder. Its pages name their files as `"/static/…"`.
 */
export async function loadStatic(folder: URL): Promise<StaticFiles> {
  const sources = new Map<string, Uint8Array<ArrayBuffer>>();
  const read = async (url: URL, prefix: string) => {
    for await (const entry of Deno.readDir(url)) {
      if (entry.isDirectory) await read(new URL(`${entry.name}/`, url), `${prefix}${entry.name}/`);
      if (!entry.isFile || TYPES[endingOf(entry.name)] === undefined) continue;
      sources.set(prefix + entry.name, leanOf(entry.name, await Deno.readFile(new URL(entry.name, url))));
    }
  };
  await read(folder, "");
  const version = (await hashOf(await new Blob([...sources].sort().flat()).bytes())).slice(0, 10);
  const files = new Map<string, StaticFile>();
  for (const [path, source] of sources) {
    const body = path.endsWith(".html") ? fillPage(source, sources, version) : source;
    files.set(path, {
      body,
      gzip: await compress(body),
      // Safe: what has no type was not read.
      type: TYPES[endingOf(path)] as string,
      etag: `"${await hashOf(body)}"`,
    });
  }
  return Object.assign(files, { version });
}

/**
 * Answers with a file, with the headers that every page of ours has, or 304.
 *
 * @param file Undefined: 404.
 * @param request What asked for it.
 * @param isVersioned Whether what it asked for by this name never changes.
 */
export function serve(file: StaticFile | undefined, request: Request, isVersioned = false): Response {
  if (file === undefined) return notFound(URL.parse(request.url)?.pathname ?? "");
  const isCompressed = acceptsGzip(request.headers);
  const etag = isCompressed ? file.etag.replace(/"$/, '-gzip"') : file.etag;
  const headers = {
    "content-type": file.type,
    "content-security-policy": CONTENT_SECURITY_POLICY,
    "etag": etag,
    "cache-control": isVersioned ? KEEP : ASK_EACH_TIME,
    "vary": "Accept-Encoding",
    "cross-origin-opener-policy": "same-origin",
    "referrer-policy": "same-origin",
    "x-content-type-options": "nosniff",
    ...(isCompressed && { "content-encoding": "gzip" }),
  };
  if (hasEtag(request.headers, etag)) return new Response(null, { status: 304, headers });
  return new Response(isCompressed ? file.gzip : file.body, { headers });
}

/**
 * The modules that a module needs before it runs: itself, and all that it imports, and so on.
 *
 * @param sources Path → source.
 * @param path Where to begin.
 * @returns Paths, those first that are named first.
 */
function moduleGraph(sources: ReadonlyMap<string, Uint8Array>, path: string): string[] {
  const found = new Set([path]);
  for (const from of found) {
    const text = new TextDecoder().decode(sources.get(from));
    for (const [, specifier = ""] of text.matchAll(/^(?:import|export)\b[^;"']*?from\s*"(\.[^"]+)"/gm)) {
      found.add(new URL(specifier, `file:///${from}`).pathname.slice(1));
    }
  }
  return [...found];
}

/**
 * Fills in what only the whole folder knows: which languages there are, and which of them have a second file; the modules of a graph (a `modulepreload` that has
 * `data-graph`); those of a graph without another one's (`data-graph` names it), as a bare list of which `boot.js` makes links
 * when they are wanted: a link for each would be a third of the page; and the version, in every name of a file.
 */
function fillPage(
  page: Uint8Array<ArrayBuffer>,
  sources: ReadonlyMap<string, Uint8Array>,
  version: string,
): Uint8Array<ArrayBuffer> {
  const namesOf = (pattern: RegExp) => [...sources.keys()].flatMap((path) => pattern.exec(path)?.[1] ?? []).sort();
  const languages = namesOf(/^i18n\/([\w-]+)\.js$/);
  const split = namesOf(/^i18n\/panes\/([\w-]+)\.js$/);
  const told = `data-languages="${languages.join(" ")}" data-panes="${split.join(" ")}"${
    unfinishedOf(languages, sources)
  }`;
  const text = new TextDecoder().decode(page)
    .replace(/data-languages="[^"]*"/, told)
    .replace(/<link rel="modulepreload" href="\/static\/([^"]+)" data-graph(?:="([^"]+)")?>/g, (_, path, known) => {
      const graph = moduleGraph(sources, path);
      if (known === undefined) {
        return graph.map((each) => `<link rel="modulepreload" href="/static/${each}">`).join("\n");
      }
      const others = new Set(moduleGraph(sources, known));
      return `<link data-modules="${graph.filter((each) => !others.has(each)).join(" ")}">`;
    })
    .replaceAll('"/static/', `"/static/~${version}/`);
  return new TextEncoder().encode(text);
}

/** Tells a page which languages lack words that English has, so that it asks for those too. */
function unfinishedOf(languages: readonly string[], sources: ReadonlyMap<string, Uint8Array>): string {
  const wordsOf = (language: string) => {
    const source = new TextDecoder().decode(sources.get(`i18n/${language}.js`)).replace(STRING, '""');
    return new Set([...source.matchAll(/[{,]\s*(\w+):/g)].map(([, word = ""]) => word));
  };
  const english = wordsOf("en");
  const needed = [...english].filter((word) => !english.has(word.replace(/One$/, "Other")) || !word.endsWith("One"));
  const unfinished = languages.filter((language) => {
    const known = wordsOf(language);
    return needed.some((word) => !known.has(word));
  });
  return unfinished.length === 0 ? "" : ` data-unfinished="${unfinished.join(" ")}"`;
}

function leanOf(name: string, bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const lean = { js: leanScript, css: leanStyle, html: leanPage }[endingOf(name)];
  return lean === undefined ? bytes : new TextEncoder().encode(lean(new TextDecoder().decode(bytes)));
}

function endingOf(name: string): string {
  return name.split(".").at(-1) ?? "";
}

async function compress(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  return await new Response(new Blob([bytes]).stream().pipeThrough(new CompressionStream("gzip"))).bytes();
}

async function hashOf(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex().slice(0, 32);
}

/** RFC 9110 §12.5.3; who gives gzip no weight does not want it. */
function acceptsGzip(headers: Headers): boolean {
  const accepted = headers.get("accept-encoding") ?? "";
  return accepted.split(",").some((each) => /^\s*(?:gzip|\*)\s*(?:;\s*q=(?!0(?:\.0*)?\s*$)|$)/i.test(each));
}
