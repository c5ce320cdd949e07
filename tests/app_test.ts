import { assert, assertEquals } from "@std/assert";
import { createMemoryLayer } from "../layers/memory.ts";
import { loadStatic } from "../routes/static_files.ts";
import type { ChannelLayer } from "../layers/layer.ts";
import { put } from "./testing/messages_client.ts";
import { Person } from "./testing/person.ts";
import { exchange, listen, Visitor } from "./testing/listening.ts";
import { onService, openService } from "./testing/stage.ts";

const files = await loadStatic(new URL("../static/", import.meta.url));

Deno.test(
  "every route of the application is there",
  onService(async (service) => {
    const routes = {
      "/": 200,
      "/static/client.js": 200,
      "/favicon.ico": 200,
      "/healthz": 200,
      "/readyz": 200,
      "/v1/rooms/lobby/messages": 401,
      "/v1/me": 401,
      "/v1/rooms": 401,
      "/v1/sessions": 401,
      "/v1/nothing": 404,
      "/openapi.json": 200,
      "/ws": 426,
      "/ws/chat/": 426,
      "/ws/chat/lobby": 426,
      "/ws/chat/lobby/": 426,
      "/ws/my_consumer/": 426,
      "/nothing": 404,
    };
    for (const [path, status] of Object.entries(routes)) {
      const response = await service.app.request(path);
      assertEquals(response.status, status, path);
      await response.body?.cancel();
    }
  }, { files }),
);

Deno.test(
  "an application's sockets, HTTP and history are one: what one says, all know",
  onService(async (service) => {
    const plain = await service.connect("/ws/chat/lobby/");
    const minji = await service.guest("민지");
    await minji.ok({ type: "join", room: "lobby" });
    await put(service, "lobby", "k", { text: "a" });
    assertEquals((await plain.receiveJson()).message, "a");
    assertEquals((await minji.events("lobby", 1))[0].text, "a");
  }),
);

Deno.test("two applications share nothing but what they were given", async () => {
  await using one = await openService();
  await using two = await openService();
  await using sharing = await openService({ layer: one.layer });
  const minji = await one.signIn("민지");
  const { token } = minji;
  await (await two.session()).refused({ type: "hello", token }, "unauthorized");
  await (await sharing.session()).ok({ type: "hello", token });
  const send = (service: typeof one) => put(service, "lobby", "k", { text: "a" }, new Person(service.app, minji));
  assertEquals([(await send(one)).status, (await send(two)).status, (await send(sharing)).status], [201, 401, 200]);
});

Deno.test(
  "the clock that it is given is the one that messages and hello show",
  onService(async (service) => {
    const minji = await service.session();
    assertEquals((await minji.ok({ type: "hello", name: "a" })).now, 42);
    await minji.ok({ type: "join", room: "lobby" });
    assertEquals((await minji.ok({ type: "send", room: "lobby", key: "k", text: "a" })).at, 42);
  }, { now: () => 42 }),
);

Deno.test("whatever fails is a problem without a stack, a path or a word of ours, and is reported once", async () => {
  const secret = "secret of file:///srv/maru/app.ts:1:2";
  const fail = () => Promise.reject(new Error(secret));
  const inner = createMemoryLayer();
  let isBroken = false;
  // What the service needs to know who asks still works.
  const layer: ChannelLayer = {
    ...inner,
    read: (...args) => isBroken ? fail() : inner.read(...args),
    publish: (...args) => isBroken ? fail() : inner.publish(...args),
    subscribe: (...args) => isBroken ? fail() : inner.subscribe(...args),
    list: (...args) => isBroken ? fail() : inner.list(...args),
    ping: () => isBroken ? fail() : inner.ping(),
  };
  await using service = openService({ layer });
  const author = await service.author();
  await author.enter("lobby");
  isBroken = true;
  const headers = { authorization: `Bearer ${author.token}` };
  const requests = [
    new Request("http://chat.test/v1/rooms/lobby/messages", { headers }),
    new Request("http://chat.test/v1/rooms/lobby/messages/k", { method: "PUT", body: '{"text":"a"}', headers }),
    new Request("http://chat.test/v1/rooms/lobby/members", { headers }),
    new Request("http://chat.test/readyz"),
  ];
  for (const request of requests) {
    const response = await service.app.request(request);
    const text = await response.text();
    assertEquals([response.status, response.headers.get("content-type")], [500, "application/problem+json"]);
    assert(!/secret|srv|app\.ts|\bat /.test(text), text);
    assertEquals(service.takeReports().length, 1);
  }
  const { connected } = await service.knock("/ws/chat/lobby/");
  assert(!connected.connected && connected.status === 500);
  assert(!(await connected.response.text()).includes("secret"));
  assertEquals(service.takeReports().length, 1);
});

