/**
 * The page is for everyone: those who hear it, who use the keyboard alone, who need it large, still, or from right to left.
 * What the first pages of chat need is in axe_test.ts and page_test.ts; this goes through all that can be opened.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import type { Page } from "playwright-core";
import { findBarriers } from "./axe.ts";
import { useChat, type VisitOptions } from "./chat.ts";
import { findFaint } from "./contrast.ts";
import { findMoving, findTurning, findUnreachable } from "./everyone.ts";
import { findMessage } from "./messages.ts";
import { API_KEY } from "./operator.ts";
import { backToRoom, furnish, type Furnished, STATES } from "./states.ts";
import { cutting } from "./wire.ts";

const WIDE = { viewport: { width: 1280, height: 800 } };
const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };
const KOREAN = { locale: "ko-KR" };
const ENGLISH = { locale: "en-GB" };

const chat = useChat({ env: { API_KEY, SEND_RATE: "0", RATE_SCALE: "0" } });

// Each width with each language and with each theme, once.
/** What Chromium writes to the console about the invitation that leads nowhere, which is one of the states. */
const INVITATION_GONE = /^Failed to load resource: .* 404/;

const PAGES: readonly (readonly [name: string, options: VisitOptions])[] = [
  ["wide, light, in Korean", { ...WIDE, ...KOREAN, colorScheme: "light" }],
  ["wide, dark, in English", { ...WIDE, ...ENGLISH, colorScheme: "dark" }],
  ["narrow, dark, in Korean", { ...PHONE, ...KOREAN, colorScheme: "dark" }],
  ["narrow, light, in English", { ...PHONE, ...ENGLISH, colorScheme: "light" }],
];

PAGES.forEach(([name, options], index) => {
  chat.test(`axe finds nothing serious, and no text is faint, in any state of the page (${name})`, async (scene) => {
    const furnished = await furnish(scene, `모두-${index}`, options);
    const { page } = furnished.person;
    assertEquals(
      await inEachState(furnished, async () => [...await findBarriers(page), ...await page.evaluate(findFaint)]),
      [],
    );
    furnished.person.visitor.forgive(INVITATION_GONE);
  });
});

const LARGE: readonly (readonly [name: string, options: VisitOptions, fontSize?: string])[] = [
  ["320 pixels", { viewport: { width: 320, height: 640 }, hasTouch: true, isMobile: true }],
  ["200 % zoom", { viewport: { width: 640, height: 400 }, deviceScaleFactor: 2 }],
  ["200 % text", WIDE, "200%"],
];

LARGE.forEach(([name, options, fontSize], index) => {
  chat.test(`at ${name} nothing is wider than the window, and every control can be reached`, async (scene) => {
    const furnished = await furnish(scene, `크게-${index}`, { ...options, ...ENGLISH });
    const { page } = furnished.person;
    if (fontSize !== undefined) {
      await page.evaluate((size) => document.documentElement.style.fontSize = size, fontSize);
    }
    assertEquals(await inEachState(furnished, () => page.evaluate(findUnreachable)), []);
    furnished.person.visitor.forgive(INVITATION_GONE);
  });
});

chat.test("who wants no motion sees none, in any state", async (scene) => {
  const furnished = await furnish(scene, "가만히", { reducedMotion: "reduce" });
  const { page } = furnished.person;
  assertEquals(await inEachState(furnished, () => page.evaluate(findMoving)), []);
  // A message that a link leads to is marked for a moment; a test that cannot see this sees nothing.
  await page.evaluate((hash) => location.hash = hash, `#${furnished.room}/${furnished.root}`);
  const marked = page.locator("li[data-marked]");
  await marked.waitFor();
  assertEquals(await page.evaluate(findMoving), []);
  await page.emulateMedia({ reducedMotion: "no-preference" });
  await marked.evaluate((element) => element.dataset.marked = "again");
  assertEquals(await page.evaluate(findMoving), [
    "div.text is animated",
    "an animation runs for 2500 ms",
  ]);
  furnished.person.visitor.forgive(INVITATION_GONE);
});

chat.test("what runs from right to left is kept apart from what is around it, in any state", async (scene) => {
  const furnished = await furnish(scene, "오른쪽", {});
  const { page } = furnished.person;
  assertEquals(await inEachState(furnished, () => page.evaluate(findTurning)), []);
  furnished.person.visitor.forgive(INVITATION_GONE);
});

