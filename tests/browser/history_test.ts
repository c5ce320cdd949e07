import { assert, assertEquals, assertLess, assertLessOrEqual } from "@std/assert";
import type { Page } from "playwright-core";
import { assertSameLog, type Person, useChat } from "./chat.ts";
import { type Past, writePast } from "./past.ts";
import { cutting } from "./wire.ts";

const MINUTE_MS = 60_000;
/** Until when a long room has been scrolled through. */
const SCROLL_MS = 60_000;
/** A Monday, one minute before midnight in Seoul. */
const LATE = Date.UTC(2026, 0, 5, 14, 59);

/** Rows that have elements at a time, as row_window.js says. */
const MAX_ROWS = 160;

const chat = useChat({
  fill: (kvPath) =>
    writePast(kvPath, [
      ...past("긴-역사", 200),
      ...past("아주-긴-역사", 700),
      { room: "자정", name: "민지", text: "자기 전에", at: LATE },
      { room: "자정", name: "민지", text: "자정이 지났어요", at: LATE + 1.5 * MINUTE_MS },
      { room: "자정", name: "지훈", text: "잘 자요", at: LATE + 2 * MINUTE_MS },
    ]),
});

chat.test("a line with the day stands where a day begins, by the reader's own clock and in their language", async ({ enter }) => {
  const [seoul, utc] = await Promise.all([
    enter("하늘", "자정", { timezoneId: "Asia/Seoul" }),
    enter("Sky", "자정", { timezoneId: "UTC", locale: "en-GB" }),
  ]);
  const texts = ["자기 전에", "자정이 지났어요", "잘 자요"];
  await Promise.all([seoul.reads(texts), utc.reads(texts)]);
  assertEquals(await rows(seoul.page), [
    "— 2026년 1월 5일 월요일",
    "자기 전에",
    "— 2026년 1월 6일 화요일",
    "자정이 지났어요",
    "잘 자요",
  ]);
  assertEquals(await rows(utc.page), ["— Monday, 5 January 2026", ...texts]);
  // Midnight parts what one author says; without it the two stand together under one name.
  assertEquals(await seoul.page.locator("li.first").count(), 3);
  assertEquals(await utc.page.locator("li.first").count(), 2);
});

chat.test("scrolling up brings what came before without moving what is read", async ({ enter }) => {
  const { page } = await enter("하늘", "긴-역사");
  await page.locator("li.message").nth(49).waitFor();
  assertEquals(await lastText(page), "말 200");
  assert(await isAtEnd(page));

  const gate = Promise.withResolvers<void>();
  await page.route("**/v1/rooms/**", async (route) => {
    await gate.promise;
    await route.continue();
  });
  const asked = page.waitForRequest("**/v1/rooms/**");
  await page.hover("#messages");
  await page.mouse.wheel(0, -3_000);
  await asked;
  await settled(page);
  const before = await firstInSight(page);
  const count = await page.locator("li.message").count();
  gate.resolve();
  await page.locator("li.message").nth(count).waitFor();
  await settled(page);
  assertUnmoved(await firstInSight(page), before);

  const seen = new Set(await allTexts(page));
  await toStart(page, async () => (await allTexts(page)).forEach((text) => seen.add(text)));
  assertEquals([...seen].sort(byNumber), numbered(200));
});

chat.test("what is said while one reads further up moves nothing, is counted, and is one click away", async ({ enter }) => {
  const [reader, writer] = await Promise.all([enter("하늘", "긴-역사"), enter("민지", "긴-역사")]);
  const { page } = reader;
  const jump = page.locator("#jump");
  await page.locator("li.message").nth(49).waitFor();
  assert(await jump.isHidden());
  await page.hover("#messages");
  await page.mouse.wheel(0, -600);
  await page.getByRole("button", { name: "최근 메시지로" }).waitFor();
  await settled(page);
  const before = await firstInSight(page);
  await writer.say("새 말 하나", "새 말 둘");
  await page.getByRole("button", { name: "새 메시지 2개" }).waitFor();
  await settled(page);
  assertUnmoved(await firstInSight(page), before);
  await jump.click();
  await jump.waitFor({ state: "hidden" });
  assert(await isAtEnd(page));
  assertEquals(await lastText(page), "새 말 둘");
  await writer.say("새 말 셋");
  await page.getByText("새 말 셋", { exact: true }).waitFor();
  await settled(page);
  assert(await isAtEnd(page));
  assert(await jump.isHidden());
});

