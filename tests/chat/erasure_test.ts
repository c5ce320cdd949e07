import { assert, assertEquals, assertRejects } from "@std/assert";
import { Sessions } from "../../auth/sessions.ts";
import { forgetPerson } from "../../auth/forget.ts";
import { Erasures } from "../../chat/erasure.ts";
import { indexRoom } from "../../chat/search/index_room.ts";
import { Messages } from "../../chat/messages.ts";
import { Reactions } from "../../chat/reactions.ts";
import type { ChannelLayer } from "../../layers/layer.ts";
import { ChatError } from "../../protocol/errors.ts";
import { JIHUN, MINJI, MORITZ, OLIVIA, openIsolate, openLobby } from "./house.ts";
import { onBothLayers } from "./search/a_room.ts";

const NEVER = new AbortController().signal;

function openErasures(layer: ChannelLayer, isolate: ReturnType<typeof openIsolate>) {
  const now = () => isolate.clock.ms++;
  const parts = { layer, standings: isolate.standings, now };
  const [messages, reactions, sessions] = [new Messages(parts), new Reactions(parts), new Sessions(parts)];
  const told: unknown[] = [];
  const erasures = new Erasures(layer, {
    forgetPerson: (person, isLast) => forgetPerson({ layer, sessions, now }, person, isLast),
    deleteMessage: (caller, room, cursor) => messages.delete(caller, room, cursor),
    unreact: (caller, room, cursor, emoji) => reactions.react(caller, room, cursor, emoji, false),
  }, { now, failed: (_person, error) => told.push(error) });
  return { erasures, messages, reactions, sessions, told };
}

/** Every entry of every log that may say something of a person. */
async function everything(layer: ChannelLayer, rooms: string[]): Promise<string> {
  const groups = rooms.flatMap((room) => [`room:${room}`, `audit:${room}`, `reports:${room}`]);
  const logs = await Promise.all([...groups, "audit:", "person:g_minji"].map(async (group) => {
    let text = "";
    let before: string | undefined;
    for (;;) {
      const page = await layer.read(group, { limit: 1_000, ...(before !== undefined && { before }) });
      text += page.entries.map(({ json }) => json).join("\n");
      if (!page.more) return text;
      before = page.entries[0]?.cursor;
    }
  }));
  const kinds = ["room", "member", "membership", "message", "reaction", "named", "read", "person", "session", "seen"];
  const documents = await Promise.all(kinds.map((kind) => layer.list({ prefix: [kind], limit: 1_000 })));
  return [...logs, JSON.stringify(documents.flat())].join("\n");
}

async function livedIn(layer: ChannelLayer) {
  const isolate = openIsolate(layer, { ms: 1_795_000_000_000 });
  const { rooms, members, moderation, reports, direct } = isolate;
  const service = openErasures(layer, isolate);
  const { messages, reactions } = service;
  const lobby = await openLobby(isolate);
  await layer.commit({
    sets: [MINJI, JIHUN, OLIVIA, MORITZ].map(({ user }) => ({
      key: ["person", user.id] as const,
      value: { user, kind: "guest", createdAt: 1 },
    })),
  });
  const theirs = await messages.send(MINJI, lobby, { text: "secret one", key: "k1" });
  await messages.edit(MINJI, lobby, theirs.cursor, "secret two");
  const others = await messages.send(JIHUN, lobby, { text: "kept" });
  await messages.send(MINJI, lobby, { text: "secret reply", thread: others.cursor });
  await reactions.react(MINJI, lobby, others.cursor, "👍", true);
  await reactions.react(JIHUN, lobby, others.cursor, "👍", true);
  await reactions.react(OLIVIA, lobby, theirs.cursor, "👀", true);
  await moderation.mute(MORITZ, lobby, MINJI.user.id, {});
  await moderation.unmute(MORITZ, lobby, MINJI.user.id);
  await reports.report(MINJI, lobby, others.cursor, "because");
  const archived = (await rooms.create(MINJI, { kind: "public", name: "archived" })).name;
  await messages.send(MINJI, archived, { text: "secret archived" });
  await rooms.update(MINJI, archived, { archived: true });
  const left = (await rooms.create(OLIVIA, { kind: "public", name: "left" })).name;
  await members.become(MINJI, left);
  await messages.send(MINJI, left, { text: "secret left" });
  await members.leave(MINJI, left);
  const { name: pair } = (await direct.open(MINJI, JIHUN.user.id)).room;
  await messages.send(MINJI, pair, { text: "secret direct" });
  for (let i = 0; i < 600; i++) await messages.send(JIHUN, lobby, { text: `filler ${i}` });
  await indexRoom(layer, lobby);
  await messages.send(MINJI, lobby, { text: "secret last" });
  return { ...service, lobby, names: [lobby, archived, left, pair], others: others.cursor };
}

