import { assert, assertEquals } from "@std/assert";
import { Presence } from "../../chat/presence.ts";
import { presenceGroup } from "../../chat/keys.ts";
import { openKvLayer } from "../../layers/kv.ts";
import { type ChannelLayer, LayerUnavailable } from "../../layers/layer.ts";
import { createMemoryLayer } from "../../layers/memory.ts";
import type { User } from "../../protocol/events.ts";
import { newDatabase, openHandle } from "../layers/settings.ts";
import { until } from "../layers/until.ts";
import { ManualTimers } from "./manual_timers.ts";

const MINJI: User = { id: "g_minji", name: "민지" };
const JUN: User = { id: "g_jun", name: "준" };

/** Isolates on one layer, with one clock; `heard` is what a room is told. */
function stage(layer: ChannelLayer = createMemoryLayer()) {
  const timers = new ManualTimers();
  let isolates = 0;
  const heard: string[] = [];
  const failures: unknown[] = [];
  return {
    layer,
    timers,
    heard,
    failures,
    isolate: (own: ChannelLayer = layer, ownTimers = timers) => {
      const newIsolate = () => `i${++isolates}`;
      const failed = (error: unknown) => failures.push(error);
      return new Presence(own, { now: timers.now, timers: ownTimers, newIsolate, random: () => 0.5, failed });
    },
    async listen(room: string, own: ChannelLayer = layer) {
      await own.subscribe(presenceGroup(room), {
        deliver: ({ entries }) => {
          for (const { json } of entries) {
            const { user, here } = JSON.parse(json);
            heard.push(`${user.name} ${here ? "comes" : "goes"}`);
          }
        },
      });
    },
    names: async (presence: Presence, room = "lobby") => {
      return (await presence.people(room, { limit: 1_000 })).people.map(({ user }) => user.name);
    },
    [Symbol.asyncDispose]: () => layer.close(),
  };
}

Deno.test("only the first and the last device of a person say anything", async () => {
  await using at = stage();
  const presence = at.isolate();
  await at.listen("lobby");
  presence.enter("lobby", MINJI);
  presence.enter("lobby", MINJI);
  await presence.settled();
  presence.leave("lobby", MINJI);
  at.timers.advance(2_500);
  await presence.settled();
  assertEquals(await at.names(presence), ["민지"]);
  presence.leave("lobby", MINJI);
  at.timers.advance(2_500);
  await presence.settled();
  await until(() => at.heard.length === 2, "two were said");
  assertEquals(at.heard, ["민지 comes", "민지 goes"]);
  assertEquals(await at.names(presence), []);
  await presence.close();
});

Deno.test("who is called otherwise while they are here is listed and told by the new name, once, on however many isolates", async () => {
  await using at = stage();
  const [one, two] = [at.isolate(), at.isolate()];
  await at.listen("lobby");
  for (const each of [one, two]) {
    each.enter("lobby", MINJI);
    await each.settled();
  }
  const renamed = { ...MINJI, name: "민" };
  for (const each of [one, two]) {
    // Each of their sockets hears of it.
    for (let i = 0; i < 2; i++) each.rename(renamed);
    await each.settled();
  }
  await until(() => at.heard.length === 2, "two were said");
  assertEquals([at.heard, await at.names(one)], [["민지 comes", "민 comes"], ["민"]]);
  await Promise.all([one.close(), two.close()]);
  await until(() => at.heard.length === 3, "they went");
  assertEquals(at.heard.at(-1), "민 goes");
});

Deno.test("of somebody who was erased meanwhile it is not kept when they left", async () => {
  await using at = stage();
  const presence = at.isolate();
  for (const user of [MINJI, JUN]) {
    presence.enter("lobby", user);
    await presence.settled();
  }
  const value = { user: { ...MINJI, name: "" }, kind: "guest", createdAt: 1, erased: true };
  await at.layer.commit({ sets: [{ key: ["person", MINJI.id], value }] });
  for (const user of [MINJI, JUN]) presence.leave("lobby", user);
  at.timers.advance(2_500);
  await presence.settled();
  assertEquals(await at.names(presence), []);
  assertEquals((await at.layer.list({ prefix: ["seen"], limit: 10 })).map(({ key }) => key), [["seen", JUN.id]]);
  await presence.close();
});

