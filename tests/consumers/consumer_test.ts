import { assert, assertEquals, assertMatch, assertNotEquals, assertThrows } from "@std/assert";
import { z } from "zod";
import { Consumer } from "../../consumers/consumer.ts";
import { ChatError } from "../../protocol/errors.ts";
import { nextTurn, until } from "../layers/until.ts";
import { onStage } from "../testing/stage.ts";
import { consumerOf } from "./consumer_of.ts";

/** Says what comes to it from a group. */
function note(this: Consumer, event: { text: string }): void {
  this.send(event.text);
}

Deno.test(
  "by default a consumer accepts, and takes what comes without a word",
  onStage(async (stage) => {
    stage.route("/x", () => new Consumer());
    const client = await stage.connect("/x");
    client.sendJson({ any: ["thing"] });
    assert(await client.receiveNothing(10));
    assertEquals(client.closed, undefined);
  }),
);

Deno.test(
  "a consumer cannot be used before it is connected, nor connected twice",
  onStage(async (stage) => {
    const one = new Consumer();
    for (
      const use of [
        () => one.scope,
        () => one.channelName,
        () => one.channelLayer,
        () => one.close(),
        () => one.send(1),
      ]
    ) {
      assertThrows(use, TypeError, "before it is connected");
    }
    stage.route("/x", () => one);
    await stage.connect("/x");
    const { connected } = await stage.knock("/x");
    assert(!connected.connected && connected.status === 500);
    assertMatch(String(stage.takeReports()[0]?.error), /Cannot connect a consumer twice/);
  }),
);

Deno.test(
  "`groups` are joined before connect is asked, and left at the end",
  onStage(async (stage) => {
    stage.route("/x", () =>
      consumerOf({
        groups: ["news", "weather"],
        async connect() {
          // What is said from the inside already reaches it, once it is accepted.
          await this.groupSend("news", { type: "note", text: "from connect" });
          await this.accept();
        },
        note,
      }));
    const client = await stage.connect("/x");
    assertEquals(await client.receiveJson(), "from connect");
    for (const group of ["news", "weather", "sports"]) await stage.layer.publish(group, { type: "note", text: group });
    assertEquals([await client.receiveJson(), await client.receiveJson()], ["news", "weather"]);
    assert(await client.receiveNothing(10));
    await client.disconnect();
    await stage.layer.publish("news", { type: "note", text: "to nobody" });
    assert(await client.receiveNothing(10));
  }),
);

Deno.test(
  "the groups of a consumer that denies are left",
  onStage(async (stage) => {
    const seen: unknown[] = [];
    stage.route(
      "/x",
      () =>
        consumerOf({
          groups: ["g"],
          connect: () => Promise.resolve(),
          note: (event: unknown) => void seen.push(event),
        }),
    );
    assert(!(await stage.knock("/x")).connected.connected);
    await stage.layer.publish("g", { type: "note" });
    await nextTurn();
    assertEquals(seen, []);
  }),
);

Deno.test(
  "groupAdd joins from now on, twice is once, groupDiscard leaves, and both may be done again",
  onStage(async (stage) => {
    stage.route("/x", () =>
      consumerOf({
        async receive(frame) {
          if (frame === "add") await this.groupAdd("g");
          else this.groupDiscard("g");
          this.send("done");
        },
        note,
      }));
    const client = await stage.connect("/x");
    const say = async (text: string) => void await stage.layer.publish("g", { type: "note", text });
    const order = async (what: string) => {
      client.sendJson(what);
      assertEquals(await client.receiveJson(), "done");
    };
    await say("before");
    await order("add");
    await order("add");
    await say("once");
    assertEquals(await client.receiveJson(), "once");
    await order("discard");
    await order("discard");
    await say("away");
    await order("add");
    await say("again");
    assertEquals(await client.receiveJson(), "again");
    assert(await client.receiveNothing(10));
  }),
);

Deno.test(
  "once groupAdd has resolved nothing can be missed, once groupDiscard has returned nothing comes",
  onStage(async (stage) => {
    const say = (text: string) => void stage.layer.publish("g", { type: "note", text });
    stage.route("/x", () =>
      consumerOf({
        async receive() {
          await this.groupAdd("g");
          say("in");
          await nextTurn();
          say("waits for its turn");
          await nextTurn();
          this.groupDiscard("g");
          say("out");
          await nextTurn();
          this.send("over");
        },
        note,
      }));
    const client = await stage.connect("/x");
    client.sendJson(1);
    client.sendJson(2);
    assertEquals([await client.receiveJson(), await client.receiveJson()], ["over", "over"]);
    // Both came while the consumer had its turn, so they were still waiting when it left the group.
    assert(await client.receiveNothing(10));
  }),
);

Deno.test(
  "groupSend reaches everyone in the group, itself too, and resolves with the entry's cursor",
  onStage(async (stage) => {
    const cursors: string[] = [];
    stage.route("/x", () =>
      consumerOf({
        groups: ["g"],
        async receive(frame) {
          cursors.push((await this.groupSend("g", { type: "note", text: frame })).cursor);
          await this.groupSend("g", { type: "note", text: "passing" }, { transient: true });
        },
        note,
      }));
    const clients = [await stage.connect("/x"), await stage.connect("/x"), await stage.connect("/x")];
    clients[0]?.sendJson("hello");
    for (const client of clients) {
      assertEquals([await client.receiveJson(), await client.receiveJson()], ["hello", "passing"]);
    }
    const { entries } = await stage.layer.read("g", { limit: 10 });
    assertEquals(
      entries.map(({ cursor }) => cursor),
      cursors,
    );
  }),
);

