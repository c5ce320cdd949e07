import { assert, assertEquals, assertMatch, assertNotEquals, assertObjectMatch } from "@std/assert";
import { CEREMONY_MS } from "../../auth/ceremonies.ts";
import type { NewSession } from "../../auth/sessions.ts";
import { openKvLayer } from "../../layers/kv.ts";
import { assertRefused, BY, createSetting, hearOf, type Setting, settle } from "./setting.ts";
import {
  cborArray,
  cborBytes,
  cborMap,
  cborText,
  SoftwareAuthenticator,
  type Wrongs,
} from "./software_authenticator.ts";

const ORIGIN = "https://chat.example";

/** Makes a guest and a passkey for them. */
async function claim(setting: Setting, name: string): Promise<{ guest: NewSession; device: SoftwareAuthenticator }> {
  const guest = await setting.auth.sessions.create(name);
  const device = new SoftwareAuthenticator(ORIGIN);
  const options = await setting.auth.passkeys.startRegistration(guest.caller, ORIGIN);
  await setting.auth.passkeys.register(guest.caller, await device.create(options), ORIGIN);
  return { guest, device };
}

async function signIn({ auth }: Setting, device: SoftwareAuthenticator, wrongs?: Wrongs): Promise<NewSession> {
  return await auth.passkeys.signIn(await device.get(await auth.passkeys.startSignIn(ORIGIN), wrongs), ORIGIN);
}

Deno.test("with a passkey a guest keeps their name for good, and comes back as the same person without a token", async () => {
  await using setting = createSetting();
  const { auth } = setting;
  const guest = await auth.sessions.create("민지");
  const device = new SoftwareAuthenticator(ORIGIN);
  const options = await auth.passkeys.startRegistration(guest.caller, ORIGIN);
  assertObjectMatch(options, {
    rp: { id: "chat.example" },
    user: { name: "민지", displayName: "민지" },
    attestation: "none",
    timeout: CEREMONY_MS,
    authenticatorSelection: { residentKey: "required", userVerification: "required" },
  });
  const { user, passkey } = await auth.passkeys.register(guest.caller, await device.create(options), ORIGIN);
  assertEquals(user, guest.caller.user);
  assertEquals(passkey, { id: passkey.id, createdAt: setting.now, isBackedUp: true });
  assertEquals((await auth.authenticator.findByToken(guest.token)).kind, "claimed");

  const begun = await auth.passkeys.startSignIn(ORIGIN);
  assertObjectMatch(begun, { rpId: "chat.example", userVerification: "required" });
  setting.now += 1_000;
  const session = await signIn(setting, device);
  assertEquals(session.caller.user, guest.caller.user);
  assertNotEquals(session.token, guest.token);
  const caller = await auth.authenticator.findByToken(session.token);
  assertEquals([caller.kind, caller.isAdmin, caller.credential], ["claimed", false, session.credential]);
  assertEquals(await auth.passkeys.list(user.id), [{ ...passkey, usedAt: setting.now }]);
  assertEquals((await auth.sessions.list(user.id)).length, 2);
});

Deno.test("20 passkeys are the most, also for who began to make more before there were as many", async () => {
  await using setting = createSetting();
  const { passkeys, sessions } = setting.auth;
  const { caller } = await sessions.create("민지");
  const begun = await Promise.all(Array.from({ length: 22 }, async () => {
    const device = new SoftwareAuthenticator(ORIGIN);
    return await device.create(await passkeys.startRegistration(caller, ORIGIN));
  }));
  for (const answer of begun.slice(0, 20)) await passkeys.register(caller, answer, ORIGIN);
  for (const answer of begun.slice(20)) await assertRefused(passkeys.register(caller, answer, ORIGIN), "forbidden");
  assertEquals((await passkeys.list(caller.user.id)).length, 20);
  await assertRefused(passkeys.startRegistration(caller, ORIGIN), "forbidden");
});

