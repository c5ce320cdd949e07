/**
 * Takes the pictures in `docs/screenshots/`: the page with a conversation in it, in both languages and themes. Run by
 * hand when the page has changed, and look at what comes out:
 *
 * ```sh
 * deno run -A tests/browser/screenshots.ts
 * ```
 *
 * @module
 */

import type { BrowserContextOptions, Page } from "playwright-core";
import { type OpenBrowser, openBrowser } from "./browser.ts";
import { askAs } from "./operator.ts";
import { type Past, writePast } from "./past.ts";
import { startServer, type TestServer } from "./server.ts";

/** Where the pictures go: an argument, or where the README shows them from. */
const FOLDER = Deno.args[0] ?? new URL("../../docs/screenshots/", import.meta.url).pathname;
const MINUTE_MS = 60_000;

const WIDE = { viewport: { width: 1280, height: 800 } };
const NARROW = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, hasTouch: true, isMobile: true };

/** What is open in a picture. */
type State = "door" | "chat" | "rooms" | "people" | "thread" | "settings" | "switcher" | "picker" | "offline";

/** One picture. */
interface Picture extends Pick<BrowserContextOptions, "viewport" | "deviceScaleFactor" | "hasTouch" | "isMobile"> {
  readonly file: string;
  readonly language: "ko" | "en";
  readonly colorScheme: "light" | "dark";
  readonly state: State;
}

const PICTURES: readonly Picture[] = [
  { file: "wide_light_ko.png", language: "ko", colorScheme: "light", state: "chat", ...WIDE },
  { file: "wide_dark_en.png", language: "en", colorScheme: "dark", state: "chat", ...WIDE },
  { file: "narrow_light_ko.png", language: "ko", colorScheme: "light", state: "chat", ...NARROW },
  { file: "narrow_dark_en.png", language: "en", colorScheme: "dark", state: "chat", ...NARROW },
  { file: "door_wide_dark_ko.png", language: "ko", colorScheme: "dark", state: "door", ...WIDE },
  { file: "door_narrow_light_en.png", language: "en", colorScheme: "light", state: "door", ...NARROW },
  { file: "rooms_narrow_light_ko.png", language: "ko", colorScheme: "light", state: "rooms", ...NARROW },
  { file: "people_wide_light_en.png", language: "en", colorScheme: "light", state: "people", ...WIDE },
  { file: "thread_wide_dark_ko.png", language: "ko", colorScheme: "dark", state: "thread", ...WIDE },
  { file: "thread_narrow_light_en.png", language: "en", colorScheme: "light", state: "thread", ...NARROW },
  { file: "settings_narrow_dark_ko.png", language: "ko", colorScheme: "dark", state: "settings", ...NARROW },
  { file: "switcher_wide_light_ko.png", language: "ko", colorScheme: "light", state: "switcher", ...WIDE },
  { file: "emoji_narrow_dark_en.png", language: "en", colorScheme: "dark", state: "picker", ...NARROW },
  { file: "offline_narrow_light_ko.png", language: "ko", colorScheme: "light", state: "offline", ...NARROW },
];

/** What was said before the picture's owner came: minutes ago, who, what. */
type Said = readonly (readonly [minutesAgo: number, name: string, text: string])[];

const TALKS = {
  ko: {
    room: "사랑방",
    rooms: ["대청마루", "공지", "한옥-수리"],
    me: "하늘",
    typing: "민지",
    past: [
      [1_482, "민지", "어제 마루 새로 깐 사진 올릴게요"],
      [1_481, "민지", "생각보다 색이 진해요 🙂"],
      [1_475, "지훈", "오, 나뭇결이 살아 있네요. 참나무예요?"],
      [
        31,
        "지훈",
        "우물마루는 짧은 널을 긴 틀 사이에 끼우는 방식이라, 계절에 따라 나무가 늘고 줄어도 틈이 잘 벌어지지 않아요. 그래서 대청은 거의 우물마루예요.",
      ],
      [30, "지훈", "여기 설명이 좋아요: https://ko.wikipedia.org/wiki/마루_(건축)"],
      [12, "민지", "👍"],
      [9, "여름", "저도 내일 가도 되나요?\n- 오전 10시\n- 사랑방 앞"],
      [7, "민지", "그럼요, 차 끓여 둘게요"],
    ] satisfies Said,
    mine: ["사진 고마워요! **저도** 갈게요.", "떡 사 갈까요?"],
    thread: ["`10시`에 사랑방 앞에서 봐요", "저도 들를게요"],
    offline: "지금 지하철이라 끊겨요",
    elsewhere: [["대청마루", "@하늘 내일 몇 시에 와요?"], ["공지", "내일은 장작을 패는 날입니다"], [
      "공지",
      "장갑을 챙겨 오세요",
    ]],
  },
  en: {
    room: "front-porch",
    rooms: ["lobby", "한글방", "repairs"],
    me: "Sky",
    typing: "Alice",
    past: [
      [1_482, "Alice", "Photos of the new floor are coming tonight"],
      [1_481, "Alice", "It turned out darker than I thought 🙂"],
      [1_475, "Jihun", "Oh, you can see the grain. Is that oak?"],
      [
        31,
        "Jihun",
        "The short boards sit in the grooves of a long frame, so the wood can swell and shrink with the seasons without leaving gaps. That’s why the big halls nearly all have it.",
      ],
      [30, "Jihun", "There’s a good page about it: https://ko.wikipedia.org/wiki/마루_(건축)"],
      [12, "Alice", "👍"],
      [9, "Noor", "May I come tomorrow too?\n- at ten\n- by the front gate"],
      [7, "Alice", "Of course, I’ll put the kettle on"],
    ] satisfies Said,
    mine: ["Thanks for the pictures! I’ll **be there**.", "Shall I bring rice cakes?"],
    thread: ["See you at `ten` by the gate", "I’ll drop in as well"],
    offline: "I’m on the train, it comes and goes",
    elsewhere: [["lobby", "@Sky when will you be here tomorrow?"], ["repairs", "Tomorrow we split the firewood"], [
      "repairs",
      "Bring gloves",
    ]],
  },
};

