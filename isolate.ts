/**
 * One isolate of the service: database, layer, application, port; and its orderly end.
 *
 * @module
 */

import { dirname } from "node:path";
import { createApp } from "./app.ts";
import { createOrigins } from "./auth/origins.ts";
import { type Config, ConfigError, type KvPlace } from "./config.ts";
import type { Report } from "./consumers/connection.ts";
import { openKvLayer } from "./layers/kv.ts";
import type { ChannelLayer } from "./layers/layer.ts";
import { createMemoryLayer } from "./layers/memory.ts";
import { createAddresses } from "./routes/address.ts";
import { loadStatic } from "./routes/static_files.ts";

/** A running isolate. */
export interface Isolate {
  /** The port that it listens on. */
  readonly port: number;
  /** Whether background workers have a queue on this database. */
  readonly hasQueues: boolean;
  /**
   * Ends in order: no new sockets, pending commits finish, sockets close with 1012, the database is closed. At most
   * {@linkcode DRAIN_MS}, even if a peer has stopped reading.
   *
   * @returns How many sockets did not answer the close.
   */
  drain(): Promise<number>;
}

/** Milliseconds for commits to finish, for peers to answer the close, and for the last responses. Deno Deploy gives 5 s in all. */
const FLUSH_MS = 1_500;
const CLOSE_MS = 1_500;
const SHUTDOWN_MS = 500;

/** Tries to open a database file that is locked. */
const OPEN_TRIES = 10;

/** Milliseconds that {@linkcode Isolate.drain} takes at the most. */
export const DRAIN_MS = FLUSH_MS + CLOSE_MS + 3 * SHUTDOWN_MS;

/**
 * Starts an isolate.
 *
 * @param config Where to listen, and on which database.
 * @param options Whether other isolates listen on the same port.
 */
export async function startIsolate(config: Config, options: { readonly reusePort: boolean }): Promise<Isolate> {
  const own = config.publicUrl === undefined ? [] : [config.publicUrl];
  // A proxy may have written another Host than the one that browsers asked: the service's own pages are known by its address.
  const origins = refusedAs("ALLOWED_ORIGINS", () => createOrigins([...config.allowedOrigins, ...own]));
  const addresses = refusedAs("TRUSTED_PROXIES", () => createAddresses(config.trustedProxies));
  const files = await loadStatic(new URL("./static/", import.meta.url));
  const store = await openStore(config);
  const { app, connections, running } = createApp({
    ...config,
    layer: store.layer,
    origins,
    addresses,
    files,
    report,
  });
  running.start();
  // A promise that a consumer forgot to await is its fault, and nobody else's end.
  globalThis.addEventListener("unhandledrejection", (event) => {
    event.preventDefault();
    report("a promise that nobody awaited", event.reason);
  });
  const abort = new AbortController();
  const { host: hostname, port } = config;
  const server = refusedAs(`HOST=${hostname} PORT=${port}`, () =>
    Deno.serve(
      { port, hostname, reusePort: options.reusePort, signal: abort.signal, onListen() {} },
      (request, info) => app.fetch(request, { remoteAddr: info.remoteAddr }),
    ));

  return {
    port: server.addr.port,
    hasQueues: store.hasQueues,
    async drain() {
      connections.refuse();
      // What was acknowledged is durable already; this is for what is on its way, and for its acknowledgements.
      await atMost(store.layer.flush(), FLUSH_MS);
      const deaf = await connections.closeAll(CLOSE_MS);
      await atMost(running.close(), SHUTDOWN_MS);
      await atMost(store.close(), SHUTDOWN_MS);
      abort.abort();
      await atMost(server.finished, SHUTDOWN_MS);
      return deaf;
    },
  };
}

interface Store {
  readonly layer: ChannelLayer;
  readonly hasQueues: boolean;
  close(): Promise<void>;
}

async function openStore(config: Config): Promise<Store> {
  if (config.layer === "memory") {
    const layer = createMemoryLayer();
    return { layer, hasQueues: true, close: () => layer.close() };
  }
  const kv = await openKv(config.kv);
  // A commit waits for the disk. Reads that have a handle of their own need not wait behind it; memory is private to each handle.
  const reads = config.kv.kind === "file" ? await openKv(config.kv) : undefined;
  const isRemote = config.kv.kind === "remote" || config.kv.kind === "platform";
  const layer = await openKvLayer(kv, {
    hasQueues: !isRemote,
    maxChecks: isRemote ? 10 : 100,
    ...(reads !== undefined && { reads }),
  });
  const close = async () => {
    await layer.close();
    reads?.close();
    kv.close();
  };
  return { layer, hasQueues: !isRemote, close };
}

async function openKv(place: KvPlace): Promise<Deno.Kv> {
  switch (place.kind) {
    case "memory":
      return await Deno.openKv(":memory:");
    case "platform":
      return await Deno.openKv();
    case "remote":
      try {
        return await Deno.openKv(place.url);
      } catch (error) {
        throw refused(`KV_URL=${JSON.stringify(place.url)}`, error);
      }
    case "file":
      try {
        await Deno.mkdir(dirname(place.path), { recursive: true });
        return await openFile(place.path);
      } catch (error) {
        throw refused(`KV_URL=${JSON.stringify(place.path)}`, error);
      }
  }
}

/** Isolates and processes that open the same new file at once find it locked now and then. */
async function openFile(path: string): Promise<Deno.Kv> {
  for (let tries = 1;; tries++) {
    try {
      return await Deno.openKv(path);
    } catch (error) {
      if (tries === OPEN_TRIES || !(error instanceof Error && error.message.includes("locked"))) throw error;
      await new Promise((resolve) => setTimeout(resolve, 20 * tries));
    }
  }
}

/** Uses a setting; whatever it throws becomes a {@linkcode ConfigError} that names it. */
export function refusedAs<T>(setting: string, use: () => T): T {
  try {
    return use();
  } catch (error) {
    throw refused(setting, error);
  }
}

function refused(setting: string, cause: unknown): ConfigError {
  return new ConfigError(`Cannot use ${setting}: ${cause instanceof Error ? cause.message : cause}`, { cause });
}

/** One line on standard error, whatever is in it. */
const report: Report = (what, error) => {
  const detail = error instanceof Error ? error.stack ?? error.message : String(error);
  console.error(JSON.stringify({ level: "error", at: new Date().toISOString(), what, detail }));
};

async function atMost(operation: Promise<unknown>, timeoutMs: number): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise((resolve) => timer = setTimeout(resolve, timeoutMs));
  await Promise.race([operation.catch((error) => report("drain", error)), late]);
  clearTimeout(timer);
}