Deno.test("a name that is kept is nobody else's, nor is one that looks like it", async () => {
  await using setting = createSetting();
  const { auth } = setting;
  const before = await auth.sessions.create("Minji");
  const { guest } = await claim(setting, "minji");
  for (const name of ["minji", "MINJI", "мinji", "ｍｉｎｊｉ", "m i n j i", "mlnjl", "rninji"]) {
    await assertRefused(auth.sessions.create(name), "name_taken");
  }
  await auth.sessions.create("minja");
  // Who was called so before may go on, but not keep it.
  await auth.authenticator.findByToken(before.token);
  await assertRefused(auth.passkeys.startRegistration(before.caller, ORIGIN), "name_taken");
  await assertRefused(auth.people.rename(before.caller, "MinJi"), "name_taken");
  await assertRefused(auth.bots.create(BY, "Minji"), "name_taken");
  // Its owner may write it otherwise.
  assertEquals((await auth.people.rename(guest.caller, "MinJi")).name, "MinJi");
  await assertRefused(auth.sessions.create("minji"), "name_taken");
});

Deno.test("of two guests who want to keep one name at the same time, one does", async () => {
  await using setting = createSetting();
  const { auth } = setting;
  const answers = await Promise.all(["민지", "민지", "민지", "민지"].map(async (name) => {
    const guest = await auth.sessions.create(name);
    const options = await auth.passkeys.startRegistration(guest.caller, ORIGIN);
    return { guest, answer: await new SoftwareAuthenticator(ORIGIN).create(options) };
  }));
  const done = await Promise.allSettled(
    answers.map(({ guest, answer }) => auth.passkeys.register(guest.caller, answer, ORIGIN)),
  );
  assertEquals(done.map(({ status }) => status).sort(), ["fulfilled", "rejected", "rejected", "rejected"]);
  const kinds = await Promise.all(
    answers.map(async ({ guest }) => (await auth.people.find(guest.caller.user.id))?.kind),
  );
  assertEquals(kinds.filter((kind) => kind === "claimed").length, 1);
});

Deno.test("who takes another name frees the one that was kept, and keeps the new one", async () => {
  await using setting = createSetting();
  const { auth, layer } = setting;
  const { guest } = await claim(setting, "minji");
  const events = await hearOf(layer, guest.caller.user.id);
  await auth.people.rename(guest.caller, "지훈");
  await auth.people.rename(guest.caller, "지훈");
  await settle(layer);
  assertEquals(events, [{ type: "renamed", at: setting.now, user: { id: guest.caller.user.id, name: "지훈" } }]);
  await auth.sessions.create("minji");
  await assertRefused(auth.sessions.create("지훈"), "name_taken");
});

Deno.test("a registration that proves nothing is unauthorized, and keeps no name", async () => {
  await using setting = createSetting();
  const { auth } = setting;
  const guest = await auth.sessions.create("민지");
  const certificates = cborMap([
    [cborText("alg"), new Uint8Array([0x26])],
    [cborText("sig"), cborBytes(new Uint8Array(70))],
    [cborText("x5c"), cborArray([cborBytes(new Uint8Array(500))])],
  ]);
  const wrongs: Wrongs[] = [
    { origin: "https://evil.example" },
    { origin: "http://chat.example" },
    { rpId: "evil.example" },
    { type: "webauthn.get" },
    { isPresent: false },
    { isVerified: false },
    { challenge: "A".repeat(43) },
    { challenge: "x" },
    // Certificates would make us fetch revocation lists from addresses that somebody else chose.
    { attestation: { fmt: "packed", attStmt: certificates } },
    { attestation: { fmt: "fido-u2f", attStmt: certificates } },
    { attestation: { fmt: "apple", attStmt: certificates } },
    { attestation: { fmt: "nonsense", attStmt: cborMap([]) } },
    { crossOrigin: true },
  ];
  for (const wrong of wrongs) {
    const options = await auth.passkeys.startRegistration(guest.caller, ORIGIN);
    const answer = await new SoftwareAuthenticator(ORIGIN).create(options, wrong);
    await assertRefused(
      auth.passkeys.register(guest.caller, answer, ORIGIN),
      "unauthorized",
      String(options.challenge),
    );
  }
  for (const broken of ["", "AAAA", "oA"]) {
    const options = await auth.passkeys.startRegistration(guest.caller, ORIGIN);
    const answer = await new SoftwareAuthenticator(ORIGIN).create(options);
    const response = { ...answer.response, attestationObject: broken };
    await assertRefused(auth.passkeys.register(guest.caller, { ...answer, response }, ORIGIN), "unauthorized");
  }
  assertEquals((await auth.people.find(guest.caller.user.id))?.kind, "guest");
  await auth.sessions.create("민지");
});

