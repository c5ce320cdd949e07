import { assert, assertEquals, assertMatch, assertNotEquals } from "@std/assert";
import { SESSION_MS } from "../../auth/sessions.ts";
import { openKvLayer } from "../../layers/kv.ts";
import { assertRefused, BY, createSetting, everythingKept, hearOf, settle } from "./setting.ts";

const DAY = 86_400_000;

Deno.test("a guest comes back by the token, as the same person, on any isolate", async () => {
  await using setting = createSetting();
  const { auth, layer } = setting;
  const { caller, token, credential, expiresAt } = await auth.sessions.create(" 민지 ");
  assertMatch(caller.user.id, /^g_[\w-]{16}$/);
  assertEquals(caller, {
    user: { id: caller.user.id, name: "민지" },
    kind: "guest",
    isAdmin: false,
    credential,
    expiresAt: setting.now + SESSION_MS,
  });
  assertEquals(expiresAt, caller.expiresAt);
  // What secret scanners look for.
  assertMatch(token, /^maru_s_[\w-]{43}$/);
  assertEquals(await auth.authenticator.findByToken(token), caller);
  const elsewhere = createSetting({ layer, now: () => setting.now });
  assertEquals(await elsewhere.auth.authenticator.findByToken(token), caller);
  assertEquals((await auth.people.find(caller.user.id))?.kind, "guest");
});

Deno.test("two guests of one name are two people, with tokens of their own", async () => {
  await using setting = createSetting();
  const [a, b] = [await setting.auth.sessions.create("민지"), await setting.auth.sessions.create("민지")];
  assertNotEquals(a.caller.user.id, b.caller.user.id);
  assertNotEquals(a.token, b.token);
  assertNotEquals(a.credential, b.credential);
});

Deno.test("a token is kept as its hash alone", async () => {
  await using setting = createSetting({ apiKey: "k".repeat(40) });
  const { token } = await setting.auth.sessions.create("민지");
  const { key } = await setting.auth.bots.create(BY, "정산봇");
  const kept = await everythingKept(setting.layer);
  for (const secret of [token, key]) {
    assert(!kept.includes(secret.slice(7)), "the secret is in a document");
    assert(!kept.includes(secret.slice(-20)));
  }
});

Deno.test("a session that is used holds on, noted once a day; one that is not ends after 90 days", async () => {
  await using setting = createSetting();
  const { auth } = setting;
  const begun = setting.now;
  const { token, credential, caller } = await auth.sessions.create("민지");
  const usedAt = async () => (await auth.sessions.list(caller.user.id)).map((session) => session.usedAt);
  setting.now += DAY - 1;
  assertEquals((await auth.authenticator.findByToken(token)).expiresAt, begun + SESSION_MS);
  assertEquals(await usedAt(), [begun]);
  setting.now += 1;
  assertEquals((await auth.authenticator.findByToken(token)).expiresAt, begun + DAY + SESSION_MS);
  assertEquals(await usedAt(), [begun + DAY]);
  setting.now += SESSION_MS - 1;
  assertEquals((await auth.authenticator.findByToken(token)).credential, credential);
  setting.now += SESSION_MS;
  await assertRefused(auth.authenticator.findByToken(token), "unauthorized", token);
  assertEquals(await auth.sessions.list(caller.user.id), []);
});

Deno.test("an ended session is unauthorized at once, its sockets are told in the same step, and nobody else's", async () => {
  await using setting = createSetting();
  const { auth, layer } = setting;
  const { caller: { user }, token, credential } = await auth.sessions.create("민지");
  const other = await auth.sessions.create("지훈");
  const events = await hearOf(layer, user.id);
  await assertRefused(auth.sessions.end(other.caller.user.id, credential), "not_found");
  await auth.sessions.end(user.id, credential);
  await assertRefused(auth.authenticator.findByToken(token), "unauthorized", token);
  await settle(layer);
  assertEquals(events, [{ type: "ended", at: setting.now, credential, why: "signed_out" }]);
  await assertRefused(auth.sessions.end(user.id, credential), "not_found");
  assertEquals((await auth.authenticator.findByToken(other.token)).user, other.caller.user);
});

Deno.test("all sessions of a person end together, however many there are", async () => {
  await using setting = createSetting();
  const { auth, layer } = setting;
  const first = await auth.sessions.create("민지");
  const person = { user: first.caller.user, kind: "guest" as const, createdAt: 0 };
  const tokens = [first.token];
  for (let i = 0; i < 310; i++) {
    const { session, sets } = await auth.sessions.prepare(person);
    await layer.commit({ sets });
    tokens.push(session.token);
  }
  const other = await auth.sessions.create("지훈");
  const events = await hearOf(layer, first.caller.user.id);
  await auth.sessions.endAll(first.caller.user.id, "revoked");
  for (const token of [tokens[0], tokens[150], tokens[310]]) {
    await assertRefused(auth.authenticator.findByToken(token ?? ""), "unauthorized");
  }
  assertEquals(await auth.sessions.list(first.caller.user.id), []);
  await auth.authenticator.findByToken(other.token);
  await settle(layer);
  assertEquals(events, [{ type: "ended", at: setting.now, why: "revoked" }]);
});

Deno.test("a session that is ended while it is being used does not come back", async () => {
  await using setting = createSetting();
  const { auth, layer } = setting;
  const { caller, token, credential } = await auth.sessions.create("민지");
  setting.now += 2 * DAY;
  // Ends it between the read and the note that it was used.
  const racing = {
    ...layer,
    commit: async (change: Parameters<typeof layer.commit>[0]) => {
      await auth.sessions.end(caller.user.id, credential);
      return await layer.commit(change);
    },
  };
  const elsewhere = createSetting({ layer: racing, now: () => setting.now });
  await elsewhere.auth.authenticator.findByToken(token);
  await assertRefused(auth.authenticator.findByToken(token), "unauthorized");
  assertEquals(await auth.sessions.list(caller.user.id), []);
});

Deno.test("sessions do the same on Deno KV", async () => {
  using kv = await Deno.openKv(":memory:");
  const layer = await openKvLayer(kv);
  await using setting = createSetting({ layer });
  const { auth } = setting;
  const { caller, token, credential } = await auth.sessions.create("민지");
  const events = await hearOf(layer, caller.user.id);
  assertEquals(await auth.authenticator.findByToken(token), caller);
  assertEquals((await auth.sessions.list(caller.user.id)).map((each) => each.credential), [credential]);
  await auth.sessions.endAll(caller.user.id, "banned");
  await assertRefused(auth.authenticator.findByToken(token), "unauthorized");
  await settle(layer);
  assertEquals(events.map(({ type }) => type), ["ended"]);
});
