import { assert, assertEquals, assertGreater, assertGreaterOrEqual, assertLess } from "@std/assert";
import { createMemoryLayer } from "../../layers/memory.ts";
import { LayerUnavailable } from "../../layers/layer.ts";
import { MAX_FRAME_BYTES } from "../../protocol/frames.ts";
import { exchange, listen } from "../testing/listening.ts";
import { assertProblem, fill, get, jsonOf, messagesPath, put, textsOf } from "../testing/messages_client.ts";
import { quickestMs } from "../testing/quickest.ts";
import { onService, openService } from "../testing/stage.ts";

Deno.test(
  "[B22] [H1] PUT is 201 the first time and 200 after, with the same body",
  onService(async (service) => {
    const minji = await service.signIn("민지");
    const first = await put(service, "lobby", "k", { text: "안녕" }, minji);
    assertEquals([first.status, Object.keys(first.json)], [201, ["cursor", "at"]]);
    for (const body of [{ text: "안녕" }, '{ "text": "안녕" }']) {
      const again = await put(service, "lobby", "k", body, minji);
      assertEquals([again.status, again.json], [200, first.json]);
    }
    assertEquals(textsOf((await get(service, "lobby")).json.items), ["안녕"]);
  }, { now: () => Math.floor(1_795_000_000_000 + Math.random() * 1_000) }),
);

Deno.test(
  "[B22] [H1] another text with the same key is 409 conflict",
  onService(async (service) => {
    await put(service, "lobby", "k", { text: "a" });
    assertProblem(await put(service, "lobby", "k", { text: "b" }), 409, "conflict");
    assertEquals((await put(service, "other", "k", { text: "b" })).status, 201);
    assertEquals(textsOf((await get(service, "lobby")).json.items), ["a"]);
  }),
);

Deno.test(
  "[V12] [H1] the same key of two people is two messages, whatever they say",
  onService(async (service) => {
    const [minji, jihun] = [await service.signIn("민지"), await service.signIn("지훈")];
    const first = await put(service, "lobby", "k", { text: "a" }, minji);
    for (const text of ["a", "b"]) {
      const key = text === "a" ? "k" : "l";
      await put(service, "lobby", "l", { text: "a" }, minji);
      const others = await put(service, "lobby", key, { text }, jihun);
      assertEquals(others.status, 201);
      assert(others.json.cursor !== first.json.cursor);
    }
    assertEquals((await put(service, "lobby", "k", { text: "a" }, minji)).json, first.json);
    assertEquals(textsOf((await get(service, "lobby")).json.items), ["a", "a", "a", "b"]);
  }),
);

Deno.test(
  "[H1] nobody writes or reads who has not said who they are: 401; nobody writes who is no member: 403",
  onService(async (service) => {
    await fill(service, "lobby", 1);
    const body = '{"text":"a"}';
    const path = messagesPath("lobby", "k");
    const authorizations = ["", "Bearer", "Bearer x", "Bearer a.b.c", `Basic ${btoa("a:b")}`, "Bearer ms_garbage"];
    for (const authorization of [undefined, ...authorizations]) {
      const headers = { ...(authorization !== undefined && { authorization }) };
      const answers = [
        await service.app.request(path, { method: "PUT", headers, body }),
        await service.app.request(messagesPath("lobby"), { headers }),
      ];
      for (const answer of answers) assertProblem(await jsonOf(answer), 401, "unauthorized", `${authorization}`);
    }
    const minji = await service.signIn("민지");
    assertProblem(await jsonOf(await minji.request("PUT", path, body)), 403, "forbidden");
    // A public room may be read by everybody who has said who they are.
    assertEquals(textsOf((await get(service, "lobby", "", minji)).json.items), ["1"]);
    assertEquals((await put(service, "lobby", "k", { text: "a" }, minji)).status, 201);
    await minji.ok("DELETE", "/v1/rooms/lobby/members/me");
    assertProblem(await jsonOf(await minji.request("PUT", messagesPath("lobby", "k2"), body)), 403, "forbidden");
    assertEquals(textsOf((await get(service, "lobby")).json.items), ["1", "a"]);
  }),
);

