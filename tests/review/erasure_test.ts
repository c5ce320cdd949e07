import { assertEquals, assertThrows } from "@std/assert";
import { Bans } from "../../auth/bans.ts";
import { People } from "../../auth/people.ts";
import { Sessions } from "../../auth/sessions.ts";
import { type ErasureHooks, Erasures } from "../../chat/erasure.ts";
import { reportsGroup, roomGroup } from "../../chat/keys.ts";
import { Messages } from "../../chat/messages.ts";
import type { ChannelLayer, DocumentKey } from "../../layers/layer.ts";
import { ChatError } from "../../protocol/errors.ts";
import { JIHUN, MINJI, MORITZ, openIsolate, openLobby } from "../chat/house.ts";
import { onBothLayers } from "../chat/search/a_room.ts";

Deno.test("who reported something that was dealt with since can be erased; that it was dealt with stays", async () => {
  await onBothLayers(async (layer) => {
    const isolate = openIsolate(layer, { ms: 1_795_000_000_000 });
    const now = () => isolate.clock.ms++;
    const messages = new Messages({ layer, standings: isolate.standings, now });
    const lobby = await openLobby(isolate);
    const { user } = MINJI;
    await layer.commit({ sets: [{ key: ["person", user.id], value: { user, kind: "guest", createdAt: 1 } }] });
    const { cursor } = await messages.send(JIHUN, lobby, { text: "kept", key: "k" });
    await isolate.reports.report(MINJI, lobby, cursor, "x");
    const [report] = (await layer.read(reportsGroup(lobby), { limit: 1 })).entries;
    await isolate.reports.resolve(MORITZ, lobby, report?.cursor ?? "");
    const resolved = async () => (await isolate.reports.list(MORITZ, lobby, { limit: 10 })).items[0]?.resolved?.user;
    assertEquals(await resolved(), MORITZ.user);
    const erasures = new Erasures(layer, {
      forgetPerson: () => Promise.resolve(),
      deleteMessage: () => Promise.resolve(),
      unreact: () => Promise.resolve(),
    }, { now });
    await erasures.begin(user.id);
    await erasures.finish(user.id, new AbortController().signal);
    assertEquals(await layer.list({ prefix: ["erasure"], limit: 1 }), []);
    const [{ json } = { json: "" }] = (await layer.read(reportsGroup(lobby), { limit: 1 })).entries;
    const { user: by, reason } = JSON.parse(json);
    assertEquals([by, reason], [{ id: user.id, name: "" }, ""]);
    assertEquals(await resolved(), MORITZ.user);
  });
});

Deno.test("what somebody says while they are erased, with a request that had been let in before, is erased or refused", async () => {
  await onBothLayers(async (layer) => {
    const isolate = openIsolate(layer, { ms: 1_795_000_000_000 });
    const other = openIsolate(layer, isolate.clock);
    const now = () => isolate.clock.ms++;
    const lobby = await openLobby(isolate);
    const { user } = MINJI;
    await layer.commit({ sets: [{ key: ["person", user.id], value: { user, kind: "guest", createdAt: 1 } }] });
    const elsewhere = new Messages({ layer, standings: other.standings, now });
    await elsewhere.send(MINJI, lobby, { text: "secret", key: "first" });
    // She goes on talking on another isolate, which knows her as a member, after each thing that the erasure asks of the database.
    let said = 0;
    const refused: string[] = [];
    const say = () =>
      elsewhere.send(MINJI, lobby, { text: "secret", key: `${++said}` }).catch(({ code }) => refused.push(code));
    const chatty: ChannelLayer = {
      ...layer,
      async get<T>(keys: readonly DocumentKey[]) {
        const found = await layer.get<T>(keys);
        if (said < 200) await say();
        return found;
      },
    };
    const messages = new Messages({ layer, standings: isolate.standings, now });
    const hooks: ErasureHooks = {
      forgetPerson: () => Promise.resolve(),
      deleteMessage: (caller, room, cursor) => messages.delete(caller, room, cursor),
      unreact: () => Promise.resolve(),
    };
    const erasures = new Erasures(chatty, hooks, { now });
    await erasures.begin(user.id);
    await erasures.finish(user.id, new AbortController().signal);
    const { entries } = await layer.read(roomGroup(lobby), { limit: 1_000 });
    assertEquals(entries.map(({ json }) => json).filter((json) => json.includes("secret")), []);
    assertEquals(new Set(refused), new Set(["forbidden"]));
  });
});

Deno.test("whoever banned somebody from the whole service and is erased is named in that ban no more; it holds on", async () => {
  await onBothLayers(async (layer) => {
    const now = () => 1_795_000_000_000;
    const { user } = MORITZ;
    const people = new People({ layer, now });
    const bans = new Bans({ layer, now, people, sessions: new Sessions({ layer, now }) });
    const sets = [MORITZ, MINJI].map(({ user }) => ({
      key: ["person", user.id] as const,
      value: { user, kind: "guest", createdAt: 1 },
    }));
    await layer.commit({ sets });
    await bans.ban(user, MINJI.user.id, { reason: "secret" });
    const hooks: ErasureHooks = {
      forgetPerson: () => Promise.resolve(),
      deleteMessage: () => Promise.resolve(),
      unreact: () => Promise.resolve(),
    };
    const erasures = new Erasures(layer, hooks, { now });
    await erasures.begin(user.id);
    await erasures.finish(user.id, new AbortController().signal);
    const [ban] = await layer.get([["ban", MINJI.user.id]]);
    assertEquals(ban?.value, { by: { id: user.id, name: "" }, at: now() });
    assertThrows(() => bans.refuseBanned(ban), ChatError, "Banned");
  });
});
