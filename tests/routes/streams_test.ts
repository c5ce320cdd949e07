import { assert, assertEquals, assertMatch } from "@std/assert";
import { personGroup, roomGroup } from "../../chat/keys.ts";
import type { ChannelLayer } from "../../layers/layer.ts";
import { ChatError } from "../../protocol/errors.ts";
import { until } from "../layers/until.ts";
import { Reader, type Said } from "./event_reader.ts";
import { ground, lines, MINJI, say, USER } from "./stream_ground.ts";

Deno.test("a stream begins now; each event comes once with its cursor as id; what does not last has none", async () => {
  await using here = ground();
  const { layer, server } = here;
  const before = await say(layer, "before");
  await using reader = await Reader.open(server);
  const { headers } = reader.response;
  assertEquals(headers.get("content-type"), "text/event-stream; charset=utf-8");
  assertEquals([headers.get("cache-control"), headers.get("x-accel-buffering")], ["no-store", "no"]);
  // Whoever is cut off now knows where to read on.
  await reader.until(({ lastId }) => lastId !== "");
  assertEquals(reader.lastId, before);
  const cursor = await say(layer, "안녕\n\nid: x");
  await layer.publish(roomGroup("lobby"), { type: "typing", at: 1, user: USER }, { transient: true });
  await reader.until(({ events }) => events.length === 2);
  const [message, typing] = reader.events;
  assertEquals(message, {
    id: cursor,
    event: "message",
    data: { cursor, type: "message", at: 1, user: USER, text: "안녕\n\nid: x" } as Said["data"], // With what else is in it.
  });
  assertEquals([typing?.event, typing?.id], ["typing", undefined]);
});

Deno.test("1,000 events, cut at random points and resumed by Last-Event-ID: no gap, no double", async () => {
  await using here = ground();
  const { layer, server } = here;
  const { head: start } = await layer.read(roomGroup("lobby"), { limit: 1 });
  const cursors: string[] = [];
  const saying = (async () => {
    for (let i = 0; i < 1_000; i++) {
      cursors.push(await say(layer, "x".repeat(i % 300)));
      if (i % 25 === 0) await new Promise((resolve) => setTimeout(resolve, 0));
    }
  })();
  const came: string[] = [];
  let lastId = start;
  let cuts = 0;
  while (came.length < 1_000) {
    assert(cuts < 1_000, `only ${came.length} events in ${cuts} streams`);
    await using reader = await Reader.open(server, { lastId });
    const enough = Math.floor(Math.random() * 60);
    await reader.until(({ events }) => events.length >= enough || came.length + events.length >= 1_000);
    came.push(...reader.events.map(({ data }) => data.cursor ?? ""));
    lastId = reader.lastId || lastId;
    cuts++;
  }
  await saying;
  assert(cuts > 5);
  assertEquals(came, cursors);
});

Deno.test("?after= is where to begin, and Last-Event-ID is newer than that", async () => {
  await using here = ground();
  const [a, b, c] = [await say(here.layer, "a"), await say(here.layer, "b"), await say(here.layer, "c")];
  await using first = await Reader.open(here.server, { query: `?after=${a}` });
  await first.until(({ events }) => events.length === 2);
  assertEquals(first.events.map(({ id }) => id), [b, c]);
  await using second = await Reader.open(here.server, { query: `?after=${a}`, lastId: b });
  await second.until(({ events }) => events.length === 1);
  assertEquals(second.events.map(({ id }) => id), [c]);
});

Deno.test("when the past cannot be bridged a reset comes first, then the newest, and then what follows", async () => {
  await using here = ground();
  const { layer, server } = here;
  const old = await say(layer, "a");
  await layer.trim(roomGroup("lobby"), await say(layer, "b"));
  for (const lastId of [old, `zzzzzz${old.slice(6)}`]) {
    const head = await say(layer, "newest");
    await using reader = await Reader.open(server, { lastId });
    await reader.until(({ events }) => events.some(({ id }) => id === head));
    assertEquals(reader.events[0], { event: "reset", data: { head } });
    const next = await say(layer, "d");
    await reader.until(({ events }) => events.at(-1)?.id === next);
    const came = reader.events.slice(1).map(({ id }) => id);
    assertEquals(came, [...new Set(came)]);
  }
});

Deno.test("what is no cursor, no room or not allowed is refused before anything is read", async () => {
  await using here = ground({
    mayRead: (_, room) =>
      room === "secret" ? Promise.reject(new ChatError("forbidden", "Cannot use the room")) : Promise.resolve(),
  });
  const cases = { "lobby/stream?after=1e999": 400, "a%20b/stream": 400, "secret/stream": 403 };
  for (const [path, status] of Object.entries(cases)) {
    const response = await here.app.request(`/v1/rooms/${path}`);
    assertEquals(response.status, status);
    await response.body?.cancel();
  }
  assertEquals([here.open.size, here.connections.size], [0, 0]);
});

