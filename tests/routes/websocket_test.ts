import { assert, assertEquals, assertMatch } from "@std/assert";
import { until } from "../layers/until.ts";
import { exchange, listen, type RawAnswer } from "../testing/listening.ts";
import { onService, openService, type Stage } from "../testing/stage.ts";

const PATHS = ["/ws", "/ws/chat/", "/ws/chat/lobby", "/ws/chat/lobby/", "/ws/my_consumer/"];

const GOOD = {
  connection: "Upgrade",
  upgrade: "websocket",
  "sec-websocket-version": "13",
  "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
  "sec-websocket-protocol": "maru.v1",
};

/** Shakes hands over TCP, with headers that differ from good ones; `undefined` leaves one away. */
async function shake(port: number, path: string, headers: Record<string, string | undefined> = {}): Promise<RawAnswer> {
  const all = Object.entries({ ...GOOD, ...headers }).filter(([, value]) => value !== undefined);
  return await exchange(port, [`GET ${path} HTTP/1.1`, ...all.map(([name, value]) => `${name}: ${value}`)].join("\n"));
}

/** Asserts that an answer is an RFC 9457 problem with a code, and shows nothing of ours. */
function assertProblem(answer: RawAnswer, status: number, code: string, what = ""): void {
  assertEquals(answer.status, status, `${what} ${answer.body}`);
  assertEquals(answer.headers.get("content-type"), "application/problem+json");
  const problem = JSON.parse(answer.body);
  assertEquals([problem.type, problem.status, problem.code, typeof problem.title, typeof problem.detail], [
    "about:blank",
    status,
    code,
    "string",
    "string",
  ]);
  assert(!/\.ts\b|file:\/\/\/|\bat \w+ \(|node_modules/.test(answer.body), answer.body);
}

/** A test over TCP, on the whole application. */
function onPort(test: (port: number, service: Stage) => Promise<void>, options = {}): () => Promise<void> {
  return onService(async (service) => {
    await using server = listen(service.app);
    await test(server.port, service);
    await until(() => service.connections.size === 0, "every connection is counted out");
  }, options);
}

Deno.test(
  "a good handshake is answered 101 on every path, however its headers are written",
  onPort(async (port) => {
    for (const path of PATHS) assertEquals((await shake(port, path)).status, 101, path);
    const spellings = [
      { connection: "keep-alive, Upgrade" },
      { connection: "upgrade" },
      { upgrade: "WebSocket" },
      { "sec-websocket-key": "AAAAAAAAAAAAAAAAAAAAAA==" },
      { "sec-websocket-protocol": "other,maru.v1" },
      { "sec-websocket-extensions": "permessage-deflate; client_max_window_bits" },
    ];
    for (const headers of spellings) {
      assertEquals((await shake(port, "/ws", headers)).status, 101, JSON.stringify(headers));
    }
  }),
);

Deno.test(
  "[B3] a Sec-WebSocket-Version other than 13, or none, is 426 with Sec-WebSocket-Version: 13",
  onPort(async (port) => {
    for (const path of PATHS) {
      for (const version of ["12", "8", "0", "14", "13, 8", "", "x", "013", "1 3", undefined]) {
        const answer = await shake(port, path, { "sec-websocket-version": version });
        assertProblem(answer, 426, "upgrade_required", `${version}`);
        assertEquals(answer.headers.get("sec-websocket-version"), "13");
      }
    }
  }),
);

Deno.test(
  "[B3] no key, or one that is not 16 bytes in base64, is 400",
  onPort(async (port) => {
    const keys = [
      undefined,
      "",
      "x",
      "dGhlIHNhbXBsZSBub25jZQ",
      "dGhlIHNhbXBsZSBub25jZQ=",
      "dGhlIHNhbXBsZSBub25jZTE=",
      "dGhlIHNhbXBsZSBub25jZR==",
    ];
    const odd = [
      "dGhl IHNhbXBsZSBub25jZQ==",
      "dGhlIHNhbXBsZSBub25jZQ==, dGhlIHNhbXBsZSBub25jZQ==",
      "!!!!!!!!!!!!!!!!!!!!!!==",
      "-_-_-_-_-_-_-_-_-_-_-A==",
      "A".repeat(8_000),
    ];
    for (const path of PATHS) {
      for (const key of [...keys, ...odd]) {
        assertProblem(
          await shake(port, path, { "sec-websocket-key": key }),
          400,
          "bad_handshake",
          `${key}`.slice(0, 40),
        );
      }
    }
  }),
);

Deno.test(
  "[B3] a plain GET, or one that asks for another upgrade, is 426 and says to what",
  onPort(async (port) => {
    const headers = [
      {
        connection: undefined,
        upgrade: undefined,
        "sec-websocket-key": undefined,
        "sec-websocket-version": undefined,
        "sec-websocket-protocol": undefined,
      },
      { upgrade: undefined },
      { connection: undefined },
      { connection: "keep-alive" },
      { connection: "Upgraded" },
      { upgrade: "h2c" },
      { upgrade: "websockets" },
    ];
    for (const path of PATHS) {
      for (const each of headers) {
        const answer = await shake(port, path, each);
        assertProblem(answer, 426, "upgrade_required", JSON.stringify(each));
        assertEquals(answer.headers.get("sec-websocket-version"), "13");
      }
    }
  }),
);

Deno.test(
  "[B1] a foreign origin is 403 on every path, with a cookie or without: null, look-alikes, two at once",
  onPort(async (port) => {
    const origins = [
      "https://evil.test",
      "null",
      "https://good.example.evil",
      "https://chat.test.evil",
      "http://chat.test:81",
      "http://xchat.test",
      "file://",
      "",
      "chat.test",
    ];
    for (const path of PATHS) {
      for (const origin of [...origins, "http://chat.test, https://evil.test", "https://chat.test@evil.test"]) {
        assertProblem(await shake(port, path, { origin, cookie: "session=valid" }), 403, "forbidden", origin);
      }
    }
  }),
);

Deno.test(
  "[B1] [C2] the server's own origin and the allowed ones are let in, and who sends none",
  onPort(async (port) => {
    for (
      const origin of [
        undefined,
        "http://chat.test",
        "https://chat.test",
        "https://good.example",
        "https://a.example.org:8443",
      ]
    ) {
      assertEquals((await shake(port, "/ws", { origin })).status, 101, `${origin}`);
    }
    for (const origin of ["http://good.example", "https://good.example.evil", "https://badexample.org"]) {
      assertProblem(await shake(port, "/ws", { origin }), 403, "forbidden", origin);
    }
  }, { origins: ["https://good.example", ".example.org"] }),
);

Deno.test(
  "[B1] a Host that is none lets no origin in",
  onPort(async (port) => {
    for (const host of ["[", "", "a b", "evil.test/..", "@"]) {
      const { status } = await shake(port, "/ws", { host, origin: "https://evil.test" });
      assert(status >= 400 && status < 500, `${host}: ${status}`);
    }
  }),
);

Deno.test(
  "[B5] an upgrade while the server drains is 503 with Retry-After, before anybody asks where it comes from",
  onPort(async (port, service) => {
    service.connections.refuse();
    for (const path of PATHS) {
      const answer = await shake(port, path);
      assertProblem(answer, 503, "unavailable");
      assertMatch(answer.headers.get("retry-after") ?? "", /^[1-9]\d*$/);
    }
    // What is no handshake is none while it drains, too.
    assertProblem(await shake(port, "/ws", { "sec-websocket-version": "12" }), 426, "upgrade_required");
  }),
);

Deno.test(
  "/ws without maru.v1 is 400 bad_handshake and says what to offer",
  onPort(async (port) => {
    for (const protocol of [undefined, "maru.v2", "MARU.V1", "maru", ",", "x,y"]) {
      const answer = await shake(port, "/ws", { "sec-websocket-protocol": protocol });
      assertProblem(answer, 400, "bad_handshake", `${protocol}`);
      assertMatch(JSON.parse(answer.body).detail, /maru\.v1/);
    }
  }),
);

Deno.test(
  "[B14] a socket path whose room is none is 400 bad_room, as raw as it can be sent",
  onPort(async (port) => {
    for (
      const room of [
        "..%2f..%2fx",
        "%00",
        "a%00",
        "%ff",
        "%zz",
        "%",
        "a%20b",
        "x".repeat(256),
        "%F0%9F%98%80",
        "a;b",
        "a:b",
        "~",
      ]
    ) {
      assertProblem(await shake(port, `/ws/chat/${room}/`), 400, "bad_room", room);
    }
    for (const room of ["__proto__", "constructor", "%ED%95%9C%EA%B8%80%EB%B0%A9", "-", "a?x=/../"]) {
      assertEquals((await shake(port, `/ws/chat/${room}`)).status, 101, room);
    }
  }),
);

Deno.test(
  "what is not a GET, and what is no path, is a problem and never a socket",
  onPort(async (port, service) => {
    const headers = Object.entries(GOOD).map(([name, value]) => `${name}: ${value}`).join("\n");
    for (const method of ["POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "GETX"]) {
      const { status } = await exchange(port, `${method} /ws/chat/ HTTP/1.1\n${headers}`);
      assert(status >= 400 && status < 500, `${method}: ${status}`);
    }
    for (
      const path of [
        "/ws/",
        "/ws/chat",
        "/ws/chat/a/b",
        "/ws/chat//",
        "/WS",
        "/ws/my_consumer",
        "/ws/x",
        "//ws",
        "/ws%2fchat/",
      ]
    ) {
      assertProblem(await shake(port, path), 404, "not_found", path);
    }
    assertEquals(service.connections.size, 0);
  }),
);

Deno.test("a bad handshake makes no consumer", async () => {
  let made = 0;
  await using service = await openService();
  service.connections.add = () => void made++;
  for (
    const [header, value] of [["sec-websocket-key", "x"], ["sec-websocket-version", "1"], [
      "origin",
      "https://evil.test",
    ]]
  ) {
    const { connected } = await service.knock("/ws/chat/", {
      headers: { host: "chat.test", [header ?? ""]: value ?? "" },
    });
    assert(!connected.connected);
  }
  assertEquals(made, 0);
});
