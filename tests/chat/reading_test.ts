import { assert, assertEquals, assertRejects } from "@std/assert";
import { roomGroup } from "../../chat/keys.ts";
import { stampOf } from "../../layers/cursor.ts";
import { until } from "../layers/until.ts";
import { callerOf, chatStage } from "./chat_stage.ts";

const MINJI = callerOf("g_minji", "민지");
const JUN = callerOf("g_jun", "준");

Deno.test("unread are the messages of others after the marker; one's own and deleted ones are not", async () => {
  await using at = await chatStage();
  await at.enter("lobby", MINJI, JUN);
  const first = await at.say(JUN, "lobby", "하나");
  await at.say(MINJI, "lobby", "둘");
  const third = await at.say(JUN, "lobby", "셋");
  await at.say(JUN, "lobby", "넷");
  assertEquals(await at.unread(MINJI, "lobby"), 3);
  assertEquals(await at.reading.mark(MINJI, "lobby", first), first);
  assertEquals(await at.unread(MINJI, "lobby"), 2);
  await at.messages.delete(JUN, "lobby", third);
  await until(async () => await at.unread(MINJI, "lobby") === 1, "the deleted one does not count");
  // Who reads the log anew finds the same.
  assertEquals((await at.cold().counts(MINJI.user.id, "lobby", { marker: first, since: 0 })).unread, 1);
});

Deno.test("a marker only moves forward, not beyond the room's end, and all tabs hear of it", async () => {
  await using at = await chatStage();
  await at.enter("lobby", MINJI, JUN);
  const heard: string[] = [];
  await at.layer.subscribe(`person:${MINJI.user.id}`, {
    deliver: ({ entries }) => {
      for (const { json } of entries) heard.push(JSON.parse(json).cursor);
    },
  });
  const first = await at.say(JUN, "lobby", "하나");
  const second = await at.say(JUN, "lobby", "둘");
  assertEquals(await at.reading.mark(MINJI, "lobby", second), second);
  assertEquals(await at.reading.mark(MINJI, "lobby", first), second);
  assertEquals(await at.reading.mark(MINJI, "lobby", `${second.slice(0, 6)}${"f".repeat(23)}`), second);
  await until(() => heard.length === 1, "it was told once");
  assertEquals(heard, [second]);
  const strange = `${second.startsWith("zzzzzz") ? "yyyyyy" : "zzzzzz"}${second.slice(6)}`;
  await assertRejects(() => at.reading.mark(MINJI, "lobby", strange), Error, "another database");
  await assertRejects(() => Promise.resolve().then(() => at.reading.mark(MINJI, "lobby", "x")), Error, "not a cursor");
});

Deno.test("who is not in a room has no marker in it", async () => {
  await using at = await chatStage();
  await at.enter("lobby", JUN);
  const cursor = await at.say(JUN, "lobby", "하나");
  await assertRejects(() => at.reading.mark(MINJI, "lobby", cursor), Error, "you are not in it");
});

Deno.test("what was said before one came does not count", async () => {
  await using at = await chatStage();
  await at.enter("lobby", JUN);
  await at.say(JUN, "lobby", "하나");
  at.timers.advance(1_000);
  await at.enter("lobby", MINJI);
  assertEquals(await at.unread(MINJI, "lobby"), 0);
  await at.say(JUN, "lobby", "둘");
  await until(async () => await at.unread(MINJI, "lobby") === 1, "one is unread");
});

Deno.test("counts are exact up to 1,000, and then 1,000 and more", async () => {
  await using at = await chatStage();
  await at.enter("lobby", MINJI, JUN);
  const first = await at.say(JUN, "lobby", "처음");
  const say = async (count: number) => {
    const event = { type: "message", at: at.timers.now(), user: JUN.user, text: "x" };
    await Promise.all(Array.from({ length: count }, () => at.layer.publish(roomGroup("lobby"), event)));
  };
  const need = { marker: first, since: 0 };
  const reading = at.reading;
  const count = async (which = reading) => {
    const { unread, more } = await which.counts(MINJI.user.id, "lobby", need);
    return [unread, more];
  };
  await say(999);
  assertEquals(await count(at.cold()), [999, false]);
  assertEquals(await count(), [999, false]);
  await say(1);
  assertEquals(await count(at.cold()), [1_000, false]);
  await until(async () => (await count())[0] === 1_000, "a thousand are unread");
  assertEquals(await count(), [1_000, false]);
  await say(1);
  assertEquals(await count(at.cold()), [1_000, true]);
  await until(async () => (await count())[1] === true, "there are more");
  await say(600);
  await until(async () => (await reading.rooms.open("lobby", need)).rows.length > 1_000, "all came");
  assertEquals(await count(), [1_000, true]);
  assertEquals(await count(at.cold()), [1_000, true]);
});

