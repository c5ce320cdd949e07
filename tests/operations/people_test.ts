import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { Presence } from "../../chat/presence.ts";
import { BOT_OPERATIONS } from "../../operations/bots.ts";
import { checkOutput } from "../../operations/check_output.ts";
import type { Operation } from "../../operations/operation.ts";
import { PASSKEY_OPERATIONS } from "../../operations/passkeys.ts";
import { PEOPLE_OPERATIONS } from "../../operations/people.ts";
import type { Service } from "../../operations/service.ts";
import type { Caller } from "../../protocol/caller.ts";
import { ChatError, type ErrorCode } from "../../protocol/errors.ts";
import { createSetting, type Setting } from "../auth/setting.ts";
import { SoftwareAuthenticator } from "../auth/software_authenticator.ts";

const OPERATIONS = [...PEOPLE_OPERATIONS, ...PASSKEY_OPERATIONS, ...BOT_OPERATIONS];
const ORIGIN = "https://chat.example";

/** Does an operation as a transport would: input and output checked against its schemas. */
async function run(
  setting: Setting,
  type: string,
  caller?: Caller,
  input: object = {},
): Promise<Record<string, unknown>> {
  const operation = operationOf(type);
  const parsed = operation.input.parse(input);
  const presence = new Presence(setting.layer);
  // Nobody is in a room here, so a new name is told to none.
  const members = { rename: () => Promise.resolve() };
  // These operations look at no other part.
  const service = { ...setting.auth, presence, members } as unknown as Service;
  const output = await operation.run(service, { caller, address: "192.0.2.1", origin: ORIGIN }, parsed);
  checkOutput(operation, output);
  return JSON.parse(JSON.stringify(output));
}

function operationOf(type: string): Operation {
  const operation = OPERATIONS.find((each) => each.type === type);
  if (operation === undefined) throw new Error(`no operation ${type}`);
  return operation;
}

/** Asserts a refusal that is documented. */
async function assertRefused(setting: Setting, code: ErrorCode, type: string, caller?: Caller, input?: object) {
  const error = await assertRejects(
    // What is thrown at once counts as well.
    async () => await run(setting, type, caller, input),
    ChatError,
  );
  assertEquals(error.code, code, error.message);
  if (code !== "unauthorized" && code !== "bad_request") {
    assert(operationOf(type).errors.includes(code), `${type}: ${code}`);
  }
}

/** A guest by `create_session`. */
async function guest(setting: Setting, name: string): Promise<{ caller: Caller; token: string; credential: string }> {
  const { token, credential } = await run(setting, "create_session", undefined, { name });
  const caller = await setting.auth.authenticator.findByToken(String(token));
  return { caller, token: String(token), credential: String(credential) };
}

const OPERATOR: Caller = {
  user: { id: "operator", name: "operator" },
  kind: "operator",
  isAdmin: true,
  credential: "operator",
};

Deno.test("a session is made, seen, listed and ended", async () => {
  await using setting = createSetting();
  const made = await run(setting, "create_session", undefined, { name: "민지" });
  assertEquals(Object.keys(made).sort(), ["credential", "expiresAt", "token", "user"]);
  const caller = await setting.auth.authenticator.findByToken(String(made["token"]));
  assertEquals(await run(setting, "get_me", caller), {
    user: caller.user,
    kind: "guest",
    isAdmin: false,
    credential: made["credential"],
    expiresAt: made["expiresAt"],
  });
  const { sessions } = await run(setting, "list_sessions", caller);
  assertEquals(sessions, [{
    credential: made["credential"],
    createdAt: setting.now,
    usedAt: setting.now,
    expiresAt: made["expiresAt"],
    isCurrent: true,
  }]);
  await run(setting, "sign_out", caller);
  await assertRefused(setting, "not_found", "sign_out", caller);
  await assertRejects(() => setting.auth.authenticator.findByToken(String(made["token"])), ChatError);
});

Deno.test("somebody ends their own sessions, never another's", async () => {
  await using setting = createSetting();
  const [a, b] = [await guest(setting, "민지"), await guest(setting, "지훈")];
  await assertRefused(setting, "not_found", "end_session", a.caller, { credential: b.credential });
  await run(setting, "end_session", a.caller, { credential: a.credential });
  await assertRejects(() => setting.auth.authenticator.findByToken(a.token), ChatError);
  await run(setting, "end_sessions", b.caller);
  await assertRejects(() => setting.auth.authenticator.findByToken(b.token), ChatError);
});

