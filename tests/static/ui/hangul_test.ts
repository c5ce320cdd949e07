import { assertEquals } from "@std/assert";
import { beginningPattern, foldForSearch } from "../../../static/ui/hangul.js";

/** What an input method shows on the way to a word, key by key (the usual keyboard with two sets of letters). */
const WAYS: Readonly<Record<string, readonly string[]>> = {
  민지: ["ㅁ", "미", "민", "민ㅈ", "민지"],
  미나: ["ㅁ", "미", "민", "미나"],
  미어캣: ["ㅁ", "미", "밍", "미어", "미엌", "미어캐", "미어캣"],
  값어치: ["ㄱ", "가", "갑", "값", "값ㅇ", "값어", "값엋", "값어치"],
  갑사: ["ㄱ", "가", "갑", "값", "갑사"],
  과자: ["ㄱ", "고", "과", "곶", "과자"].filter((each) => each !== "곶"),
  의사: ["ㅇ", "으", "의", "읫", "의사"],
  웃음: ["ㅇ", "우", "웃", "웃ㅇ", "웃으", "웃음"],
};

Deno.test("a word is found in every state in which an input method shows it on the way", () => {
  for (const [word, states] of Object.entries(WAYS)) {
    for (const state of states) assertEquals(beginningPattern(state).test(word), true, `${state} → ${word}`);
  }
});

Deno.test("leading consonants find a word, in pairs that an input method has put together too", () => {
  for (const query of ["ㅁ", "ㅁㅈ", "ㅁㅈㅇ", "민ㅈㅇ"]) {
    assertEquals(beginningPattern(query).test("민지영"), true, query);
  }
  for (const query of ["ㄱㅅ", "ㄳ"]) assertEquals(beginningPattern(query).test("감사"), true, query);
  assertEquals(beginningPattern("ㅋㅋ").test("ㅋㅋㅋ"), true);
});

Deno.test("another word is not found", () => {
  for (
    const [query, word] of [["ㅈ", "민지"], ["만", "민지"], ["민지", "민"], ["ㅁㅁ", "민지"], ["미ㅈ", "민지"], [
      "밍",
      "민지",
    ]]
  ) {
    assertEquals(beginningPattern(query ?? "").test(word ?? ""), false, `${query} → ${word}`);
  }
});

Deno.test("a finished syllable in the middle stands for itself only", () => {
  assertEquals(beginningPattern("미지").test("민지"), false);
  assertEquals(beginningPattern("김미").test("김민지"), true);
});

Deno.test("letters are found in either case, width and form, and signs are no pattern", () => {
  assertEquals(beginningPattern("ANN").test(foldForSearch("Ann Lee")), true);
  assertEquals(beginningPattern("Ａｎｎ").test(foldForSearch("ann")), true);
  assertEquals(beginningPattern("민지".normalize("NFD")).test(foldForSearch("민지")), true);
  for (const sign of ["+", ".*", "a|b", "[", "(", "\\", "^", "$", "-", "/", "}"]) {
    assertEquals(beginningPattern(sign).test("x"), false, sign);
    assertEquals(beginningPattern(sign).test(`${sign}x`), true, sign);
  }
  assertEquals(beginningPattern("").test("민지"), true);
});

Deno.test("letters of Hangul stay what they are when a text is folded", () => {
  assertEquals(foldForSearch("ㅋㅋ ＡB 민"), "ㅋㅋ ab 민");
});
