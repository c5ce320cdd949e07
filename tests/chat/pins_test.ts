import { assertEquals } from "@std/assert";
import { MAX_PINS } from "../../chat/pins.ts";
import { assertRefused, jihun, minji, openRoom } from "./message_room.ts";

Deno.test("pins are in the order of pinning, once each, and those who keep order make them", async () => {
  await using room = await openRoom();
  const { cursor: one } = await room.messages.send(jihun, "r", { text: "1" });
  const { cursor: two } = await room.messages.send(jihun, "r", { text: "2" });
  await assertRefused(room.pins.pin(jihun, "r", one, true), "forbidden");
  for (const cursor of [two, one, two]) await room.pins.pin(minji, "r", cursor, true);
  const texts = async () => (await room.pins.list(jihun, "r")).map(({ json }) => JSON.parse(json).text);
  assertEquals(await texts(), ["2", "1"]);
  await room.pins.pin(minji, "r", two, false);
  await room.pins.pin(minji, "r", two, false);
  assertEquals(await texts(), ["1"]);
  assertEquals((await room.log()).filter(({ type }) => type === "pin").map(({ on }) => on), [true, true, false]);
  assertEquals("pinned" in JSON.parse((await room.history.message(jihun, "r", two)).json), false);
});

Deno.test("50 are pinned at the most; one that is no longer kept can be unpinned", async () => {
  await using room = await openRoom();
  const cursors: string[] = [];
  for (let n = 0; n <= MAX_PINS; n++) {
    const { cursor } = await room.messages.send(jihun, "r", { text: `${n}` });
    cursors.push(cursor);
    if (n < MAX_PINS) await room.pins.pin(minji, "r", cursor, true);
  }
  const last = cursors.at(-1) ?? "";
  await assertRefused(room.pins.pin(minji, "r", last, true), "forbidden");
  await room.layer.trim("room:r", cursors[0] ?? "");
  assertEquals((await room.pins.list(jihun, "r")).length, MAX_PINS - 1);
  await room.pins.pin(minji, "r", cursors[0] ?? "", false);
  await room.pins.pin(minji, "r", last, true);
  assertEquals((await room.pins.list(jihun, "r")).length, MAX_PINS);
});
