import { assert, assertEquals, assertLess } from "@std/assert";
import { skeletonsOf } from "../../auth/look_alikes.ts";
import { parsePersonName } from "../../protocol/names.ts";

function lookAlike(a: string, b: string): boolean {
  const looks = skeletonsOf(parsePersonName(a));
  return skeletonsOf(parsePersonName(b)).some((each) => looks.includes(each));
}

const ALIKE: readonly (readonly [string, string, string])[] = [
  ["the same", "민지", "민지"],
  ["case", "minji", "MinJi"],
  ["case, in Cyrillic", "Виктор", "ВИКТОР"],
  ["case, in Greek", "νικος", "ΝΙΚΟΣ"],
  ["Cyrillic а", "maria", "mаria"],
  ["Cyrillic М and А", "MARIA", "МАRIA"],
  ["Greek ο and Α", "Aloha", "Αlοha"],
  ["a Greek capital for a Latin one", "NIKOS", "ΝΙΚΟΣ".replace("Σ", "S")],
  ["a Latin capital in a Cyrillic name", "ВИКТОР", "BИКТОР"],
  ["fullwidth", "minji", "ｍｉｎｊｉ"],
  ["mathematical", "minji", "𝐦𝐢𝐧𝐣𝐢"],
  ["a syllable taken apart", "민지", "민지".normalize("NFD")],
  ["letters on their own", "민지", "ㅁㅣㄴㅈㅣ"],
  ["0 and O", "Bob0", "BobO"],
  ["1 and l", "alice", "a1ice"],
  ["capital I and l", "alice", "aIice"],
  ["| and I", "Ian", "|an"],
  ["dotless ı", "minji", "mınji"],
  ["dotted İ", "minji", "mİnji"],
  ["rn and m", "minji", "rninji"],
  ["Cherokee", "David", "Ꭰavid"],
  ["spaces", "민지", "민 지"],
  ["selectors of form", "❤️민지", "❤민지"],
  ["a joiner", "می‌خواهم", "میخواهم"],
  ["katakana and Han", "カ", "力"],
];

const UNLIKE: readonly (readonly [string, string])[] = [
  ["민지", "민자"],
  ["민지", "민지2"],
  ["한글", "한굴"],
  ["minji", "minjo"],
  ["minji", "minjí"],
  ["van", "nan"],
  ["ha", "na"],
  ["か", "カ"],
  ["か", "が"],
  ["😀", "😃"],
  ["🇰🇷", "🇰🇵"],
  ["山田", "田山"],
];

for (const [what, a, b] of ALIKE) {
  Deno.test(`${a} and ${b} look alike (${what})`, () => {
    assert(lookAlike(a, b), JSON.stringify([skeletonsOf(parsePersonName(a)), skeletonsOf(parsePersonName(b))]));
    assert(lookAlike(b, a));
  });
}

Deno.test("names that differ to the eye do not look alike", () => {
  for (const [a, b] of UNLIKE) assert(!lookAlike(a, b), `${a} ${b}: ${skeletonsOf(a)}`);
});

Deno.test("a skeleton holds no white space and nothing that does not show, and there are two at the most", () => {
  for (const name of ["민 지", "❤️ x", "می‌خواهم", "İ ı I l 1", "x".repeat(32), "ﷺ"]) {
    const looks = skeletonsOf(parsePersonName(name));
    assert(looks.length === 1 || looks.length === 2);
    for (const each of looks) assert(!/[\s\p{Default_Ignorable_Code_Point}]/u.test(each), each);
  }
  assertEquals(skeletonsOf("0O|I1l"), ["oollll"]);
});

Deno.test("the longest name is looked at within a millisecond", () => {
  const name = "👨‍👩‍👧‍👦".repeat(18);
  skeletonsOf(name);
  const begin = performance.now();
  for (let i = 0; i < 10; i++) skeletonsOf(name);
  assertLess((performance.now() - begin) / 10, 1);
});
