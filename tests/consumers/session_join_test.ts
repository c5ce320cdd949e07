import { assert, assertEquals, assertGreater, assertLess } from "@std/assert";
import { roomGroup } from "../../chat/keys.ts";
import type { ChannelLayer } from "../../layers/layer.ts";
import { createMemoryLayer } from "../../layers/memory.ts";
import { gate, nextTurn } from "../layers/until.ts";
import { fill, get, historyTexts } from "../testing/messages_client.ts";
import type { SessionClient } from "../testing/session_client.ts";
import { onService, openService } from "../testing/stage.ts";

interface Said {
  readonly type: string;
  readonly text: string;
}

/** What was said, among whatever else happened. */
const textsOf = (events: readonly Said[]) => events.filter(({ type }) => type === "message").map(({ text }) => text);
const numbers = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => `${from + i}`);

Deno.test(
  "[V7] a join after a cursor brings what came after it, oldest first, and says so",
  onService(async (service) => {
    const minji = await service.guest("민지");
    const { head, ...first } = await minji.ok({ type: "join", room: "lobby" });
    const { room, ...more } = first;
    assertEquals(more, { you: { level: "member" }, recovered: false, events: [] });
    assertEquals([room.name, room.kind, room.write], ["lobby", "public", "members"]);
    const at = await fill(service, "lobby", 60);
    const jihun = await service.session();
    const { user } = await jihun.ok({ type: "hello", name: "지훈" });
    for (const [after, from] of [[head, 1], [at[0], 2], [at[57], 59], [at[59], 61]] as const) {
      const joined = await jihun.ok({ type: "join", room: "lobby", after });
      assertEquals([textsOf(joined.events), joined.recovered], [numbers(from, 60), true]);
      const cursors = joined.events.map(({ cursor }: { cursor: string }) => cursor);
      assertEquals(cursors, cursors.toSorted());
      // The last thing that happened is that they came in.
      const { cursor, type, change, member } = joined.events.at(-1);
      assertEquals([type, change, member, joined.head], ["member", "joined", user, cursor]);
      assertGreater(cursor, at[59]);
    }
  }),
);

Deno.test(
  "[V7] the object of an event in a join is the one that `events` and HTTP carry",
  onService(async (service) => {
    const minji = await service.guest("민지");
    const { user } = await minji.ok({ type: "join", room: "lobby" }).then(() =>
      minji.ok({ type: "send", room: "lobby", key: "k", text: "안녕" })
    ).then(() => minji.unasked()).then(({ events }) => events[0]);
    const live = minji.frames.find(({ type }) => type === "events").events[0];
    assertEquals(Object.keys(live), ["cursor", "type", "at", "user", "key", "text"]);
    const joined = await (await service.guest("지훈")).ok({ type: "join", room: "lobby" });
    assertEquals([joined.events, (await get(service, "lobby")).json.items], [[live], [live]]);
    assertEquals(user.name, "민지");
  }),
);

Deno.test(
  "[V7] when more was missed than fits a frame, the rest follows at once, without a gap or a double",
  onService(async (service) => {
    const minji = await service.guest("민지");
    const { head } = await minji.ok({ type: "join", room: "lobby" });
    await minji.ok({ type: "leave", room: "lobby" });
    await fill(service, "lobby", 700, (n) => `${n} ${"x".repeat(300)}`);
    const joined = await minji.ok({ type: "join", room: "lobby", after: head });
    assert(joined.recovered && joined.events.length < 700);
    assertEquals(joined.head, joined.events.at(-1).cursor);
    const seen = textsOf(joined.events);
    for (let at = joined.head; seen.length < 700;) {
      const frame = await minji.unasked();
      assertEquals(frame.prev, at);
      at = frame.events.at(-1).cursor;
      seen.push(...textsOf(frame.events));
    }
    assertEquals(seen.map((text) => parseInt(text)), numbers(1, 700).map(Number));
    // Few, full frames, of a size that a client can be expected to take.
    assertLess(minji.frames.length, 20);
    for (const frame of minji.frames) assertLess(JSON.stringify(frame).length, 200_000);
  }),
);

