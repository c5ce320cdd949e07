import { assertEquals } from "@std/assert";
import { createPainting } from "../../../../static/chat/conversation/painting.js";

Deno.test("however much comes in a frame, it is painted once, and laid out anew only when something has changed", () => {
  const { painting, frame, painted } = open();
  painting.schedule();
  painting.schedule();
  frame();
  assertEquals(painted, [true]);
  painting.schedule();
  frame();
  assertEquals(painted, [true, false]);
  painting.schedule();
  painting.refresh();
  painting.schedule();
  frame();
  assertEquals(painted, [true, false, true]);
  frame();
  assertEquals(painted.length, 3);
});

Deno.test("what changes while it is painted is painted in the next frame", () => {
  const { painting, frame, painted } = open((count) => {
    if (count === 1) painting.refresh();
  });
  painting.schedule();
  frame();
  assertEquals(painted, [true]);
  frame();
  assertEquals(painted, [true, true]);
});

function open(onPaint: (count: number) => void = () => {}) {
  const due: (() => void)[] = [];
  const painted: boolean[] = [];
  const painting = createPainting((isStale) => {
    painted.push(isStale);
    onPaint(painted.length);
  }, (run) => due.push(run));
  return {
    painting,
    painted,
    /** Whatever has asked for it is run. */
    frame() {
      for (const run of due.splice(0)) run();
    },
  };
}
