import { assert, assertEquals, assertMatch, assertNotEquals } from "@std/assert";
import { exportJWK, generateKeyPair, SignJWT, UnsecuredJWT } from "jose";
import { createSigned } from "../../auth/signed.ts";
import { assertRefused, BY, createSetting, hearOf, type Setting, settle } from "./setting.ts";

const SECRET = "a host site's secret of 40 characters....";
const AUDIENCE = "https://chat.example";
const bySecret = { key: { secret: SECRET }, audience: AUDIENCE };

/** Whatever a token could say. */
type Claims = Record<string, unknown>;

/** Signs what a host site would; `undefined` leaves a claim out. */
function sign(
  setting: { now: number },
  claims: Claims = {},
  { secret = SECRET, alg = "HS256" }: { secret?: string; alg?: string } = {},
): Promise<string> {
  const at = Math.floor(setting.now / 1_000);
  const payload = { sub: "42", name: "민지", aud: AUDIENCE, iat: at, exp: at + 600, ...claims };
  return new SignJWT(payload).setProtectedHeader({ alg }).sign(new TextEncoder().encode(secret));
}

async function assertUnauthorized(setting: Setting, token: string): Promise<string> {
  return await assertRefused(
    setting.auth.authenticator.findByToken(token),
    "unauthorized",
    token,
    token.split(".")[1] ?? "",
  );
}

Deno.test("a host site's token makes its user, until it expires", async () => {
  await using setting = createSetting({ signed: bySecret });
  const token = await sign(setting, { rooms: ["lobby", "한글방".normalize("NFD")], jti: "one" });
  const caller = await setting.auth.authenticator.findByToken(token);
  assertEquals(caller, {
    user: { id: "s_42", name: "민지" },
    kind: "signed",
    isAdmin: false,
    rooms: ["lobby", "한글방"],
    credential: caller.credential,
    expiresAt: setting.now + 600_000,
  });
  assertMatch(caller.credential, /^t_[\w-]{43}$/);
  assert(!caller.credential.includes("one"));
  assertEquals((await setting.auth.people.find("s_42"))?.kind, "signed");
  setting.now += 606_000;
  assertMatch(await assertUnauthorized(setting, token), /expired/);
});

Deno.test("two tokens of one jti are one credential, and those of two people never", async () => {
  const signed = createSigned({ ...bySecret, now: () => setting.now });
  const setting = { now: 1_795_000_000_000 };
  const credentialOf = async (claims: Claims) => (await signed.verify(await sign(setting, claims))).credential;
  assertEquals(await credentialOf({ jti: "1" }), await credentialOf({ jti: "1", name: "지훈" }));
  assertNotEquals(await credentialOf({ jti: "1" }), await credentialOf({ jti: "1", sub: "43" }));
  assertNotEquals(await credentialOf({ name: "a" }), await credentialOf({ name: "b" }));
});

Deno.test("role admin keeps order everywhere; other sites' roles, and none, do not", async () => {
  await using setting = createSetting({ signed: bySecret });
  for (
    const [role, isAdmin] of [["admin", true], ["Admin", false], ["moderator", false], [["admin"], false], [
      true,
      false,
    ]]
  ) {
    const { auth: { authenticator } } = setting;
    assertEquals((await authenticator.findByToken(await sign(setting, { role }))).isAdmin, isAdmin, `${role}`);
  }
});

Deno.test("what was not signed with our algorithm and the site's key is unauthorized", async () => {
  await using setting = createSetting({ signed: bySecret });
  const at = Math.floor(setting.now / 1_000);
  const good = await sign(setting);
  const [header = "", payload = "", signature = ""] = good.split(".");
  const claims = { sub: "42", name: "민지", aud: AUDIENCE, iat: at, exp: at + 600 };
  const { privateKey } = await generateKeyPair("RS256");
  const encoded = (value: object) => btoa(JSON.stringify(value)).replaceAll("=", "");
  const admin = encoded({ ...claims, name: "m", role: "admin" });
  for (
    const token of [
      await sign(setting, {}, { secret: `${SECRET}x` }),
      await sign(setting, {}, { alg: "HS384" }),
      await sign(setting, {}, { alg: "HS512" }),
      await new SignJWT(claims).setProtectedHeader({ alg: "RS256" }).sign(privateKey),
      new UnsecuredJWT(claims).encode(),
      `${encoded({ alg: "none" })}.${payload}.${signature}`,
      `${encoded({ alg: "none" })}.${admin}.x`,
      `${header}.${admin}.${signature}`,
      `${header}.${payload}.${signature.slice(0, -2)}`,
      `${header}.${payload}.${"A".repeat(43)}`,
      `${encoded({ alg: "HS256", crit: ["x"], x: 1 })}.${payload}.${signature}`,
      `${good}.${signature}.x`,
    ]
  ) await assertUnauthorized(setting, token);
  await using without = createSetting();
  await assertUnauthorized(without, good);
});

