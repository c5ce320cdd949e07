import { assert, assertEquals } from "@std/assert";
import { assertRefused, BY, createSetting, everythingKept, hearOf, settle } from "./setting.ts";
import { SoftwareAuthenticator } from "./software_authenticator.ts";

const ORIGIN = "https://chat.example";

Deno.test("who is forgotten proves nothing any more, and their name is free; at the last their name is nowhere", async () => {
  await using setting = createSetting();
  const { auth, layer } = setting;
  const { caller, token } = await auth.sessions.create("김민지");
  const device = new SoftwareAuthenticator(ORIGIN);
  const options = await auth.passkeys.startRegistration(caller, ORIGIN);
  await auth.passkeys.register(caller, await device.create(options), ORIGIN);
  const begun = await auth.passkeys.startRegistration(caller, ORIGIN);
  const events = await hearOf(layer, caller.user.id);

  await auth.forget(caller.user.id, false);
  await assertRefused(auth.authenticator.findByToken(token), "unauthorized");
  await assertRefused(
    auth.passkeys.signIn(await device.get(await auth.passkeys.startSignIn(ORIGIN)), ORIGIN),
    "unauthorized",
  );
  // What was begun before does not bring them back.
  const late = await new SoftwareAuthenticator(ORIGIN).create(begun);
  await assertRefused(auth.passkeys.register(caller, late, ORIGIN), "not_found");
  await assertRefused(auth.people.rename(caller, "지훈"), "not_found");
  await settle(layer);
  assertEquals(events, [{ type: "ended", at: setting.now, why: "erased" }]);
  assert((await everythingKept(layer)).includes("김민지"));

  await auth.forget(caller.user.id, true);
  await auth.forget(caller.user.id, true);
  assert(!(await everythingKept(layer)).includes("김민지"));
  assertEquals(await auth.people.find(caller.user.id), {
    user: { id: caller.user.id, name: "" },
    kind: "guest",
    createdAt: setting.now,
    erased: true,
  });
  assert(await auth.sessions.create("김민지"));
});

Deno.test("a forgotten bot's key is nothing; who was never here can be forgotten; a ban stays", async () => {
  await using setting = createSetting();
  const { auth } = setting;
  const { bot, key } = await auth.bots.create(BY, "정산봇");
  await auth.bans.ban(BY, bot.id);
  await auth.forget(bot.id, true);
  await assertRefused(auth.authenticator.findByToken(key), "unauthorized");
  assertEquals(await auth.bots.list(), []);
  assert((await everythingKept(setting.layer)).includes('"ban"'));
  await auth.forget("s_42", true);
});
