/** `static/client.js` with real sockets against the real application. */

import { assert, assertEquals, assertGreaterOrEqual, assertNotEquals } from "@std/assert";
import { seeded } from "../layers/random.ts";
import { connectReal, type RealClient } from "./real_client.ts";
import { serve } from "./real_server.ts";

Deno.test("[V11] what is sent is answered with its place, and everybody in the room gets it in one order", async () => {
  await using server = await serve();
  await using minji = connectReal(server.url, { name: "민지" });
  await using jihun = connectReal(server.url, { name: "지훈" });
  const joined = await Promise.all([minji.client.join("한글방"), jihun.client.join("한글방".normalize("NFD"))]);
  assertEquals(joined.map(({ room, recovered }) => [room, recovered]), [["한글방", false], ["한글방", false]]);
  const sent = await Promise.all([
    minji.client.send("한글방", "하나"),
    jihun.client.send("한글방", "둘"),
    minji.client.send("한글방", "셋"),
  ]);
  await Promise.all([minji, jihun].map((each) => each.until(() => each.texts("한글방").length === 3)));
  assertEquals(minji.texts("한글방"), jihun.texts("한글방"));
  assertEquals(minji.ids("한글방"), sent.map(({ cursor }) => cursor).sort());
  assertInOrder(minji, "한글방");
});

Deno.test("[V6] the token makes the same guest again, with the old name or a new one", async () => {
  await using server = await serve();
  await using first = connectReal(server.url, { name: "민지" });
  await first.until(() => first.client.state.status === "online");
  const { token } = first.client;
  assert(token);
  const { user } = online(first);
  await using again = connectReal(server.url, { token });
  await again.until(() => again.client.state.status === "online");
  // Before the other name comes, of which this one hears too.
  assertEquals(online(again).user, user);
  await using renamed = connectReal(server.url, { token, name: "바다" });
  await using stranger = connectReal(server.url, { name: "민지" });
  await Promise.all([renamed, stranger].map((each) => each.until(() => each.client.state.status === "online")));
  assertEquals(online(renamed).user, { id: user.id, name: "바다" });
  assertNotEquals(online(stranger).user.id, user.id);
});

Deno.test("rename is the same guest under another name, in the same rooms, over another connection", async () => {
  await using server = await serve();
  await using minji = connectReal(server.url, { name: "민지" });
  await minji.client.join("r");
  const { user } = online(minji);
  minji.client.rename("바다");
  await minji.client.send("r", "이제 바다");
  assertEquals(online(minji).user, { id: user.id, name: "바다" });
  await minji.until(() => minji.texts("r").length === 1);
});

Deno.test("[V7] a client that comes back gets what it missed, in its place, and nothing twice", async () => {
  await using server = await serve();
  await using minji = connectReal(server.url, { name: "민지" });
  await minji.client.join("r");
  await server.say("r", "하나", "둘");
  await minji.until(() => minji.texts("r").length === 2);
  minji.client.drop();
  await server.say("r", "셋", "넷");
  await minji.until(() => minji.texts("r").length === 4);
  await server.say("r", "다섯");
  await minji.until(() => minji.texts("r").length === 5);
  assertEquals(minji.texts("r"), ["하나", "둘", "셋", "넷", "다섯"]);
  assertEquals(minji.replaced("r"), 1);
  assertInOrder(minji, "r");
});

Deno.test("[V7] more than fits one answer follows in frames of events, without a gap", async () => {
  await using server = await serve();
  await server.say("r", "하나");
  const after = await cursorOf(server.url, "r");
  const texts = numbered("말", 1_300);
  await server.say("r", ...texts);
  await using minji = connectReal(server.url, { name: "민지" });
  const joined = await minji.client.join("r", { after });
  assertEquals(joined.recovered, true);
  await minji.until(() => minji.texts("r").length === texts.length);
  assertEquals(minji.texts("r"), texts);
  assertEquals(minji.replaced("r"), 0);
  assertInOrder(minji, "r");
});

