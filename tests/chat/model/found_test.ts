/** What the model found, as plain tests. */

import { assertEquals } from "@std/assert";
import { Messages } from "../../../chat/messages.ts";
import { indexRoom } from "../../../chat/search/index_room.ts";
import { SEGMENT_ENTRIES } from "../../../chat/search/segments.ts";
import type { ChannelLayer, PublishOptions } from "../../../layers/layer.ts";
import { assertRefused } from "../house.ts";
import { ModelStage } from "./stage.ts";

/** Two isolates, and a room of two people. */
async function openPair(kind: "public" | "private" = "public") {
  const stage = await ModelStage.open();
  const [minji, jihun] = await stage.people(["minji", "jihun"]);
  if (minji === undefined || jihun === undefined) throw new TypeError("There are two");
  const [one, other] = [stage.at(0), stage.at(1)];
  const { name: room } = await one.service.rooms.create(minji, kind === "public" ? { kind, name: "lobby" } : { kind });
  await other.service.invites.accept(jihun, (await one.service.invites.create(minji, room)).code);
  return { stage, one, other, room, minji, jihun, [Symbol.asyncDispose]: () => stage[Symbol.asyncDispose]() };
}

Deno.test("a deleted reply stays in its thread, as a tombstone", async () => {
  await using at = await openPair();
  const { one: { service }, other, room, minji } = at;
  const { cursor: thread } = await service.messages.send(minji, room, { text: "first" });
  const { cursor } = await service.messages.send(minji, room, { text: "reply", thread });
  await service.messages.delete(minji, room, cursor);
  const { json } = await other.service.history.message(minji, room, cursor);
  assertEquals([JSON.parse(json).thread, JSON.parse(json).deleted], [thread, true]);
  const { items } = await other.service.finder.thread(minji, room, thread, { limit: 10 });
  assertEquals(items.map((each) => each.cursor), [cursor]);
});

Deno.test("nobody answers a message that was deleted while they did", async () => {
  await using at = await openPair();
  const { one, other, room, minji } = at;
  const { cursor: reply } = await one.service.messages.send(minji, room, { text: "first" });
  let isFirst = true;
  const layer: ChannelLayer = Object.create(one.layer, {
    publish: {
      value: async (group: string, event: { type: string }, options?: PublishOptions) => {
        if (isFirst) await other.service.messages.delete(minji, room, reply);
        isFirst = false;
        return await one.layer.publish(group, event, options);
      },
    },
    get: { value: one.layer.get.bind(one.layer) },
    read: { value: one.layer.read.bind(one.layer) },
  });
  const messages = new Messages({ layer, standings: one.service.standings, now: Date.now });
  await assertRefused(() => messages.send(minji, room, { text: "answer", reply }), "not_found");
});

Deno.test("who was put out of a private room on another isolate is told nothing by what was known of them here", async () => {
  await using at = await openPair("private");
  const { one: { service }, other, room, minji, jihun } = at;
  const { cursor } = await service.messages.send(jihun, room, { text: "mine" });
  const { cursor: gone } = await service.messages.send(jihun, room, { text: "gone" });
  await service.messages.delete(jihun, room, gone);
  await service.reactions.react(jihun, room, cursor, "👍", true);
  await service.reading.mark(jihun, room, cursor);
  // Each of them on an isolate that has heard of nothing since.
  const deeds = [
    () => service.reactions.react(jihun, room, cursor, "👍", true),
    () => service.reactions.react(jihun, room, gone, "👍", true),
    () => service.messages.edit(jihun, room, cursor, "mine"),
    () => service.messages.edit(jihun, room, gone, "mine"),
    () => service.messages.delete(jihun, room, gone),
    () => service.messages.send(jihun, room, { text: "answer", reply: gone }),
    () => service.reading.mark(jihun, room, cursor),
  ];
  for (const deed of deeds) {
    await other.service.invites.accept(jihun, (await service.invites.create(minji, room)).code);
    await service.standings.find(jihun, room, true);
    await other.service.moderation.kick(minji, room, jihun.user.id);
    await assertRefused(deed, "forbidden");
  }
});

Deno.test("a message in the index that was edited is found by whom it mentions now", async () => {
  await using at = await openPair();
  const { one: { service, layer }, room, minji, jihun } = at;
  const { cursor } = await service.messages.send(minji, room, { text: "first" });
  await Promise.all(
    Array.from({ length: SEGMENT_ENTRIES }, (_, i) => service.messages.send(minji, room, { text: `${i}` })),
  );
  await indexRoom(layer, room);
  await service.messages.edit(minji, room, cursor, "@jihun first");
  const { items } = await service.finder.messages(minji, { room, mentions: jihun.user.id }, { limit: 10 });
  assertEquals(items.map((each) => each.cursor), [cursor]);
});
