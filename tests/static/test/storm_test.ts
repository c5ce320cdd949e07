import { assertEquals } from "@std/assert";
import { startStorm } from "../../../static/test/storm.js";
import { FakeClock } from "../fake_clock.ts";

/** Starts one; what it does is a line of numbers and drops. */
function storming(canDrop: (asked: number) => boolean, canSay = () => true) {
  const clock = new FakeClock();
  const done: (number | "drop" | "done")[] = [];
  let asked = 0;
  startStorm({
    clock,
    say(index) {
      if (canSay()) done.push(index);
      return canSay();
    },
    drop() {
      const isDropped = canDrop(++asked);
      if (isDropped) done.push("drop");
      return isDropped;
    },
    onDone: () => done.push("done"),
  });
  clock.pass(60_000);
  assertEquals(clock.pending, 0);
  return done;
}

Deno.test("a storm is twenty messages, and three drops among them", () => {
  const done = storming(() => true);
  assertEquals(done.filter((each) => typeof each === "number"), Array.from({ length: 20 }, (_, index) => index + 1));
  assertEquals(done.flatMap((each, index) => each === "drop" ? [done[index - 1]] : []), [6, 12, 18]);
  assertEquals(done.at(-1), "done");
});

Deno.test("a drop that met no connection is made up for, also after the last message, but not for ever", () => {
  const late = storming((asked) => asked > 20);
  assertEquals([late.filter((each) => each === "drop").length, late.at(-1)], [3, "done"]);
  const never = storming(() => false);
  assertEquals([never.filter((each) => each === "drop").length, never.at(-1)], [0, "done"]);
});

Deno.test("it is over when there is nobody to say anything", () => {
  assertEquals(storming(() => true, () => false), ["done"]);
});
