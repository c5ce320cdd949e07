import { assert, assertEquals } from "@std/assert";
import type { Message, RoomEvent } from "../../../static/client/events.js";
import { changeMessages, foldMembers, foldMessages, foldRoom, type Member } from "../../../static/client/fold.js";
import { seeded } from "../../layers/random.ts";
import { message, typing } from "../events.ts";
import { roomInfo } from "../listed_rooms.ts";

const MINJI = { id: "g_1", name: "민지" };
const JIHUN = { id: "g_2", name: "지훈" };
const ROOM = roomInfo("r");

const by = (cursor: string, user = MINJI) => ({ cursor, at: 2_000, user });
const edit = (cursor: string, target: string, text?: string): RoomEvent => ({
  ...by(cursor),
  type: "edit",
  target,
  ...(text !== undefined && { text }),
});
const react = (cursor: string, target: string, emoji: string, on: boolean, count: number, user = MINJI): RoomEvent => ({
  ...by(cursor, user),
  type: "react",
  target,
  emoji,
  on,
  count,
});

Deno.test("an edit gives the message its text, the time, and the people that it mentions now", () => {
  const there = [message("a", { mentions: ["g_9"] }), message("b")];
  const [a, b] = foldMessages(there, [edit("c", "a", "새 글")]);
  assertEquals(a, message("a", { text: "새 글", edited: 2_000 }));
  assert(b === there[1]);
  const mentioning: RoomEvent = { ...by("c"), type: "edit", target: "a", text: "새 글", mentions: ["g_3"] };
  assertEquals(foldMessages(there, [mentioning])[0]?.mentions, ["g_3"]);
});

Deno.test("an edit without a text leaves the one that is there: what it became comes later", () => {
  assertEquals(foldMessages([message("a")], [edit("b", "a"), edit("c", "a", "끝")]), [
    message("a", { text: "끝", edited: 2_000 }),
  ]);
});

Deno.test("a deleted message is a tombstone in its place, and nothing becomes of it any more", () => {
  const there = [message("a", { key: "k", pinned: true, reactions: [{ emoji: "👍", count: 1, users: ["g_1"] }] })];
  const tombstone = { cursor: "a", type: "message", at: 1_000, user: JIHUN, text: "", deleted: true } as const;
  const gone = foldMessages(there, [{ ...by("b"), type: "delete", target: "a" }]);
  assertEquals(gone, [tombstone]);
  assert(
    foldMessages(gone, [edit("c", "a", "x"), react("d", "a", "👍", true, 1), {
      ...by("e"),
      type: "pin",
      target: "a",
      on: true,
    }]) ===
      gone,
  );
  assert(foldMessages(gone, [message("a", { key: "k" })]) === gone);
  assertEquals(foldMessages(there, [tombstone]), [tombstone]);
});

Deno.test("a reaction is as many as the event says, in the order in which the emoji came", () => {
  let list: readonly Message[] = [message("a")];
  list = foldMessages(list, [react("b", "a", "👍", true, 1), react("c", "a", "❤️", true, 1, JIHUN)]);
  list = foldMessages(list, [react("d", "a", "👍", true, 2, JIHUN)]);
  assertEquals(list[0]?.reactions, [
    { emoji: "👍", count: 2, users: ["g_1", "g_2"] },
    { emoji: "❤️", count: 1, users: ["g_2"] },
  ]);
  list = foldMessages(list, [react("e", "a", "👍", false, 1), react("f", "a", "❤️", false, 0, JIHUN)]);
  assertEquals(list[0]?.reactions, [{ emoji: "👍", count: 1, users: ["g_2"] }]);
  list = foldMessages(list, [react("g", "a", "👍", false, 0, JIHUN)]);
  assertEquals(list, [message("a")]);
});

Deno.test("a reaction names twenty people and counts all", () => {
  const all = Array.from({ length: 25 }, (_, i) => react(`b${i}`, "a", "👍", true, i + 1, { id: `g_${i}`, name: "x" }));
  const [given] = foldMessages([message("a")], all)[0]?.reactions ?? [];
  assertEquals([given?.count, given?.users.length], [25, 20]);
});

Deno.test("a pin is there or not", () => {
  const pin = (on: boolean): RoomEvent => ({ ...by("b"), type: "pin", target: "a", on });
  assertEquals(foldMessages([message("a")], [pin(true)]), [message("a", { pinned: true })]);
  assertEquals(foldMessages([message("a", { pinned: true })], [pin(false)]), [message("a")]);
});

Deno.test("a thread's first message counts its replies, as they come and go", () => {
  const reply = (cursor: string, count: number) => message(cursor, { thread: "a", count, at: 1_500 });
  const two = foldMessages([message("a")], [reply("b", 1), reply("c", 2)]);
  assertEquals(two[0]?.replies, { count: 2, at: 1_500 });
  const gone = (cursor: string, target: string, count: number): RoomEvent => ({
    ...by(cursor),
    type: "delete",
    target,
    thread: "a",
    count,
  });
  assertEquals(foldMessages(two, [gone("d", "c", 1)])[0]?.replies, { count: 1, at: 1_500 });
  const none = foldMessages(two, [gone("d", "c", 1), gone("e", "b", 0)]);
  assertEquals(none[0], message("a"));
  assertEquals(none.map(({ deleted }) => deleted), [undefined, true, true]);
});