Deno.test(
  "channelName is the connection's own: what is sent there comes to this consumer alone, in order",
  onStage(async (stage) => {
    stage.route("/x", () =>
      consumerOf({
        receive() {
          this.send(this.channelName);
        },
        note,
      }));
    const [one, two] = [await stage.connect("/x"), await stage.connect("/x")];
    one.sendJson(1);
    one.sendJson(2);
    const name = await one.receiveJson();
    assertEquals(await one.receiveJson(), name);
    two.sendJson(1);
    assertNotEquals(await two.receiveJson(), name);
    for (const text of ["a", "b", "c"]) await stage.layer.send(name, { type: "note", text });
    for (const text of ["a", "b", "c"]) assertEquals(await one.receiveJson(), text);
    assert(await two.receiveNothing(10));
    await one.disconnect();
    // It waits there until it expires; nobody is told, nothing is thrown.
    await stage.layer.send(name, { type: "note", text: "late" });
  }),
);

Deno.test(
  "what comes to the own channel is dispatched as an event of a group is: one at a time, unknown is 1011",
  onStage(async (stage) => {
    const names: string[] = [];
    stage.route("/x", () =>
      consumerOf({
        async connect() {
          await this.accept();
          names.push(this.channelName);
        },
        note,
      }));
    for (const type of ["close", "nobody", "_x"]) {
      const client = await stage.connect("/x");
      await stage.layer.send(names.at(-1) ?? "", { type });
      assertEquals((await client.receiveClose()).code, 1011);
      stage.takeReports();
    }
  }),
);

Deno.test(
  "frames are decoded, checked by `frame`, and what is wrong is answered, not thrown",
  onStage(async (stage) => {
    const seen: unknown[] = [];
    stage.route(
      "/checked",
      () => consumerOf({ frame: z.object({ message: z.string() }), receive: (frame) => void seen.push(frame) }),
    );
    stage.route("/free", () => consumerOf({ receive: (frame) => void seen.push(frame) }));
    const [checked, free] = [await stage.connect("/checked"), await stage.connect("/free")];
    checked.sendJson({ message: "a", more: 1 });
    free.sendJson([null]);
    await until(() => seen.length === 2, "two frames");
    assertEquals(seen, [{ message: "a" }, [null]]);
    for (const frame of ["{", '{"message":1}']) {
      checked.send(frame);
      const { type, error } = await checked.receiveJson();
      assertEquals([type, error.code], ["error", "bad_request"]);
    }
    assertEquals([seen.length, checked.closed], [2, undefined]);
  }),
);

Deno.test(
  "a ChatError out of receive is answered with its code; the connection lives on",
  onStage(async (stage) => {
    stage.route("/x", () =>
      consumerOf({
        async receive(frame) {
          await nextTurn();
          if (frame === 1) throw new ChatError("rate_limited", "Slowly", { retryAfterMs: 5 });
          this.send("ok");
        },
      }));
    const client = await stage.connect("/x");
    client.sendJson(1);
    assertEquals(await client.receiveJson(), {
      type: "error",
      error: { code: "rate_limited", message: "Slowly", retryAfterMs: 5 },
    });
    client.sendJson(2);
    assertEquals(await client.receiveJson(), "ok");
  }),
);

Deno.test(
  "another codec needs decode and encode, nothing more",
  onStage(async (stage) => {
    class Lines extends Consumer<string[]> {
      override decode(text: string) {
        return text.split(",");
      }
      override encode(value: unknown) {
        return `${value}`;
      }
      override receive(frame: string[]) {
        this.send(frame.toReversed().join(","));
      }
    }
    stage.route("/x", () => new Lines());
    const client = await stage.connect("/x");
    client.send("a,b,c");
    assertEquals(await client.receive(), "c,b,a");
  }),
);

Deno.test(
  "to send to a client that has gone does nothing; to send what JSON cannot hold is 1011",
  onStage(async (stage) => {
    let gone: Consumer | undefined;
    stage.route("/x", () =>
      consumerOf({
        receive() {
          this.send(1n);
        },
        disconnect() {
          gone = this;
          this.send("to nobody");
        },
      }));
    const client = await stage.connect("/x");
    await client.disconnect();
    gone?.send("to nobody");
    gone?.close();
    assert(await client.receiveNothing(1));
    const other = await stage.connect("/x");
    other.sendJson(1);
    assertEquals((await other.receiveClose()).code, 1011);
    stage.takeReports();
  }),
);

Deno.test(
  "when the layer ends, its connections are told to come back: 1012",
  onStage(async (stage) => {
    stage.route("/x", () => consumerOf({ groups: ["g"], note }));
    const client = await stage.connect("/x");
    await stage.layer.close();
    assertEquals((await client.receiveClose()).code, 1012);
  }),
);

Deno.test(
  "groups that cannot be joined deny the handshake with what the layer says",
  onStage(async (stage) => {
    stage.route("/x", () => consumerOf({ groups: ["g"] }));
    await stage.layer.close();
    const { connected } = await stage.knock("/x");
    assert(!connected.connected && connected.status === 503);
  }),
);
