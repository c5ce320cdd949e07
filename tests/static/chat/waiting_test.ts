import { assertEquals } from "@std/assert";
import type { ListedRoom } from "../../../static/chat/rooms/my_rooms.js";
import { countWaiting } from "../../../static/chat/waiting.js";

function room(name: string, notify: ListedRoom["notify"], unread: number, mentions = 0): ListedRoom {
  return {
    room: { name, kind: "public", write: "members", slowModeS: 0, retentionDays: 0, archived: false },
    role: "member",
    notify,
    favourite: false,
    joinedAt: 1,
    activeAt: 1,
    head: "b",
    unread,
    mentions,
  };
}

Deno.test("all messages wait in rooms that may tell all, only mentions in others, and a mention counts once", () => {
  assertEquals(countWaiting([room("a", "all", 3, 1), room("b", "mentions", 5, 2), room("c", "none", 5)], ""), 5);
});

Deno.test("what waits in the room that is being looked at is no news", () => {
  assertEquals(countWaiting([room("a", "all", 3), room("b", "all", 1)], "a"), 1);
});
