import { assertEquals, assertRejects } from "@std/assert";
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

Deno.test("words that a language lacks are said in English, which is loaded for no other language", async () => {
  const asked: string[] = [];
  const load = (tag: string) => {
    asked.push(tag);
    // Safe: this is what a file holds that is not finished.
    return Promise.resolve((tag === "xx" ? { send: "Xend" } : en) as typeof en);
  };
  const told = { languages: ["en", "ko", "xx"], unfinished: ["xx"] };
  const i18n = await create("xx", [], told, load);
  assertEquals([i18n.t("send"), i18n.t("enter"), i18n.count("unread", 2)], ["Xend", "Enter", "2 new messages"]);
  assertEquals(asked, ["en", "xx"]);
  await i18n.choose("ko");
  assertEquals(asked, ["en", "xx", "ko"]);
});

Deno.test("of two languages that are chosen one after the other the later stays, whichever comes first", async () => {
  const late = Promise.withResolvers<typeof en>();
  const load = (tag: string) => tag === "ko" ? late.promise : Promise.resolve(en);
  const i18n = await create("en", [], { languages: ["en", "ko"] }, load);
  const [korean, english] = [i18n.choose("ko"), i18n.choose("en")];
  await english;
  late.resolve(ko);
  await korean;
  assertEquals([i18n.language, i18n.t("send")], ["en", "Send"]);
});

Deno.test("a language counts in the forms that it has", async () => {
  // Safe: a form more than English has.
  const words = { ...en, unreadFew: "{count} few" } as typeof en;
  const i18n = await create("ru", [], { languages: ["en", "ru"] }, () => Promise.resolve(words));
  assertEquals([2, 5].map((count) => i18n.count("unread", count)), ["2 few", "5 new messages"]);
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

Deno.test("words of panes are learned when they are needed, in the language that was chosen meanwhile, and stay over another choice", async () => {
  const waiting: (() => void)[] = [];
  const lists: Record<string, object> = {
    en: { send: "Send" },
    ko: { send: "보내기" },
    xx: { send: "xx" },
    yy: { send: "yy", pins: "yy pins" },
    "panes/en": { pins: "Pins" },
    "panes/ko": { pins: "고정" },
  };
  const load = async (name: string) => {
    if (name === "panes/en" && waiting.length === 0) await new Promise<void>((done) => waiting.push(done));
    const words = lists[name];
    if (words === undefined) throw new Error(`There is no ${name}`);
    return words;
  };
  const i18n = await create("en", [], { languages: ["en", "ko", "xx", "yy"], panes: ["en", "ko"] }, load);
  const learned = i18n.learnPanes();
  await i18n.choose("ko");
  waiting[0]?.();
  await learned;
  assertEquals([i18n.t("send"), i18n.t("pins")], ["보내기", "고정"]);
  await i18n.choose("en");
  assertEquals([i18n.t("send"), i18n.t("pins")], ["Send", "Pins"]);
  await i18n.choose("xx");
  assertEquals([i18n.t("send"), i18n.t("pins")], ["xx", "Pins"]);
  // One file is enough for a language; a second one only keeps its first load small.
  await i18n.choose("yy");
  assertEquals([i18n.t("send"), i18n.t("pins")], ["yy", "yy pins"]);
});

Deno.test("words of panes that the network kept away are asked for again", async () => {
  let isThere = false;
  const load = (name: string) =>
    name === "en" || isThere ? Promise.resolve({ pins: "Pins" }) : Promise.reject(new Error("offline"));
  const i18n = await create("en", [], { languages: ["en"] }, load);
  await assertRejects(() => i18n.learnPanes(), Error, "offline");
  isThere = true;
  await i18n.learnPanes();
  assertEquals(i18n.t("pins"), "Pins");
});