Deno.test("a token says for whom, until when and who: without one of these it is unauthorized", async () => {
  await using setting = createSetting({ signed: { ...bySecret, issuer: "https://site.example" } });
  const iss = "https://site.example";
  const at = Math.floor(setting.now / 1_000);
  const { auth: { authenticator } } = setting;
  assertEquals((await authenticator.findByToken(await sign(setting, { iss }))).user.id, "s_42");
  assertEquals((await authenticator.findByToken(await sign(setting, { iss, aud: ["x", AUDIENCE] }))).user.id, "s_42");
  const wrong: Claims[] = [
    { aud: "https://other.example" },
    { aud: undefined },
    { aud: [] },
    { iss: "https://other.example" },
    { iss: undefined },
    { exp: undefined },
    { exp: at - 10 },
    { exp: 1e300 },
    { nbf: at + 60 },
    { sub: undefined },
    { sub: "" },
    // JavaScript would call a number a name.
    { sub: 42 },
    { sub: "x".repeat(129) },
    { sub: "a\nb" },
    { sub: "a\u202eb" },
    { sub: "\ud800" },
    { name: undefined },
    { name: "" },
    { name: "a\u202eb" },
    { name: 1 },
    { rooms: "lobby" },
    { rooms: ["../x"] },
    { rooms: Array(101).fill("a") },
  ];
  for (const claims of wrong) await assertUnauthorized(setting, await sign(setting, { iss, ...claims }));
});

Deno.test("no sub makes a guest's, a bot's or the operator's id", async () => {
  await using setting = createSetting({ signed: bySecret });
  const { auth } = setting;
  const { caller } = await auth.sessions.create("민지");
  for (const sub of [caller.user.id, "operator", "b_x", "g_x", "h_x", "x".repeat(128)]) {
    const { user, kind } = await auth.authenticator.findByToken(await sign(setting, { sub }));
    assertEquals([user.id, kind], [`s_${sub}`, "signed"]);
  }
  assertEquals((await auth.people.find(caller.user.id))?.kind, "guest");
});

Deno.test("the host site vouches for names: even one that is taken, or reserved", async () => {
  await using setting = createSetting({ signed: bySecret });
  await setting.auth.bots.create(BY, "정산봇");
  for (const name of ["정산봇", "admin"]) {
    assertEquals((await setting.auth.authenticator.findByToken(await sign(setting, { name }))).user.name, name);
  }
});

Deno.test("a new name in a newer token is told to the person's sockets; an older token does not name them back", async () => {
  await using setting = createSetting({ signed: bySecret });
  const { auth, layer } = setting;
  const old = await sign(setting, { name: "민지" });
  const newer = await sign(setting, { name: "김민지", iat: Math.floor(setting.now / 1_000) + 1 });
  await auth.authenticator.findByToken(old);
  const events = await hearOf(layer, "s_42");
  await auth.authenticator.findByToken(newer);
  await auth.authenticator.findByToken(newer);
  await auth.authenticator.findByToken(old);
  await settle(layer);
  assertEquals(events, [{ type: "renamed", at: setting.now, user: { id: "s_42", name: "김민지" } }]);
  assertEquals((await auth.people.find("s_42"))?.user.name, "김민지");
});

Deno.test("revoking ends the tokens that were issued until then, and not those after", async () => {
  await using setting = createSetting({ signed: bySecret });
  const { auth, layer } = setting;
  const tokens = [await sign(setting), await sign(setting, { iat: undefined })];
  for (const token of tokens) await auth.authenticator.findByToken(token);
  const events = await hearOf(layer, "s_42");
  await auth.bans.revoke(BY, "s_42");
  await settle(layer);
  assertEquals(events.map((event) => event.type === "ended" && event.why), ["revoked"]);
  for (const token of tokens) await assertUnauthorized(setting, token);
  setting.now += 1_000;
  assertEquals((await auth.authenticator.findByToken(await sign(setting))).user.id, "s_42");
  await auth.bans.ban(BY, "s_42");
  await assertRefused(auth.authenticator.findByToken(await sign(setting)), "forbidden");
});