Deno.test("a page that is loaded again says nothing", async () => {
  await using at = stage();
  const presence = at.isolate();
  await at.listen("lobby");
  presence.enter("lobby", MINJI);
  await presence.settled();
  presence.leave("lobby", MINJI);
  at.timers.advance(1_900);
  presence.enter("lobby", MINJI);
  at.timers.advance(1_000);
  presence.enter("lobby", JUN);
  await presence.settled();
  await until(() => at.heard.length >= 2, "two were said");
  assertEquals(at.heard, ["민지 comes", "준 comes"]);
  await presence.close();
});

Deno.test("who is on two isolates comes once and goes once, whichever lets them go last", async () => {
  await using at = stage();
  const [one, two] = [at.isolate(), at.isolate()];
  await at.listen("lobby");
  one.enter("lobby", MINJI);
  await one.settled();
  two.enter("lobby", MINJI);
  await two.settled();
  one.leave("lobby", MINJI);
  at.timers.advance(2_500);
  await one.settled();
  assertEquals(await at.names(one), ["민지"]);
  two.leave("lobby", MINJI);
  at.timers.advance(2_500);
  await two.settled();
  await until(() => at.heard.length === 2, "two were said");
  assertEquals(at.heard, ["민지 comes", "민지 goes"]);
  await Promise.all([one.close(), two.close()]);
});

Deno.test("isolates that let somebody go at the same moment do not leave them here", async () => {
  await using at = stage();
  const all = Array.from({ length: 4 }, () => at.isolate());
  await at.listen("lobby");
  for (const each of all) each.enter("lobby", MINJI);
  await Promise.all(all.map((each) => each.settled()));
  for (const each of all) each.leave("lobby", MINJI);
  at.timers.advance(2_500);
  await Promise.all(all.map((each) => each.settled()));
  await until(() => at.heard.at(-1) === "민지 goes", "that she went was said");
  assertEquals(await at.layer.list({ prefix: ["here"], limit: 10 }), []);
  assertEquals(at.heard.filter((each) => each === "민지 goes").length, 1);
  await Promise.all(all.map((each) => each.close()));
});

Deno.test("however they come and go on several isolates, what was said last is what is so", async () => {
  await using at = stage();
  const all = Array.from({ length: 3 }, () => at.isolate());
  await at.listen("lobby");
  for (let round = 0; round < 60; round++) {
    for (const each of all) {
      // Some come while others are on their way out.
      if (Math.random() < 0.5) each.enter("lobby", MINJI);
      else each.leave("lobby", MINJI);
    }
    if (round % 2 === 0) at.timers.advance(2_500);
    if (round % 3 === 0) await Promise.all(all.map((each) => each.settled()));
    if (round % 6 !== 5) continue;
    at.timers.advance(2_500);
    await Promise.all(all.map((each) => each.settled()));
    const isHere = (await at.names(all[0] ?? at.isolate())).length > 0;
    await until(
      () => (at.heard.at(-1) ?? "민지 goes") === `민지 ${isHere ? "comes" : "goes"}`,
      `it is said: ${isHere}`,
    );
  }
  await Promise.all(all.map((each) => each.close()));
});

Deno.test("what a killed isolate leaves behind is not listed after 9 s, and told and cleared away within 15 s", async () => {
  await using at = stage();
  const killed = new ManualTimers();
  const dead = at.isolate(at.layer, killed);
  const alive = at.isolate();
  await at.listen("lobby");
  dead.enter("lobby", MINJI);
  dead.enter("lobby", JUN);
  alive.enter("lobby", JUN);
  await Promise.all([dead.settled(), alive.settled()]);
  const diedAt = at.timers.now();
  for (let s = 0; s < 15; s++) {
    at.timers.advance(1_000);
    await alive.settled();
    if (s === 9) assertEquals(await at.names(alive), ["준"]);
  }
  await until(() => at.heard.includes("민지 goes"), "that she went was said");
  assertEquals(at.heard.filter((each) => each === "준 goes"), []);
  assertEquals(await at.layer.list({ prefix: ["here_of", "i1"], limit: 10 }), []);
  assertEquals((await at.layer.list({ prefix: ["lease"], limit: 10 })).map(({ key }) => key[1]), ["isolate.i2"]);
  assertEquals(await alive.lastSeen(MINJI.id), { here: false, seen: diedAt });
  assertEquals(await alive.lastSeen(JUN.id), { here: true });
  await alive.close();
});

