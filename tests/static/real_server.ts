/**
 * The application in this process, on a port, over a log in memory: what `client.js` meets in production, without the
 * browser and without the disk.
 *
 * @module
 */

import { createApp } from "../../app.ts";
import { newSecret } from "../../auth/guests.ts";
import { createOrigins } from "../../auth/origins.ts";
import { Rooms } from "../../chat/rooms.ts";
import { createMemoryLayer } from "../../layers/memory.ts";

/** What a server is to be. */
export interface ServeOptions {
  /** Messages a second; 0, the default, is no limit. */
  readonly sendRate?: number;
  /** Entries that a room keeps. Default 10,000. */
  readonly maxEntries?: number;
  /** Default: a free one. */
  readonly port?: number;
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
export async function serve({ sendRate = 0, maxEntries = 10_000, port = 0 }: ServeOptions = {}): Promise<RealServer> {
  const layer = createMemoryLayer({ maxEntries });
  const faults: unknown[] = [];
  const { app, connections } = await createApp({
    layer,
    secret: newSecret(),
    origins: createOrigins([]),
    sendRate,
    files: new Map(),
    report: (what, error) => faults.push(what, error),
  });
  const rooms = new Rooms(layer);
  const server = Deno.serve(
    { port, hostname: "127.0.0.1", onListen() {} },
    (request, { remoteAddr }) => app.fetch(request, { remoteAddr }),
  );
  return {
    url: `http://127.0.0.1:${server.addr.port}/ws`,
    port: server.addr.port,
    async say(room, ...texts) {
      for (const text of texts) await rooms.send(room, { id: "g_server", name: "이웃" }, { text });
    },
    async [Symbol.asyncDispose]() {
      connections.refuse();
      await connections.closeAll(2_000);
      await layer.close();
      await server.shutdown();
      if (faults.length > 0) throw new AggregateError(faults, "The application has reported faults");
    },
  };
}