Deno.test("[V7] a cursor that another client kept joins there", async () => {
  await using server = await serve();
  await server.say("r", "하나", "둘", "셋");
  await using first = connectReal(server.url, { name: "민지" });
  await first.client.join("r");
  const after = first.cursors("r")[0] ?? "";
  await using second = connectReal(server.url, { name: "지훈" });
  const joined = await second.client.join("r", { after });
  assertEquals([joined.recovered, joined.head], [true, first.client.cursor("r")]);
  assertEquals(second.texts("r"), ["둘", "셋"]);
});

Deno.test("[V8] what is no longer kept is not bridged: the newest page replaces", async () => {
  await using server = await serve({ maxEntries: 10 });
  await server.say("r", "하나");
  const after = await cursorOf(server.url, "r");
  await server.say("r", ...numbered("말", 30));
  await using minji = connectReal(server.url, { name: "민지" });
  const joined = await minji.client.join("r", { after });
  assertEquals(joined.recovered, false);
  const kept = minji.texts("r");
  assertEquals(kept, numbered("말", 30).slice(-kept.length));
  assert(kept.length <= 11, `${kept.length} of 30 are kept`);
  assertEquals(minji.replaced("r"), 1);
  await server.say("r", "그 뒤");
  await minji.until(() => minji.texts("r").at(-1) === "그 뒤");
});

Deno.test("[V9] a cursor that is none is let go of, and the newest page comes", async () => {
  await using server = await serve();
  await server.say("r", "하나");
  for (const after of ["1e999", "-1", "garbage", "", "\u0000"]) {
    await using minji = connectReal(server.url, { name: "민지" });
    assertEquals((await minji.client.join("r", { after })).recovered, false);
    assertEquals(minji.texts("r"), ["하나"]);
  }
});

Deno.test("[V8] a server with another database makes a new guest, replaces the page, and gets what waits", async () => {
  const first = await serve();
  await using minji = connectReal(first.url, { name: "민지" });
  let last: ReturnType<typeof online>;
  try {
    await minji.client.join("r");
    await minji.client.send("r", "옛날 말");
    await minji.until(() => minji.texts("r").length === 1);
    last = online(minji);
  } finally {
    await first[Symbol.asyncDispose]();
  }
  const { user: { id } } = last;
  const sent = minji.client.send("r", "기다린 말");
  await using _second = await serve({ port: first.port });
  await sent;
  await minji.until(() => minji.texts("r").includes("기다린 말"));
  assertEquals(minji.texts("r"), ["기다린 말"]);
  assertNotEquals(online(minji).user.id, id);
  assertEquals(online(minji).user.name, "민지");
});

