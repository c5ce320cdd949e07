import { assertEquals } from "@std/assert";
import { findNext, inSections, keepOrder } from "../../../../static/chat/rooms/sections.js";
import { listedRoom } from "../../listed_rooms.ts";

Deno.test("each room stands in one section: favourites, rooms, direct ones, requests", () => {
  const rooms = [
    listedRoom("request", { request: true }, { kind: "direct" }),
    listedRoom("direct", {}, { kind: "direct" }),
    listedRoom("public"),
    listedRoom("loved", { favourite: true }, { kind: "direct" }),
  ];
  assertEquals(inSections(rooms).map(({ room }) => room.name), ["loved", "public", "direct", "request"]);
});

Deno.test("an order that is held stays, and what is new stands at the end", () => {
  const rooms = [listedRoom("new"), listedRoom("c"), listedRoom("a")];
  assertEquals(keepOrder(rooms, ["a", "gone", "c"]).map(({ room }) => room.name), ["a", "c", "new"]);
});

Deno.test("the next room is the one below, after the last the first; the previous one the other way", () => {
  const shown = [listedRoom("a"), listedRoom("b"), listedRoom("c")];
  assertEquals(["a", "b", "c"].map((name) => findNext(shown, name, 1, false)), ["b", "c", "a"]);
  assertEquals(["a", "b", "c"].map((name) => findNext(shown, name, -1, false)), ["c", "a", "b"]);
  assertEquals([findNext(shown, "", 1, false), findNext(shown, "", -1, false)], ["a", "c"]);
  assertEquals(findNext([listedRoom("a")], "a", 1, false), undefined);
  assertEquals(findNext([], "", -1, false), undefined);
});

Deno.test("where only what waits is wanted, quiet rooms are passed over, but not what calls for me in them", () => {
  const shown = [
    listedRoom("a"),
    listedRoom("muted", { unread: 3, notify: "mentions" }),
    listedRoom("called", { unread: 3, mentions: 1, notify: "none" }),
    listedRoom("new", { unread: 1 }),
  ];
  assertEquals(findNext(shown, "a", 1, true), "called");
  assertEquals(findNext(shown, "called", 1, true), "new");
  assertEquals(findNext(shown, "a", -1, true), "new");
  assertEquals(findNext([listedRoom("a"), listedRoom("b")], "a", 1, true), undefined);
});
