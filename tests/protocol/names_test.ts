import { assert, assertEquals, assertLess, assertThrows } from "@std/assert";
import { ChatError, type ErrorCode } from "../../protocol/errors.ts";
import { MAX_TEXT_LENGTH, parseKey, parsePersonName, parseRoomName, parseText } from "../../protocol/names.ts";

/** Asserts that a value is refused, with the code, in one short line that JSON and a log can hold. */
function assertRefused(parse: (value: string) => string, value: string, code: ErrorCode): void {
  const what = JSON.stringify(value).slice(0, 80);
  const error = assertThrows(() => parse(value), ChatError, undefined, `${what} was taken`);
  assertEquals(error.code, code, what);
  assert(error.message.length < 160, error.message);
  assert(!/[\p{C}\p{Zl}\p{Zp}]/u.test(error.message), `what does not show in ${what} is in the message`);
}

Deno.test("a room's name is put into NFC: a decomposed 한글방 is the same room", () => {
  const decomposed = "한글방".normalize("NFD");
  assertEquals(decomposed.length, 9);
  assertEquals(parseRoomName(decomposed), "한글방");
  assertEquals(parseRoomName("한글방"), "한글방");
  assertEquals(parseRoomName("cafe\u0301"), "café");
  assertEquals(parseRoomName("\u212bngström"), "Ångström");
});

Deno.test("a room's name may be of any script, with the marks that the script needs", () => {
  for (
    const name of [
      "ห้องแชท",
      "हिन्दी",
      "தமிழ்",
      "العَرَبِيَّة",
      "עִבְרִית",
      "বাংলা",
      "ខ្មែរ",
      "မြန်မာ",
      "日本語",
      "ភាសា_1-2",
      "Ŧest",
      "𠮷野家",
      "٣",
    ]
  ) {
    assertEquals(parseRoomName(name), name.normalize("NFC"));
  }
});

Deno.test("parsing a room's name twice changes nothing", () => {
  for (const name of ["한글방".normalize("NFD"), "\u0958", "\u1e9b\u0323", "हिन्दी", "e\u0323\u0302"]) {
    const parsed = parseRoomName(name);
    assertEquals(parseRoomName(parsed), parsed);
  }
});

Deno.test("[B14] a room's name that is empty, a path, with NUL or 256 characters is bad_room", () => {
  for (const name of ["", "../x", "..", ".", "a/b", "a\\b", "a\0b", "\0", "x".repeat(256), "x".repeat(1_000_000)]) {
    assertRefused(parseRoomName, name, "bad_room");
  }
});

Deno.test("[B13] __proto__, constructor and their like are rooms like any other", () => {
  for (const name of ["__proto__", "constructor", "toString", "hasOwnProperty", "prototype", "-", "_", "0"]) {
    assertEquals(parseRoomName(name), name);
  }
});

Deno.test("a room's name holds no white space, punctuation, controls, invisible format characters or emoji", () => {
  const names = [
    " ",
    "a b",
    " a",
    "a ",
    "a\n",
    "\na",
    "a\tb",
    "a\u00a0b",
    "a\u3000b",
    "#a",
    "a.b",
    "a:b",
    "a!b",
    "a%20b",
    "a?b",
    "<b>",
  ];
  const unseen = [
    "a\u200bb",
    "a\u200db",
    "\u202ea",
    "a\ufeff",
    "\u2066a",
    "a\u00ad",
    "a\u001bb",
    "a\u0085b",
    "a\u2028",
  ];
  const symbols = ["😀", "a😀", "❤", "❤️", "1️⃣", "👨‍👩‍👧", "€", "½", "Ⅷ", "①", "\ue000", "\ufffd"];
  for (const name of [...names, ...unseen, ...symbols]) assertRefused(parseRoomName, name, "bad_room");
});

Deno.test("a mark without a letter is no room's name", () => {
  for (const name of ["\u0301", "\u0301a", "_\u0301", "1\u20e3", "-\u0e49", "\u20dd"]) {
    assertRefused(parseRoomName, name, "bad_room");
  }
});

Deno.test("a room's name has 64 characters at the most, counted in NFC", () => {
  for (const letter of ["x", "가", "𠮷", "가".normalize("NFD")]) {
    assertEquals(parseRoomName(letter.repeat(64)), letter.normalize("NFC").repeat(64));
    assertRefused(parseRoomName, letter.repeat(65), "bad_room");
  }
  assertEquals(parseRoomName("ni".repeat(16) + "\u0e01\u0e49".repeat(16)).length, 64);
  assertRefused(parseRoomName, "a" + "\u0331".repeat(64), "bad_room");
  // Each of these becomes two in NFC.
  assertEquals(parseRoomName("\u0958".repeat(32)).length, 64);
  assertRefused(parseRoomName, "\u0958".repeat(33), "bad_room");
});