Deno.test("who goes leaves nothing behind, even where nothing is said", async () => {
  await using here = ground();
  {
    await using reader = await Reader.open(here.server);
    await reader.until(({ lastId }) => lastId !== "");
    assertEquals([here.open.size, here.connections.size], [2, 1]);
  }
  await until(() => here.open.size === 0 && here.connections.size === 0, "it has left");
});

const ENDS: Record<string, (layer: ChannelLayer) => Promise<unknown>> = {
  "the credential ends": (layer) =>
    layer.publish(personGroup(MINJI.user.id), { type: "ended", at: 1, credential: "session-1", why: "revoked" }, {
      transient: true,
    }),
  "all credentials end": (layer) =>
    layer.publish(personGroup(MINJI.user.id), { type: "ended", at: 1, why: "banned" }, { transient: true }),
  ...Object.fromEntries(["kicked", "banned", "left"].map((change) => [`they were ${change}`, (layer: ChannelLayer) => {
    return layer.publish(roomGroup("lobby"), { type: "member", at: 1, user: USER, member: MINJI.user, change });
  }])),
  "the layer is closed": (layer) => layer.close(),
};

for (const [what, end] of Object.entries(ENDS)) {
  Deno.test(`a stream ends when ${what}, and not for another's`, async () => {
    await using here = ground();
    const { layer } = here;
    await using reader = await Reader.open(here.server);
    const member = { id: "g_other", name: "o" };
    await layer.publish(roomGroup("lobby"), { type: "member", at: 1, user: USER, member, change: "banned" });
    await layer.publish(personGroup(MINJI.user.id), { type: "ended", at: 1, credential: "session-2", why: "revoked" }, {
      transient: true,
    });
    await say(layer, "still here");
    await reader.until(({ events }) => events.length === 2);
    await end(layer);
    await reader.until(() => false);
    assert(reader.hasEnded);
    assertEquals(here.connections.size, 0);
  });
}

Deno.test("what was said behind a reader's departure is not theirs, also where both come at once; who comes back reads on from there", async () => {
  await using here = ground();
  const { layer, server } = here;
  await using reader = await Reader.open(server);
  await reader.until(({ lastId }) => lastId !== "");
  const banned = { type: "member", at: 1, user: USER, member: MINJI.user, change: "banned" };
  // Published in one go they are one batch.
  const [last, departure] = await Promise.all([
    say(layer, "theirs"),
    layer.publish(roomGroup("lobby"), banned).then(({ cursor }) => cursor),
    say(layer, "not theirs"),
  ]);
  await reader.until(() => false);
  assertEquals([reader.hasEnded, reader.events.map(({ id }) => id)], [true, [last, departure]]);
  await using again = await Reader.open(server, { lastId: reader.lastId });
  await again.until(({ events }) => events.length === 1);
  assertEquals(again.events[0]?.data.text, "not theirs");
});

Deno.test("a HEAD is answered as a GET, and opens nothing", async () => {
  await using here = ground();
  const response = await here.app.request("/v1/rooms/lobby/stream", { method: "HEAD" });
  assertEquals([response.status, response.body], [200, null]);
  assertEquals(response.headers.get("content-type"), "text/event-stream; charset=utf-8");
  assertEquals([here.open.size, here.connections.size], [0, 0]);
});

Deno.test("a reader that the log's end has overtaken is asked again who they are", async () => {
  let mayRead = true;
  await using here = ground({
    mayRead: () => mayRead ? Promise.resolve() : Promise.reject(new ChatError("forbidden", "Cannot read")),
  });
  const { layer, server } = here;
  using connection = await Deno.connect({ hostname: "127.0.0.1", port: server.port });
  await connection.write(
    new TextEncoder().encode("GET /v1/rooms/lobby/stream HTTP/1.0\r\nHost: chat.test\r\n\r\n"),
  );
  await until(() => here.connections.size === 1, "it is open");
  const text = "x".repeat(20_000);
  for (let i = 0; i < 1_000; i++) {
    await say(layer, text);
    if (i % 10 === 0) await new Promise((resolve) => setTimeout(resolve, 0));
  }
  mayRead = false;
  await layer.publish(roomGroup("lobby"), { type: "member", at: 1, user: USER, member: MINJI.user, change: "banned" });
  await layer.trim(roomGroup("lobby"), (await layer.read(roomGroup("lobby"), { limit: 1 })).head);
  await say(layer, "secret");
  let all = "";
  const buffer = new Uint8Array(256 * 1024);
  for (let bytes; !all.includes("secret") && (bytes = await connection.read(buffer)) !== null;) {
    all = all.slice(-10) + new TextDecoder("latin1").decode(buffer.subarray(0, bytes));
  }
  assert(!all.includes("secret"));
});

Deno.test("a stream ends when the credential expires", async () => {
  await using here = ground({ callerOf: () => Promise.resolve({ ...MINJI, expiresAt: Date.now() + 30 }) });
  await using reader = await Reader.open(here.server);
  await reader.until(() => false);
  assert(reader.hasEnded);
});