Deno.test("of an erased person no text and no name is left, in no log and in no document; the rest stays", async () => {
  await onBothLayers(async (layer) => {
    const { erasures, told, lobby, names, others } = await livedIn(layer);
    const before = await everything(layer, names);
    assert(before.includes("secret") && before.includes('"minji"'));
    await erasures.begin(MINJI.user.id);
    await erasures.finish(MINJI.user.id, NEVER);
    assertEquals(told, []);
    const after = await everything(layer, names);
    assertEquals(after.match(/.{0,80}(secret|"minji").{0,80}/g), null);
    assertEquals(after.split('"filler ').length, before.split('"filler ').length);
    // The other's message is as it was, with the other's reaction.
    const { entries } = await layer.read(`room:${lobby}`, { limit: 1_000 });
    const kept = (await layer.read(`room:${lobby}`, { before: entries[0]?.cursor ?? others, limit: 1_000 })).entries;
    const message = [...kept, ...entries].find(({ cursor }) => cursor === others);
    assertEquals(JSON.parse(message?.json ?? "{}").text, "kept");
    assertEquals(JSON.parse(message?.json ?? "{}").reactions, [{ emoji: "👍", count: 1, users: ["g_jihun"] }]);
    assertEquals(await layer.list({ prefix: ["erasure"], limit: 1 }), []);
    assertEquals(await layer.list({ prefix: ["membership", "g_minji"], limit: 1 }), []);
    const [person] = await layer.get<{ erased: boolean }>([["person", "g_minji"]]);
    assertEquals(person?.value.erased, true);
    // Once more is once.
    const head = (await layer.read(`room:${lobby}`, { limit: 1 })).head;
    await erasures.begin(MINJI.user.id);
    await erasures.finish(MINJI.user.id, NEVER);
    assertEquals((await layer.read(`room:${lobby}`, { limit: 1 })).head, head);
  });
});

Deno.test("an erasure that was interrupted anywhere is finished by the next one", async () => {
  await onBothLayers(async (layer) => {
    const { erasures, names } = await livedIn(layer);
    await erasures.begin(MINJI.user.id);
    let writes = 0;
    let limit = 0;
    const count = <T>(go: () => Promise<T>) => ++writes > limit ? Promise.reject(new Error("crashed")) : go();
    const crashing: ChannelLayer = {
      ...layer,
      commit: (change) => count(() => layer.commit(change)),
      publish: (...given) => count(() => layer.publish(...given)),
    };
    const isolate = openIsolate(crashing, { ms: 1_796_000_000_000 });
    // Each try gets a write further than the one before, and goes on where that one crashed.
    for (let isDone = false; !isDone;) {
      [writes, limit] = [0, limit + 1];
      assert(limit < 200);
      isDone = await openErasures(crashing, isolate).erasures.finish(MINJI.user.id, NEVER).then(
        () => true,
        () => false,
      );
    }
    assert(limit > 5);
    assertEquals(await layer.list({ prefix: ["erasure"], limit: 1 }), []);
    assertEquals((await everything(layer, names)).match(/.{0,80}(secret|"minji").{0,80}/g), null);
  });
});

Deno.test("what is begun is done in the background, at once, and stops with its signal", async () => {
  await onBothLayers(async (layer) => {
    const { erasures, names, sessions } = await livedIn(layer);
    const { caller } = await sessions.create("다른사람");
    const end = new AbortController();
    const running = erasures.run(end.signal);
    const done = Promise.withResolvers<void>();
    const ended: unknown[] = [];
    const watching = await layer.subscribe(`person:${caller.user.id}`, {
      deliver: ({ entries }) => {
        ended.push(...entries.map(({ json }) => JSON.parse(json).why));
        // Told when it begins, when its turn comes, and when it is over.
        if (ended.length === 3) done.resolve();
      },
    });
    await erasures.begin(caller.user.id);
    assertEquals(await sessions.list(caller.user.id), []);
    await done.promise;
    end.abort();
    await running;
    watching.close();
    assert(ended.every((why) => why === "erased"));
    assert((await everything(layer, names)).includes("secret"));
  });
});

Deno.test("nobody who is not known is erased", async () => {
  await onBothLayers(async (layer) => {
    const { erasures } = openErasures(layer, openIsolate(layer, { ms: 1 }));
    const error = await assertRejects(() => erasures.begin("g_nobody"), ChatError);
    assertEquals(error.code, "not_found");
  });
});
