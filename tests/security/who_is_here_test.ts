import { assertEquals } from "@std/assert";
import { onService } from "../testing/stage.ts";

Deno.test(
  "when somebody comes and goes is told to those who share a room with them, and to nobody else",
  onService(async (service) => {
    const [minji, jun] = [await service.signIn("민지"), await service.signIn("준")];
    await minji.enter("lobby");
    const socket = await service.sessionOf(minji);
    await socket.ok({ type: "join", room: "lobby" });
    assertEquals(await jun.ok("GET", `/v1/people/${minji.user.id}`), { user: minji.user, kind: "guest" });
    const asked = await jun.request("GET", `/v1/rooms/lobby/people/${minji.user.id}`);
    assertEquals(asked.status, 403);
    await asked.body?.cancel();
    await jun.enter("lobby");
    assertEquals(await jun.ok("GET", `/v1/rooms/lobby/people/${minji.user.id}`), { here: true });
  }),
);
