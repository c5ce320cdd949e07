import { assert, assertEquals, assertMatch } from "@std/assert";
import { readSessionCookie, sessionCookie } from "../../auth/cookie.ts";
import { auditEvent } from "../../chat/audit.ts";
import { auditGroup } from "../../chat/keys.ts";
import { hashOf } from "../../auth/tokens.ts";
import { assertRefused, BY, createSetting, hearOf, settle } from "./setting.ts";

const API_KEY = "an operator's own key, 40 characters long";

Deno.test("nobody says who is asking: undefined; a Bearer token and a cookie say it, and the Bearer token first", async () => {
  await using setting = createSetting();
  const [a, b] = [await setting.auth.sessions.create("민지"), await setting.auth.sessions.create("지훈")];
  assertEquals(await setting.find({}), undefined);
  assertEquals(await setting.find({ cookie: "theme=dark; maru_sessions=x" }), undefined);
  assertEquals((await setting.find({ authorization: `Bearer ${a.token}` }))?.user, a.caller.user);
  assertEquals((await setting.find({ authorization: `bearer  ${a.token}` }))?.user, a.caller.user);
  assertEquals((await setting.find({ cookie: `theme=dark; maru_session=${b.token}` }))?.user, b.caller.user);
  assertEquals(
    (await setting.find({ authorization: `Bearer ${a.token}`, cookie: `maru_session=${b.token}` }))?.user,
    a.caller.user,
  );
});

Deno.test("a token that proves nothing is unauthorized, never anonymous, and stands in no message", async () => {
  await using setting = createSetting({ apiKey: API_KEY });
  const { token } = await setting.auth.sessions.create("민지");
  const wrong = [
    "x",
    token.slice(0, -1),
    `${token}x`,
    token.replace("maru_s_", "maru_k_"),
    token.slice(7),
    token.toUpperCase(),
    await hashOf(token),
    "maru_s_",
    "maru_k_",
    "eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.",
    "a.b.c",
    API_KEY.slice(1),
    "x".repeat(5_000),
  ];
  for (const each of wrong) {
    await assertRefused(setting.auth.authenticator.findByToken(each), "unauthorized", ...each.length > 7 ? [each] : []);
    await assertRefused(setting.find({ cookie: `maru_session=${each}` }), "unauthorized");
  }
  const secret = "dXNlcjpodW50ZXIy";
  for (const authorization of [`Basic ${secret}`, secret, "Bearer", `Bearer ${secret} ${secret}`, `Bearer`]) {
    await assertRefused(setting.find({ authorization }), "unauthorized", secret);
  }
  await setting.auth.authenticator.findByToken(token);
});

Deno.test("a cookie whose session ended is forgiven where anybody may ask; a Bearer token is not", async () => {
  await using setting = createSetting();
  const { auth } = setting;
  const { token } = await auth.sessions.create("민지");
  await auth.sessions.endAll((await auth.authenticator.findByToken(token)).user.id, "signed_out");
  const ask = (headers: Record<string, string>) =>
    auth.authenticator.find(new Request("http://chat.example/v1/sessions", { headers }), { forgivesCookie: true });
  assertEquals(await ask({ cookie: `maru_session=${token}` }), undefined);
  await assertRefused(ask({ authorization: `Bearer ${token}` }), "unauthorized");
});

Deno.test("the operator's own key keeps order everywhere, and is no cookie", async () => {
  await using setting = createSetting({ apiKey: API_KEY });
  assertEquals(await setting.auth.authenticator.findByToken(API_KEY), {
    user: { id: "operator", name: "operator" },
    kind: "operator",
    isAdmin: true,
    credential: "operator",
  });
  await assertRefused(setting.find({ cookie: `maru_session=${API_KEY}` }), "unauthorized");
  await using without = createSetting();
  await assertRefused(without.auth.authenticator.findByToken("undefined"), "unauthorized");
});