Deno.test("who lost the permission while the stream was opened is refused", async () => {
  let asked = 0;
  await using here = ground({
    callerOf: () =>
      asked++ === 0 ? Promise.resolve(MINJI) : Promise.reject(new ChatError("unauthorized", "Signed out")),
  });
  const response = await here.app.request("/v1/rooms/lobby/stream");
  assertEquals([response.status, here.open.size], [401, 0]);
  await response.body?.cancel();
});

Deno.test("a drain ends streams, and refuses new ones", async () => {
  await using here = ground();
  await using reader = await Reader.open(here.server);
  assertEquals(await here.connections.closeAll(1_000), 0);
  await reader.until(() => false);
  const response = await here.app.request("/v1/rooms/lobby/stream");
  assertEquals([response.status, response.headers.get("retry-after")], [503, "1"]);
  await response.body?.cancel();
});

Deno.test("a quiet stream is kept open by comments", async () => {
  await using here = ground({ pingMs: 5 });
  await using reader = await Reader.open(here.server);
  await reader.until(({ comments }) => comments >= 3);
  assertEquals(reader.events, []);
});

Deno.test("a reader that stops is held at its cursor: 40 MB are said, few of them wait, and all come in the end", async () => {
  await using here = ground();
  const { layer, server } = here;
  let delivered = 0;
  const subscribe = layer.subscribe;
  layer.subscribe = (group, options) =>
    subscribe(group, {
      ...options,
      deliver(batch) {
        for (const { json } of batch.entries) delivered += json.length;
        return options.deliver(batch);
      },
    });
  using connection = await Deno.connect({ hostname: "127.0.0.1", port: server.port });
  await connection.write(
    new TextEncoder().encode("GET /v1/rooms/lobby/stream HTTP/1.0\r\nHost: chat.test\r\n\r\n"),
  );
  await until(() => here.connections.size === 1, "it is open");
  const text = "x".repeat(20_000);
  for (let i = 0; i < 2_000; i++) {
    await say(layer, text);
    if (i % 10 === 0) await new Promise((resolve) => setTimeout(resolve, 0));
  }
  // What the kernel's two buffers hold, and our 64 KiB.
  assert(delivered < 10_000_000, `${delivered} characters were handed on`);
  let [read, lines, tail] = [0, 0, ""];
  const buffer = new Uint8Array(256 * 1024);
  while (lines < 2_000) {
    const bytes = await connection.read(buffer);
    if (bytes === null) break;
    read += bytes;
    const found = tail + new TextDecoder("latin1").decode(buffer.subarray(0, bytes));
    lines += found.split("event: message\n").length - 1;
    tail = found.slice(-14);
  }
  assertEquals(lines, 2_000);
  assert(read > 40_000_000 - 20_000);
});

Deno.test("an export is asked for a line when the reader wants one, and let go of when it goes", async () => {
  let asked = 0;
  let isLetGo = false;
  async function* endless() {
    try {
      for (;; asked++) yield `{"n":${asked},"text":"${"x".repeat(1_000)}"}`;
    } finally {
      isLetGo = true;
    }
  }
  await using here = ground({ exportRoom: endless });
  const response = await fetch(`http://127.0.0.1:${here.server.port}/v1/rooms/%ED%95%9C%EA%B8%80/export`);
  assertEquals(response.headers.get("content-type"), "application/x-ndjson; charset=utf-8");
  assertMatch(
    response.headers.get("content-disposition") ?? "",
    /^attachment; filename\*=UTF-8''%ED%95%9C%EA%B8%80\.ndjson$/,
  );
  const reader = response.body?.getReader();
  await reader?.read();
  // The kernel's buffers fill, and then it rests.
  let before = -1;
  await until(async () => {
    await new Promise((resolve) => setTimeout(resolve, 30));
    return before === (before = asked);
  }, "it rests");
  assert(asked < 20_000, `${asked} lines were asked for`);
  await reader?.cancel();
  await until(() => isLetGo, "it is let go of");
});

Deno.test("an export is whole; who may not is told so; one that fails breaks off", async () => {
  await using here = ground({
    exportPerson: () => lines(['{"a":1}', '{"b":"안녕"}']),
    // deno-lint-ignore require-yield -- it refuses
    exportRoom: async function* () {
      await Promise.resolve();
      throw new ChatError("forbidden", "Cannot export");
    },
  });
  const mine = await here.app.request("/v1/me/export");
  assertEquals(await mine.text(), '{"a":1}\n{"b":"안녕"}\n');
  assertEquals((await here.app.request("/v1/me/export")).headers.get("cache-control"), "no-store");
  const refused = await here.app.request("/v1/rooms/lobby/export");
  assertEquals(refused.status, 403);
  await refused.body?.cancel();
  await using failing = ground({
    exportPerson: async function* () {
      yield "{}";
      yield await Promise.reject(new Error("disk"));
    },
  });
  const broken = await fetch(`http://127.0.0.1:${failing.server.port}/v1/me/export`);
  const hasBroken = await broken.text().then(() => false, () => true);
  assert(hasBroken);
  assertEquals(failing.reports.length, 1);
});
