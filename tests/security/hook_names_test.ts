import { assertEquals } from "@std/assert";
import { onService, type Stage } from "../testing/stage.ts";

const KEY = "operator-key-operator-key-operator";
const WRONG = ["operator", "Admin", "аdmin", "관리자", "Claimed", "CIaimed"];

async function hall(service: Stage) {
  const owner = await service.signIn("Olivia");
  await owner.ok("POST", "/v1/rooms", { kind: "public", name: "hall" });
  // A bot's name is its own for good, as one that a passkey keeps.
  await service.operator(KEY).ok("POST", "/v1/bots", { name: "Claimed" });
  return owner;
}

Deno.test(
  "a hook is not called as the operator is, nor by a name that somebody keeps, nor by what looks like either",
  onService(async (service) => {
    const owner = await hall(service);
    for (const name of WRONG) {
      const response = await owner.request("POST", "/v1/rooms/hall/hooks", { name });
      assertEquals([response.status, (await response.json()).code], [400, "bad_name"], name);
    }
    assertEquals((await owner.ok("GET", "/v1/rooms/hall/hooks")).items, []);
    await owner.ok("POST", "/v1/rooms/hall/hooks", { name: "build" });
  }, { apiKey: KEY }),
);

Deno.test(
  "what a program posts under such a name stands under the hook's own",
  onService(async (service) => {
    const owner = await hall(service);
    const hook = await owner.ok("POST", "/v1/rooms/hall/hooks", { name: "build" });
    for (const [i, name] of [...WRONG, "free"].entries()) {
      const response = await service.app.request(`/v1/hooks/${hook.id}`, {
        method: "POST",
        body: JSON.stringify({ text: `${i}`, [i % 2 === 0 ? "name" : "username"]: name }),
        headers: { authorization: `Bearer ${hook.secret}` },
      });
      assertEquals(response.status, 201, await response.text());
    }
    const { items } = await owner.ok("GET", "/v1/rooms/hall/messages");
    const names = items.map(({ user }: { user: { name: string } }) => user.name);
    assertEquals(names, [...WRONG.map(() => "build"), "free"]);
  }, { apiKey: KEY }),
);
