import { assert, assertEquals } from "@std/assert";
import { parseEmoji } from "../../chat/reactions.ts";
import { assertRefused, callerOf, jihun, minji, openKvRoom, openRoom, partsOn, stranger } from "./message_room.ts";

const people = Array.from({ length: 25 }, (_, n) => callerOf(`p${n + 10}`));

Deno.test("an emoji is one emoji, with or without its variation selector", () => {
  for (const emoji of ["👍", "👍🏽", "👨‍👩‍👧", "🇰🇷", "❤️"]) assertEquals(parseEmoji(emoji), emoji);
  assertEquals(parseEmoji("❤"), "❤️");
  for (const value of ["", "a", "1", "👍👍", "👍 ", "<img>", "\ufe0f", "👍".repeat(1_000)]) {
    let refused = false;
    try {
      parseEmoji(value);
    } catch {
      refused = true;
    }
    assert(refused, JSON.stringify(value));
  }
});

for (const [kind, open] of [["memory", openRoom], ["kv", openKvRoom]] as const) {
  Deno.test(`${kind}: reactions of many at once, on two isolates, are all counted`, async () => {
    await using room = await open();
    for (const person of people) await room.join(person);
    const other = partsOn(room.layer, room.now);
    const { cursor } = await room.messages.send(jihun, "r", { text: "a" });
    await Promise.all(people.map((person, n) => {
      const { reactions } = n % 2 === 0 ? room : other;
      return reactions.react(person, "r", cursor, "👍", true);
    }));
    const events = (await room.log()).filter(({ type }) => type === "react");
    assertEquals(events.map(({ count }) => count), people.map((_, n) => n + 1));
    const { items } = await room.history.read(jihun, "r", { limit: 1 });
    const [reaction] = JSON.parse(items[0]?.json ?? "").reactions;
    assertEquals([reaction.count, reaction.users.length], [25, 20]);
    // Everyone learns of their own, whether the message names them or not.
    for (const person of people) {
      const { mine } = await room.history.read(person, "r", { limit: 1 });
      assertEquals(mine, { [cursor]: ["👍"] });
    }
    assertEquals((await room.history.read(jihun, "r", { limit: 1 })).mine, {});
    const first = await room.reactions.list(jihun, "r", cursor, "👍", { limit: 20 });
    const rest = await room.reactions.list(jihun, "r", cursor, "👍", { limit: 20, after: first.next });
    assertEquals([...first.items, ...rest.items].map(({ user }) => user.name), people.map(({ user }) => user.name));
    assertEquals(rest.next, undefined);
  });
}

Deno.test("to react twice is to react once, and what nobody gives any more is gone", async () => {
  await using room = await openRoom();
  const { cursor } = await room.messages.send(jihun, "r", { text: "a" });
  for (const on of [true, true, false, false]) {
    assertEquals(await room.reactions.react(minji, "r", cursor, "🎉", on), { count: on ? 1 : 0 });
  }
  assertEquals((await room.log()).map(({ type, on, count }) => [type, on, count]), [
    ["message", undefined, undefined],
    ["react", true, 1],
    ["react", false, 0],
  ]);
  assert(!("reactions" in JSON.parse((await room.history.message(minji, "r", cursor)).json)));
});

Deno.test("a message has 20 different emoji at the most; strangers give none", async () => {
  await using room = await openRoom();
  const { cursor } = await room.messages.send(jihun, "r", { text: "a" });
  for (let n = 0; n < 20; n++) {
    await room.reactions.react(minji, "r", cursor, String.fromCodePoint(0x1f600 + n), true);
  }
  await assertRefused(room.reactions.react(minji, "r", cursor, "👍", true), "forbidden");
  assertEquals(await room.reactions.react(jihun, "r", cursor, "\u{1f600}", true), { count: 2 });
  await assertRefused(room.reactions.react(stranger, "r", cursor, "\u{1f600}", true), "forbidden");
  await room.messages.delete(jihun, "r", cursor);
  await assertRefused(room.reactions.react(jihun, "r", cursor, "\u{1f600}", false), "not_found");
});
