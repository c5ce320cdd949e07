import { assert, assertEquals, assertGreater, assertGreaterOrEqual, assertLess, assertNotEquals } from "@std/assert";
import { createMemoryLayer } from "../../layers/memory.ts";
import { LayerUnavailable } from "../../layers/layer.ts";
import { gate, nextTurn } from "../layers/until.ts";
import { historyTexts, put } from "../testing/messages_client.ts";
import type { SessionClient } from "../testing/session_client.ts";
import { onService, openService, type Stage } from "../testing/stage.ts";

/** A guest in the lobby. */
async function join(service: Stage, name: string): Promise<SessionClient> {
  const session = await service.guest(name);
  await session.ok({ type: "join", room: "lobby" });
  return session;
}

const send = (key: string, text = key) => ({ type: "send", room: "lobby", key, text });
const textsOf = (events: { type: string; text: string }[]) =>
  events.filter(({ type }) => type === "message").map(({ text }) => text);
const history = (service: Stage) => historyTexts(service, "lobby");

Deno.test("[V11] the answer to send comes when the message is durable, not before", async () => {
  const inner = createMemoryLayer();
  const turn = gate();
  const publish: typeof inner.publish = async (group, event, options) => {
    if (event.type === "message") await turn.passed;
    return await inner.publish(group, event, options);
  };
  await using service = await openService({ layer: { ...inner, publish } });
  const minji = await join(service, "민지");
  const id = minji.post(send("k"));
  assert(await minji.isQuiet());
  turn.open();
  const { ok } = await minji.answer(id);
  assertEquals(Object.keys(ok), ["cursor", "at"]);
});

Deno.test("[V11] what could not be made durable is `unavailable`, never ok, and the connection lives on", async () => {
  const inner = createMemoryLayer();
  let isDown = false;
  const publish: typeof inner.publish = (...args) =>
    isDown ? Promise.reject(new LayerUnavailable("The disk is gone")) : inner.publish(...args);
  await using service = await openService({ layer: { ...inner, publish } });
  const minji = await join(service, "민지");
  isDown = true;
  await minji.refused({ type: "join", room: "other" }, "unavailable");
  await minji.refused(send("k"), "unavailable");
  await minji.refused({ type: "typing", room: "lobby" }, "unavailable");
  isDown = false;
  await minji.ok(send("k"));
  assertEquals(await history(service), ["k"]);
});

Deno.test(
  "[B22] [V12] the same key and text, on any connection and over HTTP, are answered with the first cursor and time",
  onService(async (service) => {
    const person = await service.signIn("민지");
    const [minji, again] = [await service.sessionOf(person), await service.sessionOf(person)];
    for (const one of [minji, again]) await one.ok({ type: "join", room: "lobby" });
    const first = await minji.ok(send("k", "a"));
    assertEquals(await minji.ok(send("k", "a")), first);
    assertEquals(await again.ok(send("k", "a")), first);
    const { status, json } = await put(service, "lobby", "k", { text: "a" }, person);
    assertEquals([status, json], [200, first]);
    assertEquals(textsOf(await minji.events("lobby", 1)), ["a"]);
    assert(await minji.isQuiet());
  }),
);

Deno.test(
  "[B22] [V12] the same key with another text is a conflict, and nothing is said",
  onService(async (service) => {
    const minji = await join(service, "민지");
    await minji.ok(send("k", "a"));
    await minji.refused(send("k", "b"), "conflict");
    await minji.refused(send("k", "a "), "conflict");
    assertEquals(await history(service), ["a"]);
    assertEquals(minji.socket.closed, undefined);
  }),
);

Deno.test(
  "[V12] equal keys of two persons never meet: both are said, and each one's retry finds their own",
  onService(async (service) => {
    const [minji, jihun] = [await join(service, "민지"), await join(service, "지훈")];
    const first = await minji.ok(send("k", "a"));
    const others = await jihun.ok(send("k", "b"));
    assertNotEquals(others.cursor, first.cursor);
    // The same words, too: a key that somebody has guessed tells nothing of what was said with it.
    const third = await (await join(service, "서연")).ok(send("k", "a"));
    assert(third.cursor > others.cursor);
    assertEquals([await minji.ok(send("k", "a")), await jihun.ok(send("k", "b"))], [first, others]);
    await jihun.refused(send("k", "a"), "conflict");
    assertEquals(await history(service), ["a", "b", "a"]);
  }),
);

Deno.test(
  "[V12] a retry that overtakes the first answer is one message",
  onService(async (service) => {
    const minji = await join(service, "민지");
    const ids = Array.from({ length: 10 }, () => minji.post(send("k", "a")));
    const answers = [];
    for (const id of ids) answers.push((await minji.answer(id)).ok);
    for (const answer of answers) assertEquals(answer, answers[0]);
    assertEquals(await history(service), ["a"]);
  }),
);

