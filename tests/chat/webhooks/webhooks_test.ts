import { assertEquals, assertRejects } from "@std/assert";
import { auditEvent } from "../../../chat/audit.ts";
import { auditGroup, documentKey } from "../../../chat/keys.ts";
import type { ChannelLayer } from "../../../layers/layer.ts";
import { createMemoryLayer } from "../../../layers/memory.ts";
import { Standings } from "../../../chat/standings.ts";
import { Webhooks } from "../../../chat/webhooks/webhooks.ts";
import type { Caller } from "../../../protocol/caller.ts";
import { ChatError, type ErrorCode } from "../../../protocol/errors.ts";
import { ADMIN, webhooksOf } from "./house.ts";
import { openReceiver } from "./receiver.ts";

const URL_ = "https://hooks.example/in";

function callerOf(id: string): Caller {
  return { user: { id, name: id }, kind: "guest", isAdmin: false, credential: id };
}

async function refused(promise: Promise<unknown>, code: ErrorCode): Promise<void> {
  assertEquals((await assertRejects(() => promise, ChatError)).code, code);
}

/** A public room with people of each role, as its documents say. */
async function lobby(layer: ChannelLayer): Promise<void> {
  const info = { name: "lobby", kind: "public", write: "members", slowModeS: 0, retentionDays: 0, archived: false };
  await layer.commit({
    sets: [
      { key: documentKey("room", "lobby"), value: { info, createdAt: 1, pins: [], rules: 1, owners: ["owner"] } },
      ...["owner", "moderator", "member"].map((role) => ({
        key: documentKey("member", "lobby", role),
        value: { user: { id: role, name: role }, role, joinedAt: 1 },
      })),
    ],
  });
}

Deno.test("webhooks are for those who may configure the room", async () => {
  const layer = createMemoryLayer();
  await lobby(layer);
  const webhooks = webhooksOf(layer);
  const { id } = await webhooks.create(callerOf("owner"), "lobby", { url: URL_ });
  for (const who of ["moderator", "member", "stranger"].map(callerOf)) {
    await refused(webhooks.create(who, "lobby", { url: URL_ }), "forbidden");
    await refused(webhooks.list(who, "lobby"), "forbidden");
    await refused(webhooks.update(who, "lobby", id, { enabled: false }), "forbidden");
    await refused(webhooks.delete(who, "lobby", id), "forbidden");
    await refused(webhooks.test(who, "lobby", id), "forbidden");
  }
  assertEquals((await webhooks.list(callerOf("owner"), "lobby")).map((webhook) => webhook.id), [id]);
  await layer.close();
});

Deno.test("a webhook of another room is not there", async () => {
  const layer = createMemoryLayer();
  const webhooks = webhooksOf(layer);
  const { id } = await webhooks.create(ADMIN, "lobby", { url: URL_ });
  await refused(webhooks.update(ADMIN, "other", id, { enabled: false }), "not_found");
  await refused(webhooks.test(ADMIN, "other", id), "not_found");
  await webhooks.delete(ADMIN, "other", id);
  assertEquals((await webhooks.list(ADMIN, "lobby")).length, 1);
  await layer.close();
});

Deno.test("a room has at most 20, whoever comes at once; one that is deleted makes place", async () => {
  const layer = createMemoryLayer();
  const webhooks = webhooksOf(layer);
  const made = await Promise.allSettled(
    Array.from({ length: 25 }, () => webhooks.create(ADMIN, "lobby", { url: URL_ })),
  );
  const ids = made.flatMap((one) => one.status === "fulfilled" ? [one.value.id] : []);
  assertEquals([ids.length, new Set(ids).size], [20, 20]);
  await webhooks.delete(ADMIN, "lobby", ids[3] ?? "");
  await webhooks.delete(ADMIN, "lobby", ids[3] ?? "");
  await webhooks.create(ADMIN, "lobby", { url: URL_ });
  await refused(webhooks.create(ADMIN, "lobby", { url: URL_ }), "forbidden");
  await layer.close();
});

Deno.test("what may not be posted to is refused when it is chosen", async () => {
  const layer = createMemoryLayer();
  const webhooks = new Webhooks({ layer, standings: new Standings(layer), posting: { allowPrivate: false } });
  const { id } = await webhooks.create(ADMIN, "lobby", { url: URL_ });
  for (
    const url of ["http://hooks.example/", "https://127.0.0.1/", "https://[::1]/", "https://a:b@hooks.example/", "x"]
  ) {
    await refused(webhooks.create(ADMIN, "lobby", { url }), "bad_request");
    await refused(webhooks.update(ADMIN, "lobby", id, { url }), "bad_request");
  }
  // A name is looked at when it is posted to, for it can change.
  const inside = await webhooks.create(ADMIN, "lobby", { url: "https://localhost/" });
  assertEquals(await webhooks.test(ADMIN, "lobby", inside.id), {
    ok: false,
    error: "no public address is known of localhost",
  });
  await layer.close();
});

Deno.test("a test posts a ping now and says what came of it", async () => {
  const layer = createMemoryLayer();
  await using receiver = openReceiver((count) => new Response(null, { status: count === 1 ? 204 : 500 }));
  const webhooks = webhooksOf(layer);
  const { id } = await webhooks.create(ADMIN, "lobby", { url: receiver.url });
  assertEquals(await webhooks.test(ADMIN, "lobby", id), { ok: true, status: 204 });
  assertEquals(await webhooks.test(ADMIN, "lobby", id), { ok: false, status: 500 });
  assertEquals(receiver.events().map(({ type }) => type), ["ping", "ping"]);
  await layer.close();
});

Deno.test("what is done to webhooks is in the audit trail, without the secret", async () => {
  const layer = createMemoryLayer();
  const webhooks = webhooksOf(layer);
  const { id, secret } = await webhooks.create(ADMIN, "lobby", { url: `${URL_}?token=x` });
  await webhooks.update(ADMIN, "lobby", id, { enabled: false });
  assertEquals((await webhooks.list(ADMIN, "lobby"))[0]?.state.disabled, "it was switched off");
  await webhooks.delete(ADMIN, "lobby", id);
  const { entries } = await layer.read(auditGroup("lobby"), { limit: 10 });
  const said = entries.map(({ json }) => json).join();
  assertEquals(entries.map(({ json }) => auditEvent.parse(JSON.parse(json)).reason), [
    "webhook made: hooks.example",
    "webhook changed: hooks.example",
    "webhook deleted: hooks.example",
  ]);
  assertEquals([said.includes(secret), said.includes("token")], [false, false]);
  await layer.close();
});
