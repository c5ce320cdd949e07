import { assertEquals, assertMatch, assertNotEquals } from "@std/assert";
import { documentKey, roomGroup } from "../../../chat/keys.ts";
import { Leases } from "../../../chat/leases.ts";
import { type WebhookDocument, webhookDocument } from "../../../chat/webhooks/documents.ts";
import { verifyRequest } from "../../../chat/webhooks/signature.ts";
import { createWebhookWorker } from "../../../chat/webhooks/worker.ts";
import type { ChannelLayer } from "../../../layers/layer.ts";
import { openKvLayer } from "../../../layers/kv.ts";
import { gate, until } from "../../layers/until.ts";
import { ADMIN, GROUNDS, say, webhooksOf, work } from "./house.ts";
import { openReceiver } from "./receiver.ts";

async function stored(layer: ChannelLayer, id: string): Promise<WebhookDocument> {
  const [document] = await layer.get([documentKey("webhook", id)]);
  return webhookDocument.parse(document?.value);
}

const status = (code: number, headers = {}) => new Response(null, { status: code, headers });

for (const [name, open] of Object.entries(GROUNDS)) {
  Deno.test(`${name}: what is said after a webhook was made is posted in order, once, signed, as on the wire`, async () => {
    await using ground = await open();
    const { layer } = ground;
    await using receiver = openReceiver();
    await using worker = work(layer);
    await say(layer, "before");
    const { id, secret } = await webhooksOf(layer).create(ADMIN, "lobby", { url: receiver.url });
    const cursors: string[] = [];
    for (let i = 0; i < 250; i++) cursors.push(await say(layer, String(i)));
    await say(layer, "elsewhere", "other");
    await until(() => receiver.events().length >= 250, "all came");
    assertEquals(receiver.events().map(({ cursor }) => cursor), cursors);
    const [first] = receiver.received;
    const { webhook, room, events } = JSON.parse(first?.body ?? "");
    assertEquals([webhook, room, events[0].text, events[0].user.name], [id, "lobby", "0", "민지"]);
    await verifyRequest(secret, first?.headers ?? new Headers(), first?.body ?? "", 1_000_000);
    await until(async () => (await stored(layer, id)).cursor === cursors.at(-1), "the place is kept");
    assertEquals((await stored(layer, id)).state, { lastDeliveredAt: 1_000_000 });
    assertEquals(worker.faults, []);
  });

  Deno.test(`${name}: what was said while nobody worked is posted by who comes next`, async () => {
    await using ground = await open();
    const { layer } = ground;
    await using receiver = openReceiver();
    await webhooksOf(layer).create(ADMIN, "lobby", { url: receiver.url });
    for (const text of ["a", "b", "c"]) await say(layer, text);
    await using _ = work(layer);
    await until(() => receiver.events().length === 3, "all came");
    assertEquals(receiver.events().map(({ text }) => text), ["a", "b", "c"]);
  });

  Deno.test(`${name}: a batch that failed is posted again with the same id, as the log has it now, and nothing overtakes it`, async () => {
    await using ground = await open();
    const { layer } = ground;
    const [came, goOn] = [gate(), gate()];
    await using receiver = openReceiver(async (count) => {
      if (count === 1) {
        came.open();
        await goOn.passed;
      }
      return status(count <= 3 ? 500 : 204);
    });
    await using worker = work(layer);
    const { id } = await webhooksOf(layer).create(ADMIN, "lobby", { url: receiver.url });
    const cursor = await say(layer, "a secret");
    await came.passed;
    await say(layer, "later");
    await layer.commit({
      erases: [{ group: roomGroup("lobby"), cursor, event: { type: "message", at: 1, deleted: true } }],
    });
    goOn.open();
    await until(() => receiver.received.length === 5, "all came");
    const ids = receiver.received.map(({ headers }) => headers.get("webhook-id"));
    assertEquals(new Set(ids.slice(0, 4)).size, 1);
    assertNotEquals(ids[4], ids[0]);
    assertEquals(receiver.events().map(({ text, deleted }) => deleted ?? text), [
      "a secret",
      true,
      true,
      true,
      "later",
    ]);
    assertEquals(worker.pauses, [1_000, 2_000, 4_000]);
    await until(async () => (await stored(layer, id)).state.failures === undefined, "all is forgotten");
  });
}

