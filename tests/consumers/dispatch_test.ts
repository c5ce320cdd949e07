import { assertEquals, assertMatch, assertStrictEquals } from "@std/assert";
import { z } from "zod";
import { Consumer } from "../../consumers/consumer.ts";
import { nextTurn, until } from "../layers/until.ts";
import { onStage } from "../testing/stage.ts";
import { consumerOf } from "./consumer_of.ts";

/** Says what comes to it from a group. */
function note(this: Consumer, event: { text: string }): void {
  this.send(event.text);
}

Deno.test(
  "an event's type names the method, dots as underscores",
  onStage(async (stage) => {
    const seen: string[] = [];
    const handler = (name: string) => () => void seen.push(name);
    stage.route("/x", () =>
      consumerOf({
        groups: ["g"],
        chat_message: handler("chat_message"),
        a_b_c: handler("a_b_c"),
        note: handler("note"),
        한글: handler("한글"),
      }));
    await stage.connect("/x");
    for (const type of ["chat.message", "chat_message", "a.b.c", "a.b_c", "note", "한글"]) {
      await stage.layer.publish("g", { type });
    }
    await until(() => seen.length === 6, "six events");
    assertEquals(seen, ["chat_message", "chat_message", "a_b_c", "a_b_c", "note", "한글"]);
  }),
);

const base = [
  "connect",
  "receive",
  "disconnect",
  "accept",
  "close",
  "send",
  "sendText",
  "groupAdd",
  "groupDiscard",
  "groupSend",
];
const inner = [
  "decode",
  "encode",
  "receiveText",
  "refuse",
  "deliver",
  "dispatch",
  "handshake",
  "scope",
  "channelName",
  "connection",
];
const ofObjects = [
  "constructor",
  "toString",
  "valueOf",
  "hasOwnProperty",
  "isPrototypeOf",
  "toLocaleString",
  "__proto__",
  "__defineGetter__",
];
const fields = [
  "groups",
  "frame",
  "events",
  "_hidden",
  "__hidden",
  ".hidden",
  "a_field",
  "",
  ".",
  "_",
  "nobody",
  "nobody.knows",
  "Note",
];

for (const type of [...base, ...inner, ...ofObjects, ...fields]) {
  Deno.test(
    `an event of type ${JSON.stringify(type)} has no handler: 1011, and nobody else notices`,
    onStage(async (stage) => {
      const called: unknown[] = [];
      class Strict extends Consumer {
        override groups = ["g"];
        a_field = "not a function";
        override receive() {
          called.push("receive");
        }
        override disconnect(code: number) {
          assertEquals(code, 1011);
        }
        _hidden() {
          called.push("_hidden");
        }
        __hidden() {
          called.push("__hidden");
        }
      }
      stage.route("/strict", () => new Strict());
      stage.route("/any", () => consumerOf({ groups: ["other"], note }));
      const [one, other] = [await stage.connect("/strict"), await stage.connect("/any")];
      const receipt = await stage.layer.publish("g", { type, code: 4000 });
      assertEquals(receipt.duplicate, false);
      assertEquals(await one.receiveClose(), { code: 1011, reason: "" });
      assertMatch(String(stage.takeReports()[0]?.error), /^TypeError: Cannot dispatch an event of type/);
      await stage.layer.publish("other", { type: "note", text: "still here" });
      assertEquals(await other.receiveJson(), "still here");
      assertEquals(called, []);
    }),
  );
}

Deno.test(
  "an unknown type closes those that do not know it, and those that do are served",
  onStage(async (stage) => {
    stage.route("/old", () => consumerOf({ groups: ["g"], note }));
    stage.route("/new", () =>
      consumerOf({
        groups: ["g"],
        note,
        reaction(this: Consumer, { emoji }: { emoji: string }) {
          this.send(emoji);
        },
      }));
    const clients = [await stage.connect("/new"), await stage.connect("/old"), await stage.connect("/new")];
    await stage.layer.publish("g", { type: "reaction", emoji: "👍" });
    await stage.layer.publish("g", { type: "note", text: "after" });
    assertEquals((await clients[1]?.receiveClose())?.code, 1011);
    for (const client of [clients[0], clients[2]]) {
      assertEquals([await client?.receiveJson(), await client?.receiveJson()], ["👍", "after"]);
    }
    stage.takeReports();
  }),
);

