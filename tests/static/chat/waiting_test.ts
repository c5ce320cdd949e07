import { assertEquals } from "@std/assert";
import type { ListedRoom } from "../../../static/chat/rooms/my_rooms.js";
import { countWaiting } from "../../../static/chat/waiting.js";
import { listedRoom } from "../listed_rooms.ts";

function room(name: string, notify: ListedRoom["notify"], unread: number, mentions = 0): ListedRoom {
  return listedRoom(name, { notify, unread, mentions });
}

Deno.test("all messages wait in rooms that may tell all, only mentions in others, and a mention counts once", () => {
  assertEquals(countWaiting([room("a", "all", 3, 1), room("b", "mentions", 5, 2), room("c", "none", 5)], ""), 5);
});

Deno.test("what waits in the room that is being looked at is no news", () => {
  assertEquals(countWaiting([room("a", "all", 3), room("b", "all", 1)], "a"), 1);
});
