/**
 * A process whose consumers throw in every place there is, beside one that does not. It says its port, and lives until
 * it is killed or a throw ends it.
 *
 * @module
 */

import { Hono } from "hono";
import { Consumer } from "../../consumers/consumer.ts";
import { createMemoryLayer } from "../../layers/memory.ts";
import { type Env, websocket } from "../../routes/websocket.ts";
import { consumerOf } from "./consumer_of.ts";
import type { PLACES } from "./throwing_places.ts";

type Place = (typeof PLACES)[number];

const layer = createMemoryLayer();
const app = new Hono<Env>();
let reports = 0;
const parts = { layer, report: () => void reports++ };

app.get("/reports", (c) => c.json(reports));
app.get("/publish/:group", async (c) => {
  await layer.publish(c.req.param("group"), { type: "note" });
  return c.json({ ok: true });
});
app.get(
  "/echo",
  websocket(() =>
    consumerOf({
      groups: ["everyone"],
      receive(frame) {
        this.send(frame);
      },
      note(this: Consumer) {
        this.send("note");
      },
    }), parts),
);
app.get("/throw/:place/:way", (c, next) => {
  // The test asks for these alone.
  const place = c.req.param("place") as Place;
  return websocket(() => create(place, c.req.param("way")), parts)(c, next);
});

const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, (request) => app.fetch(request, {}));
console.log(server.addr.port);

function fail(way: string): never | Promise<never> {
  const error = way === "null" ? null : way === "odd" ? Object.freeze({ stack: 1 }) : new Error("thrown on purpose");
  if (way === "async") return Promise.reject(error);
  if (way === "later") return new Promise((_, reject) => setTimeout(() => reject(error), 1));
  throw error;
}

function create(place: Place, way: string): Consumer {
  const at = (here: Place): unknown => here === place ? fail(way) : undefined;
  // Neither of these is awaited by anyone, so a promise would be the fixture's own fault.
  if (place === "construct") fail("sync");
  const consumer: Consumer = consumerOf({
    groups: ["everyone"],
    async connect() {
      await at("connect before accept");
      const opened = this.accept();
      await at("connect while it opens");
      await opened;
      if (place === "channel") await layer.send(this.channelName, { type: "direct" });
      await at("connect after accept");
    },
    async receive() {
      await at("receive");
      if (place === "encode") this.send({ toJSON: () => fail("sync") });
      if (place === "close") this.close(1, "x".repeat(1_000));
    },
    note: () => at("handler"),
    direct: () => at("channel"),
    // Nothing, or what no consumer should return.
    disconnect: () => at("disconnect") as void,
  });
  if (place === "frame") Object.assign(consumer, { frame: { safeParse: () => fail(way === "null" ? way : "sync") } });
  return consumer;
}