Deno.test("an isolate that was only taken for dead says anew whom it has", async () => {
  await using at = stage();
  const stopped = new ManualTimers();
  const paused = at.isolate(at.layer, stopped);
  const other = at.isolate();
  await at.listen("lobby");
  paused.enter("lobby", MINJI);
  other.enter("lobby", JUN);
  await Promise.all([paused.settled(), other.settled()]);
  for (let s = 0; s < 15; s++) {
    at.timers.advance(1_000);
    await other.settled();
  }
  await until(() => at.heard.includes("민지 goes"), "she was taken for gone");
  stopped.advance(4_000);
  await paused.settled();
  await until(() => at.heard.filter((each) => each === "민지 comes").length === 2, "she came anew");
  assertEquals(await at.names(other), ["준", "민지"]);
  await Promise.all([paused.close(), other.close()]);
});

Deno.test("an isolate that has nobody keeps no lease, no timer and no document", async () => {
  await using at = stage();
  const presence = at.isolate();
  assertEquals(at.timers.waiting, 0);
  presence.enter("lobby", MINJI);
  await presence.settled();
  presence.leave("lobby", MINJI);
  at.timers.advance(2_500);
  await presence.settled();
  at.timers.advance(4_000);
  await presence.settled();
  assertEquals(at.timers.waiting, 0);
  for (const kind of ["lease", "here", "here_of"]) {
    assertEquals(await at.layer.list({ prefix: [kind], limit: 10 }), [], kind);
  }
});

Deno.test("close says that everybody left, and leaves nothing", async () => {
  await using at = stage();
  const presence = at.isolate();
  await at.listen("lobby");
  presence.enter("lobby", MINJI);
  presence.enter("garden", JUN);
  await presence.settled();
  await presence.close();
  await until(() => at.heard.includes("민지 goes"), "that she went was said");
  assertEquals(at.timers.waiting, 0);
  assertEquals(await at.layer.list({ prefix: ["lease"], limit: 10 }), []);
  assertEquals((await presence.lastSeen(JUN.id)).here, false);
});

Deno.test("what the database refused is said when it answers again", async () => {
  const inner = createMemoryLayer();
  let isDown = true;
  const down = () => Promise.reject(new LayerUnavailable("down"));
  const layer: ChannelLayer = {
    ...inner,
    publish: (...args) => isDown ? down() : inner.publish(...args),
  };
  await using at = stage(layer);
  const presence = at.isolate();
  presence.enter("lobby", MINJI);
  await presence.settled();
  assertEquals(at.failures.length, 1);
  assertEquals(await at.names(presence), []);
  isDown = false;
  at.timers.advance(4_000);
  await presence.settled();
  assertEquals(await at.names(presence), ["민지"]);
  await presence.close();
});

Deno.test("people come in pages", async () => {
  await using at = stage();
  const presence = at.isolate();
  for (let n = 0; n < 25; n++) presence.enter("lobby", { id: `g_${n}`, name: `${n}` });
  await presence.settled();
  const ids: string[] = [];
  let after: string | undefined;
  do {
    const page = await presence.people("lobby", { after, limit: 10 });
    ids.push(...page.people.map(({ user }) => user.id));
    after = page.next;
  } while (after !== undefined);
  assertEquals(ids, Array.from({ length: 25 }, (_, n) => `g_${n}`).toSorted());
  await presence.close();
});

Deno.test("isolates with handles of their own on one file agree, also after one was killed", async () => {
  const { path, remove } = await newDatabase();
  const handles = await Promise.all([openHandle(path), openHandle(path)]);
  const layers = await Promise.all(handles.map((kv) => openKvLayer(kv)));
  const [first, second] = layers;
  assert(first !== undefined && second !== undefined);
  const at = stage(first);
  const dead = at.isolate(first, new ManualTimers());
  const alive = at.isolate(second);
  await at.listen("lobby", second);
  dead.enter("lobby", MINJI);
  dead.enter("lobby", JUN);
  alive.enter("lobby", JUN);
  await Promise.all([dead.settled(), alive.settled()]);
  assertEquals((await at.names(alive)).toSorted(), ["민지", "준"].toSorted());
  for (let s = 0; s < 15; s++) {
    at.timers.advance(1_000);
    await alive.settled();
  }
  await until(() => at.heard.includes("민지 goes"), "that she went was said");
  assertEquals(await at.names(alive), ["준"]);
  assertEquals(at.failures, []);
  await alive.close();
  await Promise.all(layers.map((layer) => layer.close()));
  for (const kv of handles) kv.close();
  await remove();
});
