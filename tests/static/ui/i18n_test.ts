import { assertEquals } from "@std/assert";
import { createI18n as create } from "../../../static/ui/i18n.js";
import { words as en } from "../../../static/i18n/en.js";
import { words as ko } from "../../../static/i18n/ko.js";

const createI18n = (chosen: string | undefined, preferred: readonly string[]) =>
  create(chosen, preferred, { languages: ["en", "ko"] });

Deno.test("the chosen language comes first, then the first preferred one that there is, then English", async () => {
  assertEquals((await createI18n("en", ["ko-KR"])).language, "en");
  assertEquals((await createI18n(undefined, ["fr-FR", "ko-KR", "en"])).language, "ko");
  assertEquals((await createI18n(undefined, ["KO"])).language, "ko");
  assertEquals((await createI18n("xx", ["fr"])).language, "en");
  assertEquals((await createI18n(undefined, [])).language, "en");
});

Deno.test("every text says in Korean what it fills in, in English too", () => {
  const blanks = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort();
  assertEquals(Object.keys(ko).sort(), Object.keys(en).sort());
  for (const [word, text] of Object.entries(en)) {
    const korean = Object.entries(ko).find(([key]) => key === word)?.[1] ?? "";
    // "1 second" may be said without its number, but not the other way round.
    assertEquals(blanks(korean), blanks(text), word);
    assertEquals(text.trim() === "" || korean.trim() === "", false, word);
  }
});

Deno.test("what is filled in is text, numbers as the language writes them, and a blank without a value is empty", async () => {
  const i18n = await createI18n("en", ["en-US"]);
  assertEquals(i18n.t("limit", { count: 3_700, limit: 4_000 }), "3,700 of 4,000 characters");
  assertEquals(i18n.t("heard", { name: "{text}", text: "<b>" }), "{text}: <b>");
  assertEquals(i18n.t("failed"), "Not sent: ");
});

Deno.test("one is one and many are many, where the language tells them apart", async () => {
  const english = await createI18n("en", []);
  assertEquals([1, 2, 1_000].map((count) => english.count("unread", count)), [
    "1 new message",
    "2 new messages",
    "1,000 new messages",
  ]);
  assertEquals((await createI18n("ko", [])).count("unread", 1), "새 메시지 1개");
});

Deno.test("days and times follow the region that the person has named", async () => {
  const at = new Date(2026, 0, 5, 15, 4).getTime();
  const on = async (tag: string) => {
    const i18n = await createI18n(undefined, [tag]);
    return [i18n.day(at), i18n.time(at).replace(/\s/g, " ")];
  };
  assertEquals(await on("ko-KR"), ["2026년 1월 5일 월요일", "오후 3:04"]);
  assertEquals(await on("en-US"), ["Monday, January 5, 2026", "3:04 PM"]);
  assertEquals(await on("en-GB"), ["Monday, 5 January 2026", "15:04"]);
});

Deno.test("another language can be chosen, and what is none changes nothing", async () => {
  const i18n = await createI18n("en", []);
  await i18n.choose("ko");
  assertEquals([i18n.language, i18n.t("send")], ["ko", "보내기"]);
  await i18n.choose("xx");
  assertEquals(i18n.language, "ko");
});