Deno.test(
  "a handler that throws or rejects closes its own connection with 1011, and no other's",
  onStage(async (stage) => {
    stage.route("/x", () =>
      consumerOf({
        groups: ["g"],
        note(this: Consumer, { text }: { text: string }) {
          const how = this.scope.query.get("how");
          if (how === "throw") throw new Error("sync");
          if (how === "reject") return nextTurn().then(() => Promise.reject(new Error("async")));
          this.send(text);
        },
      }));
    const [well, throwing, rejecting] = [
      await stage.connect("/x"),
      await stage.connect("/x?how=throw"),
      await stage.connect("/x?how=reject"),
    ];
    await stage.layer.publish("g", { type: "note", text: "a" });
    await stage.layer.publish("g", { type: "note", text: "b" });
    for (const client of [throwing, rejecting]) assertEquals((await client.receiveClose()).code, 1011);
    assertEquals([await well.receiveJson(), await well.receiveJson()], ["a", "b"]);
    assertEquals(stage.takeReports().length, 2);
  }),
);

Deno.test(
  "async handlers of one batch run one after the other, in the log's order",
  onStage(async (stage) => {
    let running = 0;
    const seen: number[] = [];
    stage.route("/x", () =>
      consumerOf({
        groups: ["g"],
        async note(this: Consumer, { n }: { n: number }) {
          assertEquals(++running, 1);
          await nextTurn();
          seen.push(n);
          running--;
        },
      }));
    await stage.connect("/x");
    // One batch: they are published in one turn.
    await Promise.all([1, 2, 3, 4, 5].map((n) => stage.layer.publish("g", { type: "note", n })));
    await until(() => seen.length === 5, "five events");
    assertEquals(seen, [1, 2, 3, 4, 5]);
  }),
);

Deno.test(
  "events are checked by the schema of their type: what fits comes parsed, what does not is 1011",
  onStage(async (stage) => {
    stage.route("/x", () =>
      consumerOf({
        groups: ["g"],
        events: { note: z.object({ text: z.string().transform((text) => text.toUpperCase()) }) },
        note,
        free(this: Consumer, event: { n: unknown }) {
          this.send(event.n);
        },
      }));
    const [one, two] = [await stage.connect("/x"), await stage.connect("/x")];
    await stage.layer.publish("g", { type: "note", text: "hello" });
    await stage.layer.publish("g", { type: "free", n: [1] });
    for (const client of [one, two]) {
      assertEquals([await client.receiveJson(), await client.receiveJson()], ["HELLO", [1]]);
    }
    await stage.layer.publish("g", { type: "note", text: 1 });
    for (const client of [one, two]) assertEquals((await client.receiveClose()).code, 1011);
    assertEquals(stage.takeReports().length, 2);
  }),
);

Deno.test(
  "an event is decoded and checked once for all consumers of an isolate",
  onStage(async (stage) => {
    let checks = 0;
    const schema = z.object({ text: z.string() }).transform((event) => ({ ...event, check: ++checks }));
    const seen: unknown[] = [];
    stage.route(
      "/x",
      () => consumerOf({ groups: ["g"], events: { note: schema }, note: (event: unknown) => void seen.push(event) }),
    );
    for (let i = 0; i < 10; i++) await stage.connect("/x");
    await stage.layer.publish("g", { type: "note", text: "a" });
    await until(() => seen.length === 10, "ten");
    assertEquals(checks, 1);
    for (const event of seen) assertStrictEquals(event, seen[0]);
  }),
);