Deno.test("a sign-in that proves nothing is unauthorized", async () => {
  await using setting = createSetting();
  const { auth } = setting;
  const { device, guest } = await claim(setting, "민지");
  const other = new SoftwareAuthenticator(ORIGIN);
  await other.create({ user: { id: "x" }, challenge: "A".repeat(43) });
  await assertRefused(signIn(setting, other), "unauthorized");
  const wrongs: Wrongs[] = [
    { origin: "https://evil.example" },
    { rpId: "evil.example" },
    { type: "webauthn.create" },
    { isPresent: false },
    { isVerified: false },
    { challenge: "A".repeat(43) },
    { userHandle: "Z19zb21lYm9keV9lbHNl" },
    { crossOrigin: true },
  ];
  for (const wrong of wrongs) await assertRefused(signIn(setting, device, wrong), "unauthorized");
  const answer = await device.get(await auth.passkeys.startSignIn(ORIGIN));
  const signature = answer.response.signature ?? "";
  // In the middle: the last character holds bits that no byte has.
  const changed = signature.slice(0, 40) + (signature[40] === "A" ? "B" : "A") + signature.slice(41);
  const forged = { ...answer, response: { ...answer.response, signature: changed } };
  await assertRefused(auth.passkeys.signIn(forged, ORIGIN), "unauthorized", signature);
  // Somebody else's passkey under the id of this one.
  const options = await auth.passkeys.startSignIn(ORIGIN);
  const stolen = await other.get(options);
  const { id } = await device.get(options);
  await assertRefused(auth.passkeys.signIn({ ...stolen, id, rawId: id }, ORIGIN), "unauthorized");
  assertEquals((await auth.sessions.list(guest.caller.user.id)).length, 1);
  await signIn(setting, device);
});

Deno.test("a challenge is for one answer, one person, one page and five minutes", async () => {
  await using setting = createSetting();
  const { auth } = setting;
  const { device } = await claim(setting, "민지");
  const [guest, thief] = [await auth.sessions.create("지훈"), await auth.sessions.create("도둑")];

  const used = await device.get(await auth.passkeys.startSignIn(ORIGIN));
  await auth.passkeys.signIn(used, ORIGIN);
  await assertRefused(auth.passkeys.signIn(used, ORIGIN), "unauthorized");
  const raced = await device.get(await auth.passkeys.startSignIn(ORIGIN));
  const done = await Promise.allSettled([1, 2, 3].map(() => auth.passkeys.signIn(raced, ORIGIN)));
  assertEquals(done.filter(({ status }) => status === "fulfilled").length, 1);

  const late = await device.get(await auth.passkeys.startSignIn(ORIGIN));
  setting.now += CEREMONY_MS;
  await assertRefused(auth.passkeys.signIn(late, ORIGIN), "unauthorized");

  const registration = async () => {
    const fresh = new SoftwareAuthenticator(ORIGIN);
    return await fresh.create(await auth.passkeys.startRegistration(guest.caller, ORIGIN));
  };
  await assertRefused(auth.passkeys.register(thief.caller, await registration(), ORIGIN), "unauthorized");
  await assertRefused(auth.passkeys.signIn(await registration(), ORIGIN), "unauthorized");
  await assertRefused(
    auth.passkeys.register(guest.caller, await registration(), "https://other.example"),
    "unauthorized",
  );
  await auth.passkeys.register(guest.caller, await registration(), ORIGIN);
});

Deno.test("a counter that did not grow is refused: somebody has a copy", async () => {
  await using setting = createSetting();
  const { device } = await claim(setting, "민지");
  await signIn(setting, device, { counter: 5 });
  for (const counter of [5, 4, 0]) await assertRefused(signIn(setting, device, { counter }), "unauthorized");
  await signIn(setting, device, { counter: 6 });
});

