import { assertEquals } from "@std/assert";
import { onService } from "../testing/stage.ts";

const words = ({ rooms }: { rooms: { lastMessage?: { text?: string }; unread: number; mentions: number }[] }) =>
  rooms.map(({ lastMessage, unread, mentions }) => [lastMessage?.text, unread, mentions]);

Deno.test(
  "what somebody said and gave who is erased goes from an archived room, too, and those who have it open and its list hear that",
  onService(async (service) => {
    const [olivia, gone] = [await service.signIn("Olivia"), await service.signIn("gone")];
    await olivia.ok("POST", "/v1/rooms", { kind: "public", name: "hall" });
    await gone.enter("hall");
    const own = await olivia.ok("PUT", "/v1/rooms/hall/messages/k", { text: "kept" });
    await gone.ok("PUT", `/v1/rooms/hall/messages/${own.cursor}/reactions/%F0%9F%91%8D`);
    const { cursor } = await gone.ok("PUT", "/v1/rooms/hall/messages/k", { text: "secret" });
    assertEquals(words(await olivia.ok("GET", "/v1/me/rooms")), [["secret", 1, 0]]);
    await olivia.ok("PATCH", "/v1/rooms/hall", { archived: true });
    const socket = await service.sessionOf(olivia);
    await socket.ok({ type: "join", room: "hall" });
    await service.erase(gone.user.id);
    const heard = await socket.events("hall", 3, ["member", "react", "delete"]);
    assertEquals(heard.map(({ type, target }) => [type, target]), [["member", undefined], ["react", own.cursor], [
      "delete",
      cursor,
    ]]);
    assertEquals(words(await olivia.ok("GET", "/v1/me/rooms")), [[undefined, 0, 0]]);
    assertEquals((await olivia.ok("GET", `/v1/rooms/hall/messages/${own.cursor}`)).reactions, undefined);
    assertEquals((await olivia.ok("GET", "/v1/rooms/hall")).room.archived, true);
  }),
);
