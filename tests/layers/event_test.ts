import { assertEquals, assertThrows } from "@std/assert";
import { decodeEvent, encodeEvent, isSameEvent, MAX_EVENT_BYTES } from "../../layers/event.ts";
import { openKvLayer } from "../../layers/kv.ts";
import { ChatError } from "../../protocol/errors.ts";
import { numbers, readAll } from "./witness.ts";

const FRAME = JSON.stringify({ type: "x", text: "" }).length;
/** The longest texts of each kind: of one byte a character as V8 stores them, and of two. */
const LONGEST = [
  "x".repeat(MAX_EVENT_BYTES - 8 - FRAME),
  "é".repeat(MAX_EVENT_BYTES - 8 - FRAME),
  "가".repeat((MAX_EVENT_BYTES - 8) / 2 - FRAME),
  "x".repeat((MAX_EVENT_BYTES - 8) / 2 - FRAME - 1) + "가",
];

Deno.test("an event is measured as Deno KV stores it: one byte a character, or two when one of them is beyond U+00FF", () => {
  for (const text of LONGEST) {
    assertEquals(encodeEvent({ type: "x", text }).bytes, MAX_EVENT_BYTES);
    const error = assertThrows(() => encodeEvent({ type: "x", text: `${text}x` }), ChatError);
    assertEquals(error.code, "too_long");
  }
});

Deno.test("the longest event of each kind, transient or not, goes to the group with the longest name, in Deno KV", async () => {
  const kv = await Deno.openKv(":memory:");
  const layer = await openKvLayer(kv, { deadlineMs: 1_000 });
  const group = "가".repeat(200);
  for (const text of LONGEST) {
    for (const transient of [false, true]) await layer.publish(group, { type: "x", text }, { transient });
  }
  assertEquals((await readAll(layer, group)).map(({ json }) => JSON.parse(json).text), LONGEST);
  await layer.close();
  kv.close();
});

Deno.test("many short events, all transient or in groups of their own, fit the commits that they are cut into", async () => {
  const kv = await Deno.openKv(":memory:");
  const layer = await openKvLayer(kv, { deadlineMs: 2_000 });
  for (const length of [0, 150, 200, 205, 210, 1_000]) {
    await Promise.all(
      numbers(1, 600).flatMap((n) => [
        layer.publish("one", { type: "x", text: "가".repeat(length) }, { transient: true }),
        layer.publish(`${n}`, { type: "x", text: "x".repeat(length) }, { transient: n % 2 === 0 }),
        layer.publish(`${n % 7}`.padEnd(200, "가"), { type: "x", text: "x".repeat(length) }),
      ]),
    );
  }
  await layer.close();
  kv.close();
});

Deno.test("events are the same when their JSON is, or when the caller says so", () => {
  const first = decodeEvent(encodeEvent({ type: "x", text: "a", at: 1, none: undefined }).json);
  const same = encodeEvent({ type: "x", text: "a", at: 1 }).json;
  const later = encodeEvent({ type: "x", text: "a", at: 2 }).json;
  assertEquals([isSameEvent(first, same), isSameEvent(first, later)], [true, false]);
  assertEquals(isSameEvent(first, later, (event) => event["text"] === "a"), true);
  assertEquals(isSameEvent(first, same, () => false), false);
});
