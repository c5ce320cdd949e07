import { assertEquals } from "@std/assert";
import { openCheckedClient } from "../../../static/test/checked_client.js";
import { createFaultyWire } from "../../../static/test/faulty_wire.js";
import { serve } from "../real_server.ts";

const CLOCK = {
  now: () => Date.now(),
  setTimeout: (run: () => void, ms: number): unknown => setTimeout(run, ms),
  clearTimeout: (timer: unknown) => clearTimeout(Number(timer)),
};

Deno.test("over a wire that doubles, swaps, holds and breaks, the real client keeps its promise to a real server, and is seen to", async () => {
  await using server = serve();
  const gone: Promise<unknown>[] = [];
  class Watched extends WebSocket {
    constructor(url: string, protocol?: string) {
      super(url, protocol ?? []);
      gone.push(new Promise((done) => this.addEventListener("close", done)));
    }
  }
  const wire = createFaultyWire({
    WebSocket: Watched,
    clock: CLOCK,
    faults: () => ({ delayMs: 5, duplicate: true, reorder: true }),
    report() {},
  });
  let isDue = () => false;
  const { promise, resolve } = Promise.withResolvers<void>();
  const client = openCheckedClient({
    url: server.url,
    settings: { name: "민지", token: "", room: "놀이터" },
    WebSocket: wire.WebSocket,
    clock: CLOCK,
    async readLog({ room, after, token }) {
      const url = new URL(`/v1/rooms/${room}/messages?after=${after}&limit=3`, server.url);
      const response = await fetch(url, { headers: { authorization: `Bearer ${token}` } });
      return await response.json();
    },
    onState() {},
    onOk() {},
    onHandedOn({ events }) {
      for (const event of events) if (event.type === "message" && /3$/.test(event.text)) wire.drop();
    },
    onVerdict() {
      if (isDue()) resolve();
    },
  });
  for (let index = 1; index <= 15; index++) client.say(`말 ${index}`);
  isDue = () => client.fates.acknowledged === 15 && client.verdict.compared >= 15 && client.verdict.toCome === 0;
  await promise;
  const { gaps, doubles, isOrdered } = client.verdict;
  assertEquals({ gaps, doubles, isOrdered, fates: client.fates }, {
    gaps: 0,
    doubles: 0,
    isOrdered: true,
    fates: { sent: 15, acknowledged: 15, failed: 0 },
  });
  assertEquals(gone.length > 1, true, "it was never dropped");
  client.close();
  wire.drop();
  await Promise.all(gone);
});