Deno.test(
  "[V8] a join without a cursor brings the newest page, at most 50, and is not recovered",
  onService(async (service) => {
    const at = await fill(service, "lobby", 53);
    const joined = await (await service.guest("민지")).ok({ type: "join", room: "lobby" });
    assertEquals([textsOf(joined.events), joined.recovered], [numbers(4, 53), false]);
    assertEquals(joined.events.length, 50, "something else than messages");
    // Behind the last message there is their own coming in, which the page leaves out.
    assertGreater(joined.head, at[52]);
  }),
);

Deno.test(
  "[V8] the newest page holds 50 messages, however many came in and out between them",
  onService(async (service) => {
    await fill(service, "lobby", 60);
    for (let n = 0; n < 40; n++) await (await service.signIn(`guest ${n}`)).enter("lobby");
    const minji = await service.guest("민지");
    const joined = await minji.ok({ type: "join", room: "lobby" });
    assertEquals([textsOf(joined.events), joined.events.length], [numbers(11, 60), 50]);
    await fill(service, "lobby", 1, () => "61");
    assertEquals(textsOf(await minji.events("lobby", 1)), ["61"]);
  }),
);

Deno.test(
  "[V8] a cursor whose past is not kept, or of another database, is not recovered: the newest page",
  onService(async (service) => {
    await using other = await openService();
    const [foreign] = await fill(other, "lobby", 1);
    const at = await fill(service, "lobby", 80);
    await service.layer.trim(roomGroup("lobby"), at[9] ?? "");
    const minji = await service.guest("민지");
    for (const after of [at[3], foreign]) {
      const joined = await minji.ok({ type: "join", room: "lobby", after });
      assertEquals([textsOf(joined.events), joined.recovered], [numbers(31, 80), false]);
      assertGreater(joined.head, at[79]);
    }
    assertEquals((await minji.ok({ type: "join", room: "lobby", after: at[9] })).recovered, true);
  }),
);

Deno.test(
  "[B19] [V9] a cursor that is none is bad_cursor, and a room that was joined before stays joined",
  onService(async (service) => {
    const minji = await service.guest("민지");
    await minji.ok({ type: "join", room: "lobby" });
    for (
      const after of [
        "1e999",
        "-1",
        "",
        "garbage",
        "0",
        "\0",
        "x".repeat(29),
        "x".repeat(60_000),
        "__proto__",
        "\ud800",
      ]
    ) {
      await minji.refused({ type: "join", room: "lobby", after }, "bad_cursor");
      await minji.refused({ type: "join", room: "other", after }, "bad_cursor");
    }
    await minji.ok({ type: "send", room: "lobby", key: "k", text: "still here" });
    assertEquals(textsOf(await minji.events("lobby", 1)), ["still here"]);
    await minji.refused({ type: "send", room: "other", key: "k", text: "a" }, "forbidden");
  }),
);

Deno.test(
  "[B19] a cursor that is a number in JSON is bad_cursor, too",
  onService(async (service) => {
    const minji = await service.guest("민지");
    for (const after of ["1e999", "-1", "0", "null", "{}", "[]", "true"]) {
      minji.socket.send(`{"id":77,"type":"join","room":"lobby","after":${after}}`);
      assertEquals((await minji.answer(77)).error?.code, "bad_cursor", after);
    }
    assertEquals(minji.socket.closed, undefined);
  }),
);

Deno.test(
  "[B14] a room's name that is none is bad_room, whatever is asked of it",
  onService(async (service) => {
    const minji = await service.guest("민지");
    for (const room of ["", "../x", "a\0b", "x".repeat(256), "x".repeat(65), "a b", "😀", "room:lobby", "lobby\n"]) {
      await minji.refused({ type: "join", room }, "bad_room");
      await minji.refused({ type: "leave", room }, "bad_room");
      await minji.refused({ type: "send", room, key: "k", text: "a" }, "bad_room");
      await minji.refused({ type: "typing", room }, "bad_room");
    }
  }),
);

Deno.test(
  "[B13] rooms called __proto__ and constructor are rooms like any other, and apart",
  onService(async (service) => {
    const minji = await service.guest("민지");
    for (const room of ["__proto__", "constructor", "toString", "hasOwnProperty"]) {
      await minji.refused({ type: "send", room, key: "k", text: room }, "forbidden");
      assertEquals((await minji.ok({ type: "join", room })).room.name, room);
      await minji.ok({ type: "send", room, key: "k", text: room });
      assertEquals(textsOf(await minji.events(room, 1)), [room]);
    }
  }),
);

