import { assert, assertEquals } from "@std/assert";
import { exportPerson, exportRoom } from "../../chat/exports.ts";
import { indexRoom } from "../../chat/search/index_room.ts";
import type { ChannelLayer } from "../../layers/layer.ts";
import { chatter, minji, onBothLayers, say } from "./search/a_room.ts";

const other = { id: "g_other", name: "other" };

// deno-lint-ignore no-explicit-any -- a line is any object
async function linesOf(lines: AsyncIterable<string>): Promise<any[]> {
  const all = [];
  for await (const line of lines) {
    assert(!line.includes("\n"));
    all.push(JSON.parse(line));
  }
  return all;
}

Deno.test("a room's export has every lasting event in order, line feeds in texts or not", async () => {
  await onBothLayers(async (layer) => {
    const cursors = [await say(layer, "lobby", "one\ntwo\u2028"), ...await chatter(layer, "lobby", 1_500)];
    await layer.publish("room:lobby", { type: "typing" }, { transient: true });
    const lines = await linesOf(exportRoom(layer, "lobby"));
    assertEquals(lines.map(({ cursor }) => cursor), cursors);
    assertEquals(lines[0].text, "one\ntwo\u2028");
    assertEquals(await linesOf(exportRoom(layer, "empty")), []);
    await layer.trim("room:lobby", cursors[1_499] ?? "");
    assertEquals((await linesOf(exportRoom(layer, "lobby"))).length, 1);
  });
});

Deno.test("who stops reading an export makes nothing more be read", async () => {
  await onBothLayers(async (layer) => {
    await chatter(layer, "lobby", 2_000);
    let reads = 0;
    const counting: ChannelLayer = { ...layer, read: (...given) => (reads++, layer.read(...given)) };
    const lines = exportRoom(counting, "lobby");
    assertEquals(reads, 0);
    assertEquals((await lines.next()).done, false);
    const before = reads;
    await lines.return();
    assertEquals(reads, before);
    assert(before <= 3, `${before} reads`);
  });
});

Deno.test("a person's export has what is theirs, in every room they ever wrote in, and no secret", async () => {
  await onBothLayers(async (layer) => {
    await layer.commit({
      sets: [
        { key: ["person", "g_minji"], value: { user: minji, kind: "guest", createdAt: 1 } },
        { key: ["membership", "g_minji", "here"], value: { joinedAt: 1, notify: "all", favourite: false } },
        { key: ["membership", "g_other", "here"], value: { joinedAt: 1, notify: "all", favourite: false } },
        { key: ["read", "g_minji", "here"], value: "cursor" },
        ...["here", "left"].map((room) => ({ key: ["room", room] as const, value: {} })),
      ],
    });
    await layer.publish("person:g_minji", { type: "mention", at: 1, user: other, room: "here" });
    for (const room of ["here", "left"]) {
      await say(layer, room, "not theirs", { user: other });
      await say(layer, room, `theirs in ${room}`);
      for (let i = 0; i < 600; i++) await say(layer, room, "filler", { user: other });
      await indexRoom(layer, room);
      await layer.publish(`room:${room}`, {
        type: "react",
        at: 1,
        user: minji,
        target: "x",
        emoji: "👍",
        on: true,
        count: 1,
      });
      await layer.publish(`room:${room}`, { type: "member", at: 1, user: other, member: minji, change: "left" });
    }
    const lines = await linesOf(exportPerson(layer, "g_minji", [{ credential: "c_1" }]));
    assertEquals(
      lines.map(({ kind, room, event }) => [kind, room, event?.type, event?.text].filter((part) => part).join(" ")),
      [
        "person",
        "session",
        "membership here",
        "read here",
        "notice mention",
        "event here message theirs in here",
        "event here react",
        "event here member",
        "event left message theirs in left",
        "event left react",
        "event left member",
      ],
    );
  });
});