/** Serves a JWKS that tests change. */
function serveKeys() {
  const served: { keys: object[]; status: number; count: number } = { keys: [], status: 200, count: 0 };
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, () => {
    served.count++;
    return Response.json({ keys: served.keys }, { status: served.status });
  });
  const jwks = `http://127.0.0.1:${server.addr.port}/jwks.json`;
  return { served, jwks, [Symbol.asyncDispose]: () => server.shutdown() };
}

async function newKey(kid: string, alg: string) {
  const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true });
  const jwk = { ...await exportJWK(publicKey), kid, alg, use: "sig" };
  const signWith = (setting: { now: number }, header: { kid?: string; alg: string } = { kid, alg }) =>
    new SignJWT({ sub: kid, name: "민지", aud: AUDIENCE, exp: Math.floor(setting.now / 1_000) + 600 })
      .setProtectedHeader(header).sign(privateKey);
  return { jwk, signWith };
}

Deno.test("a JWKS: RS256, ES256 and EdDSA, fetched once, and again for a key that is new (rotation)", async () => {
  await using site = serveKeys();
  await using setting = createSetting({ signed: { key: { jwks: site.jwks }, audience: AUDIENCE, jwksCooldownMs: 0 } });
  const find = async (token: string) => (await setting.auth.authenticator.findByToken(token)).user.id;
  const [rsa, ec, ed, next] = await Promise.all([
    newKey("rsa", "RS256"),
    newKey("ec", "ES256"),
    newKey("ed", "EdDSA"),
    newKey("next", "ES256"),
  ]);
  site.served.keys = [rsa.jwk, ec.jwk, ed.jwk];
  for (const key of [rsa, ec, ed, rsa]) assertEquals(await find(await key.signWith(setting)), `s_${key.jwk.kid}`);
  assertEquals(site.served.count, 1);
  await assertUnauthorized(setting, await next.signWith(setting));
  site.served.keys = [next.jwk];
  assertEquals(await find(await next.signWith(setting)), "s_next");
  await assertUnauthorized(setting, await ec.signWith(setting));
});

Deno.test("a token that does not say which key has signed it is checked with each that may have, also while there are two", async () => {
  await using site = serveKeys();
  await using setting = createSetting({ signed: { key: { jwks: site.jwks }, audience: AUDIENCE } });
  const [old, next, other] = await Promise.all([newKey("old", "RS256"), newKey("next", "RS256"), newKey("x", "RS256")]);
  site.served.keys = [old.jwk, next.jwk];
  for (const key of [old, next]) {
    const token = await key.signWith(setting, { alg: "RS256" });
    assertEquals((await setting.auth.authenticator.findByToken(token)).user.id, `s_${key.jwk.kid}`);
  }
  await assertUnauthorized(setting, await other.signWith(setting, { alg: "RS256" }));
  setting.now += 660_000;
  await assertUnauthorized(setting, await next.signWith({ now: setting.now - 660_000 }, { alg: "RS256" }));
});

Deno.test("with a JWKS no public key serves as a secret, and no algorithm but ours", async () => {
  await using site = serveKeys();
  await using setting = createSetting({ signed: { key: { jwks: site.jwks }, audience: AUDIENCE } });
  const [rsa, other] = await Promise.all([newKey("k", "RS256"), newKey("k", "PS256")]);
  site.served.keys = [rsa.jwk];
  for (const secret of [JSON.stringify(rsa.jwk), "k".repeat(32)]) {
    await assertUnauthorized(setting, await sign(setting, {}, { secret }));
  }
  await assertUnauthorized(setting, await other.signWith(setting));
  await assertUnauthorized(setting, await other.signWith(setting, { kid: "other", alg: "PS256" }));
});

Deno.test("a site whose keys cannot be reached makes no one a stranger: unavailable, and well again when they come back", async () => {
  await using site = serveKeys();
  await using setting = createSetting({ signed: { key: { jwks: site.jwks }, audience: AUDIENCE, jwksCooldownMs: 0 } });
  const key = await newKey("k", "ES256");
  site.served.status = 500;
  const token = await key.signWith(setting);
  await assertRefused(setting.auth.authenticator.findByToken(token), "unavailable", token);
  site.served.status = 200;
  site.served.keys = [key.jwk];
  assertEquals((await setting.auth.authenticator.findByToken(token)).user.id, "s_k");
  // A port where nobody listens any more.
  let port = 0;
  await using gone = serveKeys();
  port = Number(new URL(gone.jwks).port);
  await gone[Symbol.asyncDispose]();
  await using nowhere = createSetting({ signed: { key: { jwks: `http://127.0.0.1:${port}/` }, audience: AUDIENCE } });
  await assertRefused(nowhere.auth.authenticator.findByToken(token), "unavailable", token);
});
