import { assert, assertEquals, assertFalse, assertRejects, assertThrows } from "@std/assert";
import { Consumer } from "../../consumers/consumer.ts";
import { gate, until } from "../layers/until.ts";
import { onService, onStage, type Stage } from "./stage.ts";

/** Says back what it hears, and does what it is told. */
class ParrotConsumer extends Consumer<string> {
  static readonly ended: number[] = [];
  override receive(frame: string): void {
    if (frame === "close") this.close(4001, "as you wish");
    else this.send(frame);
  }
  override disconnect(code: number): void {
    ParrotConsumer.ended.push(code);
  }
}

function onParrot(test: (stage: Stage) => Promise<void>): () => Promise<void> {
  return onStage(async (stage) => {
    stage.route("/parrot", () => new ParrotConsumer());
    await test(stage);
  });
}

Deno.test(
  "a client connects, sends and receives text and JSON without a port",
  onParrot(async (stage) => {
    const client = stage.client("/parrot");
    assertEquals(await client.connect(), { connected: true, subprotocol: undefined });
    client.sendJson("안녕");
    assertEquals(await client.receiveJson(), "안녕");
    client.send(' "raw" ');
    assertEquals(await client.receive(), '"raw"');
  }),
);

Deno.test(
  "frames come in order, and wait until they are taken",
  onParrot(async (stage) => {
    const client = await stage.connect("/parrot");
    for (let i = 0; i < 100; i++) client.sendJson(`${i}`);
    for (let i = 0; i < 100; i++) assertEquals(await client.receiveJson(), `${i}`);
    assert(await client.receiveNothing(1));
  }),
);

Deno.test(
  "a receive that times out leaves the consumer alive, unlike in Channels",
  onParrot(async (stage) => {
    const client = await stage.connect("/parrot");
    await assertRejects(() => client.receive(5), Error, "none came within 5 ms");
    await assertRejects(() => client.receiveJson(5), Error, "none came within 5 ms");
    assert(await client.receiveNothing(5));
    assertEquals([client.closed, stage.connections.size], [undefined, 1]);
    client.sendJson("still there");
    assertEquals(await client.receiveJson(), "still there");
  }),
);

Deno.test(
  "a frame that comes after a receive has timed out goes to the next one",
  onStage(async (stage) => {
    const turn = gate();
    stage.route("/late", () =>
      new class extends Consumer {
        override async receive() {
          await turn.passed;
          this.send("late");
        }
      }());
    const client = await stage.connect("/late");
    client.sendJson(1);
    await assertRejects(() => client.receive(5), Error);
    turn.open();
    assertEquals(await client.receiveJson(), "late");
  }),
);

Deno.test(
  "receiveNothing says whether something is there, and leaves it",
  onParrot(async (stage) => {
    const client = await stage.connect("/parrot");
    assert(await client.receiveNothing(5));
    client.sendJson("x");
    assertFalse(await client.receiveNothing(5));
    assertEquals(await client.receiveJson(), "x");
  }),
);

Deno.test(
  "a close of the consumer comes after its frames, with code and reason",
  onParrot(async (stage) => {
    const client = await stage.connect("/parrot");
    await assertRejects(() => client.receiveClose(5), Error, "did not close within 5 ms");
    client.sendJson("last");
    client.sendJson("close");
    assertEquals(await client.receiveClose(), { code: 4001, reason: "as you wish" });
    assertEquals(client.closed, { code: 4001, reason: "as you wish" });
    assertEquals(await client.receiveJson(), "last");
    await assertRejects(() => client.receive(), Error, "the consumer closed with 4001");
    assertThrows(() => client.sendJson("more"), TypeError, "not open");
  }),
);

Deno.test(
  "a refused handshake says its status and holds the response",
  onService(async (stage) => {
    const { client, connected } = await stage.knock("/ws/chat/", {
      headers: { origin: "https://evil.test", host: "chat.test" },
    });
    assert(!connected.connected);
    assertEquals([connected.status, (await connected.response.json()).code], [403, "forbidden"]);
    assertThrows(() => client.send("x"), TypeError, "not open");
    const nowhere = await stage.knock("/nowhere");
    assert(!nowhere.connected.connected && nowhere.connected.status === 404);
  }),
);

Deno.test(
  "a client cannot send before it has connected",
  onParrot((stage) => {
    assertThrows(() => stage.client("/parrot").send("x"), TypeError, "not open");
    return Promise.resolve();
  }),
);

Deno.test(
  "headers, query and subprotocols of the handshake come to the consumer, its choice comes back",
  onStage(async (stage) => {
    stage.route("/choose", () =>
      new class extends Consumer {
        override async connect() {
          const { subprotocols, headers, query } = this.scope;
          await this.accept(subprotocols[1]);
          this.send([subprotocols, headers.get("x-test"), query.get("q")]);
        }
      }());
    const { client, connected } = await stage.knock("/choose?q=%ED%95%9C", {
      subprotocols: ["a", "b"],
      headers: { "x-test": "1" },
    });
    assertEquals(connected, { connected: true, subprotocol: "b" });
    assertEquals(await client.receiveJson(), [["a", "b"], "1", "한"]);
  }),
);

Deno.test(
  "disconnect tells the consumer, with the code, and gives it its turn",
  onParrot(async (stage) => {
    ParrotConsumer.ended.length = 0;
    const client = await stage.connect("/parrot");
    await client.disconnect(4123);
    assertEquals([ParrotConsumer.ended, stage.connections.size], [[4123], 0]);
    assertThrows(() => client.sendJson("x"), TypeError, "not open");
    await client.disconnect();
    assertEquals(ParrotConsumer.ended, [4123]);
  }),
);

Deno.test(
  "a close of the consumer comes back to it as its disconnect, once",
  onParrot(async (stage) => {
    ParrotConsumer.ended.length = 0;
    const client = await stage.connect("/parrot");
    client.sendJson("close");
    await until(() => ParrotConsumer.ended.length > 0, "the end");
    await client.disconnect();
    assertEquals(ParrotConsumer.ended, [4001]);
  }),
);

Deno.test(
  "a binary frame is one",
  onParrot(async (stage) => {
    const client = await stage.connect("/parrot");
    client.send(new Uint8Array([1]));
    assertEquals((await client.receiveClose()).code, 1003);
  }),
);