Deno.test(
  "a room is answered by its name in NFC, and is one room however it is written",
  onService(async (service) => {
    const minji = await service.guest("민지");
    const decomposed = "한글방".normalize("NFD");
    assertEquals((await minji.ok({ type: "join", room: decomposed })).room.name, "한글방");
    await minji.ok({ type: "send", room: "한글방", key: "k", text: "a" });
    assertEquals(textsOf(await minji.events("한글방", 1)), ["a"]);
    await minji.ok({ type: "leave", room: decomposed });
    await minji.refused({ type: "send", room: "한글방", key: "k2", text: "a" }, "forbidden");
  }),
);

Deno.test(
  "[V9] joining again replaces the first join: every event comes once",
  onService(async (service) => {
    const minji = await service.guest("민지");
    const at = await fill(service, "lobby", 3);
    for (let i = 0; i < 3; i++) await minji.ok({ type: "join", room: "lobby" });
    const joined = await minji.ok({ type: "join", room: "lobby", after: at[0] });
    assertEquals(textsOf(joined.events), ["2", "3"]);
    await minji.ok({ type: "send", room: "lobby", key: "k", text: "4" });
    assertEquals(textsOf(await minji.events("lobby", 1)), ["4"]);
    assert(await minji.isQuiet());
  }),
);

Deno.test(
  "[V10] more rooms than limits.rooms are forbidden; to leave one makes room for another",
  onService(async (service) => {
    const minji = await service.guest("민지");
    for (let n = 0; n < 100; n++) await minji.ok({ type: "join", room: `room-${n}` });
    await minji.refused({ type: "join", room: "one-more" }, "forbidden");
    await minji.ok({ type: "join", room: "room-99" });
    await minji.ok({ type: "leave", room: "room-5" });
    await minji.ok({ type: "join", room: "one-more" });
    await minji.refused({ type: "join", room: "room-5" }, "forbidden");
    // What was refused is not joined, what was there before still is.
    await minji.refused({ type: "send", room: "room-5", key: "k", text: "a" }, "forbidden");
    await minji.ok({ type: "send", room: "room-0", key: "k", text: "a" });
  }),
);

Deno.test(
  "[B20] [V15] a room that was not joined is forbidden, in the same words whether it exists or not",
  onService(async (service) => {
    await fill(service, "exists", 1);
    const minji = await service.guest("민지");
    const words = [];
    for (const room of ["exists", "absent"]) {
      for (const request of [{ type: "send", room, key: "k", text: "a" }, { type: "typing", room }]) {
        words.push((await minji.refused(request, "forbidden")).message.replace(room, "…"));
      }
    }
    assertEquals(new Set(words).size, 1);
    assertEquals(await historyTexts(service, "exists"), ["1"]);
  }),
);

Deno.test(
  "[V17] after the answer to leave no events of that room follow, and leaving twice is ok",
  onService(async (service) => {
    const minji = await service.guest("민지");
    await minji.ok({ type: "join", room: "lobby" });
    await minji.ok({ type: "join", room: "other" });
    await minji.ok({ type: "leave", room: "lobby" });
    await fill(service, "lobby", 3);
    await fill(service, "other", 1);
    assertEquals(textsOf(await minji.events("other", 1)), ["1"]);
    assertEquals(await minji.ok({ type: "leave", room: "lobby" }), {});
    assertEquals(await minji.ok({ type: "leave", room: "never-joined" }), {});
    assert(await minji.isQuiet());
  }),
);

/** A memory layer whose reads of one room wait at a gate, so that a join of it takes as long as a test wants. */
function slowReads(room: string): { layer: ChannelLayer; turn: ReturnType<typeof gate> } {
  const inner = createMemoryLayer();
  const turn = gate();
  const layer: ChannelLayer = {
    ...inner,
    async read(group, options) {
      if (group === roomGroup(room)) await turn.passed;
      return await inner.read(group, options);
    },
  };
  return { layer, turn };
}