Deno.test("[B15] a lone surrogate is no room, no name, no key and no text", () => {
  for (const half of ["\ud800", "a\ud800", "\udc00", "\udc00\ud800", "a\udfffb"]) {
    assertRefused(parseRoomName, half, "bad_room");
    assertRefused(parsePersonName, half, "bad_name");
    assertRefused(parseKey, half, "bad_key");
    assertRefused(parseText, half, "bad_request");
  }
});

Deno.test("long input is refused before anything is done with it", () => {
  const long = "\ufdfa".repeat(1_000_000);
  for (
    const [parse, code] of [[parseRoomName, "bad_room"], [parsePersonName, "bad_name"], [parseKey, "bad_key"], [
      parseText,
      "too_long",
    ]] as const
  ) {
    const begin = performance.now();
    assertRefused(parse, long, code);
    // NFKC of this is 18 million characters: a second.
    assertLess(performance.now() - begin, 200);
  }
});

Deno.test("a person's name is put into NFKC and keeps single spaces inside", () => {
  assertEquals(parsePersonName("민지".normalize("NFD")), "민지");
  assertEquals(parsePersonName("ｍｉｎｊｉ"), "minji");
  assertEquals(parsePersonName("ﬁona ①"), "fiona 1");
  assertEquals(parsePersonName("  Kim   Minji "), "Kim Minji");
  assertEquals(parsePersonName("김\u3000민지"), "김 민지");
  assertEquals(parsePersonName("a\u00a0\u2003b"), "a b");
});

Deno.test("a person's name may hold what people write: any script, punctuation, emoji", () => {
  for (
    const name of ["O'Brien-Łukasiewicz", "สมชาย", "अनुष्का", "D. 지훈 (2)", "<b>민지</b>", "❤️ 민지", "😀", "__proto__"]
  ) {
    assertEquals(parsePersonName(name), name.normalize("NFKC"));
  }
});

Deno.test("parsing a person's name twice changes nothing", () => {
  for (const name of [" a\u00a8b ", "\u00b4x", "x \u0308y", "ﷺ", "ﾊﾞ", "①  ②", "\u3000a"]) {
    const parsed = parsePersonName(name);
    assertEquals(parsePersonName(parsed), parsed, JSON.stringify(name));
  }
});

Deno.test("[B18] newline, ESC and every other control character in a name are refused, at its ends too", () => {
  for (const control of ["\n", "\r", "\r\n", "\t", "\v", "\f", "\0", "\x1b[31m", "\x7f", "\x85", "\u2028", "\u2029"]) {
    for (const name of [`a${control}b`, `${control}ab`, `ab${control}`]) {
      assertRefused(parsePersonName, name, "bad_name");
    }
  }
});

Deno.test("[B16] bidi overrides and zero-width characters in a name are refused, at its ends too", () => {
  const bidi = [..."\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c"];
  const zeroWidth = [
    ..."\u200b\u200c\u200d\u2060\u2061\u2064\ufeff\u00ad\u180e\u034f\u17b4\u206f\ufff9",
    "\u{e0001}",
    "\u{e0041}",
  ];
  for (const unseen of [...bidi, ...zeroWidth]) {
    for (const name of [`a${unseen}b`, `${unseen}ab`, `ab${unseen}`]) assertRefused(parsePersonName, name, "bad_name");
  }
});

Deno.test("a name that shows nothing is refused: blanks, fillers, marks alone", () => {
  const blanks = ["", " ", "\u3000", "\u00a0\u2003", "\u3164", "\u115f", "\u1160", "\uffa0", "\u2800", "a\u3164"];
  const marks = ["\u0301", "\u0301 \u0302", "\u00a8", "\u0e49", "\u20dd"];
  for (const name of [...blanks, ...marks]) assertRefused(parsePersonName, name, "bad_name");
  for (const name of ["\ue000", "\u{10ffff}", "\u0378", "\ud83d"]) assertRefused(parsePersonName, name, "bad_name");
});

Deno.test("letters of Hangul that stand alone are a character each, as they are seen; those of a syllable are one together", () => {
  for (const letter of ["ㅋ", "ㅠ", "\u11a8", "ㄱ"]) {
    assertEquals(parsePersonName(letter.repeat(32)), letter.repeat(32).normalize("NFKC"));
    for (const count of [33, 100]) assertRefused(parsePersonName, letter.repeat(count), "bad_name");
  }
  // Of a syllable without a code of its own, as old Korean has them.
  for (const syllable of ["한", "한".normalize("NFD"), "\u1112\u119e\u11ab"]) {
    assertEquals(parsePersonName(syllable.repeat(32)), syllable.repeat(32).normalize("NFKC"));
    assertRefused(parsePersonName, syllable.repeat(33), "bad_name");
  }
});