if (import.meta.main) {
  await Deno.mkdir(FOLDER, { recursive: true });
  await using browser = await openBrowser();
  for (const picture of PICTURES) {
    // A server for each: what one writes must not stand in the next one's picture.
    await using server = await startServer({ fill: (kvPath) => writePast(kvPath, pastOf(picture.language)) });
    await take(picture, browser, server);
    console.log(picture.file);
  }
}

function pastOf(language: "ko" | "en"): Past[] {
  const { room, past } = TALKS[language];
  const now = Date.now();
  return past.map(([minutesAgo, name, text]) => ({ room, name, text, at: now - minutesAgo * MINUTE_MS }));
}

async function take(
  { file, language, colorScheme, state, ...context }: Picture,
  browser: OpenBrowser,
  server: TestServer,
): Promise<void> {
  const { room, rooms, me, typing, mine, thread, elsewhere, offline } = TALKS[language];
  const locale = language === "ko" ? "ko-KR" : "en-GB";
  await using owner = await browser.visit(undefined, { ...context, colorScheme, locale, timezoneId: afternoon() });
  const { page } = owner;
  if (state === "door") {
    await page.goto(`${server.origin}/#${encodeURIComponent(room)}`);
    await page.locator("#name:focus").waitFor();
    return await owner.screenshot(`${FOLDER}/${file}`);
  }
  await using other = await browser.visit(undefined, { locale });
  await enter(other.page, server, room, typing);
  await enter(page, server, room, me);
  for (const each of rooms) await askAs({ page }, "PUT", `/v1/rooms/${each}/members/me`);
  for (const text of mine) {
    await page.fill("#composer", text);
    await page.press("#composer", "Enter");
  }
  await page.locator("li.own[data-status=sent]").nth(mine.length - 1).waitFor();
  const said = await page.locator("li.message[data-cursor]").evaluateAll((items) =>
    items.map((item) => item instanceof HTMLElement ? item.dataset["cursor"] ?? "" : "")
  );
  const [root = "", last = ""] = [said.at(-4), said.at(-1)];
  for (const [where, text] of elsewhere) {
    await askAs(other, "PUT", `/v1/rooms/${where}/members/me`);
    await askAs(other, "PUT", `/v1/rooms/${where}/messages/${crypto.randomUUID()}`, { text });
  }
  for (const text of thread) {
    await askAs(other, "PUT", `/v1/rooms/${room}/messages/${crypto.randomUUID()}`, { text, thread: root });
  }
  await askAs(other, "PUT", `/v1/rooms/${room}/messages/${last}/reactions/🎉`);
  await askAs({ page }, "PUT", `/v1/rooms/${room}/messages/${root}/reactions/👍`);
  await askAs(other, "PUT", `/v1/rooms/${room}/messages/${root}/reactions/👍`);
  await page.locator(".reactions").nth(1).waitFor();
  await page.locator("#room-list .badge.mentions").waitFor({ state: "attached" });
  await show(state, page, room, { root, offline });
  if (state === "offline") return await owner.screenshot(`${FOLDER}/${file}`);
  await other.page.locator("#composer").pressSequentially("…");
  await page.locator("#typing:not(:empty)").waitFor({ state: "attached" });
  await owner.screenshot(`${FOLDER}/${file}`);
}

/** Opens what is to be seen. */
async function show(
  state: Exclude<State, "door">,
  page: Page,
  room: string,
  { root, offline }: { readonly root: string; readonly offline: string },
): Promise<void> {
  const go = (hash: string) => page.evaluate((hash) => location.hash = hash, hash);
  const here = `#${encodeURIComponent(room)}`;
  switch (state) {
    case "chat":
      return;
    case "rooms":
      await go("#/");
      return await page.locator("#room-list").waitFor();
    case "people":
      await go(`${here}?people`);
      return await page.locator("#side .avatar").nth(1).waitFor();
    case "thread":
      await go(`${here}?thread=${root}`);
      return await page.locator("#side li.message").nth(1).waitFor();
    case "settings":
      await go("#/");
      await page.click("#open-settings");
      return await page.locator("dialog[open] input").first().waitFor();
    case "switcher":
      await page.keyboard.press("Control+K");
      return await page.locator("dialog[open] [role=option]").first().waitFor();
    case "picker":
      await page.click("#composer-emoji");
      return await page.locator("[role=grid] [role=gridcell]").first().waitFor();
    case "offline":
      await page.context().setOffline(true);
      await page.locator("#status[data-state=offline]").waitFor();
      await page.fill("#composer", offline);
      await page.press("#composer", "Enter");
      return await page.locator("li.own[data-status=pending]").waitFor();
    default:
      return state satisfies never;
  }
}

/** Where it is three in the afternoon now: people chat by day, whenever the pictures are taken. */
function afternoon(): string {
  const hours = 15 - new Date().getUTCHours();
  // In these names the sign is the other way round: Etc/GMT-9 is Seoul's.
  return `Etc/GMT${hours < 0 ? "+" : "-"}${Math.abs(hours)}`;
}

async function enter(page: Page, server: TestServer, room: string, name: string): Promise<void> {
  await page.goto(`${server.origin}/#${encodeURIComponent(room)}`);
  await page.fill("#name", name);
  await page.press("#name", "Enter");
  await page.locator("#status[data-state=online]").waitFor();
  await page.locator("li.message").first().waitFor();
}
