import { assert, assertEquals } from "@std/assert";
import { chooseWindow } from "../../../../static/chat/conversation/row_window.js";

Deno.test("the rows in sight are in the middle of those that are there, and at an end there are more on the other side", () => {
  assertEquals(chooseWindow(1_000, { start: 490, end: 510 }), { start: 450, end: 550 });
  assertEquals(chooseWindow(1_000, { start: 0, end: 20 }), { start: 0, end: 100 });
  assertEquals(chooseWindow(1_000, { start: 980, end: 1_000 }), { start: 900, end: 1_000 });
  assertEquals(chooseWindow(30, { start: 5, end: 25 }), { start: 0, end: 30 });
  assertEquals(chooseWindow(0, { start: 0, end: 0 }), { start: 0, end: 0 });
});

Deno.test("rows that will do stay, so that a small step changes nothing", () => {
  const there = { start: 450, end: 550 };
  assertEquals(chooseWindow(1_000, { start: 475, end: 495 }, there), there);
  assertEquals(chooseWindow(1_000, { start: 465, end: 485 }, there), { start: 425, end: 525 });
});

Deno.test("whatever is in sight is there, and never more than 160 rows but for what is in sight", () => {
  let there: { start: number; end: number } | undefined;
  for (let seed = 1; seed < 20_000; seed++) {
    const random = (max: number) => (seed * 2_654_435_761 >>> (max % 13)) % (max + 1);
    const count = random(900);
    const start = random(Math.max(0, count - 1));
    const end = Math.min(count, start + 1 + random(120));
    const chosen = chooseWindow(count, { start, end }, there);
    assert(
      chosen.start >= 0 && chosen.end <= count && chosen.start <= start && chosen.end >= end,
      JSON.stringify({ count, start, end, there, chosen }),
    );
    assert(chosen.end - chosen.start <= Math.max(160, end - start + 1));
    there = chosen;
  }
});
