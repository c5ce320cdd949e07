import { assertEquals } from "@std/assert";
import { assertRefused, jihun, minji, openKvRoom, openRoom, stranger } from "./message_room.ts";

type Room = Awaited<ReturnType<typeof openRoom>>;

/** Messages 0, 1, 2 … with `noise` reactions behind each. */
async function fill(room: Room, count: number, noise = 0): Promise<string[]> {
  const cursors: string[] = [];
  for (let n = 0; n < count; n++) {
    const { cursor } = await room.messages.send(jihun, "r", { text: `${n}` });
    cursors.push(cursor);
    for (let i = 0; i < noise; i++) await room.reactions.react(minji, "r", cursor, "👍", i % 2 === 0);
  }
  return cursors;
}

async function page(room: Room, options: Partial<Parameters<Room["history"]["read"]>[2]>) {
  const { items, hasBefore, hasAfter } = await room.history.read(jihun, "r", { limit: 3, ...options });
  return [items.map(({ json }) => Number(JSON.parse(json).text)), hasBefore, hasAfter];
}

for (const [kind, open] of [["memory", openRoom], ["kv", openKvRoom]] as const) {
  for (const noise of [0, 7]) {
    Deno.test(`${kind}: pages hold messages only, and know what is around them, with ${noise} events between`, async () => {
      await using room = await open();
      assertEquals(await page(room, {}), [[], false, false]);
      const at = await fill(room, 7, noise);
      assertEquals(await page(room, {}), [[4, 5, 6], true, false]);
      assertEquals(await page(room, { limit: 7 }), [[0, 1, 2, 3, 4, 5, 6], false, false]);
      assertEquals(await page(room, { before: at[4] }), [[1, 2, 3], true, true]);
      assertEquals(await page(room, { before: at[3] }), [[0, 1, 2], false, true]);
      assertEquals(await page(room, { before: at[0] }), [[], false, true]);
      assertEquals(await page(room, { after: at[0] }), [[1, 2, 3], true, true]);
      assertEquals(await page(room, { after: at[3] }), [[4, 5, 6], true, false]);
      assertEquals(await page(room, { after: at[6] }), [[], true, false]);
      assertEquals(await page(room, { around: at[3] }), [[2, 3, 4], true, true]);
      assertEquals(await page(room, { around: at[0], limit: 4 }), [[0, 1], false, true]);
      assertEquals(await page(room, { around: at[6], limit: 1 }), [[6], true, false]);
    });
  }

  Deno.test(`${kind}: a page has messages as they have become`, async () => {
    await using room = await open();
    const [first = "", second = ""] = await fill(room, 2);
    await room.messages.edit(jihun, "r", first, "edited");
    await room.reactions.react(minji, "r", first, "👍", true);
    await room.pins.pin(minji, "r", first, true);
    await room.messages.delete(minji, "r", second);
    const { items, mine } = await room.history.read(minji, "r", { limit: 50 });
    const [one, two] = items.map(({ json }) => JSON.parse(json));
    assertEquals([one.text, typeof one.edited, one.pinned], ["edited", "number", true]);
    assertEquals(one.reactions, [{ emoji: "👍", count: 1, users: [minji.user.id] }]);
    assertEquals([two.text, two.deleted], [undefined, true]);
    assertEquals(mine, {});
  });
}

Deno.test("a log full of other things is read on from where the work ended", async () => {
  await using room = await openRoom();
  const [first = ""] = await fill(room, 1);
  const other = { type: "other" };
  await Promise.all(Array.from({ length: 6_000 }, () => room.layer.publish("room:r", other)));
  const { items, hasBefore, next } = await room.history.read(jihun, "r", { limit: 3 });
  assertEquals([items, hasBefore, typeof next], [[], true, "string"]);
  const rest = await room.history.read(jihun, "r", { limit: 3, before: next });
  assertEquals([rest.items.map(({ cursor }) => cursor), rest.hasBefore, rest.next], [[first], false, undefined]);
});

Deno.test("who may not see a room reads nothing of it, and two cursors are one too many", async () => {
  await using room = await openRoom({ info: { kind: "private" } });
  const [first = ""] = await fill(room, 1);
  const error = await assertRefused(room.history.read(stranger, "r", { limit: 3 }), "forbidden");
  const hidden = await assertRefused(room.history.message(stranger, "r", first), "forbidden");
  assertEquals(error.message, hidden.message);
  await assertRefused(room.history.read(jihun, "r", { limit: 3, before: first, after: first }), "bad_request");
  await assertRefused(room.history.read(jihun, "r", { limit: 3, before: "1e999" }), "bad_cursor");
  await assertRefused(room.history.message(jihun, "r", first.replace(/.$/, "f")), "not_found");
});
