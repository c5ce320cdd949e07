import { assert, assertEquals, assertThrows } from "@std/assert";
import { backoffMs, comebackAfter, comebackMs } from "../../../static/client/backoff.js";

const least = () => 0;
const most = () => 1 - Number.EPSILON;

Deno.test("the wait is anything from nothing to a ceiling that doubles up to 30 seconds", () => {
  const attempts = [0, 1, 2, 3, 4, 5, 6, 7, 100, 10_000];
  assertEquals(attempts.map((attempt) => backoffMs(attempt, least)), attempts.map(() => 0));
  assertEquals(attempts.map((attempt) => backoffMs(attempt, most)), [
    500,
    1_000,
    2_000,
    4_000,
    8_000,
    16_000,
    30_000,
    30_000,
    30_000,
    30_000,
  ]);
});

Deno.test("the first and the last ceiling can be others", () => {
  assertEquals([0, 1, 9].map((attempt) => backoffMs(attempt, most, { baseMs: 10, capMs: 15 })), [10, 15, 15]);
});

Deno.test("a close code says whether to come back, and how", () => {
  const codes = {
    now: [1012],
    slowly: [1008],
    never: [4500, 4501, 4999],
    later: [0, 1000, 1001, 1006, 1009, 1011, 4000, 4499],
  };
  for (const [comeback, list] of Object.entries(codes)) {
    assertEquals(list.map(comebackAfter), list.map(() => comeback));
  }
});

Deno.test("a restart is come back from within a second, and a second failure is no restart any more", () => {
  assertEquals([least, most].map((random) => comebackMs(1012, 0, random)), [0, 1_000]);
  assertEquals(comebackMs(1012, 4, most), comebackMs(1006, 4, most));
});

Deno.test("who was sent away for haste waits five seconds at the least", () => {
  assertEquals(comebackMs(1008, 0, least), 5_000);
  for (let attempt = 0; attempt < 20; attempt++) {
    const waitMs = comebackMs(1008, attempt, most);
    assert(waitMs >= 5_000 && waitMs <= 35_000);
  }
});

Deno.test("who is not wanted stays away", () => {
  assertEquals(comebackMs(4500, 0, least), Infinity);
});

Deno.test("an unheard-of code is an ordinary loss and no error", () => {
  assertEquals(comebackAfter(3999), "later");
  assertEquals(comebackAfter(-1), "later");
  assertEquals(comebackMs(70_000, 0, most), 500);
  assertThrows(() =>
    backoffMs(0, () => {
      throw new RangeError("no chance");
    }), RangeError);
});