Deno.test(
  "no problem of any route shows a stack or a path of ours",
  onService(async (service) => {
    await using server = listen(service.app);
    const requests = [
      "GET /nothing",
      "GET /ws",
      "GET /v1/rooms/%00/messages",
      "POST /v1/sessions",
      "POST /v1/rooms/a/messages",
      "GET /v1/me?token=x",
      "GET /v1/rooms/a/messages?limit=x",
      "GET /v1/rooms/a/messages?after=x",
      "GET /static/%2e%2e/x",
      "DELETE /",
      "GET /%ff",
    ];
    for (const request of requests) {
      const { status, headers, body } = await exchange(server.port, `${request} HTTP/1.1`);
      assert(status >= 400 && status < 500, `${request} ${status}`);
      assertEquals(headers.get("content-type"), "application/problem+json", request);
      const problem = JSON.parse(body);
      assertEquals([problem.type, problem.status], ["about:blank", status]);
      assert(
        typeof problem.code === "string" && typeof problem.title === "string" && typeof problem.detail === "string",
      );
      assert(!/\.ts\b|file:\/\/|work\/|\bat \w+ \(|node_modules/.test(body), body);
    }
  }),
);

Deno.test(
  "[H1] [B2] a token in the URL is 400 below /v1 and on every socket's path, also where nobody has to say who they are, and is not repeated",
  onService(async (service) => {
    const secret = "hunter2hunter2";
    const paths = ["/v1/me", "/v1/sessions", "/v1/hooks/abc", "/v1/nothing", "/v1/rooms/lobby/stream", "/v1/me/export"];
    const whole = ["maru_s_", "maru_k_", "whsec_"].map((prefix) => `/v1/rooms/${prefix}${"a".repeat(43)}`);
    for (const url of [...paths.map((path) => `${path}?token=${secret}`), ...whole, `/ws/chat/?token=${secret}`]) {
      for (const method of ["GET", "POST", "OPTIONS"]) {
        if (url.startsWith("/ws") && method !== "GET") continue;
        const headers = { connection: "Upgrade", upgrade: "websocket", "sec-websocket-version": "13" };
        const response = await service.app.request(url, {
          method,
          headers: url.startsWith("/ws") ? { ...headers, "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==" } : {},
        });
        const body = await response.text();
        assertEquals([response.status, JSON.parse(body).code], [400, "bad_request"], `${method} ${url}`);
        assert(!body.includes(secret) && !body.includes("aaaa"), body);
      }
    }
  }),
);

Deno.test(
  "[B17] what people say comes back as JSON that no browser takes for a page",
  onService(async (service) => {
    const text = "<img src=x onerror=alert(1)><script>alert(1)</script>";
    const author = await service.signIn("<b>");
    await put(service, "lobby", "k", { text }, author);
    const response = await author.request("GET", "/v1/rooms/lobby/messages");
    assertEquals(response.headers.get("content-type"), "application/json");
    assertEquals((await response.json()).items[0].text, text);
    const missing = await service.app.request("/<script>alert(1)</script>");
    assertEquals(missing.headers.get("content-type"), "application/problem+json");
    await missing.body?.cancel();
  }),
);

Deno.test(
  "a drain refuses what is new, lets what is open finish, and closes it with 1012",
  onService(async (service) => {
    await using server = listen(service.app);
    const visitors = [
      new Visitor(server.port, "/ws/chat/lobby/"),
      new Visitor(server.port, "/ws", "maru.v1"),
      new Visitor(server.port, "/ws/chat/"),
    ];
    await Promise.all(visitors.map(({ opened }) => opened));
    service.connections.refuse();
    const late = new Visitor(server.port, "/ws/chat/");
    await late.closed;
    assertEquals(service.connections.size, 3);
    assertEquals(await service.connections.closeAll(5_000), 0);
    for (const { closed } of visitors) assertEquals((await closed).code, 1012);
  }),
);