Deno.test("[B1] a cookie changes something only when the page is ours or a friend's (CSRF)", async () => {
  await using setting = createSetting();
  const { token, caller } = await setting.auth.sessions.create("민지");
  const cookie = `maru_session=${token}`;
  for (const method of ["POST", "PUT", "PATCH", "DELETE"]) {
    for (const origin of ["https://evil.example", "null", "https://chat.example.evil", "http://friend.example"]) {
      await assertRefused(setting.find({ cookie, origin }, method), "forbidden", token);
      await assertRefused(setting.find({ cookie, origin, "sec-fetch-site": "same-origin" }, method), "forbidden");
    }
    await assertRefused(setting.find({ cookie }, method), "forbidden");
    for (const site of ["cross-site", "same-site", "none"]) {
      await assertRefused(setting.find({ cookie, "sec-fetch-site": site }, method), "forbidden");
    }
    for (const origin of ["http://chat.example", "https://chat.example", "https://friend.example"]) {
      assertEquals((await setting.find({ cookie, origin }, method))?.user, caller.user);
    }
    assertEquals((await setting.find({ cookie, "sec-fetch-site": "same-origin" }, method))?.user, caller.user);
    // Nobody can be tricked into sending a Bearer token.
    const authorization = `Bearer ${token}`;
    assertEquals((await setting.find({ authorization, origin: "https://evil.example" }, method))?.user, caller.user);
  }
  assertEquals((await setting.find({ cookie, origin: "https://evil.example" }, "GET"))?.user, caller.user);
});

Deno.test("[B2] a token in the URL is bad_request, whatever it is called and whoever asks, and stands in no message", async () => {
  await using setting = createSetting();
  const { token } = await setting.auth.sessions.create("민지");
  const jwt = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ4In0.c2lnbmF0dXJl";
  const secret = "hunter2hunter2";
  const queries = ["token", "access_token", "session", "key", "jwt", "api_key", "Token", "ACCESS_TOKEN", "ticket"]
    .map((name) => `/ws?${name}=${secret}`);
  const hidden = [`/ws?x=${token}`, `/v1/rooms/${token}`, `/ws?name=${jwt}`, `/ws?a=1&to%6ben=${secret}`, `/ws?token`];
  for (const path of [...queries, ...hidden]) {
    for (const headers of [{}, { authorization: `Bearer ${token}` }]) {
      await assertRefused(
        setting.find(headers, "GET", `http://chat.example${path}`),
        "bad_request",
        secret,
        token,
        jwt,
      );
    }
  }
  for (const path of ["/ws?name=token", "/v1/rooms/token/messages/key", "/v1/rooms/a/messages?after=0123-4&limit=1"]) {
    assertEquals(await setting.find({}, "GET", `http://chat.example${path}`), undefined);
  }
});

Deno.test("the cookie is for no script, no other site and, by https, no other way", () => {
  assertEquals(
    sessionCookie.set("maru_s_x", true),
    "maru_session=maru_s_x; Path=/; Max-Age=34560000; HttpOnly; SameSite=Lax; Secure",
  );
  assertEquals(sessionCookie.set("maru_s_x", false).includes("Secure"), false);
  assertMatch(sessionCookie.clear(true), /^maru_session=; Path=\/; Max-Age=0; /);
  assertEquals(readSessionCookie("a=b; maru_session=one; maru_session=two"), "one");
  assertEquals(readSessionCookie('maru_session="one"'), "one");
  for (const none of [null, "", "maru_session", "maru_session=", "xmaru_session=a", "a=maru_session=b"]) {
    assertEquals(readSessionCookie(none), undefined);
  }
});

