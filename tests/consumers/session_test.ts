import { assert, assertEquals, assertLess, assertMatch, assertNotEquals } from "@std/assert";
import { newToken, SESSION_PREFIX } from "../../auth/tokens.ts";
import { createMemoryLayer } from "../../layers/memory.ts";
import { MAX_FRAME_BYTES } from "../../protocol/frames.ts";
import { historyTexts } from "../testing/messages_client.ts";
import { quickestMs } from "../testing/quickest.ts";
import { onService, openService } from "../testing/stage.ts";

Deno.test(
  "a socket without the subprotocol maru.v1 is refused with 400, with it among others it is chosen",
  onService(async (service) => {
    for (const subprotocols of [[], ["maru.v2"], ["MARU.V1"], ["maru", "v1"]]) {
      const { connected } = await service.knock("/ws", { subprotocols });
      assert(!connected.connected);
      const problem = await connected.response.json();
      assertEquals([connected.status, problem.code], [400, "bad_handshake"]);
      assert(problem.detail.includes("maru.v1"), problem.detail);
    }
    for (const subprotocols of [["maru.v1"], ["maru.v2", "maru.v1"], ["maru.v1", "chat"]]) {
      const { connected } = await service.knock("/ws", { subprotocols });
      assertEquals(connected, { connected: true, subprotocol: "maru.v1" });
    }
  }),
);

Deno.test(
  "[V1] an answer carries the request's id and either ok or error, whatever the id is",
  onService(async (service) => {
    const session = await service.session();
    for (
      const [id, request] of [
        [0, { type: "hello", name: "a" }],
        [2 ** 53 - 1, { type: "ping" }],
        [7, { type: "ping" }],
        [7, { type: "ping" }],
      ] as const
    ) {
      session.socket.sendJson({ id, ...request });
      const answer = await session.answer(id);
      assertEquals(Object.keys(answer), ["id", "ok"]);
    }
    session.socket.sendJson({ id: 5, type: "join", room: "" });
    const { error } = await session.answer(5);
    assertEquals(Object.keys(error), ["code", "message"]);
  }),
);

Deno.test(
  "[B11] [V2] an unknown type or key is bad_request with the request's id, and nothing is done",
  onService(async (service) => {
    const session = await service.session();
    await session.refused({ type: "hello", name: "a", admin: true }, "bad_request");
    await session.refused({ type: "shout", name: "a" }, "bad_request");
    await session.refused({ type: "ping" }, "unauthorized");
  }),
);

Deno.test(
  "[V3] a frame whose id cannot be read is answered as an error without one",
  onService(async (service) => {
    for (
      const frame of [
        "hello",
        "[]",
        "null",
        '{"type":"ping"}',
        '{"id":-1,"type":"ping"}',
        '{"id":"1","type":"ping"}',
        '{"id":1e999,"type":"ping"}',
      ]
    ) {
      const session = await service.session();
      session.socket.send(frame);
      const { type, error, ...more } = await session.unasked();
      assertEquals([type, error.code, more], ["error", "bad_request", {}], frame);
      assertEquals(session.socket.closed, undefined);
    }
  }),
);

Deno.test(
  "[V4] requests are taken in the order in which they arrive, answered or not",
  onService(async (service) => {
    const session = await service.session();
    const ids = [
      session.post({ type: "hello", name: "민지" }),
      session.post({ type: "join", room: "lobby" }),
      session.post({ type: "send", room: "lobby", key: "1", text: "1" }),
      session.post({ type: "leave", room: "lobby" }),
      session.post({ type: "send", room: "lobby", key: "2", text: "2" }),
      session.post({ type: "join", room: "lobby" }),
      session.post({ type: "send", room: "lobby", key: "3", text: "3" }),
    ];
    const answers = [];
    for (const id of ids) answers.push(await session.answer(id));
    assertEquals(answers.map((answer) => answer.error?.code ?? "ok"), [
      "ok",
      "ok",
      "ok",
      "ok",
      "forbidden",
      "ok",
      "ok",
    ]);
    assertEquals(await historyTexts(service, "lobby"), ["1", "3"]);
  }),
);

