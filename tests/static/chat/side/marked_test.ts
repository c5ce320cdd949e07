import { assertEquals } from "@std/assert";
import { messageQuery } from "../../../../chat/search/query.ts";
import { markHits } from "../../../../static/chat/side/marked.js";

/** With the hits in brackets. */
const marked = (text: string, query: string) =>
  markHits(text, query).map(({ text, isHit }) => isHit ? `[${text}]` : text).join("");

Deno.test("hits are marked, each word of the query, in any case and form", () => {
  assertEquals(marked("Hello hello, world", "HELLO wor"), "[Hello] [hello], [wor]ld");
  assertEquals(marked("ＡＢＣ abc", "abc"), "[ＡＢＣ] [abc]");
  assertEquals(marked("안녕하세요".normalize("NFD"), "녕하"), "안[녕하]세요");
  assertEquals(marked("STRASSE straße", "straße"), "[STRASSE] [straße]");
});

Deno.test("a word is found where it begins, Korean and the like by any part, as the server finds them", () => {
  const cases = [
    ["anna ann joann", "ann"],
    ["대청마루", "청마"],
    ["日本語", "本"],
    ["a_b", "b"],
    ["x🙂y", "🙂"],
    ["카페cafe", "cafe"],
    ["Zoë", "oë"],
  ] as const;
  for (const [text, q] of cases) {
    const isFound = messageQuery({ text: q }).matches({ type: "message", text });
    assertEquals(markHits(text, q).some(({ isHit }) => isHit), isFound, `${text} / ${q}`);
  }
  assertEquals(marked("anna ann joann", "ann"), "[ann]a [ann] joann");
});

Deno.test("a long message is cut around its first hit, and not within a pair of units", () => {
  const long = `${"처음 ".repeat(60)}가운데 바늘 여기${" 끝".repeat(200)}`;
  const parts = markHits(long, "바늘");
  assertEquals(parts[0], { text: "…", isHit: false });
  assertEquals(parts.at(-1), { text: "…", isHit: false });
  assertEquals(parts.filter(({ isHit }) => isHit).map(({ text }) => text), ["바늘"]);
  const emoji = markHits(`${"😀".repeat(300)}바늘`, "바늘");
  assertEquals(emoji.every(({ text }) => text.isWellFormed()), true);
  assertEquals(markHits("", "x"), []);
  assertEquals(marked("둘\n째   줄", ""), "둘 째 줄");
});

Deno.test("hits that overlap are marked once", () => {
  assertEquals(marked("가나다라", "나다 다라 가나다"), "[가나다]라");
});
