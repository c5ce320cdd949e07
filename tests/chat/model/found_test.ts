/** What the model found, as plain tests. */

import { assertEquals } from "@std/assert";
import { Members } from "../../../chat/members.ts";
import { Messages } from "../../../chat/messages.ts";
import { indexRoom } from "../../../chat/search/index_room.ts";
import { SEGMENT_ENTRIES } from "../../../chat/search/segments.ts";
import type { ChannelLayer, PublishOptions } from "../../../layers/layer.ts";
import { assertRefused } from "../house.ts";
import type { Intent } from "./commands.ts";
import { runRoom } from "./run_room.ts";
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

Deno.test("who opens a room while it is archived reads it, and is no member", async () => {
  await using at = await openPair();
  const { stage, one, other, room, minji } = at;
  const [sua] = await stage.people(["sua"]);
  if (sua === undefined) throw new TypeError("There is one");
  const layer: ChannelLayer = Object.create(one.layer, {
    publish: {
      value: async (group: string, event: { type: string }, options?: PublishOptions) => {
        await other.service.rooms.update(minji, room, { archived: true });
        return await one.layer.publish(group, event, options);
      },
    },
    get: { value: one.layer.get.bind(one.layer) },
    list: { value: one.layer.list.bind(one.layer) },
  });
  const { standings, people } = one.service;
  const members = new Members({ layer, standings, findUser: async (id) => (await people.find(id))?.user });
  assertEquals((await members.enter(sua, room)).level, "stranger");
  await assertRefused(() => members.become(sua, room), "forbidden");
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
  const find = (next?: string) =>
    service.finder.messages(minji, { room, mentions: jihun.user.id }, { next, limit: 10 });
  let page = await find();
  // On a busy machine a page is answered late, and with nothing but where to go on.
  while (page.items.length === 0 && page.next !== undefined) page = await find(page.next);
  assertEquals(page.items.map((each) => each.cursor), [cursor]);
});

/** Done by the owner, where nothing else is said. */
const DEED: Intent = { type: "look", isolate: 0, who: 0, whom: 0, n: 0, m: 0, on: true, words: [], names: [] };
/** The owner's invitation that nobody has used, taken by the fourth. */
const ACCEPT: Partial<Intent> = { type: "accept", isolate: 1, who: 3, n: 1 };
/** The owner makes another one of the second. */
const PROMOTE: Partial<Intent> = { type: "role", who: 0, whom: 1, n: 0 };
/** What becomes of an owner who has made an invitation, and then of that [V30]. */
const FATES: Readonly<Record<string, readonly Partial<Intent>[]>> = {
  // What seed 396516197 found, at 30:6:7:7:7:7:9.
  "left last": [
    { type: "ban", whom: 2 },
    { type: "leave", who: 1 },
    { type: "leave" },
    { ...ACCEPT, who: 0 },
    { type: "become" },
    ACCEPT,
  ],
  "stepped down for a while": [
    PROMOTE,
    { type: "role", n: 2 },
    ACCEPT,
    { type: "role", who: 1, n: 1 },
    ACCEPT,
  ],
  "was kicked": [
    PROMOTE,
    { type: "role", n: 1 },
    { type: "kick", who: 1 },
    ACCEPT,
    { type: "become" },
    { type: "role", who: 1, n: 1 },
    ACCEPT,
  ],
  "was in an archived room": [
    { type: "archive", n: 0 },
    ACCEPT,
    { type: "archive", n: 1 },
    ACCEPT,
  ],
};

for (const [how, deeds] of Object.entries(FATES)) {
  Deno.test(`an invitation of an owner who ${how} is in the room what it is in its model`, async () => {
    await using stage = await ModelStage.open();
    await runRoom(stage, "public", deeds.map((deed) => [{ ...DEED, ...deed }]), [0]);
  });
}