Deno.test(
  "[V5] anything before hello is unauthorized, and tells nothing of rooms",
  onService(async (service) => {
    const session = await service.session();
    const requests = [
      { type: "join", room: "lobby" },
      { type: "join", room: "../x" },
      { type: "join", room: "lobby", after: "garbage" },
      { type: "leave", room: "lobby" },
      { type: "send", room: "lobby", key: "k", text: "a" },
      { type: "send", room: "lobby", key: "", text: "" },
      { type: "typing", room: "lobby" },
      { type: "ping" },
    ];
    const messages = [];
    for (const request of requests) messages.push((await session.refused(request, "unauthorized")).message);
    assertEquals(new Set(messages).size, 1);
    await session.ok({ type: "hello", name: "a" });
    await session.ok({ type: "ping" });
  }),
);

Deno.test(
  "[V6] hello makes a guest and tells the limits and the time",
  onService(async (service) => {
    const session = await service.session();
    const { user, token, limits, now, ...more } = await session.ok({ type: "hello", name: " ｍｉｎｊｉ " });
    assertEquals([user.name, more], ["minji", {}]);
    assertMatch(user.id, /^g_[\w-]{16}$/);
    assertEquals(typeof token, "string");
    assertEquals(limits, { text: 4_000, frame: MAX_FRAME_BYTES, rooms: 100, rate: 7.5 });
    assertEquals(now, 1_795_000_000_000);
    assertEquals(await session.ok({ type: "ping" }), { now: 1_795_000_000_000 });
  }, { sendRate: 7.5, now: () => 1_795_000_000_000 }),
);

Deno.test(
  "[V6] two hellos with one name are two guests; a token makes the same one again",
  onService(async (service) => {
    const first = await (await service.session()).ok({ type: "hello", name: "민지" });
    const second = await (await service.session()).ok({ type: "hello", name: "민지" });
    assertNotEquals(first.user.id, second.user.id);
    const again = await (await service.session()).ok({ type: "hello", token: first.token });
    assertEquals(again.user, first.user);
    const renamed = await (await service.session()).ok({ type: "hello", token: first.token, name: "지민" });
    assertEquals(renamed.user, { id: first.user.id, name: "지민" });
    const asRenamed = await (await service.session()).ok({ type: "hello", token: renamed.token });
    assertEquals(asRenamed.user, renamed.user);
  }),
);

Deno.test("[V6] a token holds on every isolate of the deployment, and on no other", async () => {
  const layer = createMemoryLayer();
  await using one = openService({ layer });
  await using two = openService({ layer });
  await using foreign = openService();
  const { user, token } = await (await one.session()).ok({ type: "hello", name: "민지" });
  assertEquals((await (await two.session()).ok({ type: "hello", token })).user, user);
  await (await foreign.session()).refused({ type: "hello", token }, "unauthorized");
});

Deno.test(
  "[V6] a token that is not ours is unauthorized, with a name or without, and another hello may follow",
  onService(async (service) => {
    const session = await service.session();
    const foreign = newToken(SESSION_PREFIX);
    for (const token of ["", "garbage", "a.b", foreign, "\ud800", ".".repeat(4_096)]) {
      await session.refused({ type: "hello", token }, "unauthorized");
      await session.refused({ type: "hello", token, name: "민지" }, "unauthorized");
    }
    await session.refused({ type: "hello" }, "unauthorized");
    await session.refused({ type: "ping" }, "unauthorized");
    await session.ok({ type: "hello", name: "민지" });
  }),
);

Deno.test(
  "[V6] hello twice on one socket is bad_request, and changes nothing",
  onService(async (service) => {
    const minji = await service.guest("민지");
    await minji.refused({ type: "hello", name: "지훈" }, "bad_request");
    await minji.ok({ type: "join", room: "lobby" });
    await minji.ok({ type: "send", room: "lobby", key: "k", text: "a" });
    assertEquals((await minji.events("lobby", 1))[0].user.name, "민지");
  }),
);

Deno.test(
  "[B16] [B18] a guest's name that is none is bad_name, and another hello may follow",
  onService(async (service) => {
    const session = await service.session();
    for (
      const name of [
        "",
        " ",
        "a\nb",
        "a\n",
        "\x1b[31m",
        "\u202eab",
        "a\u200bb",
        "\0",
        "x".repeat(33),
        "\u0301",
        "\ud800",
      ]
    ) {
      const { message } = await session.refused({ type: "hello", name }, "bad_name");
      assert(!/[\p{C}\p{Zl}\p{Zp}]/u.test(message), message);
    }
    await session.ok({ type: "hello", name: "😀" });
  }),
);