chat.test("one's own words bring one back to the end", async ({ enter }) => {
  const reader = await enter("하늘", "긴-역사");
  const { page } = reader;
  await page.hover("#messages");
  await page.mouse.wheel(0, -600);
  await page.locator("#jump").waitFor();
  await reader.say("여기요");
  await page.locator("#jump").waitFor({ state: "hidden" });
  await page.locator("li.own[data-status=sent]").waitFor();
  await settled(page);
  assert(await isAtEnd(page));
});

chat.test("a page holds a bounded part of a long room, and every part of it without a gap", async ({ enter }) => {
  const [reader, other] = await Promise.all([enter("하늘", "아주-긴-역사"), enter("민지", "아주-긴-역사")]);
  const { page } = reader;
  await toStart(page, async () => assertLessOrEqual((await allTexts(page)).length, MAX_ROWS));
  const atStart = await allTexts(page);
  assertEquals(atStart, numbered(atStart.length));
  await other.say("새 말");
  await page.getByRole("button", { name: "새 메시지 1개" }).click();
  await page.getByText("새 말", { exact: true }).waitFor();
  await settled(page);
  const atEnd = await allTexts(page);
  assertEquals(atEnd, [...numbered(700), "새 말"].slice(-atEnd.length));
  assertLessOrEqual(atEnd.length, MAX_ROWS);
  assert(await isAtEnd(page));
});

chat.test("scrolling down again from the start of a long room fills in everything up to the newest", async ({ enter }) => {
  const { page } = await enter("하늘", "아주-긴-역사");
  await toStart(page);
  const seen = new Set(await allTexts(page));
  const end = performance.now() + SCROLL_MS;
  while (!(await isAtEnd(page)) || await page.locator("#jump").isVisible()) {
    assertLess(performance.now(), end, `the end was not reached after ${seen.size} messages`);
    await page.evaluate(() => document.querySelector("#messages")?.scrollBy(0, 4_000));
    await settled(page);
    for (const text of await allTexts(page)) seen.add(text);
  }
  assertEquals([...seen].filter((text) => text.startsWith("말 ")), numbered(700));
});

chat.test("history that cannot be read says so, and is read at a click", async ({ enter }) => {
  const { page } = await enter("하늘", "긴-역사", {
    prepare: (page) => page.route("**/v1/rooms/**", (route) => route.abort(), { times: 1 }),
  });
  await page.hover("#messages");
  await page.mouse.wheel(0, -3_000);
  await page.getByText("이전 메시지를 불러오지 못했어요.").waitFor({ state: "attached" });
  const count = await page.locator("li.message").count();
  await page.getByRole("button", { name: "다시 시도" }).click();
  await page.locator("li.message").nth(count).waitFor();
}, { losesNetwork: true });

chat.test("a place that one went to while it could not be read is there when the connection is", async ({ enter }) => {
  let cut = () => Promise.resolve();
  const [cursor, { page }] = await Promise.all([
    enter("하늘", "긴-역사").then(findFirst),
    enter("민지", "긴-역사", {
      async prepare(page) {
        await page.route("**/v1/rooms/**", (route) => route.abort());
        cut = await cutting(page);
      },
    }),
  ]);
  await page.evaluate((cursor) => location.hash = `#긴-역사/${cursor}`, cursor);
  await page.locator(".toast", { hasText: "불러오지 못했어요." }).waitFor();
  await page.unroute("**/v1/rooms/**");
  await cut();
  await page.locator(`[data-marked][data-cursor="${cursor}"]`).waitFor();
}, { losesNetwork: true });