Deno.test(
  "[H1] twenty PUTs of one message at once are one 201 and nineteen 200",
  onService(async (service) => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => put(service, "lobby", "k", { text: "a" })));
    assertEquals(answers.map(({ status }) => status).toSorted(), [...Array(19).fill(200), 201]);
    assertEquals(new Set(answers.map(({ json }) => JSON.stringify(json))).size, 1);
  }),
);

Deno.test(
  "[H1] what is sent over HTTP is what sockets and history carry, in the name of who sent it",
  onService(async (service) => {
    const minji = await service.guest("민지");
    await minji.ok({ type: "join", room: "lobby" });
    const [seoyeon, jihun] = [await service.signIn("서연"), await service.signIn(" ｊｉhun ")];
    await put(service, "lobby", "k", { text: "a" }, seoyeon);
    await put(service, "lobby", "k2", { text: "b" }, jihun);
    const events = await minji.events("lobby", 2);
    assertEquals(events.map(({ user, key, text }) => [user, key, text]), [
      [seoyeon.user, "k", "a"],
      [{ id: jihun.user.id, name: "jihun" }, "k2", "b"],
    ]);
    assertEquals((await get(service, "lobby")).json.items, events);
  }),
);

Deno.test(
  "[H1] a key may be anything of 1 to 64 characters, escaped",
  onService(async (service) => {
    for (const key of ["a b", "가나다", "a/b", "a?b#c", "%", "__proto__", "x".repeat(64), "😀", "a+b"]) {
      assertEquals(
        (await put(service, "lobby", encodeURIComponent(key), { text: key })).status,
        201,
        key,
      );
    }
    const { items } = (await get(service, "lobby")).json;
    assertEquals(items.map(({ key }: { key: string }) => key), [
      "a b",
      "가나다",
      "a/b",
      "a?b#c",
      "%",
      "__proto__",
      "x".repeat(64),
      "😀",
      "a+b",
    ]);
  }),
);

Deno.test(
  "[H1] a key that is none is 400 bad_key",
  onService(async (service) => {
    for (const key of ["x".repeat(65), "%20".repeat(65)]) {
      assertProblem(await put(service, "lobby", key, { text: "a" }), 400, "bad_key", key);
    }
  }),
);

Deno.test(
  "[B14] [B13] rooms that are none are 400 bad_room, odd ones are rooms",
  onService(async (service) => {
    for (const room of ["..%2fx", "%00", "x".repeat(256), "%20", "%F0%9F%98%80", "%ff", "a.b", "%E0%A4%A"]) {
      assertProblem(await put(service, room, "k", { text: "a" }), 400, "bad_room", room);
      assertProblem(await get(service, room), 400, "bad_room", room);
    }
    for (const room of ["__proto__", "constructor", "%ED%95%9C%EA%B8%80"]) {
      assertEquals((await get(service, room)).json, { items: [], hasBefore: false, hasAfter: false });
      assertEquals((await put(service, room, "k", { text: room })).status, 201);
      assertEquals(textsOf((await get(service, room)).json.items), [room]);
    }
    const composed = await get(service, encodeURIComponent("한글".normalize("NFD")));
    assertEquals(composed.json.items.length, 1);
  }),
);

Deno.test(
  "[B11] [B13] a body that is not {text, reply?, thread?} is 400 bad_request",
  onService(async (service) => {
    const bodies = [
      "",
      "hello",
      "{",
      "[]",
      "null",
      '"text"',
      "1",
      "{}",
      '{"text":1}',
      '{"text":null}',
      '{"text":"a","x":1}',
      // Who says it is not the body's to say.
      '{"text":"a","name":"민지"}',
      '{"text":"a","user":{"id":"operator"}}',
    ];
    const proto = [
      '{"__proto__":{"text":"a"}}',
      '{"text":"a","__proto__":{"admin":true}}',
      '{"text":"a","constructor":1}',
    ];
    for (const body of [...bodies, ...proto]) {
      assertProblem(await put(service, "lobby", "k", body), 400, "bad_request", body);
    }
    assertEquals(Reflect.get({}, "admin"), undefined);
    assertEquals((await get(service, "lobby")).json.items, []);
  }),
);

