import { assertEquals } from "@std/assert";
import { lengthOf, trimPasted } from "../../../../static/chat/composer/text_box.js";

Deno.test("of what is pasted the empty lines at the end go, blanks within a line stay, and line ends are of one kind", () => {
  assertEquals(trimPasted("하나\r\n둘\r"), "하나\n둘");
  assertEquals(trimPasted("표\t1\n \n\t\n"), "표\t1");
  assertEquals(trimPasted("낱말 "), "낱말 ");
  assertEquals(trimPasted("\n  앞은 그대로"), "\n  앞은 그대로");
  assertEquals(trimPasted(" \n\n"), "");
});

Deno.test("a text is as long as it has code points", () => {
  assertEquals(["", "가", "👍🏽", "\ud800"].map(lengthOf), [0, 1, 2, 1]);
});
