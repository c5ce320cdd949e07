import { assert, assertEquals } from "@std/assert";
import { eraseTraces } from "../../chat/erasure_documents.ts";
import { onService } from "../testing/stage.ts";

const KINDS = ["invite", "invite_of", "hook", "webhook", "ban_of"];

Deno.test(
  "who is erased is named by no invitation, webhook or ban; others' stay as they are",
  onService(async (service) => {
    const [gone, other, banned] = [
      await service.signIn("Gone"),
      await service.signIn("Other"),
      await service.signIn("Banned"),
    ];
    await gone.ok("POST", "/v1/rooms", { kind: "public", name: "hall" });
    await other.enter("hall");
    await gone.ok("PUT", `/v1/rooms/hall/members/${other.user.id}/role`, { role: "owner" });
    for (const person of [gone, other]) {
      await person.ok("POST", "/v1/rooms/hall/invites", {});
      await person.ok("POST", "/v1/rooms/hall/hooks", { name: "hook" });
      await person.ok("POST", "/v1/rooms/hall/webhooks", { url: "https://example.com/" });
    }
    await gone.ok("PUT", `/v1/rooms/hall/bans/${banned.user.id}`, {});
    const read = async () => {
      const found = await Promise.all(KINDS.map((prefix) => service.layer.list({ prefix: [prefix], limit: 100 })));
      return found.flat();
    };
    assertEquals((await read()).length, 9);

    await eraseTraces(service.layer, "hall", gone.user.id);
    const left = await read();
    assert(!JSON.stringify(left).includes("Gone"), JSON.stringify(left));
    assertEquals(left.length, 7, "their invitation is left, or more than it has gone");
    assertEquals(JSON.stringify(left).split("Other").length - 1, 3);
    const { items } = await other.ok("GET", "/v1/rooms/hall/bans");
    assertEquals(items[0].by, { id: gone.user.id, name: "" });
    assertEquals((await other.ok("GET", "/v1/rooms/hall/webhooks")).items.length, 2);
  }),
);
