/** What `static/client.js` asks the real application for, beside joining and sending: each wrapper once, and what comes of it. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { SignJWT } from "jose";
import type { Clock } from "../../static/client/connection.js";
import { foldMembers, foldMessages, foldRoom } from "../../static/client/fold.js";
import { connectReal, type RealClient } from "./real_client.ts";
import { type RealServer, serve } from "./real_server.ts";

Deno.test("an edit, reactions, pins and a deletion come as events, and fold to what history says", async () => {
  await using server = serve();
  await using minji = connectReal(server.url, { name: "민지" });
  await using jihun = connectReal(server.url, { name: "지훈" });
  await Promise.all([minji.client.join("r"), jihun.client.join("r")]);
  const [a, b] = [await minji.client.send("r", "하나"), await minji.client.send("r", "둘")];
  const { at } = await minji.client.edit("r", a.cursor, "하나 반");
  assertEquals(await jihun.client.react("r", a.cursor, "👍"), { count: 1 });
  assertEquals(await minji.client.react("r", a.cursor, "👍"), { count: 2 });
  assertEquals(await jihun.client.unreact("r", a.cursor, "👍"), { count: 1 });
  await minji.client.remove("r", b.cursor);
  const last = await minji.client.send("r", "답", { reply: a.cursor, thread: a.cursor });
  await jihun.until(() => jihun.ids("r").includes(last.cursor));

  const folded = foldMessages([], jihun.events("r"));
  assertEquals(folded.map(({ text }) => text), ["하나 반", "", "답"]);
  assertEquals(folded[0]?.edited, at);
  assertEquals(folded[0]?.replies, { count: 1, at: last.at });
  assertEquals(folded[0]?.reactions, [{ emoji: "👍", count: 1, users: [userOf(minji).id] }]);
  const { items, hasBefore, hasAfter } = await jihun.client.history("r");
  assertEquals([items, hasBefore, hasAfter], [[...folded], false, false]);
  assertEquals(await jihun.client.message("r", a.cursor), folded[0]);
  assertEquals((await jihun.client.thread("r", a.cursor)).items, [folded[2]]);
});

Deno.test("[V12] a refusal has the protocol's code", async () => {
  await using server = serve();
  await using minji = connectReal(server.url, { name: "민지" });
  await using jihun = connectReal(server.url, { name: "지훈" });
  await Promise.all([minji.client.join("r"), jihun.client.join("r")]);
  const { cursor } = await minji.client.send("r", "하나");
  assertEquals(await codeOf(jihun.client.edit("r", cursor, "둘")), "forbidden");
  assertEquals(await codeOf(jihun.client.edit("r", "garbage", "둘")), "bad_cursor");
  assertEquals(await codeOf(jihun.client.ask("no_such_thing")), "bad_request");
  // Nobody has to catch them.
  jihun.client.remove("r", cursor);
  jihun.client.ask("no_such_thing");
  await jihun.client.history("r");
});

Deno.test("pins, and the settings of a room that is one's own", async () => {
  await using server = serve();
  await using minji = connectReal(server.url, { name: "민지" });
  const made = await minji.client.createRoom({ kind: "public", name: "우리-방", topic: "이야기" });
  assertEquals([made?.name, made?.kind, made?.topic], ["우리-방", "public", "이야기"]);
  const joined = await minji.client.join("우리-방");
  assertEquals([joined.info, joined.level], [made, "owner"]);
  const { cursor } = await minji.client.send("우리-방", "하나");
  await minji.client.pin("우리-방", cursor);
  assertEquals((await minji.client.pins("우리-방")).map(({ text, pinned }) => [text, pinned]), [["하나", true]]);
  await minji.client.unpin("우리-방", cursor);
  assertEquals(await minji.client.pins("우리-방"), []);
  const updated = await minji.client.updateRoom("우리-방", { topic: "다른 이야기", slowModeS: 5 });
  await minji.until(() => minji.events("우리-방").some(({ type }) => type === "room"));
  assertEquals(foldRoom(made, minji.events("우리-방")), updated);
});

Deno.test("an invitation lets somebody into a private room; a direct one is always the same", async () => {
  await using server = serve();
  await using minji = connectReal(server.url, { name: "민지" });
  await using jihun = connectReal(server.url, { name: "지훈" });
  const room = (await minji.client.createRoom({ kind: "private" }))?.name ?? "";
  assertEquals(await codeOf(jihun.client.join(room)), "forbidden");
  const { code } = await minji.client.createInvite(room, { uses: 1 });
  assertEquals((await jihun.client.acceptInvite(code))?.name, room);
  assertEquals((await jihun.client.join(room)).level, "member");
  const direct = await minji.client.openDirect(userOf(jihun).id);
  assertEquals(direct?.kind, "direct");
  assertEquals(await jihun.client.openDirect(userOf(minji).id), direct);
});

Deno.test("[V23] who wants to hear of people hears who comes and goes, and can ask who is there", async () => {
  await using server = serve();
  await using minji = connectReal(server.url, { name: "민지" });
  const seen: unknown[] = [];
  minji.client.on(
    "people",
    ({ room, changes }) => seen.push(...changes.map(({ user, here }) => [room, user.name, here])),
  );
  await minji.client.join("r", { people: true });
  await using jihun = connectReal(server.url, { name: "지훈" });
  await jihun.client.join("r");
  await minji.until(() => seen.some((each) => String(each) === "r,지훈,true"));
  const { people, next } = await minji.client.people("r");
  assertEquals([people.map(({ user }) => user.name).sort(), next], [["민지", "지훈"], undefined]);
  assertEquals(await minji.client.lastSeen("r", userOf(jihun).id), { here: true, seen: undefined });
});

Deno.test("[V24] a watcher hears of a room that it has not joined, what it reads, and that over later connections", async () => {
  await using server = serve();
  await using minji = connectReal(server.url, { name: "민지" });
  await using jihun = connectReal(server.url, { name: "지훈" });
  const unread: number[] = [];
  const person: string[] = [];
  minji.client.on("activity", (activity) => unread.push(activity.unread));
  minji.client.on("person", ({ type }) => person.push(type));
  await Promise.all([minji.client.join("r"), jihun.client.join("r")]);
  minji.client.leave("r");
  await minji.client.watch();
  const { cursor } = await jihun.client.send("r", "@민지 여기 봐요");
  await minji.until(() => unread.at(-1) === 1);
  const [room] = await minji.client.myRooms();
  assertEquals([room?.room.name, room?.unread, room?.lastMessage?.text], ["r", 1, "@민지 여기 봐요"]);
  assertEquals(await minji.client.markRead("r", cursor), { cursor });
  await minji.until(() => unread.at(-1) === 0 && person.includes("read"));
  minji.client.drop();
  await minji.until(() => minji.client.state.status === "online" && minji.frames.filter(isWatch).length === 2);
  // Taken after the watch [V4].
  await minji.client.ask("get_me");
  await jihun.client.send("r", "또");
  await minji.until(() => unread.at(-1) === 1);
  assertEquals((await minji.client.myRooms())[0]?.unread, 1);
});

Deno.test("[V26] who is kicked hears it, is not brought back, and what waits there fails", async () => {
  await using server = serve();
  await using minji = connectReal(server.url, { name: "민지" });
  await using jihun = connectReal(server.url, { name: "지훈" });
  await minji.client.createRoom({ kind: "public", name: "r" });
  await Promise.all([minji.client.join("r"), jihun.client.join("r")]);
  const removed: unknown[] = [];
  jihun.client.on("removed", (each) => removed.push(each));
  await minji.client.mute("r", userOf(jihun).id, { reason: "시끄러워요" });
  assertEquals(await codeOf(jihun.client.send("r", "왜요")), "forbidden");
  await minji.client.unmute("r", userOf(jihun).id);
  await jihun.client.send("r", "고마워요");
  await minji.client.kick("r", userOf(jihun).id);
  await jihun.until(() => removed.length === 1);
  assertEquals(removed, [{ room: "r", why: "kicked" }]);
  assertEquals(await codeOf(jihun.client.send("r", "x")), "forbidden");
  jihun.client.drop();
  await jihun.until(() => jihun.client.state.status === "online");
  assertEquals(jihun.client.cursor("r"), undefined);
  await jihun.client.join("r");
  await minji.client.ban("r", userOf(jihun).id);
  await jihun.until(() => removed.length === 2);
  assertEquals(await codeOf(jihun.client.join("r")), "forbidden");
  await minji.client.unban("r", userOf(jihun).id);
  await jihun.client.join("r");
  const { cursor } = await minji.client.send("r", "다시 왔네요");
  await jihun.client.report("r", cursor, "그냥요");
  const reports = await minji.client.ask("list_reports", { room: "r" });
  assert(Array.isArray(reports["items"]) && reports["items"].length === 1);
  await jihun.client.endMembership("r");
  await jihun.until(() => removed.length === 3);
  assertEquals(removed.at(-1), { room: "r", why: "left" });
  await minji.until(() => minji.events("r").some((event) => event.type === "member" && event.change === "left"));
  assertEquals([...foldMembers(new Map(), minji.events("r"))].map(([id]) => id), []);
});

Deno.test("what was said can be found", async () => {
  await using server = serve();
  await using minji = connectReal(server.url, { name: "민지" });
  await minji.client.join("r");
  const { cursor } = await minji.client.send("r", "마루에 앉아 이야기해요");
  const { items } = await minji.client.search({ q: "이야기" });
  assertEquals(items.map((item) => [item.room, item.cursor, item.text]), [["r", cursor, "마루에 앉아 이야기해요"]]);
});

Deno.test("an operation that is asked for before there is a connection waits for one", async () => {
  await using server = serve();
  await using minji = connectReal(server.url, { name: "민지" });
  const me = await minji.client.ask("get_me");
  assertEquals(me["user"], userOf(minji));
  minji.client.drop();
  assertMatch(String((await minji.client.ask("get_me"))["kind"]), /guest/);
});

Deno.test("[V21] who signs out is away until they come by themselves", async () => {
  await using server = serve();
  await using minji = connectReal(server.url, { name: "민지" });
  await minji.until(() => minji.client.state.status === "online");
  const { id } = userOf(minji);
  minji.client.ask("sign_out");
  await minji.until(() => minji.client.state.status === "closed");
  const { state } = minji.client;
  assertEquals(state.status === "closed" && [state.code, state.reason], [4500, "signed_out"]);
  assertEquals(await codeOf(minji.client.ask("get_me")), "closed");
  minji.client.reconnect();
  await minji.until(() => minji.client.state.status === "online");
  assert(userOf(minji).id !== id);
});

Deno.test("[V12] come back as somebody else, a message that was under way is not said again, and the next one is", async () => {
  await using server = serve();
  let isDeaf = false;
  await using minji: RealClient = connectReal(server.url, { name: "민지" }, {
    hears: (text) => !isDeaf || !/"ok":\{"cursor"|"type":"events"/.test(text),
  });
  await using jihun = connectReal(server.url, { name: "지훈" });
  await Promise.all([minji.client.join("r"), jihun.client.join("r")]);
  isDeaf = true;
  const first = minji.client.send("r", "하나", { key: "k1" });
  const second = minji.client.send("r", "둘", { key: "k2" });
  await jihun.until(() => jihun.texts("r").length === 1);
  await endSession(server, minji.client.token ?? "");
  await minji.until(() => minji.client.state.status === "closed");
  isDeaf = false;
  minji.client.reconnect();
  assertEquals(await codeOf(first), "unknown_outcome");
  await second;
  await jihun.until(() => jihun.texts("r").length === 2);
  assertEquals(jihun.texts("r"), ["하나", "둘"]);
});

Deno.test("[V21] who is signed in gets new tokens over the one connection; another person's is refused", async () => {
  const secret = "a secret of at least 32 characters";
  await using server = serve({ signed: { key: { secret }, audience: "maru" } });
  const sign = (sub: string, minutes: number) =>
    new SignJWT({ sub, name: "민지", aud: "maru", exp: Math.floor(Date.now() / 1_000) + 60 * minutes })
      .setProtectedHeader({ alg: "HS256" }).sign(new TextEncoder().encode(secret));
  let given = 0;
  // The renewal is the only thing here that waits for more than a minute: the first time it is due at once.
  const clock: Clock = {
    now: () => Date.now(),
    setTimeout: (run, ms) => setTimeout(run, ms > 60_000 && given === 1 ? 0 : ms),
    clearTimeout: (timer) => clearTimeout(Number(timer)),
  };
  await using minji = connectReal(server.url, { getToken: () => sign("minji", 10 * ++given), clock });
  await minji.until(() =>
    minji.frames.some((frame) => frame.startsWith("in") && frame.includes('"expiresAt"') && given === 2)
  );
  assertEquals([userOf(minji), given], [{ id: "s_minji", name: "민지" }, 2]);
  const kept = minji.client.token;
  assertEquals(await codeOf(minji.client.refresh(await sign("jihun", 10))), "forbidden");
  assertEquals(await codeOf(minji.client.refresh("a.b.c")), "unauthorized");
  assertEquals(minji.client.token, kept);
  const { expiresAt } = await minji.client.refresh(await sign("minji", 60));
  assert((expiresAt ?? 0) > Date.now() + 59 * 60_000);
  assertEquals(minji.frames.filter((frame) => frame.includes('"type":"hello"')).length, 1);
});

Deno.test("without a name and a token it is whoever the page's cookie says, also over the next connection", async () => {
  await using server = serve();
  const { origin } = new URL(server.url);
  const answer = await fetch(`${origin}/v1/sessions`, {
    method: "POST",
    headers: { "content-type": "application/json", origin },
    body: JSON.stringify({ name: "민지" }),
  });
  const { user } = await answer.json();
  const cookie = answer.headers.get("set-cookie")?.split(";")[0] ?? "";
  await using minji = connectReal(server.url, {}, { headers: { cookie, origin } });
  await minji.until(() => minji.client.state.status === "online");
  assertEquals([userOf(minji), minji.client.token], [user, undefined]);
  minji.client.drop();
  await minji.client.join("r");
  assertEquals(userOf(minji), user);
});

/** Over HTTP, as another page of the same browser would. */
async function endSession(server: RealServer, token: string): Promise<void> {
  const url = new URL("/v1/sessions/current", server.url);
  const answer = await fetch(url, { method: "DELETE", headers: { authorization: `Bearer ${token}` } });
  await answer.body?.cancel();
  assertEquals(answer.status, 204);
}

function isWatch(frame: string): boolean {
  return frame.startsWith("out") && frame.includes('"watch"');
}

function userOf({ client }: RealClient) {
  const { state } = client;
  if (state.status !== "online") throw new Error(`The client is not online: ${state.status}`);
  return state.user;
}

async function codeOf(refused: Promise<unknown>): Promise<unknown> {
  try {
    await refused;
    return "no refusal";
  } catch (error) {
    return error instanceof Object ? Reflect.get(error, "code") : error;
  }
}