Deno.test("what waits behind a batch that failed is posted as the log has it then", async () => {
  await using ground = await GROUNDS["memory"]!();
  const { layer } = ground;
  const [came, goOn] = [gate(), gate()];
  await using receiver = openReceiver(async (count) => {
    if (count > 1) return status(204);
    came.open();
    await goOn.passed;
    return status(500);
  });
  const { id } = await webhooksOf(layer).create(ADMIN, "lobby", { url: receiver.url });
  // More than one POST carries, and so in the worker's hands while it waits for the first.
  for (let i = 0; i < 110; i++) await say(layer, "x");
  const cursor = await say(layer, "a secret");
  await using worker = work(layer);
  await came.passed;
  await layer.commit({
    erases: [{ group: roomGroup("lobby"), cursor, event: { type: "message", at: 1, deleted: true } }],
  });
  goOn.open();
  await until(async () => (await stored(layer, id)).cursor === cursor, "all came");
  assertEquals(receiver.events().filter(({ text }) => text === "a secret"), []);
  assertEquals(receiver.events().at(-1)?.deleted, true);
  assertEquals(worker.faults, []);
});

Deno.test("events that nobody asked for, and those that do not last, are not posted", async () => {
  await using ground = await GROUNDS["memory"]!();
  const { layer } = ground;
  await using receiver = openReceiver();
  await using _ = work(layer);
  await webhooksOf(layer).create(ADMIN, "lobby", { url: receiver.url, events: ["pin", "edit"] });
  await say(layer, "a");
  await layer.publish(roomGroup("lobby"), { type: "edit" }, { transient: true });
  await layer.publish(roomGroup("lobby"), { type: "pin", on: true });
  await until(() => receiver.received.length === 1, "one came");
  assertEquals(receiver.events().map(({ type }) => type), ["pin"]);
});

Deno.test("pauses grow to ten minutes, Retry-After is honoured, and after three days it is disabled until enabled again", async () => {
  await using ground = await GROUNDS["memory"]!();
  const { layer } = ground;
  const clock = { now: 1_000_000 };
  let works = false;
  await using receiver = openReceiver((count) => {
    if (works) return status(204);
    return status(503, count === 3 ? { "retry-after": "3600" } : {});
  });
  await using worker = work(layer, { clock });
  const webhooks = webhooksOf(layer, () => clock.now);
  const { id } = await webhooks.create(ADMIN, "lobby", { url: receiver.url });
  await say(layer, "a");
  await until(async () => (await stored(layer, id)).state.disabled !== undefined, "it is given up", 20_000);
  assertEquals(worker.pauses.slice(0, 5), [1_000, 2_000, 3_600_000, 8_000, 16_000]);
  assertEquals(Math.max(...worker.pauses.slice(5)), 600_000);
  const days = (clock.now - 1_000_000) / 86_400_000;
  assertEquals(days >= 3 && days < 3.1, true, `${days} days`);
  const { state } = await stored(layer, id);
  assertEquals([state.disabled, state.lastError], ["it failed for 72 hours", "HTTP 503"]);
  await say(layer, "b");
  works = true;
  const before = receiver.received.length;
  await webhooks.update(ADMIN, "lobby", id, { enabled: true });
  await until(() => receiver.events().some(({ text }) => text === "b"), "it goes on");
  const after = receiver.received.slice(before).flatMap(({ body }) => JSON.parse(body).events);
  assertEquals(after.map(({ text }: { text: string }) => text), ["a", "b"]);
});

Deno.test("410 disables at once; a redirect and garbage are failures; what hangs is cut off", async () => {
  await using ground = await GROUNDS["memory"]!();
  const { layer } = ground;
  const hung = gate();
  await using target = openReceiver();
  await using receiver = openReceiver(async (count) => {
    if (count === 1) return Response.redirect(target.url, 308);
    if (count === 2) await hung.passed;
    return status(410);
  });
  await using worker = work(layer, { posting: { allowPrivate: true, timeoutMs: 100 } });
  const { id } = await webhooksOf(layer).create(ADMIN, "lobby", { url: receiver.url });
  await say(layer, "a");
  await until(async () => (await stored(layer, id)).state.disabled !== undefined, "it is given up");
  hung.open();
  assertMatch((await stored(layer, id)).state.disabled ?? "", /410/);
  assertEquals([receiver.received.length, target.received.length, worker.pauses], [3, 0, [1_000, 2_000]]);
});

