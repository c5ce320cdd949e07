import { assertEquals } from "@std/assert";
import { createArrival } from "../../../../static/chat/conversation/arrival.js";
import { message } from "../../events.ts";

const ME = { id: "g_1", name: "민지" };
const page = (...cursors: string[]) => ({ messages: cursors.map((cursor) => message(cursor)), hasBefore: true });

Deno.test("one waits until it is known how far one has read, then goes to the line, and it stays", () => {
  const arrival = createArrival(ME.id);
  assertEquals(arrival.settle(page("a", "b", "c"), "unknown"), { kind: "wait" });
  assertEquals(arrival.settle(page("a", "b", "c"), { marker: "a", unread: 2 }), { kind: "line" });
  assertEquals(arrival.firstNew, "b");
  assertEquals(arrival.settle(page("a", "b", "c", "d"), { marker: "c", unread: 1 }), { kind: "end" });
  assertEquals(arrival.firstNew, "b");
});

Deno.test("who has read everything, or never anything, comes in at the end, without a line", () => {
  for (const standing of [{ marker: "c", unread: 0 }, { marker: undefined, unread: 3 }]) {
    const arrival = createArrival(ME.id);
    assertEquals(arrival.settle(page("a", "b", "c"), standing), { kind: "end" });
    assertEquals(arrival.firstNew, undefined);
  }
});

Deno.test("what is further back than what is there has to be read first", () => {
  const arrival = createArrival(ME.id);
  assertEquals(arrival.settle(page("m", "n"), { marker: "c", unread: 40 }), { kind: "around", cursor: "c" });
  assertEquals(arrival.locate(page("b", "d", "e"), "c"), true);
  assertEquals(arrival.firstNew, "d");
});

Deno.test("the line stands above somebody else's words, not above one's own; where nothing comes before, a marker may be older", () => {
  const messages = [message("b", { user: ME }), message("c")];
  const arrival = createArrival(ME.id);
  arrival.settle({ messages, hasBefore: false }, { marker: "a", unread: 1 });
  assertEquals(arrival.firstNew, "c");
});

Deno.test("what comes while nobody looks moves the line; who follows a link has none", () => {
  const arrival = createArrival(ME.id);
  arrival.skip();
  assertEquals(arrival.settle(page("a"), { marker: "0", unread: 1 }), { kind: "end" });
  assertEquals(arrival.firstNew, undefined);
  arrival.mark("x");
  assertEquals(arrival.firstNew, "x");
});