Deno.test("[V17] events that waited behind other requests do not follow the answer to leave either", async () => {
  const { layer, turn } = slowReads("slow");
  await using service = await openService({ layer });
  const minji = await service.guest("민지");
  await minji.ok({ type: "join", room: "lobby" });
  const joining = minji.post({ type: "join", room: "slow" });
  const leaving = minji.post({ type: "leave", room: "lobby" });
  // It is delivered now, and waits for its turn behind `leave`.
  await fill(service, "lobby", 1);
  await nextTurn();
  turn.open();
  for (const id of [joining, leaving]) assert("ok" in await minji.answer(id));
  assert(await minji.isQuiet(), JSON.stringify(minji.frames.at(-1)));
});

Deno.test("[V9] events that waited for the first join do not follow the answer to the second", async () => {
  const { layer, turn } = slowReads("slow");
  await using service = await openService({ layer });
  const minji = await service.guest("민지");
  await minji.ok({ type: "join", room: "lobby" });
  const ids = [minji.post({ type: "join", room: "slow" }), minji.post({ type: "join", room: "lobby" })];
  await fill(service, "lobby", 2);
  await nextTurn();
  turn.open();
  const [, again] = [await minji.answer(ids[0]), await minji.answer(ids[1])];
  // Whether they are in the answer or come after it: once, and in order.
  const seen = textsOf(again.ok.events);
  let at = again.ok.head;
  while (!await minji.isQuiet()) {
    const frame = await minji.unasked();
    assertEquals(frame.prev, at, "[V19] a gap, or events of the first join");
    at = frame.events.at(-1).cursor;
    seen.push(...textsOf(frame.events));
  }
  assertEquals(seen, ["1", "2"]);
});

Deno.test("what is said while a join is on its way is in its answer or comes after it, once", async () => {
  const { layer, turn } = slowReads("lobby");
  await using service = await openService({ layer });
  const minji = await service.guest("민지");
  const joining = minji.post({ type: "join", room: "lobby" });
  await nextTurn();
  await fill(service, "lobby", 3);
  turn.open();
  const { ok } = await minji.answer(joining);
  await fill(service, "lobby", 2, (n) => `${n + 3}`);
  const seen = [...textsOf(ok.events), ...textsOf(await minji.events("lobby", 5 - ok.events.length))];
  assertEquals(seen, numbers(1, 5));
});

Deno.test("a client that leaves while it joins leaves nothing behind", async () => {
  const { layer, turn } = slowReads("lobby");
  await using service = await openService({ layer });
  const minji = await service.guest("민지");
  minji.post({ type: "join", room: "lobby" });
  await nextTurn();
  await minji.socket.disconnect();
  turn.open();
  await nextTurn(2);
  await fill(service, "lobby", 1);
  assertEquals([service.connections.size, service.reports], [0, []]);
});

Deno.test(
  "[V19] 40 random reconnects with `after` see every message once and in order",
  onService(async (service) => {
    const seen: string[] = [];
    let at: string | undefined;
    let said = 0;
    const minji = await service.guest("민지");
    await minji.ok({ type: "join", room: "lobby" });
    const say = async () => void await minji.ok({ type: "send", room: "lobby", key: `${++said}`, text: `${said}` });
    const take = (frame: { prev: string; events: (Said & { cursor: string })[] }) => {
      assertEquals(frame.prev, at);
      seen.push(...textsOf(frame.events));
      at = frame.events.at(-1)?.cursor;
    };
    let client: SessionClient | undefined;
    for (let round = 0; round < 40; round++) {
      client = await service.guest("지훈");
      const joined: { head: string; events: Said[] } = await client.ok({
        type: "join",
        room: "lobby",
        ...(at && { after: at }),
      });
      seen.push(...textsOf(joined.events));
      at = joined.head;
      for (let n = Math.random() * 4; n > 0; n--) await say();
      while (seen.length < said && Math.random() < 0.8) take(await client.unasked());
      await client.socket.disconnect();
      for (let n = Math.random() * 3; n > 1; n--) await say();
    }
    const last = await (await service.guest("지훈")).ok({ type: "join", room: "lobby", after: at });
    seen.push(...textsOf(last.events));
    assertEquals(seen, numbers(1, said));
    assertGreater(said, 40);
  }),
);