Deno.test("one that hangs delays no other", async () => {
  await using ground = await GROUNDS["memory"]!();
  const { layer } = ground;
  const hung = gate();
  await using slow = openReceiver(async () => {
    await hung.passed;
    return status(204);
  });
  await using quick = openReceiver();
  await using _ = work(layer);
  const webhooks = webhooksOf(layer);
  await webhooks.create(ADMIN, "lobby", { url: slow.url });
  await webhooks.create(ADMIN, "lobby", { url: quick.url });
  for (let i = 0; i < 20; i++) await say(layer, String(i));
  await until(() => quick.events().length === 20, "the quick one has all");
  assertEquals(slow.received.length, 1);
  hung.open();
  await until(() => slow.events().length === 20, "the slow one has all");
});

Deno.test("one that is deleted is cut off; one whose URL changes goes on there", async () => {
  await using ground = await GROUNDS["memory"]!();
  const { layer } = ground;
  const [came, hung] = [gate(), gate()];
  await using old = openReceiver(async () => {
    came.open();
    await hung.passed;
    return status(204);
  });
  await using fresh = openReceiver();
  await using worker = work(layer);
  const webhooks = webhooksOf(layer);
  const { id } = await webhooks.create(ADMIN, "lobby", { url: old.url });
  await say(layer, "a");
  await came.passed;
  await webhooks.update(ADMIN, "lobby", id, { url: fresh.url });
  await until(() => fresh.events().length === 1, "it goes on at the new URL");
  hung.open();
  await webhooks.delete(ADMIN, "lobby", id);
  assertEquals(await webhooks.list(ADMIN, "lobby"), []);
  const other = await webhooks.create(ADMIN, "lobby", { url: fresh.url });
  await say(layer, "b");
  await until(() => fresh.events().length === 2, "another hears it");
  assertEquals(fresh.received.map(({ body }) => JSON.parse(body).webhook), [id, other.id]);
  assertEquals(worker.faults, []);
});

Deno.test("when the log is trimmed past its place it goes on from the newest, and says so", async () => {
  await using ground = await GROUNDS["memory"]!();
  const { layer } = ground;
  await using receiver = openReceiver();
  const { id } = await webhooksOf(layer).create(ADMIN, "lobby", { url: receiver.url });
  await say(layer, "lost");
  await layer.trim(roomGroup("lobby"), await say(layer, "lost, too"));
  await using _ = work(layer);
  await until(async () => (await stored(layer, id)).state.missedAt !== undefined, "it says so");
  await say(layer, "kept");
  await until(() => receiver.events().length === 1, "it goes on");
  assertEquals(receiver.events()[0]?.text, "kept");
  await until(async () => (await stored(layer, id)).state.lastDeliveredAt !== undefined, "it is written down");
  assertEquals((await stored(layer, id)).state.missedAt, 1_000_000);
});

Deno.test("two isolates: when the one that delivers dies, the other goes on where it was, without a gap", async () => {
  const file = await Deno.makeTempFile({ suffix: ".sqlite" });
  const kvs = [await Deno.openKv(file), await Deno.openKv(file)] as const;
  const layers = [await openKvLayer(kvs[0]), await openKvLayer(kvs[1])] as const;
  const leases = layers.map((layer) => new Leases(layer, { ttlMs: 300, renewMs: 50 }));
  const active: number[] = [];
  try {
    await using receiver = openReceiver();
    for (const [i, layer] of layers.entries()) {
      const worker = createWebhookWorker({ layer, posting: { allowPrivate: true }, report: () => {} });
      leases[i]?.run("webhooks", (signal) => {
        active.push(i);
        return worker(signal);
      });
    }
    await until(() => active.length === 1, "one of them works");
    const [dead = 0] = active;
    const alive = 1 - dead;
    const living = layers[alive] ?? layers[0];
    await webhooksOf(living).create(ADMIN, "lobby", { url: receiver.url });
    const cursors: string[] = [];
    for (let i = 0; i < 20; i++) cursors.push(await say(living, String(i)));
    await until(() => receiver.events().length > 0, "some came");
    // It dies as an isolate does: nothing is given back.
    await layers[dead]?.close();
    for (let i = 20; i < 40; i++) cursors.push(await say(living, String(i)));
    await until(
      () => receiver.events().some(({ cursor }) => cursor === cursors.at(-1)),
      "the other has come to the end",
    );
    const came = receiver.events().map(({ cursor }) => cursor);
    assertEquals([...new Set(came)], cursors);
    assertEquals(new Set(active), new Set([0, 1]));
  } finally {
    await Promise.all(leases.map((lease) => lease.close()));
    for (const layer of layers) await layer.close();
    for (const kv of kvs) kv.close();
    await Deno.remove(file);
  }
});
