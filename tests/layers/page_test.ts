import { assertEquals } from "@std/assert";
import type { Entry } from "../../layers/layer.ts";
import { cutPage, MAX_PAGE_LENGTH } from "../../layers/page.ts";

function entries(...lengths: number[]): Entry[] {
  return lengths.map((length, i) => ({ cursor: `c${i}`, json: "x".repeat(length), transient: false }));
}

function cut(lengths: number[], limit: number, reverse = false): [number, boolean, string] {
  const page = cutPage(entries(...lengths), { limit, head: "asked", reverse });
  return [page.entries.length, page.more, page.head];
}

Deno.test("a page holds at most `limit` entries, and says whether that was all", () => {
  assertEquals(cut([1, 1, 1], 2), [2, true, "c1"]);
  assertEquals(cut([1, 1, 1], 3), [3, false, "c2"]);
  assertEquals(cut([1, 1, 1], 4), [3, false, "c2"]);
  assertEquals(cut([], 4), [0, false, "asked"]);
});

Deno.test("a page ends at 64 Ki characters, exactly, but never before one entry", () => {
  const half = MAX_PAGE_LENGTH / 2;
  assertEquals(cut([half, half], 9), [2, false, "c1"]);
  assertEquals(cut([half, half, 1], 9), [2, true, "c1"]);
  assertEquals(cut([half, half + 1], 9), [1, true, "c0"]);
  assertEquals(cut([MAX_PAGE_LENGTH + 1, 1], 9), [1, true, "c0"]);
  assertEquals(cut([MAX_PAGE_LENGTH + 1], 9), [1, false, "c0"]);
  assertEquals(cut([1, MAX_PAGE_LENGTH, 1], 9), [1, true, "c0"]);
});

Deno.test("entries that come newest first make a page that is oldest first", () => {
  const page = cutPage(entries(1, 1, 1), { limit: 2, head: "asked", reverse: true });
  assertEquals([page.entries.map(({ cursor }) => cursor), page.more, page.head], [["c1", "c0"], true, "c0"]);
});