Deno.test(
  "[B12] a body nested 8,000 deep is 400 at once",
  onService(async (service) => {
    const body = `{"text":"a","x":${"[".repeat(8_000)}${"]".repeat(8_000)}}`;
    const tookMs = await quickestMs(async () =>
      assertProblem(await put(service, "lobby", "k", body), 400, "bad_request")
    );
    assertLess(tookMs, 20);
  }),
);

Deno.test(
  "[B15] texts that are none are refused: white space, lone surrogates, invalid UTF-8",
  onService(async (service) => {
    for (const text of ["", " \n", "\ud800"]) {
      assertProblem(await put(service, "lobby", "k", { text }), 400, "bad_request", text);
    }
    assertProblem(await put(service, "lobby", "k", '{"text":"\\ud800"}'), 400, "bad_request");
    for (const bytes of [[0xff], [0xc0, 0xaf], [0xed, 0xa0, 0x80], [0xe1, 0x80]]) {
      const body = new Uint8Array([
        ...new TextEncoder().encode('{"text":"'),
        ...bytes,
        ...new TextEncoder().encode('"}'),
      ]);
      assertProblem(await put(service, "lobby", "k", body), 400, "bad_request", `${bytes}`);
    }
    assertEquals((await get(service, "lobby")).json.items, []);
  }),
);

Deno.test(
  "a text over 4,000 characters and a body over 64 KiB are 413 too_long",
  onService(async (service) => {
    assertEquals((await put(service, "lobby", "k", { text: "😀".repeat(4_000) })).status, 201);
    assertProblem(await put(service, "lobby", "k2", { text: "x".repeat(4_001) }), 413, "too_long");
    const padded = (bytes: number) => `{"text":"a"}${" ".repeat(bytes - 12)}`;
    assertEquals((await put(service, "lobby", "k3", padded(MAX_FRAME_BYTES))).status, 201);
    assertProblem(await put(service, "lobby", "k4", padded(MAX_FRAME_BYTES + 1)), 413, "too_long");
  }),
);

Deno.test(
  "a body without an end is read up to the limit and then let go",
  onService(async (service) => {
    let pulled = 0;
    const cancelled = Promise.withResolvers<void>();
    const endless = new ReadableStream<Uint8Array<ArrayBuffer>>({
      pull(controller) {
        controller.enqueue(new Uint8Array(10_000).fill(0x20));
        pulled++;
      },
      cancel: () => cancelled.resolve(),
    });
    const response = await (await service.author()).request("PUT", messagesPath("lobby", "k"), endless);
    assertProblem(await jsonOf(response), 413, "too_long");
    await cancelled.promise;
    assert(pulled < 20, `${pulled}`);
  }),
);

Deno.test(
  "a body that ends early is 400 bad_request and no fault of ours",
  onService(async (service) => {
    const broken = new ReadableStream<Uint8Array<ArrayBuffer>>({
      start(controller) {
        controller.enqueue(new TextEncoder().encode('{"text":"a"}'));
        controller.error(new Error("connection reset"));
      },
    });
    const author = await service.author();
    await author.enter("lobby");
    const response = await author.request("PUT", messagesPath("lobby", "k"), broken);
    assertProblem(await jsonOf(response), 400, "bad_request");
    assertEquals((await get(service, "lobby")).json.items, []);
  }),
);

Deno.test(
  "a long body is refused over TCP, however its length is said, and before all of it was sent",
  onService(async (service) => {
    await using server = listen(service.app);
    const author = await service.author();
    await author.enter("lobby");
    const head = `PUT ${messagesPath("lobby", "k")} HTTP/1.1\nAuthorization: Bearer ${author.token}`;
    const announced = await exchange(server.port, `${head}\nContent-Length: 1000000000\nTransfer-Encoding: identity`);
    assertGreaterOrEqual(announced.status, 400);
    const whole = await exchange(server.port, head, `{"text":"${"x".repeat(100_000)}"}`);
    assertEquals([whole.status, JSON.parse(whole.body).code], [413, "too_long"]);
    const chunk = "x".repeat(10_000);
    const chunks = `${chunk.length.toString(16)}\r\n${chunk}\r\n`.repeat(10) + "0\r\n\r\n";
    const chunked = await exchange(server.port, `${head}\nTransfer-Encoding: chunked`, chunks);
    assertEquals([chunked.status, JSON.parse(chunked.body).code], [413, "too_long"]);
    const short = await exchange(server.port, `${head}\nTransfer-Encoding: chunked`, 'c\r\n{"text":"a"}\r\n0\r\n\r\n');
    assertEquals(short.status, 201);
  }),
);

