import { assertEquals } from "@std/assert";
import { replayKey } from "../../chat/webhooks/replay_key.ts";
import { signedHeaders } from "../../chat/webhooks/signature.ts";
import { onService } from "../testing/stage.ts";

Deno.test(
  "a signed message that somebody recorded is not said again under another header",
  onService(async (service) => {
    const owner = await service.signIn("owner-of-it");
    const { room } = await owner.ok("POST", "/v1/rooms", { kind: "private", title: "quiet" });
    const { id, secret } = await owner.ok("POST", `/v1/rooms/${room.name}/hooks`, { name: "build" });
    const body = '{"text":"pay 100"}';
    const signed = await signedHeaders(secret, body, { id: "msg_1", at: Date.now() });
    const post = async (more: Record<string, string>) => {
      const answer = await service.app.request(`/v1/hooks/${id}`, {
        method: "POST",
        body,
        headers: { ...signed, ...more },
      });
      const { cursor } = await answer.json();
      return { status: answer.status, cursor };
    };
    const first = await post({ "idempotency-key": "a" });
    assertEquals(first.status, 201);
    for (const more of [{}, { "idempotency-key": "b" }, { "x-github-delivery": "c" }, { authorization: "Basic x" }]) {
      assertEquals(await post(more), { status: 200, cursor: first.cursor });
    }
    assertEquals((await post({ "webhook-id": "msg_2" })).status, 401);
    const { items } = await owner.ok("GET", `/v1/rooms/${room.name}/messages`);
    assertEquals(items.length, 1);
  }),
);

Deno.test("the body's key is the first, then what is signed; without a signature any header", () => {
  const all = { "idempotency-key": "i", "webhook-id": "w", "x-github-delivery": "g" };
  const of = (headers: Record<string, string>, key?: string) => replayKey(new Headers({ ...all, ...headers }), key);
  assertEquals(of({ "webhook-signature": "v1,x" }, "k"), "k");
  assertEquals(of({ "webhook-signature": "v1,x" }), "w");
  assertEquals(of({ "webhook-signature": "v1,x", authorization: "Bearer s" }), "i");
  assertEquals(of({ "x-hub-signature-256": "sha256=x" }), "i");
  assertEquals(replayKey(new Headers({ "webhook-id": "", "x-github-delivery": "g" }), undefined), "g");
  assertEquals(replayKey(new Headers(), undefined), undefined);
});