Deno.test("several passkeys; with the last one the name is free again and its owner a guest", async () => {
  await using setting = createSetting();
  const { auth } = setting;
  const { guest, device } = await claim(setting, "민지");
  const id = guest.caller.user.id;
  setting.now += 1;
  const second = new SoftwareAuthenticator(ORIGIN);
  const options = await auth.passkeys.startRegistration(guest.caller, ORIGIN);
  assertEquals((options["excludeCredentials"] as unknown[]).length, 1); // As the library types it.
  await auth.passkeys.register(guest.caller, await second.create(options), ORIGIN);
  const [one, two] = await auth.passkeys.list(id);
  const stranger = await auth.sessions.create("지훈");
  await assertRefused(auth.passkeys.delete(stranger.caller.user.id, one?.id ?? ""), "not_found");
  assertEquals(await auth.passkeys.delete(id, one?.id ?? ""), { isClaimed: true });
  await assertRefused(signIn(setting, device), "unauthorized");
  await signIn(setting, second);
  await assertRefused(auth.sessions.create("민지"), "name_taken");
  assertEquals(await auth.passkeys.delete(id, two?.id ?? ""), { isClaimed: false });
  await assertRefused(signIn(setting, second), "unauthorized");
  assertEquals((await auth.people.find(id))?.kind, "guest");
  await auth.sessions.create("민지");
  await assertRefused(auth.passkeys.delete(id, two?.id ?? ""), "not_found");
});

Deno.test("of two last passkeys that are taken away at once, one is the last", async () => {
  await using setting = createSetting();
  const { auth } = setting;
  const { guest } = await claim(setting, "민지");
  const options = await auth.passkeys.startRegistration(guest.caller, ORIGIN);
  await auth.passkeys.register(guest.caller, await new SoftwareAuthenticator(ORIGIN).create(options), ORIGIN);
  const ids = (await auth.passkeys.list(guest.caller.user.id)).map(({ id }) => id);
  const done = await Promise.all(ids.map((id) => auth.passkeys.delete(guest.caller.user.id, id)));
  assertEquals(done.map(({ isClaimed }) => isClaimed).sort(), [false, true]);
  assertEquals((await auth.people.find(guest.caller.user.id))?.kind, "guest");
});

Deno.test("a banned person gets no session for a passkey", async () => {
  await using setting = createSetting();
  const { guest, device } = await claim(setting, "민지");
  await setting.auth.bans.ban(BY, guest.caller.user.id, { reason: "spam" });
  assertMatch(await assertRefused(signIn(setting, device), "forbidden"), /spam/);
});

Deno.test("passkeys are for guests, and for domains", async () => {
  await using setting = createSetting();
  const { auth } = setting;
  const guest = await auth.sessions.create("민지");
  for (const kind of ["signed", "bot", "operator"] as const) {
    await assertRefused(auth.passkeys.startRegistration({ ...guest.caller, kind }, ORIGIN), "forbidden");
  }
  for (const origin of ["", "null", "http://127.0.0.1:8000", "http://[::1]:8000"]) {
    await assertRefused(auth.passkeys.startSignIn(origin), "bad_request");
  }
  assertEquals((await auth.passkeys.startSignIn("http://localhost:8000"))["rpId"], "localhost");
  await using behind = createSetting({ publicUrl: "https://public.example" });
  assertEquals((await behind.auth.passkeys.startSignIn("http://10.0.0.1:8000"))["rpId"], "public.example");
});

Deno.test("a passkey is taken once: who has it cannot give it to another person", async () => {
  await using setting = createSetting();
  const { auth } = setting;
  const { device } = await claim(setting, "민지");
  const other = await auth.sessions.create("지훈");
  const answer = await device.create(await auth.passkeys.startRegistration(other.caller, ORIGIN));
  await assertRefused(auth.passkeys.register(other.caller, answer, ORIGIN), "conflict");
});

Deno.test("passkeys do the same on Deno KV", async () => {
  using kv = await Deno.openKv(":memory:");
  await using setting = createSetting({ layer: await openKvLayer(kv) });
  const { guest, device } = await claim(setting, "민지");
  // Some of these signatures have a short r or s.
  for (let i = 0; i < 40; i++) assertEquals((await signIn(setting, device)).caller.user, guest.caller.user);
  await assertRefused(setting.auth.sessions.create("민지"), "name_taken");
  assert((await setting.auth.passkeys.list(guest.caller.user.id)).length === 1);
});
