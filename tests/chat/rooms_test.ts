import { assert, assertEquals, assertRejects } from "@std/assert";
import { groupOf, JOIN_LIMIT, Rooms } from "../../chat/rooms.ts";
import { type Batch, type Entry, LayerUnavailable } from "../../layers/layer.ts";
import { createMemoryLayer, type MemoryLayerOptions } from "../../layers/memory.ts";
import { ChatError, type ErrorCode } from "../../protocol/errors.ts";
import { until } from "../layers/until.ts";

const minji = { id: "g_minji", name: "민지" };
const jihun = { id: "g_jihun", name: "지훈" };

/** Rooms over a layer of their own, on a clock that a test moves. */
function openRooms(options: MemoryLayerOptions = {}) {
  const clock = { ms: 1_795_000_000_000 };
  const layer = createMemoryLayer(options);
  const rooms = new Rooms(layer, () => clock.ms++);
  const fill = async (count: number, from = 1) => {
    const cursors: string[] = [];
    for (let n = from; n < from + count; n++) cursors.push((await rooms.send("r", minji, { text: `${n}` })).cursor);
    return cursors;
  };
  return { clock, layer, rooms, fill, [Symbol.asyncDispose]: () => layer.close() };
}

function textsOf(entries: readonly Entry[]): string[] {
  return entries.map(({ json }) => JSON.parse(json).text);
}

async function assertRefused(operation: Promise<unknown>, code: ErrorCode): Promise<void> {
  assertEquals((await assertRejects(() => operation, ChatError)).code, code);
}

Deno.test("a message that was sent is in the room's log as docs/protocol.md has it", async () => {
  await using service = openRooms();
  const { cursor, at, duplicate } = await service.rooms.send("r", minji, { text: " 안녕\n", key: "k" });
  assertEquals([at, duplicate], [1_795_000_000_000, false]);
  const { items } = await service.rooms.history("r", { limit: 50 });
  assertEquals(items.map((item) => item.cursor), [cursor]);
  assertEquals(JSON.parse(items[0]?.json ?? ""), { type: "message", at, user: minji, key: "k", text: " 안녕\n" });
});

Deno.test("a message without a key has none, and is said as often as it is sent", async () => {
  await using service = openRooms();
  const first = await service.rooms.send("r", minji, { text: "a" });
  const second = await service.rooms.send("r", minji, { text: "a" });
  assert(first.cursor < second.cursor);
  assertEquals([first.duplicate, second.duplicate], [false, false]);
  const { items } = await service.rooms.history("r", { limit: 50 });
  for (const { json } of items) assert(!("key" in JSON.parse(json)));
});

Deno.test("[B22] the same key and text give the first one's cursor and time, whoever retries and however late", async () => {
  await using service = openRooms();
  const first = await service.rooms.send("r", minji, { text: "a", key: "k" });
  service.clock.ms += 60_000;
  for (const user of [minji, jihun, { ...minji, name: "other" }]) {
    const again = await service.rooms.send("r", user, { text: "a", key: "k" });
    assertEquals(again, { cursor: first.cursor, at: first.at, duplicate: true });
  }
  assertEquals(textsOf((await service.rooms.history("r", { limit: 50 })).items), ["a"]);
});

Deno.test("[B22] the same key and another text is a conflict, and nothing is said", async () => {
  await using service = openRooms();
  await service.rooms.send("r", minji, { text: "a", key: "k" });
  for (const text of ["b", "a ", "A", "á"]) {
    await assertRefused(service.rooms.send("r", minji, { text, key: "k" }), "conflict");
  }
  assertEquals(textsOf((await service.rooms.history("r", { limit: 50 })).items), ["a"]);
});

Deno.test("two sends with one key at once are one message", async () => {
  await using service = openRooms();
  const sent = await Promise.all(
    Array.from({ length: 20 }, () => service.rooms.send("r", minji, { text: "a", key: "k" })),
  );
  assertEquals(new Set(sent.map(({ cursor, at }) => `${cursor} ${at}`)).size, 1);
  assertEquals(sent.filter(({ duplicate }) => !duplicate).length, 1);
});

Deno.test("a key belongs to its room, and its spelling counts", async () => {
  await using service = openRooms();
  const keys = [["r", "k"], ["s", "k"], ["r", "K"], ["r", "k "], ["r", "é"], ["r", "e\u0301"], [
    "r",
    "__proto__",
  ]] as const;
  for (const [room, key] of keys) {
    assertEquals((await service.rooms.send(room, minji, { text: key, key })).duplicate, false, key);
  }
});