Deno.test(
  "[B21] who sends too fast over HTTP is 429 with retryAfterMs and Retry-After",
  onService(async (service) => {
    const answers = await Promise.all(
      Array.from({ length: 100 }, (_, n) => put(service, "lobby", `k${n}`, { text: "a" })),
    );
    const refused = answers.filter(({ status }) => status === 429);
    assertGreater(refused.length, 50);
    for (const { json, headers } of refused) {
      assertEquals(json.code, "rate_limited");
      assert(json.retryAfterMs > 0 && json.retryAfterMs <= 100, `${json.retryAfterMs}`);
      assertEquals(headers.get("retry-after"), "1");
    }
    assertEquals((await get(service, "lobby", "?limit=200")).json.items.length, 100 - refused.length);
  }, { sendRate: 10 }),
);

Deno.test(
  "when the log cannot be reached both are 503 unavailable, which is no fault of ours",
  onService(async (service) => {
    await (await service.author()).enter("lobby");
    await service.layer.close();
    assertProblem(await put(service, "lobby", "k", { text: "a" }), 503, "unavailable");
    assertProblem(await get(service, "lobby"), 503, "unavailable");
  }),
);

Deno.test("a failed commit is never acknowledged: the retry with the same key is a 201", async () => {
  const inner = createMemoryLayer();
  let isDown = false;
  const publish: typeof inner.publish = (...args) =>
    isDown ? Promise.reject(new LayerUnavailable("Not now")) : inner.publish(...args);
  await using service = await openService({ layer: { ...inner, publish } });
  await (await service.author()).enter("lobby");
  isDown = true;
  assertEquals((await put(service, "lobby", "k", { text: "a" })).status, 503);
  isDown = false;
  assertEquals((await put(service, "lobby", "k", { text: "a" })).status, 201);
});

Deno.test("a fault is 500 internal without a word of it, and is reported", async () => {
  const inner = createMemoryLayer();
  await using service = await openService({
    layer: { ...inner, read: () => Promise.reject(new Error("secret of /srv/maru")) },
  });
  const { status, json } = await get(service, "lobby");
  assertEquals([status, json.code, JSON.stringify(json).includes("secret")], [500, "internal", false]);
  assertEquals(service.takeReports().map(({ what }) => what), ["GET /v1/rooms/lobby/messages"]);
});

Deno.test(
  "a method that a path does not take is 405 with Allow, a path that is none 404",
  onService(async (service) => {
    const author = await service.author();
    const wrong = [
      ["POST", messagesPath("lobby"), "GET, HEAD, OPTIONS"],
      ["PUT", messagesPath("lobby"), "GET, HEAD, OPTIONS"],
      ["POST", messagesPath("lobby", "k"), "DELETE, GET, HEAD, OPTIONS, PATCH, PUT"],
      ["BREW", messagesPath("lobby", "k"), "DELETE, GET, HEAD, OPTIONS, PATCH, PUT"],
    ];
    for (const [method = "", at = "", allow = ""] of wrong) {
      for (const response of [await author.request(method, at), await service.app.request(at, { method })]) {
        assertEquals(response.headers.get("allow"), allow);
        assertProblem(await jsonOf(response), 405, "method_not_allowed", `${method} ${at}`);
      }
      const options = await service.app.request(at, { method: "OPTIONS" });
      assertEquals([options.status, options.headers.get("allow")], [204, allow]);
    }
    for (const at of ["/v1", "/v1/", "/v1/nothing", "/v1/rooms/lobby/nothing", `${messagesPath("lobby", "k")}/x/y`]) {
      for (const method of ["GET", "POST", "DELETE"]) {
        assertProblem(await jsonOf(await author.request(method, at)), 404, "not_found", `${method} ${at}`);
      }
    }
  }),
);
