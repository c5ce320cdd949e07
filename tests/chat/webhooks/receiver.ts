/** What came to a receiver. */
export interface Received {
  readonly headers: Headers;
  readonly body: string;
  readonly path: string;
}

/** A receiver of webhooks on a port of its own. */
export interface Receiver extends AsyncDisposable {
  readonly url: string;
  /** In the order in which they came. */
  readonly received: Received[];
  /** The events of all that came, in order. */
  events(): { type: string; cursor: string; text?: string; deleted?: boolean }[];
}

/**
 * Opens a receiver.
 *
 * @param answer Says what to answer; default 204. `count` is 1 for the first request.
 */
export function openReceiver(
  answer: (count: number, received: Received) => Response | Promise<Response> = () =>
    new Response(null, { status: 204 }),
): Receiver {
  const received: Received[] = [];
  const abort = new AbortController();
  const server = Deno.serve(
    { port: 0, hostname: "127.0.0.1", signal: abort.signal, onListen() {} },
    async (request) => {
      const one = { headers: request.headers, body: await request.text(), path: new URL(request.url).pathname };
      received.push(one);
      return await answer(received.length, one);
    },
  );
  return {
    url: `http://127.0.0.1:${server.addr.port}/in`,
    received,
    events: () => received.flatMap(({ body }) => JSON.parse(body).events),
    async [Symbol.asyncDispose]() {
      abort.abort();
      await server.finished;
    },
  };
}

/** A server that says these bytes to whoever connects, after it has read something, and then holds the line or hangs up. */
export function openRaw(bytes: string | Uint8Array, holds = false): AsyncDisposable & { readonly port: number } {
  const listener = Deno.listen({ port: 0, hostname: "127.0.0.1" });
  const open = new Set<Deno.Conn>();
  const serving = (async () => {
    for await (const connection of listener) {
      open.add(connection);
      await connection.read(new Uint8Array(4_096));
      const all = typeof bytes === "string" ? new TextEncoder().encode(bytes) : bytes;
      try {
        for (let sent = 0; sent < all.length;) sent += await connection.write(all.subarray(sent));
      } catch {
        // The peer has heard enough.
      }
      if (!holds) {
        open.delete(connection);
        connection.close();
      }
    }
  })();
  return {
    port: listener.addr.transport === "tcp" ? listener.addr.port : 0,
    async [Symbol.asyncDispose]() {
      listener.close();
      for (const connection of open) connection.close();
      await serving;
    },
  };
}
