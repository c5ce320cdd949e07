import { assertEquals } from "@std/assert";
import { moveInGrid } from "../../../../static/chat/composer/emoji_grid.js";

/** Two sections: 3 + 1 emoji in rows of three, then 2. */
const LENGTHS = [3, 1, 2];

for (
  const [name, from, key, to] of [
    ["right goes on", [0, 0], "ArrowRight", [0, 1]],
    ["right at the end of a row goes to the next", [0, 2], "ArrowRight", [1, 0]],
    ["right at the very end stays", [2, 1], "ArrowRight", [2, 1]],
    ["left at the beginning of a row goes to the one before", [2, 0], "ArrowLeft", [1, 0]],
    ["left at the very beginning stays", [0, 0], "ArrowLeft", [0, 0]],
    ["down into a shorter row takes its last", [0, 2], "ArrowDown", [1, 0]],
    ["down in the last row stays", [2, 1], "ArrowDown", [2, 1]],
    ["up goes up", [2, 1], "ArrowUp", [1, 0]],
    ["a page down stops at the last row", [0, 1], "PageDown", [2, 1]],
    ["a page up stops at the first row", [2, 1], "PageUp", [0, 1]],
    ["Home is the row's first", [0, 2], "Home", [0, 0]],
    ["End is the row's last", [0, 0], "End", [0, 2]],
  ] as const
) {
  Deno.test(`in the picker's grid ${name}`, () => {
    const [row, column] = from;
    assertEquals(moveInGrid(LENGTHS, { row, column }, { key, ctrlKey: false }), { row: to[0], column: to[1] });
  });
}

Deno.test("Ctrl with Home and End leads to the whole grid's ends, up from the first row out of it, other keys nowhere", () => {
  const at = { row: 1, column: 0 };
  assertEquals(moveInGrid(LENGTHS, at, { key: "Home", ctrlKey: true }), { row: 0, column: 0 });
  assertEquals(moveInGrid(LENGTHS, at, { key: "End", ctrlKey: true }), { row: 2, column: 1 });
  assertEquals(moveInGrid(LENGTHS, { row: 0, column: 1 }, { key: "ArrowUp", ctrlKey: false }), "before");
  assertEquals(moveInGrid(LENGTHS, at, { key: "a", ctrlKey: false }), undefined);
});