Deno.test(
  "[B11] not JSON, an array, null, an unknown type, an unknown key: bad_request, and the third closes with 1008",
  onService(async (service) => {
    const frames = [
      "{",
      "[]",
      "null",
      '{"id":1,"type":"x"}',
      '{"id":1,"type":"ping","x":1}',
      "1",
      '"a"',
      '{"id":1}',
      "",
    ];
    for (let i = 0; i < frames.length; i += 3) {
      const session = await service.session();
      for (const frame of frames.slice(i, i + 3)) {
        assertEquals(session.socket.closed, undefined, frame);
        session.socket.send(frame);
        const answer = frame.includes('"id"') ? await session.answer(1) : await session.unasked();
        assertEquals(answer.error.code, "bad_request");
      }
      assertEquals((await session.socket.receiveClose()).code, 1008);
    }
  }),
);

Deno.test(
  "[B11] what follows the third bad frame is not done",
  onService(async (service) => {
    const minji = await service.guest("민지");
    await minji.ok({ type: "join", room: "lobby" });
    // The join takes a while, so all the others wait behind it.
    minji.post({ type: "join", room: "other" });
    for (let i = 0; i < 3; i++) minji.socket.send("bad");
    minji.post({ type: "send", room: "lobby", key: "k", text: "too late" });
    assertEquals((await minji.socket.receiveClose()).code, 1008);
    assertEquals(await historyTexts(service, "lobby"), []);
  }),
);

Deno.test(
  "[B12] a frame nested 8,000 deep is answered within 20 ms, and the connection lives on",
  onService(async (service) => {
    const deep = `{"id":8,"type":"ping","x":${"[".repeat(8_000)}${"]".repeat(8_000)}}`;
    const tookMs = await quickestMs(async () => {
      const session = await service.session();
      session.socket.send(deep);
      assertEquals((await session.answer(8)).error.code, "bad_request");
      await session.ok({ type: "hello", name: "a" });
    });
    assertLess(tookMs, 20);
  }),
);

Deno.test(
  "[B13] __proto__ in a frame is refused, and nothing gets an `admin`",
  onService(async (service) => {
    const session = await service.session();
    session.socket.send('{"__proto__":{"admin":true}}');
    assertEquals((await session.unasked()).error.code, "bad_request");
    session.socket.send('{"id":3,"type":"hello","name":"a","__proto__":{"admin":true}}');
    assertEquals((await session.answer(3)).error.code, "bad_request");
    assertEquals(Reflect.get({}, "admin"), undefined);
    assert(!("admin" in (await session.ok({ type: "hello", name: "a" })).user));
  }),
);

Deno.test(
  "no answer shows a stack or a path of ours",
  onService(async (service) => {
    const session = await service.session();
    const requests = [{ type: "hello", name: 1 }, { type: "hello", token: "x" }, { type: "hello", name: "\0" }];
    for (const request of requests) {
      const { error } = await session.ask(request);
      assert(!/\.ts|file:|\bat \w+ \(|node_modules|work\//.test(JSON.stringify(error)), JSON.stringify(error));
    }
  }),
);

Deno.test("[V1] a fault of the server is answered `internal` without details, and closes with 1011", async () => {
  const inner = createMemoryLayer();
  const publish: typeof inner.publish = (group, event, options) =>
    event.type === "message" ? Promise.reject(new Error("secret of /srv/maru")) : inner.publish(group, event, options);
  await using service = openService({ layer: { ...inner, publish } });
  const minji = await service.guest("민지");
  await minji.ok({ type: "join", room: "lobby" });
  const { message, ...more } = await minji.refused({ type: "send", room: "lobby", key: "k", text: "a" }, "internal");
  assertEquals(more, { code: "internal" });
  assert(!message.includes("secret"));
  assertEquals(await minji.socket.receiveClose(), { code: 1011, reason: "" });
  assertEquals(service.takeReports().length, 1);
});
