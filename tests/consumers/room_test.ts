import { assert, assertEquals, assertGreater, assertGreaterOrEqual, assertMatch } from "@std/assert";
import type { WebSocketCommunicator } from "../../testing/websocket_communicator.ts";
import { put } from "../testing/messages_client.ts";
import { onService, type Stage } from "../testing/stage.ts";

async function refusal(client: WebSocketCommunicator) {
  const { type, error } = await client.receiveJson();
  assertEquals(type, "error");
  return error;
}

Deno.test(
  "a message comes to everyone in the room, the sender too, as the article has it; the slash is optional",
  onService(async (service) => {
    const minji = await service.connect("/ws/chat/lobby/?name=민지");
    const jihun = await service.connect("/ws/chat/lobby?name=지훈");
    const other = await service.connect("/ws/chat/other/");
    minji.sendJson({ message: "안녕하세요" });
    for (const client of [minji, jihun]) {
      assertEquals(await client.receiveJson(), { message: "안녕하세요", user: "민지" });
    }
    jihun.sendJson({ message: " 네 " });
    for (const client of [minji, jihun]) {
      assertEquals(await client.receiveJson(), { message: " 네 ", user: "지훈" });
    }
    assert(await other.receiveNothing(10));
  }),
);

Deno.test(
  "everyone sees the same messages in the same order, each once",
  onService(async (service) => {
    const clients = await Promise.all(Array.from({ length: 5 }, () => service.connect("/ws/chat/lobby/")));
    for (let n = 0; n < 50; n++) clients[n % 5]?.sendJson({ message: `${n}` });
    const seen = await Promise.all(clients.map(async (client) => {
      const messages: string[] = [];
      while (messages.length < 50) messages.push((await client.receiveJson()).message);
      return messages;
    }));
    for (const messages of seen) assertEquals(messages, seen[0]);
    for (let author = 0; author < 5; author++) {
      const own = seen[0]?.map(Number).filter((n) => n % 5 === author);
      assertEquals(own, own?.toSorted((a, b) => a - b));
    }
    for (const client of clients) assert(await client.receiveNothing(1));
  }),
);

Deno.test(
  "[P1] the name stands in the URL, or the server makes one up",
  onService(async (service) => {
    const named = await service.connect("/ws/chat/lobby/?name=%EB%AF%BC%EC%A7%80%20%20Kim");
    named.sendJson({ message: "a" });
    assertEquals((await named.receiveJson()).user, "민지 Kim");
    const [one, two] = [await service.connect("/ws/chat/a/"), await service.connect("/ws/chat/b/?other=1")];
    const names = await Promise.all([one, two].map(async (client) => {
      client.sendJson({ message: "a" });
      return (await client.receiveJson()).user;
    }));
    for (const name of names) assertMatch(name, /^guest-/);
    assert(names[0] !== names[1]);
  }),
);

Deno.test(
  "[B18] [B16] a name with a newline, ESC, bidi overrides or nothing at all is refused at the handshake",
  onService(async (service) => {
    for (
      const name of [
        "",
        " ",
        "a%0Ab",
        "%0A",
        "a%1B[31m",
        "%E2%80%AEa",
        "a%E2%80%8Bb",
        "%00",
        "x".repeat(33),
        "%E3%85%A4",
      ]
    ) {
      const { connected } = await service.knock(`/ws/chat/lobby/?name=${name}`);
      assert(!connected.connected, name);
      assertEquals([connected.status, (await connected.response.json()).code], [400, "bad_name"], name);
    }
  }),
);

Deno.test(
  "[B14] a room's name that is none is bad_room at the handshake",
  onService(async (service) => {
    const names = [
      "..%2Fx",
      "a%00b",
      "x".repeat(256),
      "x".repeat(65),
      "a%20b",
      "%F0%9F%98%80",
      "a%2Fb",
      "%2e%2e%2fx",
      "a.b",
      "%ED%A0%80",
      "%ff",
    ];
    for (const name of names) {
      for (const slash of ["", "/"]) {
        const { connected } = await service.knock(`/ws/chat/${name}${slash}`);
        assert(!connected.connected, name);
        assertEquals([connected.status, (await connected.response.json()).code], [400, "bad_room"], name);
      }
    }
  }),
);

Deno.test(
  "[B13] rooms called __proto__ and constructor are rooms like any other",
  onService(async (service) => {
    for (const room of ["__proto__", "constructor", "toString"]) {
      const client = await service.connect(`/ws/chat/${room}/?name=a`);
      client.sendJson({ message: room });
      assertEquals(await client.receiveJson(), { message: room, user: "a" });
    }
  }),
);

Deno.test(
  "a room has one name, however its Unicode is composed and its URL escaped",
  onService(async (service) => {
    const spellings = [
      "한글방",
      "한글방".normalize("NFD"),
      encodeURIComponent("한글방"),
      encodeURIComponent("한글방".normalize("NFD")),
    ];
    const clients = await Promise.all(spellings.map((room) => service.connect(`/ws/chat/${room}/?name=a`)));
    clients[0]?.sendJson({ message: "여기" });
    for (const client of clients) assertEquals(await client.receiveJson(), { message: "여기", user: "a" });
  }),
);

