import { assert, assertEquals, assertMatch, assertThrows } from "@std/assert";
import {
  commitCursor,
  entryCursor,
  epochOf,
  indexOf,
  justBefore,
  MAX_INDEX,
  newEpoch,
  originCursor,
  parseCursor,
  stampOf,
} from "../../layers/cursor.ts";
import { ChatError } from "../../protocol/errors.ts";
import { seeded } from "./random.ts";

const EPOCH = "0az9zz";

function stamp(n: number): string {
  return n.toString(16).padStart(20, "0");
}

Deno.test("the order of cursors as strings is the order of commits, and of entries within one", () => {
  const random = seeded(1);
  for (let i = 0; i < 2_000; i++) {
    const [a, b] = [0, 0].map(() => [Math.floor(random() * 2 ** 48), Math.floor(random() * (MAX_INDEX + 1))] as const);
    if (a === undefined || b === undefined) continue;
    const isBefore = a[0] < b[0] || (a[0] === b[0] && a[1] < b[1]);
    const [one, other] = [entryCursor(EPOCH, stamp(a[0]), a[1]), entryCursor(EPOCH, stamp(b[0]), b[1])];
    assertEquals(one < other, isBefore);
  }
});

Deno.test("the whole of a commit is behind its last entry and before the next commit; the origin is before everything", () => {
  assert(originCursor(EPOCH) < entryCursor(EPOCH, stamp(1), 0));
  assert(entryCursor(EPOCH, stamp(1), MAX_INDEX) < commitCursor(EPOCH, stamp(1)));
  assert(commitCursor(EPOCH, stamp(1)) < entryCursor(EPOCH, stamp(2), 0));
  assert(commitCursor(EPOCH, stamp(9)) < entryCursor(EPOCH, stamp(10), 0));
  assertEquals(indexOf(commitCursor(EPOCH, stamp(1))), 0xfff);
});

Deno.test("a cursor says its epoch, its stamp and its index", () => {
  for (const index of [0, 1, 15, 16, 255, 256, MAX_INDEX]) {
    const cursor = entryCursor(EPOCH, "000000000000000fffff", index);
    assertEquals([epochOf(cursor), stampOf(cursor), indexOf(cursor)], [EPOCH, "000000000000000fffff", index]);
    assertEquals(parseCursor(cursor), cursor);
  }
});

Deno.test("an epoch is six of [0-9a-z], and another one each time", () => {
  const epochs = Array.from({ length: 5_000 }, newEpoch);
  for (const epoch of epochs) assertMatch(epoch, /^[0-9a-z]{6}$/);
  assert(new Set(epochs).size > 4_980);
});

Deno.test("what is no cursor is bad_cursor, and is quoted in few characters", () => {
  const good = entryCursor(EPOCH, stamp(1), 0);
  for (
    const bad of [
      "",
      good.slice(1),
      `${good}0`,
      `${good}\n`,
      good.toUpperCase(),
      good.replace("0az", "0a "),
      "9".repeat(99_999),
    ]
  ) {
    const error = assertThrows(() => parseCursor(bad), ChatError);
    assertEquals(error.code, "bad_cursor");
    assert(error.message.length < 120);
  }
});

Deno.test("the place right before an entry has nothing between itself and the entry", () => {
  const [a, b] = ["0".repeat(18) + "10", "0".repeat(18) + "0f"];
  assertEquals(justBefore(entryCursor("epoch0", a, 3)), entryCursor("epoch0", a, 2));
  assertEquals(justBefore(entryCursor("epoch0", a, 0)), commitCursor("epoch0", b));
  assertEquals(justBefore(originCursor("epoch0")), originCursor("epoch0"));
});