Deno.test(
  "[V12] keys that are none are bad_key; texts that are none bad_request or too_long",
  onService(async (service) => {
    const minji = await join(service, "민지");
    for (const key of ["", "x".repeat(65), "\ud800"]) await minji.refused(send(key, "a"), "bad_key");
    await minji.refused(send("k", "x".repeat(4_001)), "too_long");
    await minji.refused(send("k", "😀".repeat(4_001)), "too_long");
    await minji.refused(send("k", " \n\u3000"), "bad_request");
    await minji.ok(send("k", "😀".repeat(4_000)));
    assertEquals(textsOf(await minji.events("lobby", 1)), ["😀".repeat(4_000)]);
  }),
);

Deno.test(
  "[B15] a lone surrogate is an error in a text, a key, a room and a name, and never becomes U+FFFD",
  onService(async (service) => {
    const minji = await join(service, "민지");
    const frames = [
      ['{"id":91,"type":"send","room":"lobby","key":"k","text":"\\ud800"}', "bad_request"],
      ['{"id":91,"type":"send","room":"lobby","key":"\\udc00","text":"a"}', "bad_key"],
      ['{"id":91,"type":"join","room":"\\ud800"}', "bad_room"],
    ];
    for (const [frame = "", code] of frames) {
      minji.socket.send(frame);
      assertEquals((await minji.answer(91)).error.code, code, frame);
    }
    const session = await service.session();
    session.socket.send('{"id":91,"type":"hello","name":"a\\ud83d"}');
    assertEquals((await session.answer(91)).error.code, "bad_name");
    assertEquals(await history(service), []);
    // Both halves are a character.
    minji.socket.send('{"id":92,"type":"send","room":"lobby","key":"k","text":"\\ud83d\\ude00"}');
    assert("ok" in await minji.answer(92));
    assertEquals(await history(service), ["😀"]);
  }),
);

Deno.test(
  "[V13] messages of one connection keep the order in which they were sent, without waiting for answers",
  onService(async (service) => {
    const minji = await join(service, "민지");
    const jihun = await join(service, "지훈");
    const ids: number[] = [];
    for (let n = 0; n < 200; n++) {
      ids.push(minji.post(send(`m${n}`)));
      if (n % 3 === 0) jihun.post(send(`j${n}`));
      if (n % 50 === 0) await nextTurn();
    }
    for (const id of ids) assert("ok" in await minji.answer(id));
    const said = textsOf(await minji.events("lobby", 267));
    assertEquals(said.filter((text) => text.startsWith("m")), Array.from({ length: 200 }, (_, n) => `m${n}`));
  }),
);

Deno.test(
  "[B21] [V14] 100 messages in a second are rate_limited with retryAfterMs; going on closes with 1008",
  onService(async (service) => {
    const minji = await join(service, "민지");
    const begin = performance.now();
    const first = Array.from({ length: 100 }, (_, n) => minji.post(send(`${n}`)));
    const answers = [];
    for (const id of first) answers.push(await minji.answer(id));
    const seconds = (performance.now() - begin) / 1_000;
    const refused = answers.filter(({ error }) => error);
    const taken = answers.length - refused.length;
    assertGreaterOrEqual(taken, 10);
    assertLess(taken, 11 + 10 * seconds + 1);
    for (const { error } of refused) {
      assertEquals(error.code, "rate_limited");
      assert(
        Number.isInteger(error.retryAfterMs) && error.retryAfterMs > 0 && error.retryAfterMs <= 100,
        `${error.retryAfterMs}`,
      );
    }
    assertEquals(minji.socket.closed, undefined);
    assertGreater(refused.length, 60);
    for (let n = 100; n < 250 && minji.socket.closed === undefined; n++) minji.post(send(`${n}`));
    assertEquals((await minji.socket.receiveClose()).code, 1008);
    // What was refused was not said.
    assertEquals((await history(service)).length <= taken + 11 + 10 * seconds, true);
  }, { sendRate: 10 }),
);

Deno.test(
  "[V14] the limit is the person's, not the socket's; others are not slowed down",
  onService(async (service) => {
    const session = await service.session();
    const { token } = await session.ok({ type: "hello", name: "민지" });
    const again = await service.session();
    await again.ok({ type: "hello", token });
    const jihun = await join(service, "지훈");
    for (const one of [session, again]) await one.ok({ type: "join", room: "lobby" });
    await session.ok(send("1"));
    const { retryAfterMs } = await again.refused(send("2"), "rate_limited");
    assert(retryAfterMs > 0 && retryAfterMs <= 100_000);
    await jihun.ok(send("3"));
    await jihun.refused(send("4"), "rate_limited");
  }, { sendRate: 0.01 }),
);