Deno.test("a name has 32 characters at the most, as people count them, in NFKC", () => {
  for (const letter of ["x", "민", "😀", "👍🏽", "🇰🇷", "ที่", "क्ष"]) {
    assertEquals(parsePersonName(letter.repeat(32)), letter.repeat(32).normalize("NFKC"));
    assertRefused(parsePersonName, letter.repeat(33), "bad_name");
  }
  assertEquals(parsePersonName(` ${"x".repeat(32)} `).length, 32);
  assertEquals(parsePersonName(`${"x".repeat(15)}    ${"x".repeat(16)}`).length, 32);
  // One character of eighteen.
  assertRefused(parsePersonName, "\ufdfa\ufdfa", "bad_name");
});

Deno.test("a name has 128 code points at the most, and no pile of marks", () => {
  const family = "👨‍👩‍👧‍👦";
  assertEquals(parsePersonName(family.repeat(18)), family.repeat(18));
  assertRefused(parsePersonName, family.repeat(19), "bad_name");
  assertRefused(parsePersonName, `x${"\u0323".repeat(5)}`, "bad_name");
  assertEquals(parsePersonName(`x${"\u0323".repeat(4)}`).length, 5);
});

Deno.test("what does not show stays where an emoji or a script is written with it", () => {
  const emoji = ["👨‍👩‍👧‍👦", "👩🏽‍💻", "🏳️‍🌈", "🏳‍🌈", "❤️‍🔥", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "1️⃣", "☎︎"];
  const scripts = ["ශ්‍රී", "क्‍ष", "می‌خواهم", "葛\u{e0100}飾", "ᠠ\u180b"];
  for (const name of [...emoji, ...scripts]) {
    for (const each of [name, `a ${name}`, `${name} b`]) assertEquals(parsePersonName(each), each.normalize("NFKC"));
  }
});

Deno.test("[B16] and nowhere else", () => {
  const joiners = ["😀\u200d", "\u200d😀", "😀\u200dx", "क\u200dष", "क्\u200d", "x\u200cم", "م\u200c", "م\u200c\u200cم"];
  const selectors = [
    "a\ufe0f",
    "가\ufe0f",
    "😀\ufe0f\ufe0f",
    "葛\u{e0100}\u{e0101}",
    "a\u{e0100}",
    "a\ufe00",
    "\ufe0f",
    "a\u180b",
  ];
  const tags = ["🏴\u{e0067}\u{e0062}", "x\u{e0067}\u{e007f}", "🏴\u{e0078}\u{e0078}\u{e007f}"];
  for (const name of [...joiners, ...selectors, ...tags]) assertRefused(parsePersonName, name, "bad_name");
});

Deno.test("a key is any 1 to 64 characters, unchanged", () => {
  for (
    const key of [crypto.randomUUID(), "k", "x".repeat(64), " ", "__proto__", "가나다", "a/b?c#d", "\u0301", "e\u0301"]
  ) {
    assertEquals(parseKey(key), key);
  }
  for (const key of ["", "x".repeat(65), "x".repeat(100_000)]) assertRefused(parseKey, key, "bad_key");
});

Deno.test("a text has up to 4,000 code points, whatever they take in UTF-16", () => {
  assertEquals(MAX_TEXT_LENGTH, 4_000);
  for (const character of ["x", "가", "😀", "\u0301", "\n"]) {
    const longest = "a" + character.repeat(3_999);
    assertEquals(parseText(longest), longest);
    assertRefused(parseText, longest + character, "too_long");
  }
  assertEquals(parseText("😀".repeat(4_000)), "😀".repeat(4_000));
  assertRefused(parseText, "😀".repeat(4_001), "too_long");
  assertRefused(parseText, "x".repeat(4_001), "too_long");
  assertRefused(parseText, `${"😀".repeat(2_000)}${"x".repeat(2_001)}`, "too_long");
});

Deno.test("a text is kept as it is: spaces, line ends, bidi, any normal form", () => {
  for (
    const text of [
      " a ",
      "a\n\nb",
      "\u202eabc",
      "한글".normalize("NFD"),
      "<img src=x onerror=alert(1)>",
      "\0",
      "\u200b",
    ]
  ) {
    assertEquals(parseText(text), text);
  }
});

Deno.test("a text of white space only is bad_request", () => {
  for (const text of ["", " ", "\n", "\t \r\n", "\u3000", "\u00a0\u2003\u2028\ufeff"]) {
    assertRefused(parseText, text, "bad_request");
  }
});