chat.test("what comes after an old message is read on when the network is back", async ({ enter }) => {
  const [cursor, { page, visitor }] = await Promise.all([
    enter("하늘", "긴-역사").then(findFirst),
    enter("민지", "긴-역사"),
  ]);
  await page.route("**/v1/rooms/**after=**", (route) => route.abort());
  await page.evaluate((cursor) => location.hash = `#긴-역사/${cursor}`, cursor);
  await page.locator(`[data-marked][data-cursor="${cursor}"]`).waitFor();
  await page.locator("#messages").evaluate((list) => list.scrollTo(0, list.scrollHeight));
  await page.locator(".toast", { hasText: "불러오지 못했어요." }).waitFor();
  const last = await lastText(page);
  await page.unroute("**/v1/rooms/**after=**");
  await visitor.context.setOffline(true);
  await visitor.context.setOffline(false);
  await page.waitForFunction(
    (last) => [...document.querySelectorAll("#message-list .text")].at(-1)?.textContent !== last,
    last,
  );
}, { losesNetwork: true });

chat.test("a reader far up who loses the connection comes back to the same place", async ({ enter }) => {
  let cut = () => Promise.resolve();
  const [reader, writer] = await Promise.all([
    enter("하늘", "긴-역사", {
      async prepare(page) {
        cut = await cutting(page);
      },
    }),
    enter("민지", "긴-역사"),
  ]);
  const { page } = reader;
  await page.hover("#messages");
  await page.mouse.wheel(0, -600);
  await page.locator("#jump").waitFor();
  await settled(page);
  const before = await firstInSight(page);
  await cut();
  await writer.say("끊긴 동안");
  await reader.is("online");
  await page.getByRole("button", { name: "새 메시지 1개" }).waitFor();
  await settled(page);
  assertUnmoved(await firstInSight(page), before);
  await page.click("#jump");
  await page.getByText("끊긴 동안", { exact: true }).waitFor();
  await assertSameLog(reader);
});

function past(room: string, count: number): Past[] {
  return numbered(count).map((text, i) => ({ room, name: `이웃${i % 7}`, text, at: LATE + i * MINUTE_MS / 10 }));
}

function numbered(count: number): string[] {
  return Array.from({ length: count }, (_, i) => `말 ${i + 1}`);
}

function byNumber(a: string, b: string): number {
  return Number(a.slice(2)) - Number(b.slice(2));
}

/** The cursor of the room's first message. */
async function findFirst(person: Person): Promise<string> {
  await toStart(person.page);
  return (await person.shown())[0]?.cursor ?? "";
}

/** Scrolls up until the page says that there is nothing before. */
async function toStart(page: Page, atEachStep = () => Promise.resolve()): Promise<void> {
  const start = page.getByText("여기가 처음이에요.");
  const end = performance.now() + SCROLL_MS;
  while (await start.count() === 0) {
    assertLess(performance.now(), end, "the start was not reached");
    await page.evaluate(() => document.querySelector("#messages")?.scrollTo(0, 0));
    await settled(page);
    await atEachStep();
  }
}

/** Two frames later: whatever was due to be painted has been. */
async function settled(page: Page): Promise<void> {
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
}

interface Sight {
  readonly text: string;
  readonly top: number;
}

/** A pixel is what rounding costs: scrolling knows whole ones only, text does not. */
function assertUnmoved(now: Sight | undefined, before: Sight | undefined): void {
  assertEquals(now?.text, before?.text);
  assertLessOrEqual(Math.abs((now?.top ?? NaN) - (before?.top ?? NaN)), 1);
}

/** The first message in sight and where it stands, in pixels. */
function firstInSight(page: Page): Promise<Sight | undefined> {
  return page.evaluate(() => {
    const edge = document.querySelector("#messages")?.getBoundingClientRect().top ?? 0;
    for (const item of document.querySelectorAll("li.message")) {
      const { top, bottom } = item.getBoundingClientRect();
      if (bottom > edge + 5) return { text: item.querySelector(".text")?.textContent ?? "", top };
    }
  });
}

function isAtEnd(page: Page): Promise<boolean> {
  return page.locator("#messages").evaluate((list) => list.scrollHeight - list.scrollTop - list.clientHeight <= 2);
}

function allTexts(page: Page): Promise<string[]> {
  return page.locator("li.message .text").allTextContents();
}

async function lastText(page: Page): Promise<string | undefined> {
  return (await allTexts(page)).at(-1);
}

/** Messages and the lines between them. */
function rows(page: Page): Promise<string[]> {
  return page.locator("#message-list > li").evaluateAll((items) =>
    items.map((item) =>
      item.classList.contains("day") ? `— ${item.textContent}` : item.querySelector(".text")?.textContent ?? ""
    )
  );
}
