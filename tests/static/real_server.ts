/**
 * The application in this process, on a port, over a log in memory: what `client.js` meets in production, without the
 * browser and without the disk.
 *
 * @module
 */

import { createApp } from "../../app.ts";
import type { SignedOptions } from "../../auth/signed.ts";
import { createOrigins } from "../../auth/origins.ts";
import { createMemoryLayer } from "../../layers/memory.ts";
import { NO_FILES } from "../../routes/static_files.ts";

/** What a server is to be. */
export interface ServeOptions {
  /** Messages a second; 0, the default, is no limit. */
  readonly sendRate?: number;
  /** Entries that a room keeps. Default 10,000. */
  readonly maxEntries?: number;
  /** Default: a free one. */
  readonly port?: number;
  /** Whose tokens are taken. Default: nobody's. */
  readonly signed?: SignedOptions;
}

/** A running application. */
export interface RealServer extends AsyncDisposable {
  /** `http://127.0.0.1:<port>/ws`; the client makes ws of it. */
  readonly url: string;
  readonly port: number;
  /** Says something in a room without being there. */
  say(room: string, ...texts: string[]): Promise<void>;
}

/** Starts the application. Disposing of it closes all sockets with 1012. */
export function serve({ sendRate = 0, maxEntries = 10_000, port = 0, signed }: ServeOptions = {}): RealServer {
  const layer = createMemoryLayer({ maxEntries });
  const faults: unknown[] = [];
  const { app, connections, running } = createApp({
    layer,
    origins: createOrigins([]),
    sendRate,
    signed,
    rateScale: 0,
    files: NO_FILES,
    report: (what, error) => faults.push(what, error),
  });
  const server = Deno.serve(
    { port, hostname: "127.0.0.1", onListen() {} },
    (request, { remoteAddr }) => app.fetch(request, { remoteAddr }),
  );
  return {
    url: `http://127.0.0.1:${server.addr.port}/ws`,
    port: server.addr.port,
    async say(room, ...texts) {
      for (const text of texts) {
        await running.service.messages.sendOpen({ id: "g_server", name: "이웃" }, room, text);
      }
    },
    async [Symbol.asyncDispose]() {
      connections.refuse();
      await connections.closeAll(2_000);
      await running.close();
      await layer.close();
      await server.shutdown();
      if (faults.length > 0) throw new AggregateError(faults, "The application has reported faults");
    },
  };
}
