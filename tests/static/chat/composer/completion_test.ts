import { assertEquals } from "@std/assert";
import { findCompletion, isDismissed, meansEveryone, rankPeople } from "../../../../static/chat/composer/completion.js";

/** The cursor is at `|`, or at the end. */
function found(text: string) {
  const cursor = text.includes("|") ? text.indexOf("|") : text.length;
  return findCompletion(text.replace("|", ""), cursor);
}

for (
  const [text, wanted] of Object.entries({
    "@": ["person", 0, ""],
    "@민": ["person", 0, "민"],
    "안녕 @민ㅈ": ["person", 3, "민ㅈ"],
    "안녕@민": ["person", 2, "민"],
    "(@ann": ["person", 1, "ann"],
    "@민|지": ["person", 0, "민"],
    "@Ann Lee": ["person", 0, "Ann Lee"],
    "@ann @jim": ["person", 5, "jim"],
    "줄\n@ann": ["person", 2, "ann"],
    ":웃": ["emoji", 0, "웃"],
    "좋아요 :tad": ["emoji", 4, "tad"],
    ":+1": ["emoji", 0, "+1"],
    "😀:웃": ["emoji", 2, "웃"],
    "(:웃|)": ["emoji", 1, "웃"],
    ":thumbs_up:": ["emoji", 0, "thumbs_up"],
    "`code` @ann": ["person", 7, "ann"],
    "```\ncode\n```\n@ann": ["person", 13, "ann"],
  })
) {
  Deno.test(`“${text.replaceAll("\n", "⏎")}” completes`, () => {
    const completion = found(text);
    assertEquals([completion?.kind, completion?.start, completion?.query], wanted);
    assertEquals(completion?.end, text.includes("|") ? text.indexOf("|") : text.length);
    assertEquals(completion?.isClosed, text.endsWith(":"));
  });
}

for (
  const text of [
    "",
    "안녕",
    "mail@ann",
    "@ ann",
    "@ann\n",
    "@민지| 다음".replace("@", ""),
    ":",
    ":)",
    ":D",
    ":p",
    ":ㅋ",
    "10:30",
    "https://ann",
    "주제:내용",
    "a:tada",
    "::tada",
    ": tada",
    ":ta da",
    "`@ann",
    "`:tada",
    "a `b` `@ann",
    "```\n@ann",
    "```ts\ncode\n:tada",
    `@${"a".repeat(200)}`,
  ]
) {
  Deno.test(`“${text.replaceAll("\n", "⏎").slice(0, 20)}” completes nothing`, () => {
    assertEquals(found(text), undefined);
  });
}

Deno.test("people are found while their name is composed, who wrote lately first, by a further name after those by their first", () => {
  const people = ["지민", "김민지", "민지", "Ann Lee", "lee", "민준", "박 민호"].map((name) => ({ id: name, name }));
  const named = (query: string) => rankPeople(people, query).map(({ name }) => name);
  assertEquals(named("ㅁ"), ["민지", "민준", "박 민호"]);
  assertEquals(named("민ㅈ"), ["민지", "민준"]);
  assertEquals(named("민지"), ["민지"]);
  assertEquals(named("LEE"), ["lee", "Ann Lee"]);
  assertEquals(named("ann l"), ["Ann Lee"]);
  assertEquals(named("박 ㅁ"), ["박 민호"]);
  assertEquals(named("민지 오늘"), []);
  assertEquals(named("").length, 7);
});

Deno.test("no more people are offered than one can read", () => {
  const people = Array.from({ length: 50 }, (_, i) => ({ id: `${i}`, name: `사람${i}` }));
  assertEquals(rankPeople(people, "사").length, 8);
});

Deno.test("everyone is meant by @room and by what the language calls them", () => {
  for (const query of ["", "r", "ROOM", "모", "모두", "ㅁㄷ"]) {
    assertEquals(meansEveryone(query, "모두에게"), true, query);
  }
  for (const query of ["roomy", "x", "두"]) assertEquals(meansEveryone(query, "모두에게"), false, query);
});

Deno.test("a list that was closed stays closed while the same name is written, and comes back when it is taken back", () => {
  const closed = { start: 3, query: "민" };
  assertEquals(isDismissed(closed, { start: 3, query: "민" }), true);
  assertEquals(isDismissed(closed, { start: 3, query: "민지" }), true);
  assertEquals(isDismissed(closed, { start: 3, query: "" }), false);
  assertEquals(isDismissed(closed, { start: 0, query: "민" }), false);
  assertEquals(isDismissed(undefined, { start: 3, query: "민" }), false);
});

Deno.test("a long text is looked at in time in proportion to its length", () => {
  const started = performance.now();
  for (
    const text of [
      "`".repeat(20_000),
      "@".repeat(20_000),
      ":a".repeat(10_000),
      "a ".repeat(10_000),
      "```\n".repeat(5_000),
    ]
  ) {
    findCompletion(text, text.length);
  }
  assertEquals(performance.now() - started < 500, true);
});
