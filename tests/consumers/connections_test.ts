import { assert, assertEquals } from "@std/assert";
import { Connections } from "../../consumers/connections.ts";

/** One that closes when it is told to, or later, or never. */
class Peer {
  readonly closes: unknown[] = [];
  readonly #connections: Connections;
  readonly #answer: "at once" | "later" | "never";

  constructor(connections: Connections, answer: "at once" | "later" | "never") {
    this.#connections = connections;
    this.#answer = answer;
    connections.add(this);
  }

  close(code: number, reason: string): void {
    this.closes.push([code, reason]);
    if (this.#answer === "at once") this.#connections.delete(this);
    if (this.#answer === "later") queueMicrotask(() => this.#connections.delete(this));
  }
}

Deno.test("open connections are counted, each once", () => {
  const connections = new Connections();
  const peer = new Peer(connections, "never");
  connections.add(peer);
  assertEquals(connections.size, 1);
  connections.delete(peer);
  connections.delete(peer);
  assertEquals([connections.size, connections.isDraining], [0, false]);
});

Deno.test("closeAll tells everyone to come back (1012) and resolves when all have answered", async () => {
  const connections = new Connections();
  const peers = (["at once", "later", "later"] as const).map((answer) => new Peer(connections, answer));
  assertEquals(await connections.closeAll(60_000), 0);
  for (const { closes } of peers) assertEquals(closes, [[1012, "The server restarts"]]);
  assert(connections.isDraining);
});

Deno.test("closeAll waits no longer than it may for those that do not answer, and says how many", async () => {
  const connections = new Connections();
  new Peer(connections, "later");
  new Peer(connections, "never");
  new Peer(connections, "never");
  const begin = performance.now();
  assertEquals(await connections.closeAll(20), 2);
  assert(performance.now() - begin < 2_000);
});

Deno.test("closeAll on nobody resolves at once, leaving no timer", async () => {
  const connections = new Connections();
  assertEquals(await connections.closeAll(60_000), 0);
});

Deno.test("refuse comes before the closing: from then on the isolate drains", () => {
  const connections = new Connections();
  connections.refuse();
  assert(connections.isDraining);
});