Deno.test("what is no text or no key is refused before anything is written", async () => {
  await using service = openRooms();
  await assertRefused(service.rooms.send("r", minji, { text: "" }), "bad_request");
  await assertRefused(service.rooms.send("r", minji, { text: " \n" }), "bad_request");
  await assertRefused(service.rooms.send("r", minji, { text: "\ud800" }), "bad_request");
  await assertRefused(service.rooms.send("r", minji, { text: "x".repeat(4_001) }), "too_long");
  await assertRefused(service.rooms.send("r", minji, { text: "a", key: "" }), "bad_key");
  await assertRefused(service.rooms.send("r", minji, { text: "a", key: "\ud800" }), "bad_key");
  assertEquals((await service.rooms.history("r", { limit: 50 })).items, []);
  // A key whose text was refused is free.
  await assertRefused(service.rooms.send("r", minji, { text: "", key: "k" }), "bad_request");
  assertEquals((await service.rooms.send("r", minji, { text: "b", key: "k" })).duplicate, false);
});

Deno.test("the longest message in the most bytes fits the log", async () => {
  await using service = openRooms();
  const user = { id: `g_${"x".repeat(16)}`, name: "😀".repeat(32) };
  for (const [i, character] of ["😀", "가", "\u0001", '"'].entries()) {
    const text = character.repeat(3_999) + "가";
    await service.rooms.send("r", user, { text, key: "\u0001".repeat(63) + i });
    assertEquals(textsOf((await service.rooms.history("r", { limit: 1 })).items), [text]);
  }
});

Deno.test("typing comes to who is there and is in no history", async () => {
  await using service = openRooms();
  const { head } = await service.rooms.join("r", undefined);
  const batches: Batch[] = [];
  const subscription = await service.rooms.subscribe("r", head, (batch) => void batches.push(batch), () => {});
  await service.rooms.typing("r", jihun);
  await until(() => batches.length > 0, "somebody types");
  const [entry] = batches[0]?.entries ?? [];
  const event = JSON.parse(entry?.json ?? "");
  assertEquals([event.type, event.user, typeof event.at, "text" in event], ["typing", jihun, "number", false]);
  assertEquals((await service.rooms.history("r", { limit: 50 })).items, []);
  subscription.close();
});

Deno.test("history gives the newest page, oldest first, and says whether there is more", async () => {
  await using service = openRooms();
  const { rooms } = service;
  assertEquals(await rooms.history("r", { limit: 5 }), { items: [], hasBefore: false, hasAfter: false });
  await service.fill(5);
  const whole = await rooms.history("r", { limit: 5 });
  assertEquals([textsOf(whole.items), whole.hasBefore, whole.hasAfter], [["1", "2", "3", "4", "5"], false, false]);
  const part = await rooms.history("r", { limit: 4 });
  assertEquals([textsOf(part.items), part.hasBefore, part.hasAfter], [["2", "3", "4", "5"], true, false]);
});

/** What history says around entry `n` of 1…10, in short. */
async function look(
  service: ReturnType<typeof openRooms>,
  direction: "before" | "after" | "around",
  cursor: string | undefined,
  limit: number,
) {
  const { items, hasBefore, hasAfter } = await service.rooms.history("r", { [direction]: cursor, limit });
  return `${hasBefore ? "<" : "|"}${textsOf(items).join(" ")}${hasAfter ? ">" : "|"}`;
}

Deno.test("history before a cursor, at every edge", async () => {
  await using service = openRooms();
  const at = await service.fill(6);
  assertEquals(await look(service, "before", at[5], 2), "<4 5>");
  assertEquals(await look(service, "before", at[3], 2), "<2 3>");
  assertEquals(await look(service, "before", at[3], 3), "|1 2 3>");
  assertEquals(await look(service, "before", at[3], 200), "|1 2 3>");
  assertEquals(await look(service, "before", at[1], 1), "|1>");
  assertEquals(await look(service, "before", at[0], 5), "|>");
  const { head } = await service.rooms.join("empty", undefined);
  assertEquals(await look(service, "before", head, 5), "|>");
  assertEquals(await service.rooms.history("empty", { before: at[3], limit: 5 }), {
    items: [],
    hasBefore: false,
    hasAfter: false,
  });
});

