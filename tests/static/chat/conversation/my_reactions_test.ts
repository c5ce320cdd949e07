import { assertEquals } from "@std/assert";
import { createMyReactions } from "../../../../static/chat/conversation/my_reactions.js";

const FIRST_TWENTY = Array.from({ length: 20 }, (_, i) => `g_${i + 100}`);

Deno.test("an emoji is mine where I am named, where history says so, and as I give it and take it back", () => {
  const mine = createMyReactions();
  mine.setMe("g_1");
  const thumb = { emoji: "👍", users: FIRST_TWENTY };
  assertEquals(mine.has("a", { emoji: "👍", users: ["g_1"] }), true);
  assertEquals(mine.has("a", thumb), false);
  mine.note({ a: ["👍"] });
  assertEquals([mine.has("a", thumb), mine.has("b", thumb)], [true, false]);
  const event = { type: "react", cursor: "c", at: 1, emoji: "👍", count: 21 } as const;
  mine.take([{ ...event, target: "a", on: false, user: { id: "g_1", name: "민지" } }]);
  mine.take([{ ...event, target: "b", on: true, user: { id: "g_1", name: "민지" } }]);
  mine.take([{ ...event, target: "d", on: true, user: { id: "g_2", name: "지훈" } }]);
  assertEquals(["a", "b", "d"].map((cursor) => mine.has(cursor, thumb)), [false, true, false]);
  mine.setMe("g_2");
  assertEquals(mine.has("b", thumb), false);
});
