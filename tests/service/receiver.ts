/**
 * Receives an outgoing webhook in the test's own process.
 *
 * @module
 */

import { z } from "zod";
import { verifyRequest } from "../../chat/webhooks/signature.ts";
import { pause } from "./server.ts";

const body = z.object({
  webhook: z.string(),
  room: z.string(),
  events: z.array(z.looseObject({ cursor: z.string(), type: z.string() })),
});

/** See the module. */
export class Receiver implements AsyncDisposable {
  /** Cursors in the order in which they came; one that came again is here again. */
  readonly cursors: string[] = [];
  /** What was not as it must be. */
  readonly faults: string[] = [];
  /** POSTs that came. */
  posts = 0;
  /** Milliseconds that it takes for each. */
  delayMs = 0;
  /** Signs what comes. */
  secret = "";
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  readonly #closing = new AbortController();

  constructor() {
    this.#server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
      try {
        return await this.#take(request);
      } catch (error) {
        // Who posts may be killed before all of it has come.
        if (!(error instanceof Deno.errors.Http)) this.faults.push(String(error));
        return new Response(null, { status: 500 });
      }
    });
  }

  get url(): string {
    return `http://127.0.0.1:${this.#server.addr.port}/hook`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort();
    await this.#server.shutdown();
  }

  async #take(request: Request): Promise<Response> {
    this.posts++;
    const text = await request.text();
    await verifyRequest(this.secret, request.headers, text, Date.now());
    // Heard before it is answered: whoever is killed in between posts it again.
    this.cursors.push(...body.parse(JSON.parse(text)).events.map(({ cursor }) => cursor));
    const end = performance.now() + this.delayMs;
    while (performance.now() < end && !this.#closing.signal.aborted) await pause(10);
    return new Response(null, { status: 204 });
  }
}

/**
 * Whether every cursor is there, and each for the first time in its order. What came before may come again, from some place on.
 *
 * @returns What is wrong; empty is good.
 */
export function wrongIn(heard: readonly string[], log: readonly string[]): string[] {
  const wrong: string[] = [];
  let next = 0;
  for (const cursor of heard) {
    const at = log.indexOf(cursor);
    if (at < 0) wrong.push(`${cursor} is not in the log`);
    else if (at > next) wrong.push(`${cursor} came before ${log[next]}`);
    next = Math.max(next, at + 1);
  }
  if (next < log.length) wrong.push(`${log.length - next} did not come`);
  return wrong;
}