Deno.test("history after a cursor, at every edge", async () => {
  await using service = openRooms();
  const { head } = await service.rooms.join("r", undefined);
  assertEquals(await look(service, "after", head, 5), "||");
  const at = await service.fill(6);
  assertEquals(await look(service, "after", head, 2), "|1 2>");
  assertEquals(await look(service, "after", head, 6), "|1 2 3 4 5 6|");
  assertEquals(await look(service, "after", at[0], 2), "<2 3>");
  assertEquals(await look(service, "after", at[3], 2), "<5 6|");
  assertEquals(await look(service, "after", at[3], 1), "<5>");
  assertEquals(await look(service, "after", at[5], 5), "<|");
});

Deno.test("history around a cursor, at every edge: its entry, half before and half from it on", async () => {
  await using service = openRooms();
  const { head } = await service.rooms.join("r", undefined);
  const at = await service.fill(6);
  assertEquals(await look(service, "around", at[3], 4), "<2 3 4 5>");
  assertEquals(await look(service, "around", at[3], 6), "|1 2 3 4 5 6|");
  assertEquals(await look(service, "around", at[3], 5), "<2 3 4 5 6|");
  assertEquals(await look(service, "around", at[2], 4), "|1 2 3 4>");
  assertEquals(await look(service, "around", at[0], 4), "|1 2>");
  assertEquals(await look(service, "around", at[5], 4), "<4 5 6|");
  assertEquals(await look(service, "around", at[3], 200), "|1 2 3 4 5 6|");
  assertEquals(await look(service, "around", head, 4), "|1 2>");
});

Deno.test("history around a cursor never gives more than the limit, and always the entry itself", async () => {
  await using service = openRooms();
  const at = await service.fill(6);
  assertEquals(await look(service, "around", at[3], 1), "<4>");
  assertEquals(await look(service, "around", at[0], 1), "|1>");
  assertEquals(await look(service, "around", at[5], 1), "<6|");
  for (let limit = 1; limit <= 12; limit++) {
    for (const [i, around] of at.entries()) {
      const { items } = await service.rooms.history("r", { around, limit });
      assert(items.length <= limit, `${items.length} for ${limit}`);
      assert(textsOf(items).includes(`${i + 1}`), `${i + 1} is not in its own page of ${limit}`);
    }
  }
});

Deno.test("paging from the newest page back and forth meets every message once", async () => {
  await using service = openRooms();
  await service.fill(53);
  const expected = Array.from({ length: 53 }, (_, i) => `${i + 1}`);
  const back: string[] = [];
  let page = await service.rooms.history("r", { limit: 7 });
  back.unshift(...textsOf(page.items));
  while (page.hasBefore) {
    page = await service.rooms.history("r", { before: page.items[0]?.cursor, limit: 7 });
    assert(page.hasAfter);
    back.unshift(...textsOf(page.items));
  }
  assertEquals(back, expected);
  const forth = textsOf(page.items);
  while (page.hasAfter) {
    page = await service.rooms.history("r", { after: page.items.at(-1)?.cursor, limit: 7 });
    assert(page.hasBefore);
    forth.push(...textsOf(page.items));
  }
  assertEquals(forth, expected);
});

Deno.test("pages that long messages cut say that there is more, and no message is left out", async () => {
  await using service = openRooms();
  const texts = Array.from({ length: 60 }, (_, i) => `${i} `.padEnd(4_000, "x"));
  const at: string[] = [];
  for (const text of texts) at.push((await service.rooms.send("r", minji, { text })).cursor);
  const page = await service.rooms.history("r", { limit: 60 });
  assert(page.items.length < 60 && page.hasBefore && !page.hasAfter);
  assertEquals(textsOf(page.items), texts.slice(-page.items.length));
  const after = await service.rooms.history("r", { after: at[0], limit: 60 });
  assertEquals(textsOf(after.items), texts.slice(1, 1 + after.items.length));
  assert(after.hasAfter && after.hasBefore);
  const around = await service.rooms.history("r", { around: at[30], limit: 60 });
  const first = texts.indexOf(textsOf(around.items)[0] ?? "");
  assertEquals(textsOf(around.items), texts.slice(first, first + around.items.length));
  assert(first <= 30 && around.hasBefore && around.hasAfter);
});

Deno.test("history reads from one place at a time", async () => {
  await using service = openRooms();
  const [cursor] = await service.fill(1);
  const pairs = [{ before: cursor, after: cursor }, { before: cursor, around: cursor }, {
    after: cursor,
    around: cursor,
  }];
  for (const two of pairs) await assertRefused(service.rooms.history("r", { ...two, limit: 5 }), "bad_request");
});