Deno.test(
  "[P2] plain and maru.v1 sockets and HTTP share the room",
  onService(async (service) => {
    const plain = await service.connect("/ws/chat/lobby/?name=plain");
    const minji = await service.guest("민지");
    await minji.ok({ type: "join", room: "lobby" });
    plain.sendJson({ message: "from plain" });
    const [fromPlain] = await minji.events("lobby", 1);
    assertEquals([fromPlain.text, fromPlain.user.name, "key" in fromPlain], ["from plain", "plain", false]);
    assertEquals(await plain.receiveJson(), { message: "from plain", user: "plain" });
    await minji.ok({ type: "send", room: "lobby", key: "k", text: "from v1" });
    assertEquals(await plain.receiveJson(), { message: "from v1", user: "민지" });
    await put(service, "lobby", "k2", { text: "from HTTP" }, await service.signIn("지훈"));
    assertEquals(await plain.receiveJson(), { message: "from HTTP", user: "지훈" });
  }),
);

Deno.test(
  "[P2] typing of maru.v1 sockets is no frame of plain mode, and harms nobody",
  onService(async (service) => {
    const plain = await service.connect("/ws/chat/lobby/");
    const minji = await service.guest("민지");
    await minji.ok({ type: "join", room: "lobby" });
    await minji.ok({ type: "typing", room: "lobby" });
    await minji.ok({ type: "send", room: "lobby", key: "k", text: "a" });
    assertEquals(await plain.receiveJson(), { message: "a", user: "민지" });
  }),
);

Deno.test(
  "[P3] a frame that is refused is answered with its code, and nothing is said in the room",
  onService(async (service) => {
    const other = await service.connect("/ws/chat/lobby/");
    const cases = [
      ["bad_request", "hello"],
      ["bad_request", '{"message":"a","x":1}'],
      ["bad_request", '{"message":"\\ud800"}'],
      ["bad_request", '{"message":" \\n "}'],
      ["too_long", JSON.stringify({ message: "x".repeat(4_001) })],
    ];
    for (const [code, frame = ""] of cases) {
      const client = await service.connect("/ws/chat/lobby/");
      client.send(frame);
      assertEquals((await refusal(client)).code, code, frame.slice(0, 40));
      assertEquals(client.closed, undefined);
      client.disconnect();
    }
    assert(await other.receiveNothing(10));
  }),
);

Deno.test(
  "[B11] [C4] the third bad frame closes with 1008",
  onService(async (service) => {
    const client = await service.connect("/ws/chat/lobby/");
    for (const frame of ["{", "[]"]) {
      client.send(frame);
      assertEquals((await refusal(client)).code, "bad_request");
    }
    client.sendJson({ message: "good ones between do not help" });
    await client.receiveJson();
    assertEquals(client.closed, undefined);
    client.send("null");
    assertEquals((await refusal(client)).code, "bad_request");
    assertEquals((await client.receiveClose()).code, 1008);
  }),
);

Deno.test(
  "[P4] plain mode is live only: who comes later sees nothing of before",
  onService(async (service) => {
    const first = await service.connect("/ws/chat/lobby/");
    first.sendJson({ message: "before" });
    await first.receiveJson();
    const later = await service.connect("/ws/chat/lobby/");
    assert(await later.receiveNothing(10));
    first.sendJson({ message: "after" });
    assertEquals((await later.receiveJson()).message, "after");
  }),
);

Deno.test(
  "a message of 4,000 emoji fits, and comes back as it was",
  onService(async (service) => {
    const client = await service.connect("/ws/chat/lobby/");
    const message = "😀".repeat(4_000);
    client.sendJson({ message });
    assertEquals((await client.receiveJson()).message, message);
  }),
);

/** Sends so many messages at once; returns what came back until the connection was closed or all were answered. */
async function flood(client: WebSocketCommunicator, count: number) {
  for (let n = 0; n < count && client.closed === undefined; n++) client.sendJson({ message: `${n}` });
  const answers = [];
  while (answers.length < count) {
    try {
      answers.push(await client.receiveJson());
    } catch (error) {
      if (client.closed === undefined) throw error;
      break;
    }
  }
  return {
    said: answers.filter(({ message }) => message !== undefined),
    errors: answers.filter(({ error }) => error).map(({ error }) => error),
  };
}

Deno.test(
  "[B21] 100 messages in a second are rate_limited with retryAfterMs; going on closes with 1008",
  onService(async (service: Stage) => {
    const client = await service.connect("/ws/chat/lobby/");
    const { said, errors } = await flood(client, 100);
    assertGreaterOrEqual(said.length, 10);
    assertGreater(errors.length, 50);
    for (const error of errors) {
      assertEquals(error.code, "rate_limited");
      assert(error.retryAfterMs > 0 && error.retryAfterMs <= 100, `${error.retryAfterMs}`);
    }
    assertEquals(client.closed, undefined);
    await flood(client, 100);
    assertEquals((await client.receiveClose()).code, 1008);
  }, { sendRate: 10 }),
);