Deno.test("what happened to messages that are not there, and what is no message, changes nothing", () => {
  const there = [message("b")];
  const room: RoomEvent = { ...by("f"), type: "room", room: ROOM };
  const member: RoomEvent = { ...by("g"), type: "member", member: JIHUN, change: "joined", role: "member" };
  assert(
    foldMessages(there, [edit("c", "a", "x"), react("d", "a", "👍", true, 1), typing("e"), room, member]) === there,
  );
  assert(changeMessages(there, message("c")) === there);
});

Deno.test("a message that comes again adds what was not known of it, and takes nothing back", () => {
  const own = message("a", { key: "k", edited: 5, text: "새 글" });
  const event = message("a", { key: "k", text: "옛 글", mentions: ["g_2"] });
  assertEquals(foldMessages([own], [event]), [{ ...event, ...own }]);
  const newer = message("a", { text: "더 새 글", edited: 6 });
  assertEquals(foldMessages([own], [newer]), [{ ...own, ...newer }]);
});

Deno.test("[V27] to apply any stretch of the log again is to apply it once", () => {
  for (let seed = 1; seed <= 200; seed++) {
    const log = randomLog(seeded(seed), 30);
    const once = foldMessages([], log);
    const cut = seed % log.length;
    assertEquals(unordered(foldMessages(once, log.slice(cut))), unordered(once), `seed ${seed}, from ${cut} on`);
    const one = log[cut];
    if (one === undefined) continue;
    const upToHere = foldMessages([], log.slice(0, cut + 1));
    assertEquals(foldMessages(upToHere, [one]), upToHere, `seed ${seed}, event ${cut}`);
  }
});

Deno.test("a room is as its last event says", () => {
  const event = (topic: string): RoomEvent => ({ ...by("a"), type: "room", room: { ...ROOM, topic } });
  assertEquals(foldRoom(ROOM, [event("하나"), message("b"), event("둘")]), { ...ROOM, topic: "둘" });
  assert(foldRoom(ROOM, [message("b")]) === ROOM);
});

Deno.test("people come, change and go", () => {
  const event = (change: "joined" | "left" | "role" | "muted" | "unmuted", more: object = {}): RoomEvent => ({
    ...by("a"),
    type: "member",
    member: JIHUN,
    change,
    ...more,
  });
  const nobody: ReadonlyMap<string, Member> = new Map();
  assert(foldMembers(nobody, [message("a")]) === nobody);
  const joined = foldMembers(nobody, [event("joined", { role: "member" })]);
  assertEquals([...joined], [["g_2", { user: JIHUN, role: "member" }]]);
  const muted = foldMembers(joined, [
    event("muted", { role: "member", until: 9 }),
    event("role", { role: "moderator" }),
  ]);
  assertEquals([...muted], [["g_2", { user: JIHUN, role: "moderator", muted: { until: 9 } }]]);
  assertEquals([...foldMembers(muted, [event("unmuted", { role: "moderator" })])], [["g_2", {
    user: JIHUN,
    role: "moderator",
  }]]);
  assertEquals(foldMembers(muted, [event("left")]).size, 0);
  assertEquals(foldMembers(nobody, [event("muted", { until: 9 })]).size, 0);
});

/** The emoji in an order of their own: the one thing that may turn around. */
function unordered(messages: readonly Message[]): unknown[] {
  return messages.map(({ reactions = [], ...rest }) => {
    const sorted = reactions.map((each) => ({ ...each, users: each.users.toSorted() }));
    return { ...rest, reactions: sorted.toSorted((a, b) => a.emoji < b.emoji ? -1 : 1) };
  });
}

/** A log as a server writes it: counts are right, and nothing happens to the deleted. */
function randomLog(random: () => number, length: number): RoomEvent[] {
  const log: RoomEvent[] = [];
  const people = [MINJI, JIHUN, { id: "g_3", name: "여름" }];
  let state: readonly Message[] = [];
  for (let i = 0; i < length; i++) {
    const cursor = String(i).padStart(4, "0");
    const alive = state.filter(({ deleted }) => !deleted);
    const target = alive[Math.floor(random() * alive.length)];
    const user = people[Math.floor(random() * people.length)] ?? MINJI;
    const event = target === undefined || random() < 0.3
      ? message(cursor)
      : happening({ cursor, at: 2_000 + i, user }, target, random);
    log.push(event);
    state = foldMessages(state, [event]);
  }
  return log;
}

function happening(
  common: { cursor: string; at: number; user: typeof MINJI },
  target: Message,
  random: () => number,
): RoomEvent {
  const what = random();
  if (what < 0.1) return { ...common, type: "delete", target: target.cursor };
  if (what < 0.3) return { ...common, type: "edit", target: target.cursor, text: `글 ${common.cursor}` };
  if (what < 0.45) return { ...common, type: "pin", target: target.cursor, on: random() < 0.5 };
  if (what < 0.6 && target.thread === undefined) {
    return { ...common, type: "message", text: "답", thread: target.cursor, count: (target.replies?.count ?? 0) + 1 };
  }
  const emoji = random() < 0.5 ? "👍" : "❤️";
  const given = target.reactions?.find((reaction) => reaction.emoji === emoji);
  const on = given?.users.includes(common.user.id) !== true;
  const count = (given?.count ?? 0) + (on ? 1 : -1);
  return { ...common, type: "react", target: target.cursor, emoji, on, count };
}
