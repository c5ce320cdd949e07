import { assertEquals } from "@std/assert";
import { onService } from "../testing/stage.ts";

Deno.test(
  "[V16] typing over HTTP is heard at once by who has the room open, ends when it is said, and is in no history",
  onService(async (service) => {
    const [minji, jihun] = [await service.signIn("민지"), await service.signIn("지훈")];
    await jihun.enter("lobby");
    const session = await service.sessionOf(minji);
    await session.ok({ type: "join", room: "lobby" });
    const { head } = await session.ok({ type: "join", room: "lobby" });
    for (const body of [{}, { on: false }]) {
      const { status } = await jihun.request("PUT", "/v1/rooms/lobby/typing", body);
      assertEquals(status, 204);
    }
    const [on, off] = await session.events("lobby", 2, ["typing"]);
    assertEquals([on.user, on.on, off.user, off.on], [jihun.user, undefined, jihun.user, false]);
    const { entries } = await service.layer.read("room:lobby", { after: head, limit: 10 });
    assertEquals(entries, []);
  }),
);

Deno.test(
  "who may not write does not type over HTTP either, and an operation of that name comes to no socket",
  onService(async (service) => {
    const [minji, stranger] = [await service.signIn("민지"), await service.signIn("밖")];
    await minji.ok("POST", "/v1/rooms", { kind: "public", name: "lobby" });
    const refused = await stranger.request("PUT", "/v1/rooms/lobby/typing", {});
    assertEquals([refused.status, (await refused.json()).code], [403, "forbidden"]);
    const session = await service.sessionOf(minji);
    // A socket has its own, which needs the room to be open there.
    await session.refused({ type: "typing", room: "lobby" }, "forbidden");
  }),
);
