import { assert, assertEquals } from "@std/assert";
import { Watching } from "../../chat/watching.ts";
import type { ChannelLayer } from "../../layers/layer.ts";
import type { Caller } from "../../protocol/caller.ts";
import { gate, nextTurn, until } from "../layers/until.ts";
import { callerOf, chatStage } from "./chat_stage.ts";

const MINJI = callerOf("g_minji", "민지");
const JUN = callerOf("g_jun", "준");

/** @param own The layer as those who watch see it. */
async function watchStage(own: (layer: ChannelLayer) => ChannelLayer = (layer) => layer) {
  const at = await chatStage();
  const failures: unknown[] = [];
  const watching = new Watching({
    layer: own(at.layer),
    reading: at.reading,
    now: at.timers.now,
    timers: at.timers,
    failed: (error) => failures.push(error),
  });
  return {
    ...at,
    watching,
    failures,
    /** What was said is heard, and the moment passes that a notice waits for what was written with it. */
    async tell() {
      await nextTurn(5);
      at.timers.advance(10);
    },
    async watch(caller: Caller) {
      const frames: string[] = [];
      const socket = { send: (frame: string) => void frames.push(frame), isFull: () => isFull };
      let isFull = false;
      const { stop } = await watching.start(caller, socket);
      const of = (type: string) => frames.map((frame) => JSON.parse(frame)).filter((each) => each.type === type);
      return {
        frames,
        stop,
        notices: () => of("activity"),
        news: () => of("person").flatMap(({ events }) => events),
        fill: (full: boolean) => void (isFull = full),
      };
    },
    async [Symbol.asyncDispose]() {
      watching.close();
      await at[Symbol.asyncDispose]();
      assertEquals(failures, []);
      assertEquals(at.timers.waiting, 0);
    },
  };
}

Deno.test("a socket hears of activity in all rooms of its person, at most once a room a second", async () => {
  await using at = await watchStage();
  await at.enter("lobby", MINJI, JUN);
  await at.enter("garden", MINJI, JUN);
  await at.enter("attic", JUN);
  const minji = await at.watch(MINJI);
  await at.say(JUN, "lobby", "하나");
  await at.tell();
  await until(() => minji.notices().length === 1, "she hears of the first");
  let head = "";
  for (let n = 0; n < 5; n++) head = await at.say(JUN, "lobby", `${n}`);
  await at.say(JUN, "attic", "nobody hears");
  const garden = await at.say(JUN, "garden", "다른 방");
  const saidAt = at.timers.now();
  await at.tell();
  await until(() => minji.notices().length === 2, "she hears of another room at once");
  assertEquals(minji.notices()[1], {
    type: "activity",
    room: "garden",
    head: garden,
    at: saidAt,
    unread: 1,
    mentions: 0,
  });
  at.timers.advance(979);
  await at.tell();
  assertEquals(minji.notices().length, 2);
  await at.tell();
  await until(() => minji.notices().length === 3, "the others come as one");
  const { room, head: newest, unread } = minji.notices()[2];
  assertEquals([room, newest, unread], ["lobby", head, 6]);
  at.timers.advance(5_000);
  await nextTurn();
  assertEquals(minji.notices().length, 3);
});

Deno.test("who leaves and comes again before it is looked at hears of what came since, as the list of rooms counts it", async () => {
  const looked = gate();
  await using at = await watchStage((layer) => ({
    ...layer,
    async get(keys) {
      await looked.passed;
      return await layer.get(keys);
    },
  }));
  await at.enter("lobby", MINJI, JUN);
  for (const text of ["하나", "둘", "셋"]) await at.say(JUN, "lobby", text);
  const minji = await at.watch(MINJI);
  await at.members.leave(MINJI, "lobby");
  at.timers.advance(1_000);
  await at.enter("lobby", MINJI);
  await until(() => minji.news().length === 2, "both were heard");
  looked.open();
  await nextTurn();
  await at.say(JUN, "lobby", "넷");
  await at.tell();
  await until(() => minji.notices().length === 1, "she hears of it");
  assertEquals([minji.notices()[0].unread, await at.unread(MINJI, "lobby")], [1, 1]);
});

Deno.test("a mention by name and its message are told of at once", async () => {
  await using at = await watchStage();
  await at.enter("lobby", MINJI, JUN);
  const minji = await at.watch(MINJI);
  await at.sayTo(JUN, "lobby", [MINJI.user.id]);
  await at.tell();
  await until(() => minji.notices().length === 1, "she hears of it");
  const { unread, mentions } = minji.notices()[0];
  assertEquals([unread, mentions], [1, 1]);
});

Deno.test("all tabs agree at once when one has read", async () => {
  await using at = await watchStage();
  await at.enter("lobby", MINJI, JUN);
  const tabs = [await at.watch(MINJI), await at.watch(MINJI)];
  const cursor = await at.sayTo(JUN, "lobby", [MINJI.user.id]);
  await at.tell();
  await until(() => tabs.every((tab) => tab.notices().at(-1)?.mentions === 1), "both know of the mention");
  at.timers.advance(1_000);
  await at.reading.mark(MINJI, "lobby", cursor);
  await at.tell();
  await until(() => tabs.every((tab) => tab.notices().at(-1)?.marker === cursor), "both know the marker");
  for (const tab of tabs) {
    const { unread, mentions } = tab.notices().at(-1);
    assertEquals([unread, mentions], [0, 0]);
    assertEquals(tab.news().map(({ type }) => type), ["mention", "read"]);
  }
  // What is the same is encoded once.
  assert(tabs[0]?.frames.at(-1) === tabs[1]?.frames.at(-1));
});

Deno.test("a socket that is full hears later, and then how things are", async () => {
  await using at = await watchStage();
  await at.enter("lobby", MINJI, JUN);
  const [full, other] = [await at.watch(MINJI), await at.watch(MINJI)];
  full.fill(true);
  for (let n = 0; n < 5; n++) {
    await at.say(JUN, "lobby", `${n}`);
    await until(() => {
      at.timers.advance(1_000);
      return other.notices().at(-1)?.unread === n + 1;
    }, `the other hears of ${n}`);
  }
  assertEquals(full.frames, []);
  full.fill(false);
  at.timers.advance(1_000);
  await until(() => full.notices().length === 1, "it hears");
  assertEquals(full.notices()[0].unread, 5);
  assertEquals(other.notices().length, 5);
});

Deno.test("rooms that one comes into or leaves later are heard, or no longer", async () => {
  await using at = await watchStage();
  await at.enter("lobby", JUN);
  const minji = await at.watch(MINJI);
  await at.enter("lobby", MINJI);
  await until(() => minji.news().some(({ type }) => type === "membership"), "she came in");
  await nextTurn(3);
  await at.say(JUN, "lobby", "하나");
  await at.tell();
  await until(() => minji.notices().length > 0, "she hears of it");
  const before = minji.notices().length;
  await at.members.leave(MINJI, "lobby");
  await until(() => minji.news().length === 2, "she left");
  await nextTurn(3);
  await at.say(JUN, "lobby", "둘");
  at.timers.advance(2_000);
  await nextTurn(3);
  assertEquals(minji.notices().length, before);
});

Deno.test("nothing comes after stop, and nothing is left", async () => {
  await using at = await watchStage();
  await at.enter("lobby", MINJI, JUN);
  const minji = await at.watch(MINJI);
  minji.stop();
  minji.stop();
  await at.say(JUN, "lobby", "하나");
  await nextTurn(3);
  assertEquals(minji.frames, []);
});
