import { assertEquals, assertThrows } from "@std/assert";
import { ChatError } from "../../../protocol/errors.ts";
import { parsePersonName, parseRoomName } from "../../../protocol/names.ts";
import { checkName, checkRoom, findRoom } from "../../../static/chat/names.js";

const NAMES = [
  "민지",
  "  민지  ",
  "민지 김",
  "민지   김",
  "Zoë",
  "Ｆｕｌｌ",
  "ﬁ",
  "👩‍💻",
  "🙂",
  "م",
  "עברית",
  "นิด",
  "e\u0301",
  "\u0301",
  "\u0301\u0301",
  "",
  "   ",
  "a\nb",
  "a\u001bb",
  "a\u0000b",
  "a\u202eb",
  "a\u2066b",
  "a\u200bb",
  "\u200b",
  "a\ufeffb",
  "\u3164",
  "\u115f",
  "\uffa0",
  "\u2800",
  "a\u2028b",
  "\ud800",
  "a\u0378b",
  "a\ue000b",
  "가".repeat(32),
  "가".repeat(33),
  "ㅋ".repeat(32),
  "ㅋ".repeat(33),
  `한글${"ㅠ".repeat(30)}`,
  "😀".repeat(32),
  "😀".repeat(33),
  "👨‍👩‍👧‍👦".repeat(18),
  "👨‍👩‍👧‍👦".repeat(19),
  "👍🏽".repeat(33),
  "😀\u200d",
  "a\ufe0f",
  "ශ්‍රී",
  "می‌خواهم",
  "葛\u{e0100}飾",
  `x${"\u0323".repeat(5)}`,
  "x".repeat(1_000),
  "<b>",
  "__proto__",
  "constructor",
];

const ROOMS = [
  "lobby",
  "한글방",
  "한글방".normalize("NFD"),
  "日本語",
  "ห้อง",
  "कमरा",
  "a_b-c9",
  "-",
  "_",
  "٣",
  "²",
  "Ⅷ",
  "½",
  "\u0301",
  "a\u0301",
  "9\u0301",
  "-\u0301",
  "",
  "../x",
  "a b",
  "a/b",
  "a.b",
  "a\u0000",
  "a\u200d",
  "\ud800",
  "가".repeat(64),
  "가".repeat(65),
  "x".repeat(256),
  "가".normalize("NFD").repeat(64),
  "__proto__",
  "constructor",
  "😀",
];

Deno.test("what the page lets through as a name, the server takes as it is", () => {
  for (const name of NAMES) {
    const checked = checkName(name);
    if (checked.ok) assertEquals(parsePersonName(checked.value), checked.value, JSON.stringify(name));
  }
});

Deno.test("what the page refuses as a name, the server refuses too", () => {
  for (const name of NAMES) {
    if (!checkName(name).ok) assertThrows(() => parsePersonName(name), ChatError, undefined, JSON.stringify(name));
  }
});

Deno.test("what the page lets through as a room, the server takes as it is", () => {
  for (const room of ROOMS) {
    const checked = checkRoom(room);
    if (checked.ok) assertEquals(parseRoomName(checked.value), checked.value, JSON.stringify(room));
  }
});

Deno.test("what the page refuses as a room, the server refuses too", () => {
  for (const room of ROOMS) {
    if (!checkRoom(room).ok) assertThrows(() => parseRoomName(room), ChatError, undefined, JSON.stringify(room));
  }
});

Deno.test("a name is put into one form and trimmed, and told what is wrong with it", () => {
  assertEquals(checkName("  민지   김 "), { ok: true, value: "민지 김" });
  assertEquals(checkName("Ｆｕｌｌ"), { ok: true, value: "Full" });
  assertEquals(checkName(" "), { ok: false, word: "nameMissing" });
  assertEquals(checkName("가".repeat(33)), { ok: false, word: "nameTooLong" });
  assertEquals(checkName("a\u202eb"), { ok: false, word: "nameRefused" });
});

Deno.test("a room may be written with its #, and is told what is wrong with it", () => {
  assertEquals(checkRoom(" #사랑방 "), { ok: true, value: "사랑방" });
  assertEquals(checkRoom("한글방".normalize("NFD")), { ok: true, value: "한글방" });
  assertEquals(checkRoom("#"), { ok: false, word: "roomMissing" });
  assertEquals(checkRoom("가".repeat(65)), { ok: false, word: "roomTooLong" });
  assertEquals(checkRoom("다른 방"), { ok: false, word: "roomRefused" });
});

Deno.test("a link names a room, encoded or not, and a broken one names none", () => {
  assertEquals(findRoom("#lobby"), "lobby");
  assertEquals(findRoom(`#${encodeURIComponent("한글방")}`), "한글방");
  assertEquals(findRoom("#한글방"), "한글방");
  for (const hash of ["", "#", "#%", "#%E0%A4%A", "#a/b", "#../x", "#a%00"]) {
    assertEquals(findRoom(hash), undefined, hash);
  }
});
