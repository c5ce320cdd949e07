import { assert, assertEquals } from "@std/assert";
import { auditGroup, documentKey, reportsGroup, roomGroup } from "../../chat/keys.ts";
import type { ChannelLayer } from "../../layers/layer.ts";
import { onService, type Stage } from "../testing/stage.ts";

const KEY = "operator-key-operator-key-operator";

/** Everything that is told of a room, in logs and documents. */
async function everything(layer: ChannelLayer, room: string): Promise<string> {
  const logs = await Promise.all([roomGroup(room), auditGroup(room), reportsGroup(room)].map(async (group) => {
    const { entries } = await layer.read(group, { limit: 1_000 });
    return entries.map(({ json }) => json);
  }));
  const documents = await Promise.all(
    ["room", "public", "ban_of"].map((kind) => layer.list({ prefix: [kind], limit: 100 })),
  );
  return JSON.stringify([logs, documents]);
}

/** A room that Gone made and described, and another owner. */
async function described(service: Stage) {
  const [gone, other, third] = [
    await service.signIn("Gone"),
    await service.signIn("Other"),
    await service.signIn("Third"),
  ];
  await gone.ok("POST", "/v1/rooms", { kind: "public", name: "hall", title: "WORDS title", topic: "WORDS topic" });
  await other.enter("hall");
  await third.enter("hall");
  await gone.ok("PUT", `/v1/rooms/hall/members/${other.user.id}/role`, { role: "owner" });
  return { gone, other, third };
}

Deno.test(
  "of somebody who is erased no reason, title or topic is left",
  onService(async (service) => {
    const { gone, other, third } = await described(service);
    const { cursor } = await other.ok("PUT", "/v1/rooms/hall/messages/k", { text: "kept" });
    await gone.ok("POST", `/v1/rooms/hall/messages/${cursor}/reports`, { reason: "WORDS report" });
    await gone.ok("PUT", `/v1/rooms/hall/bans/${third.user.id}`, { reason: "WORDS ban" });
    await gone.ok("POST", "/v1/rooms/hall/hooks", { name: "build" });
    const before = await everything(service.layer, "hall");
    for (const what of ["title", "topic", "report", "ban"]) assert(before.includes(`WORDS ${what}`), what);
    await service.erase(gone.user.id);
    const after = await everything(service.layer, "hall");
    assertEquals(after.match(/.{0,80}WORDS.{0,20}/g), null);
    assert(after.includes("kept"));
    // It still can be read by those who keep order.
    assertEquals((await other.ok("GET", "/v1/rooms/hall/reports")).items[0].reason, "");
    assertEquals((await other.ok("GET", "/v1/rooms/hall/bans")).items.length, 1);
    assert((await other.ok("GET", "/v1/rooms/hall/audit")).items.length >= 3);
    const { room } = await other.ok("GET", "/v1/rooms/hall");
    assertEquals([room.title, room.topic], [undefined, undefined]);
  }, { apiKey: KEY }),
);

Deno.test(
  "what others have called the room since stays, in the room and in the fold of its log, also where the erased one spoke last",
  onService(async (service) => {
    const { gone, other } = await described(service);
    await other.ok("PATCH", "/v1/rooms/hall", { title: "kept title" });
    await gone.ok("PATCH", "/v1/rooms/hall", { archived: true });
    await service.erase(gone.user.id);
    const [found] = await service.layer.get<{ info: Record<string, unknown> }>([documentKey("room", "hall")]);
    assertEquals([found?.value.info["title"], found?.value.info["topic"]], ["kept title", undefined]);
    const { entries } = await service.layer.read(roomGroup("hall"), { limit: 1_000 });
    const last = entries.map(({ json }) => JSON.parse(json)).findLast(({ type }) => type === "room");
    assertEquals(last.room, found?.value.info);
    await service.erase(gone.user.id);
    assertEquals((await service.layer.read(roomGroup("hall"), { limit: 1_000 })).head, entries.at(-1)?.cursor);
  }),
);
