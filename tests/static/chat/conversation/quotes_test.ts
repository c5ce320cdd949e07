import { assertEquals } from "@std/assert";
import type { Message } from "../../../../static/client/events.js";
import { createQuotes } from "../../../../static/chat/conversation/quotes.js";
import { message } from "../../events.ts";

Deno.test("what is there is quoted at once; what is not is asked for once, and what is gone is said to be", async () => {
  const asked: string[] = [];
  const here = message("a", { text: "**굵은** 말" });
  const changes: (() => void)[] = [];
  const quotes = createQuotes({
    find: (cursor) => cursor === "a" ? here : undefined,
    ask(cursor) {
      asked.push(cursor);
      return cursor === "b" ? Promise.resolve(message("b", { text: "먼 말" })) : Promise.reject({ code: "not_found" });
    },
    onChange: () => changes.shift()?.(),
  });
  assertEquals(quotes.get("a"), { author: "지훈", text: "굵은 말", gone: false });
  const both = Promise.all([
    new Promise<void>((done) => changes.push(done)),
    new Promise<void>((done) => changes.push(done)),
  ]);
  assertEquals([quotes.get("b"), quotes.get("b"), quotes.get("c")], [undefined, undefined, undefined]);
  await both;
  assertEquals(quotes.get("b")?.text, "먼 말");
  assertEquals(quotes.get("c")?.gone, true);
  assertEquals(asked, ["b", "c"]);

  const by = { cursor: "x", at: 5, user: { id: "g_2", name: "지훈" } };
  quotes.take([{ ...by, type: "edit", target: "b", text: "고친 말" }]);
  assertEquals(quotes.get("b")?.text, "고친 말");
  quotes.take([{ ...by, type: "delete", target: "b" }]);
  assertEquals(quotes.get("b")?.gone, true);
});

Deno.test("of many that had to be asked for only the last are kept", async () => {
  let left = 400;
  const { promise, resolve } = Promise.withResolvers<void>();
  const asked: string[] = [];
  const quotes = createQuotes({
    find: () => undefined,
    ask(cursor): Promise<Message> {
      asked.push(cursor);
      return Promise.resolve(message(cursor));
    },
    onChange: () => --left === 0 && resolve(),
  });
  for (let i = 0; i < 400; i++) quotes.get(`m${i}`);
  await promise;
  assertEquals(quotes.get("m399")?.gone, false);
  assertEquals(quotes.get("m0"), undefined);
  assertEquals(asked.length, 401);
});