Deno.test("[V12] a send whose answer is lost is sent again under its key, and stands in the log once", async () => {
  await using server = await serve();
  let isDeaf = false;
  await using minji = connectReal(server.url, { name: "민지" }, {
    hears(text) {
      if (!isDeaf) return true;
      if (/"ok":\{"cursor"/.test(text)) {
        isDeaf = false;
        queueMicrotask(() => minji.client.drop());
      }
      return false;
    },
  });
  await minji.client.join("r");
  isDeaf = true;
  const [first, second] = await Promise.all([minji.client.send("r", "하나"), minji.client.send("r", "둘")]);
  await minji.until(() => minji.texts("r").length === 2);
  assertEquals(minji.texts("r"), ["하나", "둘"]);
  assertEquals(minji.cursors("r"), [first.cursor, second.cursor]);
  const tries = minji.frames.filter((frame) => frame.startsWith("out") && frame.includes('"text":"하나"'));
  assertEquals(tries.length, 2);
  assertEquals(new Set(tries.map((frame) => JSON.parse(frame.slice(4)).key)).size, 1);
});

Deno.test("[V12] the same key by hand is one message; with another text it is refused, and no copy is made", async () => {
  await using server = await serve();
  await using minji = connectReal(server.url, { name: "민지" });
  await minji.client.join("r");
  const first = await minji.client.send("r", "하나", { key: "k" });
  assertEquals(await minji.client.send("r", "하나", { key: "k" }), first);
  const refused = await minji.client.send("r", "둘", { key: "k" }).catch((error) => error.code);
  assertEquals(refused, "conflict");
  await minji.client.send("r", "끝");
  await minji.until(() => minji.texts("r").at(-1) === "끝");
  assertEquals(minji.texts("r"), ["하나", "끝"]);
});

Deno.test("[V14] over the rate limit everything arrives in order, refused once or twice and not a hundred times", async () => {
  await using server = await serve({ sendRate: 20 });
  await using minji = connectReal(server.url, { name: "민지" });
  await minji.client.join("r");
  const texts = Array.from({ length: 30 }, (_, i) => `말 ${i}`);
  await Promise.all(texts.map((text) => minji.client.send("r", text)));
  await minji.until(() => minji.texts("r").length === texts.length);
  assertEquals(minji.texts("r"), texts);
  const refusals = minji.frames.filter((frame) => frame.includes("rate_limited")).length;
  assert(refusals >= 1 && refusals <= 3, `${refusals} refusals`);
  assertEquals(minji.frames.filter((frame) => frame.includes('"type":"hello"')).length, 1);
});

Deno.test("[V15] a room that was not joined takes nothing, and a room's name that is none is refused", async () => {
  await using server = await serve();
  await using minji = connectReal(server.url, { name: "민지" });
  assertEquals(await minji.client.send("r", "x").catch((error) => error.code), "forbidden");
  assertEquals(await minji.client.join("../x").catch((error) => error.code), "bad_room");
  await minji.client.join("r");
  assertEquals(await minji.client.send("r", "가".repeat(4_001)).catch((error) => error.code), "too_long");
  assertEquals(await minji.client.send("r", "   ").catch((error) => error.code), "bad_request");
  await minji.client.send("r", "\ud800 반쪽");
  await minji.until(() => minji.texts("r").length === 1);
  assertEquals(minji.texts("r"), ["\ufffd 반쪽"]);
});

Deno.test("[C3] a text too large for any frame fails by itself, and costs nobody the connection", async () => {
  await using server = await serve();
  await using minji = connectReal(server.url, { name: "민지" });
  await minji.client.join("r");
  const [huge, next] = await Promise.allSettled([
    minji.client.send("r", "가".repeat(100_000)),
    minji.client.send("r", "다음 말"),
  ]);
  assertEquals([huge.status === "rejected" && huge.reason.code, next.status], ["too_long", "fulfilled"]);
  assertEquals(minji.frames.filter((frame) => frame.includes('"type":"hello"')).length, 1);
});

Deno.test("[V16] typing reaches the others, is sent at most every three seconds, and is not there for who comes later", async () => {
  await using server = await serve();
  await using minji = connectReal(server.url, { name: "민지" });
  await using jihun = connectReal(server.url, { name: "지훈" });
  await Promise.all([minji.client.join("r"), jihun.client.join("r")]);
  minji.client.typing("r");
  minji.client.typing("r");
  await minji.client.send("r", "하나");
  await jihun.until(() => jihun.texts("r").length === 1);
  // Who came in last is news to the other one or not, as it happens: what is counted is what was typed and said.
  const types = jihun.events("r").map(({ type }) => type).filter((type) => type !== "member");
  assertEquals(types, ["typing", "message"]);
  assertEquals(minji.frames.filter((frame) => frame.startsWith("out") && frame.includes("typing")).length, 1);
  await using late = connectReal(server.url, { name: "여름" });
  await late.client.join("r");
  assertEquals(late.cursors("r").length, 1);
});

Deno.test("[V17] after leaving nothing comes, and what was on its way has gone out first", async () => {
  await using server = await serve();
  await using minji = connectReal(server.url, { name: "민지" });
  await using jihun = connectReal(server.url, { name: "지훈" });
  await Promise.all([minji.client.join("r"), jihun.client.join("r")]);
  minji.client.drop();
  const sent = minji.client.send("r", "마지막 말");
  minji.client.leave("r");
  await sent;
  await server.say("r", "그 뒤");
  await jihun.until(() => jihun.texts("r").length === 2);
  assertEquals(jihun.texts("r"), ["마지막 말", "그 뒤"]);
  assertEquals(minji.texts("r"), []);
  await minji.client.join("r");
  await minji.until(() => minji.texts("r").length === 2);
});

Deno.test("[V19] a frame of events that never came is read again, and nothing comes twice", async () => {
  await using server = await serve();
  let losing = 0;
  await using minji = connectReal(server.url, { name: "민지" }, {
    hears: (text) => !text.includes('"type":"events"') || losing-- <= 0,
  });
  await minji.client.join("r");
  losing = 2;
  for (const text of ["하나", "둘", "셋", "넷"]) await server.say("r", text);
  await minji.until(() => minji.texts("r").length === 4);
  await server.say("r", "다섯");
  await minji.until(() => minji.texts("r").length === 5);
  assertEquals(minji.texts("r"), ["하나", "둘", "셋", "넷", "다섯"]);
  assertInOrder(minji, "r");
});

Deno.test("many rooms on one socket resume each from its own place", async () => {
  await using server = await serve();
  await using minji = connectReal(server.url, { name: "민지" });
  const rooms = Array.from({ length: 20 }, (_, i) => `방-${i}`);
  await Promise.all(rooms.map((room) => minji.client.join(room)));
  for (const room of rooms) await server.say(room, `${room} 하나`);
  minji.client.drop();
  for (const room of rooms) await server.say(room, `${room} 둘`);
  await minji.until(() => rooms.every((room) => minji.texts(room).length === 2));
  for (const room of rooms) {
    assertEquals(minji.texts(room), [`${room} 하나`, `${room} 둘`]);
    assertEquals(minji.replaced(room), 1);
  }
});

for (const seed of [1, 2, 3]) {
  Deno.test(`two clients that lose their connections at any moment miss nothing, double nothing and turn nothing around (seed ${seed})`, async () => {
    const random = seeded(seed);
    await using server = await serve();
    let frames = 0;
    let cuts = 0;
    let isCutting = false;
    const later: Promise<void>[] = [];
    /** Before, while or after the client has taken a frame, its connection is gone: a frame in seven. */
    const cutting = (find: () => RealClient) => ({
      hears() {
        frames++;
        const chance = random();
        if (isCutting && chance < 1 / 7) {
          cuts++;
          const cut = () => find().client.drop();
          if (chance < 1 / 21) {
            cut();
            return false;
          }
          if (chance < 2 / 21) queueMicrotask(cut);
          else later.push(new Promise((done) => setTimeout(() => done(cut()), 0)));
        }
        return true;
      },
    });
    await using minji: RealClient = connectReal(server.url, { name: "민지" }, cutting(() => minji));
    await using jihun: RealClient = connectReal(server.url, { name: "지훈" }, cutting(() => jihun));
    await Promise.all([minji.client.join("r"), jihun.client.join("r")]);
    isCutting = true;
    const said = { minji: numbered("민지", 150), jihun: numbered("지훈", 150) };
    await Promise.all([
      ...said.minji.map((text) => minji.client.send("r", text)),
      ...said.jihun.map((text) => jihun.client.send("r", text)),
    ]);
    isCutting = false;
    await Promise.all(later);
    await using fresh = connectReal(server.url, { name: "여름" });
    const all = await fresh.client.join("r", { after: minji.ids("r")[0] ?? "none" });
    await Promise.all([minji, jihun].map((each) => each.until(() => each.texts("r").length >= 300)));
    assertEquals(minji.texts("r"), jihun.texts("r"));
    assertEquals(
      minji.texts("r").slice(1),
      all.events.flatMap((event) => event.type === "message" ? [event.text] : []),
    );
    assertEquals(minji.texts("r").filter((text) => text.startsWith("민지")), said.minji);
    assertEquals(minji.texts("r").filter((text) => text.startsWith("지훈")), said.jihun);
    assertInOrder(minji, "r");
    assertInOrder(jihun, "r");
    assertGreaterOrEqual(cuts, 50, `only ${cuts} cuts in ${frames} frames`);
  });
}

/** The place of a room's end, as a client that has been there before keeps it. */
async function cursorOf(url: string, room: string): Promise<string> {
  await using client = connectReal(url, { name: "여름" });
  return (await client.client.join(room)).head;
}

function numbered(name: string, count: number): string[] {
  return Array.from({ length: count }, (_, i) => `${name} ${i}`);
}

function assertInOrder(client: RealClient, room: string): void {
  const cursors = client.cursors(room);
  assertEquals(cursors, [...new Set(cursors)].sort());
}

function online({ client }: RealClient) {
  const { state } = client;
  if (state.status !== "online") throw new Error(`The client is not online: ${state.status}`);
  return state;
}
