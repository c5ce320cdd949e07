/**
 * Which part of the project a file belongs to, and what that part may import.
 *
 * @module
 */

/** The service's own parts, from the top down: each may import itself and what comes after it. */
const ORDER = ["main", "app", "routes", "consumers", "operations", "chat", "layers", "protocol"] as const;

/** Files of the root that are not what their name says. */
const ROOT_FILES: Readonly<Record<string, Area>> = {
  "main.ts": "main",
  "isolate.ts": "main",
  "isolates.ts": "main",
  "worker.ts": "main",
  "app.ts": "app",
  "service.ts": "app",
  "config.ts": "config",
};

/** What each of the parts beside the order may import of ours, besides itself. */
const MAY_IMPORT: Readonly<Partial<Record<Area, readonly Area[]>>> = {
  config: ["layers", "protocol"],
  auth: ["chat", "layers", "protocol"],
  testing: ["consumers", "operations", "chat", "auth", "layers", "protocol"],
  static: [],
  std_assert: [],
  // They write the documentation from the table.
  tools: ["operations"],
};

/** Who may import the parts beside the order, besides themselves and what is free to import anything. */
const IMPORTED_BY: Readonly<Partial<Record<Area, readonly Area[]>>> = {
  config: ["main", "app"],
  auth: ["main", "app", "routes", "consumers", "operations", "testing"],
  std_assert: ["std_assert"],
};

// `shared` is static/shared/: what has one definition for the server and for the page. It lies in static/ because a browser gets
// nothing else, and chat/ may import it, because what is defined twice drifts apart.

/** No part of the service: free to import anything, and imported by nothing else. */
const FREE: readonly Area[] = ["tests", "bench", "docs"];

/** Who may name an implementation of the layer. */
const NAMES_IMPLEMENTATIONS: readonly Area[] = ["main", "app", "config", "layers", "testing", ...FREE];

const IMPLEMENTATION = /^layers\/(memory|kv|redis)(_[^/]*)?(\.ts$|\/)/;

/** Libraries that some parts must not know: Hono is how the outside reaches a consumer, and only the outside's. */
const KNOWS_NO_HONO: readonly Area[] = ["config", "consumers", "operations", "chat", "layers", "protocol"];

/** A part of the project: a folder of the root, or what a file of the root stands for. */
export type Area =
  | (typeof ORDER)[number]
  | "auth"
  | "bench"
  | "config"
  | "docs"
  | "shared"
  | "static"
  | "std_assert"
  | "testing"
  | "tests"
  | "tools";

const AREAS: readonly Area[] = [
  ...ORDER,
  "auth",
  "bench",
  "config",
  "docs",
  "static",
  "std_assert",
  "testing",
  "tests",
  "tools",
];

/**
 * The part that a file belongs to. A test is a test wherever it lies; an unknown folder or root file is taken for the
 * top, which nothing below may import.
 *
 * @param path A path in this repository, absolute or from its root.
 */
export function areaOf(path: string): Area {
  const [folder = "", ...rest] = fromRoot(path).split("/");
  if (/_(test|bench)\.[jt]s$/.test(path)) return "tests";
  if (rest.length === 0) return ROOT_FILES[folder] ?? "main";
  if (folder === "static" && rest.length > 1 && rest[0] === "shared") return "shared";
  return AREAS.find((area) => area === folder && area !== "main" && area !== "app" && area !== "config") ?? "main";
}

/**
 * The file, from the root, that a specifier in a file names; undefined for a library.
 *
 * @param from The importing file.
 * @param specifier As written.
 */
export function resolveImport(from: string, specifier: string): string | undefined {
  if (!/^(\.{1,2}\/|\/|file:)/.test(specifier)) return undefined;
  return fromRoot(new URL(specifier, `file://${ROOT}/${fromRoot(from)}`).pathname);
}

/**
 * Why one file may not import another, in a sentence; undefined if it may.
 *
 * @param from The importing file.
 * @param to The imported one, from the root.
 */
export function forbiddenImport(from: string, to: string): string | undefined {
  const [above, below] = [areaOf(from), areaOf(to)];
  if (above === below || FREE.includes(above) || mayImport(above, below)) return undefined;
  return `${above} may not import ${below} (${to}): ${reasonOf(above, below)}`;
}

function mayImport(above: Area, below: Area): boolean {
  if (FREE.includes(below)) return false;
  if (above === "shared") return false;
  if (below === "shared") return above === "static" || above === "chat";
  const allowed = MAY_IMPORT[above];
  if (allowed !== undefined) return allowed.includes(below);
  const by = IMPORTED_BY[below];
  if (by !== undefined) return by.includes(above);
  const [high, low] = [rankOf(above), rankOf(below)];
  return high !== -1 && low !== -1 && high <= low;
}

function rankOf(area: Area): number {
  return ORDER.findIndex((each) => each === area);
}

function reasonOf(above: Area, below: Area): string {
  if (above === "static") return "a browser gets static/ and nothing else";
  if (above === "shared") return "what both sides use must be found by both, so static/shared/ uses nothing else";
  if (FREE.includes(below) || below === "testing") return "the service does not know what tests it";
  if (below === "shared") return "only chat shares definitions with the page";
  if (below === "static") return "static/ is served, not imported";
  return `the direction is ${ORDER.join(" -> ")}, never backwards; auth sits beside chat`;
}

/**
 * Why a file may not import a library, in a sentence; undefined if it may.
 *
 * @param from The importing file.
 * @param specifier The library.
 */
export function forbiddenLibrary(from: string, specifier: string): string | undefined {
  const area = areaOf(from);
  if (area === "static" || area === "shared") {
    return `static may not import ${specifier}: there is no bundler, and a browser cannot find it`;
  }
  const isHono = /^(npm:\/?)?hono($|[/@])/.test(specifier);
  return isHono && KNOWS_NO_HONO.includes(area)
    ? `${area} may not import ${specifier}: only routes know Hono`
    : undefined;
}

/**
 * Why a file may not name an implementation, in a sentence; undefined if it may, or if it names none.
 *
 * @param from The importing file.
 * @param to The imported one, from the root.
 */
export function forbiddenName(from: string, to: string): string | undefined {
  if (!IMPLEMENTATION.test(to) || NAMES_IMPLEMENTATIONS.includes(areaOf(from))) return undefined;
  return `${areaOf(from)} may not name an implementation (${to}): take a Layer (layers/layer.ts) as a parameter`;
}

const ROOT = decodeURI(new URL("../..", import.meta.url).pathname).replace(/\/$/, "");

function fromRoot(path: string): string {
  const plain = decodeURI(path.replace(/^file:\/\//, "")).replaceAll("\\", "/");
  return plain.startsWith(`${ROOT}/`) ? plain.slice(ROOT.length + 1) : plain.replace(/^\.?\//, "");
}
