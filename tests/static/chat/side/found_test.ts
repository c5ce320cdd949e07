import { assertEquals } from "@std/assert";
import type { Found, Search } from "../../../../static/client/operations.js";
import { createFound, formatWanted, parseWanted } from "../../../../static/chat/side/found.js";

const message = (cursor: string, room = "r"): Found => ({
  cursor,
  room,
  type: "message",
  at: 1,
  user: { id: "g_a", name: "a" },
  text: cursor,
});
const wanted = (text: string, isEverywhere = false) => ({ text, isEverywhere });

/** Timers that run when they are told to; questions that are answered when they are told to. */
function stage() {
  const timers = new Map<number, () => void>();
  const waits: number[] = [];
  let timer = 0;
  const asked: { query: Search; answer: PromiseWithResolvers<{ items: Found[]; next: string | undefined }> }[] = [];
  const found = createFound({
    room: "r",
    ask(query) {
      const answer = Promise.withResolvers<{ items: Found[]; next: string | undefined }>();
      asked.push({ query, answer });
      return answer.promise;
    },
    timers: {
      setTimeout(run, ms) {
        timers.set(++timer, run);
        waits.push(ms);
        return timer;
      },
      // Safe: what setTimeout above gave out.
      clearTimeout: (id) => timers.delete(id as number),
    },
  });
  return {
    found,
    asked,
    waits,
    rest() {
      const due = [...timers.values()];
      timers.clear();
      for (const run of due) run();
    },
    async answer(index: number, items: Found[], next?: string) {
      asked[index]?.answer.resolve({ items, next });
      await settled();
    },
    async refuse(index: number, error: unknown) {
      asked[index]?.answer.reject(error);
      await settled();
    },
  };
}

/** Promises that have been settled have been heard. */
async function settled() {
  for (let i = 0; i < 5; i++) await Promise.resolve();
}

Deno.test("typing asks once, when it rests, for what stands there then", async () => {
  const { found, asked, rest, answer } = stage();
  for (const text of ["안", "안녕", " 안녕하 "]) found.want(wanted(text), { isTyped: true });
  assertEquals([asked.length, found.status], [0, "searching"]);
  rest();
  assertEquals(asked.map(({ query }) => query), [{ q: "안녕하", room: "r" }]);
  await answer(0, [message("2"), message("1")]);
  assertEquals([found.status, found.items.map(({ cursor }) => cursor), found.hasMore], ["ready", ["2", "1"], false]);
});

Deno.test("the last question wins, whichever answer comes last", async () => {
  const { found, answer, asked } = stage();
  found.want(wanted("one"));
  found.want(wanted("two", true));
  await answer(1, [message("two")]);
  await answer(0, [message("one")]);
  assertEquals(found.items.map(({ cursor }) => cursor), ["two"]);
  assertEquals(asked[1]?.query, { q: "two" });
});

Deno.test("an answer to what is not looked for any more is none, also while the next typing has not rested", async () => {
  const { found, answer } = stage();
  found.want(wanted("one"));
  found.want(wanted("two"), { isTyped: true });
  await answer(0, [message("one")]);
  assertEquals([found.status, found.items], ["searching", []]);
  found.want(wanted("  "));
  assertEquals(found.status, "empty");
});

Deno.test("a letter that is no syllable yet is not looked for", () => {
  const { found, asked, rest } = stage();
  found.want(wanted("안녕ㅎ"), { isTyped: true, isComposing: true });
  rest();
  assertEquals(asked[0]?.query.q, "안녕");
  found.want(wanted("ㅎ"), { isTyped: true, isComposing: true });
  assertEquals(found.status, "empty");
  found.want(wanted("ㅋㅋ"), { isTyped: true });
  rest();
  assertEquals(asked[1]?.query.q, "ㅋㅋ");
});

Deno.test("the next page comes behind, without what both hold; empty pages are passed over", async () => {
  const { found, asked, answer } = stage();
  found.want(wanted("x"));
  await answer(0, [message("3"), message("2")], "p1");
  assertEquals(found.hasMore, true);
  found.more();
  await answer(1, [], "p2");
  assertEquals(asked[2]?.query.next, "p2");
  await answer(2, [message("2"), message("1")]);
  assertEquals([found.items.map(({ cursor }) => cursor), found.hasMore], [["3", "2", "1"], false]);
});

Deno.test("after five empty pages it is left to the person to look on", async () => {
  const { found, asked, answer } = stage();
  found.want(wanted("x"));
  for (let i = 0; i < 5; i++) await answer(i, [], `p${i}`);
  assertEquals([asked.length, found.status, found.items.length, found.hasMore], [5, "ready", 0, true]);
});

Deno.test("asked too fast it waits as long as the server says, a lost connection a moment; then asks again", async () => {
  const { found, asked, waits, rest, refuse, answer } = stage();
  found.want(wanted("x"));
  await refuse(0, { code: "rate_limited", retryAfterMs: 700 });
  assertEquals([found.status, waits.at(-1)], ["searching", 700]);
  rest();
  await refuse(1, { code: "lost" });
  assertEquals([found.status, waits.at(-1)], ["searching", 1_000]);
  rest();
  await answer(2, [message("1")]);
  assertEquals([asked.length, found.status], [3, "ready"]);
});

Deno.test("what was refused says so, keeps what was found, and may be asked again", async () => {
  const { found, answer, refuse } = stage();
  found.want(wanted("x"));
  await answer(0, [message("1")], "p");
  found.more();
  await refuse(1, { code: "internal" });
  assertEquals([found.status, found.failure, found.items.length], ["failed", { code: "internal" }, 1]);
  found.more();
  await answer(2, [message("0")]);
  assertEquals(found.items.map(({ cursor }) => cursor), ["1", "0"]);
});

Deno.test("the same words are not asked for twice, and one person's messages need no words", async () => {
  const { found, asked, answer } = stage();
  found.want({ ...wanted(""), from: "g_a" });
  assertEquals(asked[0]?.query, { room: "r", from: "g_a" });
  await answer(0, []);
  found.want({ ...wanted(" "), from: "g_a" });
  assertEquals(asked.length, 1);
});

Deno.test("what is looked for stands in an address and is read from it", () => {
  for (
    const each of [
      { text: "안녕 하세요", isEverywhere: false },
      { text: "all: from", isEverywhere: true },
      { text: "", isEverywhere: false, from: "g_1" },
      { text: "from:x y", isEverywhere: true, from: "g_1" },
    ]
  ) assertEquals(parseWanted(formatWanted(each)), each);
  assertEquals(formatWanted({ text: "", isEverywhere: false }), undefined);
  assertEquals(parseWanted(undefined), { text: "", isEverywhere: false });
});