Deno.test("mentions count after the marker, by name and for everyone", async () => {
  await using at = await chatStage();
  await at.enter("lobby", JUN, MINJI);
  const first = await at.sayTo(JUN, "lobby", [MINJI.user.id]);
  assertEquals((await at.counts(MINJI, "lobby")).mentions, 1);
  await at.reading.mark(MINJI, "lobby", first);
  assertEquals((await at.counts(MINJI, "lobby")).mentions, 0);
  await at.sayTo(JUN, "lobby", ["@room"]);
  await until(async () => (await at.counts(MINJI, "lobby")).mentions === 1, "everyone is mentioned");
  assertEquals((await at.counts(JUN, "lobby")).mentions, 0);
  const [own] = (await at.myRooms.list(MINJI)).map(({ mentions, unread }) => ({ mentions, unread }));
  assertEquals(own, { mentions: 1, unread: 1 });
});

Deno.test("of messages of one commit those after the marker mention, and no others", async () => {
  await using at = await chatStage("kv");
  await at.enter("lobby", JUN, MINJI);
  // Published in one go they share a commit, and their mentions do too.
  const cursors = await Promise.all([
    at.sayTo(JUN, "lobby", [MINJI.user.id]),
    at.sayTo(JUN, "lobby", []),
    at.sayTo(JUN, "lobby", [MINJI.user.id]),
    at.sayTo(JUN, "lobby", []),
  ]);
  assertEquals(new Set(cursors.map(stampOf)).size, 1);
  await until(async () => (await at.counts(MINJI, "lobby")).unread === 4, "all came");
  const left = [];
  for (const marker of cursors) {
    const { mentions } = await at.reading.counts(MINJI.user.id, "lobby", { marker, since: 0 });
    left.push(mentions);
  }
  assertEquals(left, [1, 1, 0, 0]);
});

Deno.test("my rooms come with the newest message first, as it has become", async () => {
  await using at = await chatStage();
  await at.enter("garden", MINJI, JUN);
  await at.enter("lobby", MINJI, JUN);
  const lobby = await at.say(JUN, "lobby", "하나");
  const garden = await at.say(JUN, "garden", "둘");
  await at.messages.edit(JUN, "lobby", lobby, "고친 하나");
  const find = async () =>
    (await at.myRooms.list(MINJI)).map(({ room, lastMessage, unread }) => [room.name, lastMessage?.text, unread]);
  await until(async () => (await find())[1]?.[1] === "고친 하나", "the edited one is shown");
  assertEquals(await find(), [["garden", "둘", 1], ["lobby", "고친 하나", 1]]);
  await at.reading.mark(MINJI, "garden", garden);
  const [first] = await at.myRooms.list(MINJI);
  assert(first !== undefined);
  assertEquals([first.marker, first.head, first.unread, first.role], [garden, garden, 0, "member"]);
  // A token that names its rooms shows no others.
  assertEquals((await at.myRooms.list({ ...MINJI, rooms: ["lobby"] })).map(({ room }) => room.name), ["lobby"]);
});

Deno.test("a tail that nobody asks for is not kept up to date, and catches up when it is asked for", async () => {
  await using at = await chatStage();
  await at.enter("lobby", MINJI, JUN);
  assertEquals(await at.unread(MINJI, "lobby"), 0);
  at.timers.advance(61_000);
  assertEquals(at.timers.waiting, 0);
  for (let n = 0; n < 70; n++) await at.say(JUN, "lobby", `${n}`);
  assertEquals(await at.unread(MINJI, "lobby"), 70);
});