Deno.test(
  "[V14] after retryAfterMs the same message is taken",
  onService(async (service) => {
    const minji = await join(service, "민지");
    for (let n = 0; n < 20; n++) await minji.ok(send(`${n}`));
    const { retryAfterMs } = await minji.refused(send("late"), "rate_limited");
    await new Promise((resolve) => setTimeout(resolve, retryAfterMs));
    await minji.ok(send("late"));
  }, { sendRate: 20 }),
);

Deno.test(
  "[V16] typing comes in order with the rest to those who are there, and to nobody later",
  onService(async (service) => {
    const [minji, jihun] = [await join(service, "민지"), await join(service, "지훈")];
    await minji.ok(send("1"));
    assertEquals(await minji.ok({ type: "typing", room: "lobby" }), {});
    await minji.ok(send("2"));
    for (const one of [minji, jihun]) {
      const events = await one.events("lobby", 3, ["message", "typing"]);
      assertEquals(events.map(({ type }) => type), ["message", "typing", "message"]);
      assertEquals(Object.keys(events[1]), ["cursor", "type", "at", "user"]);
      assertEquals(events[1].user.name, "민지");
      assert(events[0].cursor < events[1].cursor && events[1].cursor < events[2].cursor);
    }
    const later = await (await service.guest("서연")).ok({ type: "join", room: "lobby" });
    assertEquals(textsOf(later.events), ["1", "2"]);
    const typingAt = minji.frames.flatMap(({ events = [] }) => events).find(({ type }) => type === "typing").cursor;
    // The cursor of a signal is a place like any other.
    const resumed = await (await service.guest("서연")).ok({ type: "join", room: "lobby", after: typingAt });
    assertEquals([textsOf(resumed.events), resumed.recovered], [["2"], true]);
  }),
);

Deno.test(
  "[V16] who types without an end is rate_limited, and its messages are not",
  onService(async (service) => {
    const minji = await join(service, "민지");
    const ids = Array.from({ length: 260 }, () => minji.post({ type: "typing", room: "lobby" }));
    const codes = [];
    for (const id of ids) codes.push((await minji.answer(id)).error?.code ?? "ok");
    // 200 at once, of which the join was one.
    assertGreaterOrEqual(codes.indexOf("rate_limited"), 199);
    await minji.ok(send("k"));
  }, { rateScale: 1 }),
);

Deno.test(
  "[V18] events carry a whole batch, oldest first, the sender's own too, the same for everyone",
  onService(async (service) => {
    const clients = await Promise.all(["a", "b", "c"].map((name) => join(service, name)));
    for (let n = 0; n < 60; n++) clients[n % 3]?.post(send(`${n}`));
    const seen = await Promise.all(clients.map((client) => client.events("lobby", 60)));
    for (const events of seen) {
      assertEquals(events, seen[0]);
      assertEquals(events.map(({ cursor }) => cursor), events.map(({ cursor }) => cursor).toSorted());
    }
    assertEquals(textsOf(seen[0] ?? []), await history(service));
    for (const client of clients) {
      const frames = client.frames.filter(({ type }) => type === "events");
      assertLess(frames.length, 60);
      for (const frame of frames) assertEquals(Object.keys(frame), ["type", "room", "prev", "events"]);
    }
  }),
);

Deno.test(
  "[V19] prev is the head of the join, then the last cursor of the frame before, in each room for itself",
  onService(async (service) => {
    const minji = await service.guest("민지");
    const at = new Map<string, string>();
    for (const room of ["lobby", "other"]) at.set(room, (await minji.ok({ type: "join", room })).head);
    for (let n = 0; n < 20; n++) {
      await minji.ok({ ...send(`${n}`), room: n % 3 === 0 ? "other" : "lobby" });
      if (n % 4 === 0) await minji.ok({ type: "typing", room: "lobby" });
    }
    let count = 0;
    while (count < 25) {
      const { room, prev, events } = await minji.unasked();
      assertEquals(prev, at.get(room));
      at.set(room, events.at(-1).cursor);
      count += events.length;
    }
    assertEquals(count, 25);
  }),
);

Deno.test(
  "rooms on one socket do not mix, and a message comes to those who joined its room alone",
  onService(async (service) => {
    const [minji, jihun] = [await join(service, "민지"), await service.guest("지훈")];
    await jihun.ok({ type: "join", room: "other" });
    await minji.ok({ type: "join", room: "other" });
    await minji.ok(send("for the lobby"));
    await minji.ok({ ...send("for the other"), room: "other" });
    assertEquals(textsOf(await jihun.events("other", 1)), ["for the other"]);
    assert(await jihun.isQuiet());
    assertEquals(textsOf(await minji.events("lobby", 1)), ["for the lobby"]);
    assertEquals(textsOf(await minji.events("other", 1)), ["for the other"]);
  }),
);