chat.test("the keyboard alone leads from the door through a message's menu, a thread, settings and rooms, and is never lost", async ({ visit }) => {
  const person = await visit("자판-길");
  const { page } = person;
  const press = async (key: string, reached: string) => {
    await page.keyboard.press(key);
    await page.locator(`${reached}:focus`).waitFor();
    assertEquals(await page.evaluate(isFocusShown), true, `${reached} does not show its focus`);
  };
  // Messages hold what can be pressed, and more of it when the focus is near.
  const pressBack = async (reached: string) => {
    for (let stops = 0; stops < 12 && await page.locator(`${reached}:focus`).count() === 0; stops++) {
      await press("Shift+Tab", "body *");
    }
    await page.locator(`${reached}:focus`).waitFor();
  };
  await page.locator("#name:focus").waitFor();
  await page.keyboard.type("민지");
  await press("Enter", "#composer");
  await page.evaluate(watchFocus);
  await page.keyboard.type("주제");
  await page.keyboard.press("Enter");
  await person.reads(["주제"]);

  await pressBack("#messages");
  await page.waitForFunction(() => document.querySelector<HTMLLinkElement>("link[href*=message_actions]")?.sheet);
  await press("ArrowUp", "li.message");
  await press("Enter", ".action-item");
  await press("Escape", "li.message");
  await press("t", ".thread textarea");
  await page.keyboard.type("답글");
  await page.keyboard.press("Enter");
  await page.locator(".thread li[data-status=sent] .text", { hasText: "답글" }).waitFor();
  await pressBack("#side-close");
  await press("Enter", "li.message");
  await press("Escape", "#composer");

  await page.keyboard.press("Control+,");
  await page.locator("[data-name=settings] :focus").waitFor();
  await press("Escape", "#composer");
  await page.keyboard.press("Control+k");
  await page.locator(".search-box:focus").waitFor();
  await page.keyboard.type("둘째");
  await page.locator("[role=option]", { hasText: "둘째" }).waitFor();
  await press("Enter", "#composer");
  await page.locator("#room-name", { hasText: "둘째" }).waitFor();
  await press("Alt+ArrowUp", "#composer");
  assertEquals(await page.evaluate(() => document.body.dataset.lost ?? "nowhere"), "nowhere");
});

chat.test("a new message is heard once; history, scrolling and coming back to a room are not", async ({ enter }) => {
  const jihun = await enter("지훈", "귀");
  const past = Array.from({ length: 120 }, (_, index) => `지난 말 ${index}`);
  await jihun.sayAtOnce(past);
  await jihun.page.locator("li[data-status=sent]", { hasText: "지난 말 119" }).waitFor();
  let cut = () => Promise.resolve();
  const minji = await enter("민지", "귀", {
    async prepare(page) {
      await page.addInitScript(listenToRegions);
      cut = await cutting(page);
    },
  });
  const { page } = minji;
  const heard = () => page.evaluate(() => (JSON.parse(document.body.dataset.heard ?? "[]") as string[])); // Safe: it is written below.
  const messagesHeard = async () => (await heard()).filter((text) => text.includes("말"));
  await page.locator("li.message").last().waitFor();
  await page.locator("#messages").evaluate((list) => list.scrollTo(0, 0));
  await findMessage(minji, "지난 말 60").waitFor({ state: "attached" });
  await cut();
  await minji.is("online");
  await page.locator("#messages").evaluate((list) => list.scrollTo(0, list.scrollHeight));
  await jihun.say("새 말");
  await page.waitForFunction(() => document.body.dataset.heard?.includes("새 말"));
  assertEquals(await messagesHeard(), ["지훈: 새 말"]);
});

/** Runs in the page: whether whoever sees it knows where they are. */
function isFocusShown(): boolean {
  const element = document.activeElement;
  if (element === null || element === document.body) return false;
  const { outlineStyle, outlineWidth } = getComputedStyle(element);
  const around = getComputedStyle(element.closest(".compose") ?? element);
  return (outlineStyle !== "none" && outlineWidth !== "0px") || around.outlineStyle !== "none" ||
    around.boxShadow !== "none";
}

/** Runs in the page: notes after what the focus was on nothing for two frames. */
function watchFocus(): void {
  let before = "";
  let lostFor = 0;
  const look = () => {
    const { activeElement, body } = document;
    lostFor = activeElement === null || activeElement === body ? lostFor + 1 : 0;
    if (lostFor === 2) body.dataset.lost ??= `after ${before}`;
    if (lostFor === 0) before = `${activeElement?.localName}#${activeElement?.id}.${activeElement?.className}`;
    requestAnimationFrame(look);
  };
  look();
}

/** Runs in the page, before its own scripts: notes what comes into live regions, as screen readers do. */
function listenToRegions(): void {
  const heard: string[] = [];
  new MutationObserver((changes) => {
    for (const { target, addedNodes } of changes) {
      const element = target instanceof Element ? target : target.parentElement;
      const region = element?.closest("[aria-live], [role=status], [role=alert], [role=log]");
      if (region === null || region === undefined || region.getAttribute("aria-live") === "off") continue;
      heard.push(...[...addedNodes].map(({ textContent }) => textContent ?? ""));
      document.body.dataset.heard = JSON.stringify(heard);
    }
  }).observe(document, { subtree: true, childList: true, characterData: true });
}

/** @returns A line for each thing that was found, with the state. */
async function inEachState(furnished: Furnished, find: (page: Page) => Promise<string[]>): Promise<string[]> {
  const found: string[] = [];
  for (const { name, open } of STATES) {
    await open(furnished);
    found.push(...(await find(furnished.person.page)).map((each) => `${name}: ${each}`));
    await backToRoom(furnished);
  }
  return found;
}
