import { assertEquals } from "@std/assert";
import type { ListedRoom } from "../../../../static/chat/rooms/my_rooms.js";
import { findNext, inSections, keepOrder } from "../../../../static/chat/rooms/sections.js";

function room(name: string, rest: Partial<ListedRoom> = {}, kind: ListedRoom["room"]["kind"] = "public"): ListedRoom {
  return {
    room: { name, kind, write: "members", slowModeS: 0, retentionDays: 0, archived: false },
    role: "member",
    notify: "all",
    favourite: false,
    joinedAt: 1,
    activeAt: 1,
    head: "b",
    unread: 0,
    mentions: 0,
    ...rest,
  };
}

Deno.test("each room stands in one section: favourites, rooms, direct ones, requests", () => {
  const rooms = [
    room("request", { request: true }, "direct"),
    room("direct", {}, "direct"),
    room("public"),
    room("loved", { favourite: true }, "direct"),
  ];
  assertEquals(inSections(rooms).map(({ room }) => room.name), ["loved", "public", "direct", "request"]);
});

Deno.test("an order that is held stays, and what is new stands at the end", () => {
  const rooms = [room("new"), room("c"), room("a")];
  assertEquals(keepOrder(rooms, ["a", "gone", "c"]).map(({ room }) => room.name), ["a", "c", "new"]);
});

Deno.test("the next room is the one below, after the last the first; the previous one the other way", () => {
  const shown = [room("a"), room("b"), room("c")];
  assertEquals(["a", "b", "c"].map((name) => findNext(shown, name, 1, false)), ["b", "c", "a"]);
  assertEquals(["a", "b", "c"].map((name) => findNext(shown, name, -1, false)), ["c", "a", "b"]);
  assertEquals([findNext(shown, "", 1, false), findNext(shown, "", -1, false)], ["a", "c"]);
  assertEquals(findNext([room("a")], "a", 1, false), undefined);
  assertEquals(findNext([], "", -1, false), undefined);
});

Deno.test("where only what waits is wanted, quiet rooms are passed over, but not what calls for me in them", () => {
  const shown = [
    room("a"),
    room("muted", { unread: 3, notify: "mentions" }),
    room("called", { unread: 3, mentions: 1, notify: "none" }),
    room("new", { unread: 1 }),
  ];
  assertEquals(findNext(shown, "a", 1, true), "called");
  assertEquals(findNext(shown, "called", 1, true), "new");
  assertEquals(findNext(shown, "a", -1, true), "new");
  assertEquals(findNext([room("a"), room("b")], "a", 1, true), undefined);
});