Deno.test("[B19] a cursor that is none is bad_cursor, whatever is done with it", async () => {
  await using service = openRooms();
  await service.fill(1);
  for (
    const cursor of [
      "",
      "1e999",
      "-1",
      "garbage",
      "0",
      "x".repeat(29),
      "x".repeat(10_000),
      "../../x",
      "\0",
      "__proto__",
      "null",
    ]
  ) {
    await assertRefused(service.rooms.join("r", cursor), "bad_cursor");
    for (const direction of ["before", "after", "around"]) {
      await assertRefused(service.rooms.history("r", { [direction]: cursor, limit: 5 }), "bad_cursor");
    }
  }
});

Deno.test("a join without a cursor finds the newest page, and is not recovered", async () => {
  await using service = openRooms();
  const empty = await service.rooms.join("r", undefined);
  assertEquals([empty.entries, empty.recovered], [[], false]);
  const at = await service.fill(JOIN_LIMIT + 3);
  const joined = await service.rooms.join("r", undefined);
  assertEquals([joined.entries.length, joined.head, joined.recovered], [JOIN_LIMIT, at.at(-1), false]);
  assertEquals(textsOf(joined.entries)[0], "4");
});

Deno.test("a join after a cursor finds what came after it, oldest first, and is recovered", async () => {
  await using service = openRooms();
  const { head } = await service.rooms.join("r", undefined);
  const at = await service.fill(60);
  const all = await service.rooms.join("r", head);
  assertEquals([all.entries.length, all.head, all.recovered], [60, at[59], true]);
  const some = await service.rooms.join("r", at[56]);
  assertEquals([textsOf(some.entries), some.head, some.recovered], [["58", "59", "60"], at[59], true]);
  const none = await service.rooms.join("r", at[59]);
  assertEquals([none.entries, none.head, none.recovered], [[], at[59], true]);
});

Deno.test("a join that missed more than fits says where it is, and the rest is read on from there", async () => {
  await using service = openRooms();
  const { head } = await service.rooms.join("r", undefined);
  await service.fill(1_200);
  const joined = await service.rooms.join("r", head);
  assert(joined.recovered && joined.entries.length < 1_200);
  assertEquals(joined.head, joined.entries.at(-1)?.cursor);
  const texts = textsOf(joined.entries);
  const subscription = await service.rooms.subscribe(
    "r",
    joined.head,
    (batch) => void texts.push(...textsOf(batch.entries)),
    () => {},
  );
  await until(() => texts.length >= 1_200, "all of them");
  assertEquals(texts, Array.from({ length: 1_200 }, (_, i) => `${i + 1}`));
  subscription.close();
});

Deno.test("a join after a cursor whose past is not kept is not recovered, and finds the newest page", async () => {
  await using service = openRooms();
  await using other = openRooms();
  const at = await service.fill(100);
  await service.layer.trim(groupOf("r"), at[89] ?? "");
  const old = await service.rooms.join("r", at[10]);
  assertEquals([textsOf(old.entries)[0], old.entries.length, old.head, old.recovered], ["91", 10, at[99], false]);
  const edge = await service.rooms.join("r", at[89]);
  assertEquals([textsOf(edge.entries)[0], edge.recovered], ["91", true]);
  const [foreign] = await other.fill(1);
  const lost = await service.rooms.join("r", foreign);
  assertEquals([lost.entries.length, lost.recovered], [10, false]);
});

Deno.test("history after a cursor whose past is not kept is cursor_expired", async () => {
  await using service = openRooms();
  const at = await service.fill(20);
  await service.layer.trim(groupOf("r"), at[9] ?? "");
  await assertRefused(service.rooms.history("r", { after: at[3], limit: 5 }), "cursor_expired");
});

Deno.test("when the log cannot be reached a room says `unavailable`, and a join does not pretend to be new", async () => {
  const service = openRooms();
  const [cursor] = await service.fill(1);
  await service.layer.close();
  await assertRejects(() => service.rooms.send("r", minji, { text: "a" }), LayerUnavailable);
  await assertRejects(() => service.rooms.join("r", cursor), LayerUnavailable);
  await assertRejects(() => service.rooms.typing("r", minji), LayerUnavailable);
  await assertRejects(() => service.rooms.history("r", { limit: 5 }), LayerUnavailable);
});

Deno.test("rooms do not hear each other, whatever they are called", async () => {
  await using service = openRooms();
  const names = ["a", "__proto__", "constructor", "room", "한글방"];
  for (const name of names) await service.rooms.send(name, minji, { text: name });
  for (const name of names) assertEquals(textsOf((await service.rooms.history(name, { limit: 5 })).items), [name]);
});