Deno.test("a name changes, and who somebody is can be asked", async () => {
  await using setting = createSetting();
  const [a, b] = [await guest(setting, "민지"), await guest(setting, "지훈")];
  const { id } = a.caller.user;
  assertEquals(await run(setting, "rename", a.caller, { name: " 김민지 " }), { user: { id, name: "김민지" } });
  assertEquals(await run(setting, "get_person", b.caller, { person: id }), {
    user: { id, name: "김민지" },
    kind: "guest",
  });
  await assertRefused(setting, "not_found", "get_person", b.caller, { person: "g_nobody" });
  await assertRefused(setting, "bad_name", "rename", a.caller, { name: "a\u202eb" });
  await assertRefused(setting, "name_taken", "rename", a.caller, { name: "@room" });
  await assertRefused(setting, "forbidden", "rename", OPERATOR, { name: "민지" });
});

Deno.test("passkeys, from the first page to the next device", async () => {
  await using setting = createSetting();
  const { caller } = await guest(setting, "민지");
  const device = new SoftwareAuthenticator(ORIGIN);
  const optionsOf = async (type: string, who?: Caller) =>
    (await run(setting, type, who))["options"] as Record<string, unknown>; // As documented.
  // A browser's toJSON() says more than we look at.
  const more = { clientExtensionResults: { credProps: { rk: true } }, authenticatorAttachment: "platform" };
  const made = { ...await device.create(await optionsOf("start_passkey", caller)), ...more };
  const { user, passkey } = await run(setting, "create_passkey", caller, { answer: made });
  assertEquals(user, caller.user);
  const answer = { ...await device.get(await optionsOf("start_sign_in")), ...more };
  const session = await run(setting, "sign_in_with_passkey", undefined, { answer });
  assertEquals(session["user"], caller.user);
  assertMatch(String(session["token"]), /^maru_s_/);
  const { passkeys } = await run(setting, "list_passkeys", caller);
  assertEquals(passkeys, [{ ...passkey as object, usedAt: setting.now }]); // As documented.
  await assertRefused(setting, "name_taken", "create_session", undefined, { name: "민지" });
  await assertRefused(setting, "unauthorized", "sign_in_with_passkey", undefined, { answer });
  await assertRefused(setting, "forbidden", "start_passkey", OPERATOR);
  const { id } = passkey as { id: string }; // As documented.
  await assertRefused(setting, "not_found", "delete_passkey", OPERATOR, { passkey: id });
  assertEquals(await run(setting, "delete_passkey", caller, { passkey: id }), { isClaimed: false });
});

Deno.test("bots, bans and revocations are the operator's", async () => {
  await using setting = createSetting();
  const { caller, token } = await guest(setting, "민지");
  const person = caller.user.id;
  const made = await run(setting, "create_bot", OPERATOR, { name: "정산봇" });
  const bot = made["bot"] as { id: string }; // As documented.
  assertEquals((await run(setting, "list_bots", OPERATOR))["bots"], [{ user: made["bot"], createdAt: setting.now }]);
  const inputs = {
    create_bot: { name: "x" },
    list_bots: {},
    delete_bot: { bot: bot.id },
    ban_person: { person },
    unban_person: { person },
    revoke_person: { person },
  };
  const botCaller = await setting.auth.authenticator.findByToken(String(made["key"]));
  for (const [type, input] of Object.entries(inputs)) {
    for (const who of [caller, botCaller]) await assertRefused(setting, "forbidden", type, who, input);
    await assertRefused(setting, "unauthorized", type, undefined, input);
  }
  assertEquals(await run(setting, "ban_person", OPERATOR, { person, until: setting.now + 5, reason: "spam" }), {
    until: setting.now + 5,
    reason: "spam",
    by: OPERATOR.user,
    at: setting.now,
  });
  await run(setting, "unban_person", OPERATOR, { person });
  await setting.auth.authenticator.findByToken(token);
  await run(setting, "revoke_person", OPERATOR, { person });
  await assertRejects(() => setting.auth.authenticator.findByToken(token), ChatError);
  await run(setting, "delete_bot", OPERATOR, { bot: bot.id });
  await assertRefused(setting, "not_found", "delete_bot", OPERATOR, { bot: bot.id });
  await assertRefused(setting, "not_found", "ban_person", OPERATOR, { person: "g_nobody" });
});

Deno.test("what is said to make a session stands for HTTP, where a cookie is set; names and paths are unique", () => {
  assertEquals(OPERATIONS.filter(({ session }) => session === "starts").map(({ type }) => type), [
    "create_session",
    "sign_in_with_passkey",
  ]);
  for (const { session, only, output } of OPERATIONS) {
    if (session === "starts") {
      assertEquals(only, "http");
      assert("token" in (output as unknown as { shape: object }).shape); // All outputs are z.object.
    }
  }
  assertEquals(new Set(OPERATIONS.map(({ type }) => type)).size, OPERATIONS.length);
  assertEquals(new Set(OPERATIONS.map(({ method, path }) => `${method} ${path}`)).size, OPERATIONS.length);
  const paths = OPERATIONS.filter(({ method }) => method === "delete").map(({ path }) => path);
  assert(paths.indexOf("/v1/sessions/current") < paths.indexOf("/v1/sessions/:credential"), "or it would hide it");
});
