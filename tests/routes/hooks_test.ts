import { assert, assertEquals } from "@std/assert";
import { Hono } from "hono";
import { RateLimit } from "../../chat/rate_limit.ts";
import { Messages } from "../../chat/messages.ts";
import { Standings } from "../../chat/standings.ts";
import { Hooks } from "../../chat/webhooks/hooks.ts";
import { signedHeaders } from "../../chat/webhooks/signature.ts";
import { createMemoryLayer } from "../../layers/memory.ts";
import type { Caller } from "../../protocol/caller.ts";
import type { User } from "../../protocol/events.ts";
import { hooks as hooksRoute } from "../../routes/hooks.ts";
import { problem } from "../../routes/problem.ts";
import type { Env } from "../../routes/websocket.ts";
import { ADMIN } from "../chat/webhooks/house.ts";

async function open(perSecond = 0) {
  const layer = createMemoryLayer();
  const standings = new Standings(layer);
  const messages = new Messages({ layer, standings, now: Date.now });
  const said: { user: User; room: string; text: string }[] = [];
  const hooks = new Hooks({
    layer,
    standings,
    send: async (user, room, message) => {
      const speaker: Caller = { user, kind: "bot", isAdmin: true, rooms: [room], credential: user.id };
      const sent = await messages.send(speaker, room, message);
      if (!sent.duplicate) said.push({ user, room, text: message.text });
      return sent;
    },
    limit: new RateLimit({ perSecond, burst: 2, now: () => 0 }),
  });
  const app = new Hono<Env>();
  app.route("/", hooksRoute({ hooks }));
  app.onError((error) => problem(error));
  const hook = await hooks.create(ADMIN, "lobby", "build");
  const post = async (body: string, headers: Record<string, string> = {}, id = hook.id) => {
    const response = await app.request(`/v1/hooks/${id}`, {
      method: "POST",
      body,
      headers: { authorization: `Bearer ${hook.secret}`, ...headers },
    });
    return { status: response.status, ...await response.json() };
  };
  return { layer, hooks, hook, said, post, app, [Symbol.asyncDispose]: () => layer.close() };
}

Deno.test("a program says something in the hook's room, under its name or one that it gives", async () => {
  await using here = await open();
  const { status, cursor, at } = await here.post('{"text":"green"}');
  assertEquals([status, typeof cursor, typeof at], [201, "string", "number"]);
  await here.post('{"text":"red","name":"  빌드  봇 "}');
  await here.post('{"text":"from Slack\'s","username":"ci","attachments":[],"icon_emoji":":tada:"}');
  await here.post('{"content":"from Discord\'s","username":"git","embeds":[]}');
  const id = `h_${here.hook.id}`;
  assertEquals(here.said, [
    { room: "lobby", text: "green", user: { id, name: "build" } },
    { room: "lobby", text: "red", user: { id, name: "빌드 봇" } },
    { room: "lobby", text: "from Slack's", user: { id, name: "ci" } },
    { room: "lobby", text: "from Discord's", user: { id, name: "git" } },
  ]);
});

Deno.test("a repetition is known by its key, however it is given, and is said once", async () => {
  await using here = await open();
  const given: [string, Record<string, string>][] = [
    ['{"text":"a","key":"k1"}', {}],
    ['{"text":"b"}', { "idempotency-key": "k2" }],
    ['{"text":"c"}', { "webhook-id": `msg_${"x".repeat(100)}` }],
    ['{"text":"d"}', { "x-github-delivery": "72d3162e-cc78-11e3-81ab-4c9367dc0958" }],
  ];
  for (const [body, headers] of given) {
    const first = await here.post(body, headers);
    const second = await here.post(body, headers);
    assertEquals([first.status, second.status, second.cursor], [201, 200, first.cursor]);
    assertEquals((await here.post('{"text":"other","key":"k1"}')).code, "conflict");
  }
  assertEquals(here.said.map(({ text }) => text), ["a", "b", "c", "d"]);
});

Deno.test("a signature is as good as the secret", async () => {
  await using here = await open();
  const body = '{"text":"안녕"}';
  const headers = await signedHeaders(here.hook.secret, body, { id: "msg_1", at: Date.now() });
  const request = async () => {
    return (await here.app.request(`/v1/hooks/${here.hook.id}`, { method: "POST", body, headers })).status;
  };
  // A recorded request that is played again says nothing new.
  assertEquals([await request(), await request(), here.said.length], [201, 200, 1]);
});

Deno.test("whoever does not know the secret is told the same, whether there is such a hook or not", async () => {
  await using here = await open();
  const url = `/v1/hooks/${here.hook.id}?token=${here.hook.secret}&secret=${here.hook.secret}`;
  const inUrl = await here.app.request(url, { method: "POST", body: '{"text":"a"}' });
  const { instance: _, ...expected } = await inUrl.json();
  assertEquals(inUrl.status, 401);
  const wrong = { authorization: "Bearer whsec_wrong" };
  for (const id of [here.hook.id, "AAAAAAAAAAAAAAAA", "x", "%00", "__proto__"]) {
    const { instance: _, ...found } = await here.post("not even JSON", wrong, id);
    assertEquals(found, { ...expected, status: 401 });
  }
  await here.hooks.delete(ADMIN, "lobby", here.hook.id);
  assertEquals((await here.post('{"text":"a"}')).code, "unauthorized");
  assertEquals(here.said, []);
});

Deno.test("what is no message is refused", async () => {
  await using here = await open();
  const bad: Record<string, string> = {
    "{": "bad_request",
    "[]": "bad_request",
    "null": "bad_request",
    '{"zen":"Design for failure."}': "bad_request",
    '{"text":7}': "bad_request",
    '{"text":"  "}': "bad_request",
    '{"text":"a","key":""}': "bad_request",
    '{"text":"a","name":"\\u202e"}': "bad_name",
    [`{"text":"${"x".repeat(4_001)}"}`]: "too_long",
    [`{"text":"${"x".repeat(70_000)}"}`]: "too_long",
  };
  for (const [body, code] of Object.entries(bad)) assertEquals((await here.post(body)).code, code, body.slice(0, 40));
  assertEquals(here.said, []);
});

Deno.test("each hook has a rate of its own, which strangers do not use up", async () => {
  await using here = await open(1);
  for (let i = 0; i < 5; i++) await here.post('{"text":"a"}', { authorization: "Bearer x" });
  assertEquals([(await here.post('{"text":"a"}')).status, (await here.post('{"text":"b"}')).status], [201, 201]);
  const refused = await here.post('{"text":"c"}');
  assertEquals([refused.status, refused.code], [429, "rate_limited"]);
  assert(refused.retryAfterMs > 0);
});

Deno.test("hooks are listed, deleted once, and at most 20 a room", async () => {
  await using here = await open();
  const made = await Promise.allSettled(Array.from({ length: 25 }, () => here.hooks.create(ADMIN, "lobby", "x")));
  assertEquals(made.filter(({ status }) => status === "fulfilled").length, 19);
  const [first] = await here.hooks.list(ADMIN, "lobby");
  assertEquals(first?.id, here.hook.id);
  await here.hooks.delete(ADMIN, "lobby", here.hook.id);
  await here.hooks.delete(ADMIN, "lobby", here.hook.id);
  assertEquals((await here.hooks.list(ADMIN, "lobby")).length, 19);
});