Deno.test("a bot is somebody with a key; without the bot the key is nothing", async () => {
  await using setting = createSetting();
  const { auth, layer } = setting;
  const { bot, key } = await auth.bots.create(BY, "정산봇");
  assertMatch(bot.id, /^b_[\w-]{16}$/);
  assertMatch(key, /^maru_k_[\w-]{43}$/);
  const caller = await auth.authenticator.findByToken(key);
  assertEquals(caller, { user: bot, kind: "bot", isAdmin: false, credential: caller.credential });
  assertEquals(await auth.bots.list(), [{ user: bot, createdAt: setting.now }]);
  await assertRefused(setting.find({ cookie: `maru_session=${key}` }), "unauthorized");
  const events = await hearOf(layer, bot.id);
  await assertRefused(auth.sessions.create("정산봇"), "name_taken");
  await auth.bots.delete(BY, bot.id);
  await assertRefused(auth.authenticator.findByToken(key), "unauthorized", key);
  await settle(layer);
  assertEquals(events, [{ type: "ended", at: setting.now, why: "revoked" }]);
  assertEquals(await auth.bots.list(), []);
  await assertRefused(auth.bots.delete(BY, bot.id), "not_found");
  // Its name is free again, and what it said still has an author.
  assert(await auth.sessions.create("정산봇"));
  assertEquals((await auth.people.find(bot.id))?.user, bot);
});

Deno.test("a banned person proves nothing until the ban is over, whatever they bring, and their sockets close", async () => {
  await using setting = createSetting({ apiKey: API_KEY });
  const { auth, layer } = setting;
  const { caller, token } = await auth.sessions.create("민지");
  const { bot, key } = await auth.bots.create(BY, "정산봇");
  const events = await hearOf(layer, caller.user.id);
  await auth.bans.ban(BY, caller.user.id, { until: setting.now + 1_000, reason: "flooding" });
  await settle(layer);
  assertEquals(events, [{ type: "ended", at: setting.now, why: "banned" }]);
  const until = new Date(setting.now + 1_000).toISOString();
  assertEquals(
    await assertRefused(auth.authenticator.findByToken(token), "forbidden", token),
    `Banned until ${until}: flooding`,
  );
  await auth.bans.ban(BY, bot.id, { until: setting.now + 1_000, reason: "flooding" });
  await assertRefused(auth.authenticator.findByToken(key), "forbidden", key);
  setting.now += 1_000;
  assertEquals((await auth.authenticator.findByToken(key)).user, bot);
  assertEquals((await auth.authenticator.findByToken(token)).user, caller.user);
  await auth.bans.ban(BY, bot.id);
  assertEquals(await assertRefused(auth.authenticator.findByToken(key), "forbidden"), "Banned");
  await auth.bans.unban(BY, bot.id);
  assertEquals((await auth.authenticator.findByToken(key)).user, bot);
  await assertRefused(auth.bans.ban(BY, bot.id, { until: setting.now }), "bad_request");
  await assertRefused(auth.bans.ban(BY, "operator"), "forbidden");
  await assertRefused(auth.bans.ban(BY, "g_nobody"), "not_found");
  await assertRefused(auth.bans.unban(BY, "g_nobody"), "not_found");
});

Deno.test("what the operator does is in the service's audit trail, in the same step, and what is so already is not said again", async () => {
  await using setting = createSetting();
  const { auth, layer } = setting;
  const { caller: { user } } = await auth.sessions.create("민지");
  const { bot } = await auth.bots.create(BY, "정산봇");
  await auth.bans.ban(BY, user.id, { until: setting.now + 5, reason: "spam" });
  await auth.bans.unban(BY, user.id);
  await auth.bans.unban(BY, user.id);
  await auth.bans.revoke(BY, "s_42");
  await auth.bots.delete(BY, bot.id);
  const { entries } = await layer.read(auditGroup(), { limit: 10 });
  const common = { type: "audit" as const, at: setting.now, user: BY };
  assertEquals(entries.map(({ json }) => auditEvent.parse(JSON.parse(json))), [
    { ...common, action: "create_bot", member: bot },
    { ...common, action: "ban", member: user, reason: "spam", until: setting.now + 5 },
    { ...common, action: "unban", member: user },
    { ...common, action: "revoke_person", member: { id: "s_42", name: "42" } },
    { ...common, action: "delete_bot", member: bot },
  ]);
});
