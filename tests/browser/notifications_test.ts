/**
 * Notifications: never without being asked, of what calls for somebody, once for all tabs, and gone when it was read. The browser's own
 * `Notification` is replaced by one that keeps what it is given, because no test can see a desktop.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import type { Page } from "playwright-core";
import { type Person, useChat } from "./chat.ts";

const chat = useChat();

/** What the page has given the system. */
interface Notice {
  readonly title: string;
  readonly body: string;
  readonly isClosed: boolean;
}

chat.test("nothing is asked or shown before somebody turns notifications on; a refusal is said and stays off", async ({ enter }) => {
  const minji = await enter("민지", "조용", { prepare: (page) => watchNotices(page, "denied") });
  const { page } = minji;
  assertEquals(await asked(page), 0);
  await page.click("#open-settings");
  await page.getByRole("radio", { name: "나를 부르거나 나에게 직접 말할 때" }).click();
  await page.getByText("브라우저가 알림을 막고 있어요.").waitFor();
  assertEquals(await asked(page), 1);
  assertEquals(await page.getByRole("radio", { name: "받지 않기" }).isChecked(), true);
  assertEquals(await page.evaluate(() => localStorage.getItem("maru.notify")), null);
});

chat.test("a mention is shown in words when nobody looks, a click leads to it, and reading it takes it away", async ({ enter }) => {
  const minji = await enter("민지", "마당", { prepare: (page) => watchNotices(page, "granted") });
  const { page } = minji;
  await turnOn(minji, "나를 부르거나 나에게 직접 말할 때");
  await goTo(minji, "다락");
  const jihun = await enter("지훈", "마당");
  await lookAway(page, true);
  await jihun.say("그냥 하는 말");
  await page.locator("#room-list a[data-unread=true]", { hasText: "마당" }).waitFor();
  await jihun.say("@민지 여기 좀 보세요");
  await waitForNotices(page, 1);
  assertEquals(await notices(page), [{
    title: "지훈님이 마당 방에서 나를 불렀어요",
    body: "@민지 여기 좀 보세요",
    isClosed: false,
  }]);
  assertEquals(await page.title(), "(2) 다락 · Maru");

  await lookAway(page, false);
  await page.evaluate(() => Reflect.get(globalThis, "notices")[0].dispatchEvent(new Event("click")));
  await page.locator("#room-name", { hasText: "마당" }).waitFor();
  await page.locator("li.message", { hasText: "여기 좀 보세요" }).waitFor();
  assertEquals((await notices(page)).map(({ isClosed }) => isClosed), [true]);
});

chat.test("a direct message is shown; who looks at the page is shown nothing; everything only where it was asked for", async ({ pair }) => {
  const [minji, jihun] = await pair("사랑방", { prepare: (page) => watchNotices(page, "granted") });
  const { page } = minji;
  await turnOn(minji, "나를 부르거나 나에게 직접 말할 때");
  await jihun.page.keyboard.press("Control+k");
  await jihun.page.locator(".search-box:focus").waitFor();
  await jihun.page.keyboard.type("@민지");
  await jihun.page.getByRole("option", { name: /민지/, selected: true }).waitFor();
  await jihun.page.keyboard.press("Enter");
  await jihun.page.locator("#room-name", { hasText: "민지" }).waitFor();
  await jihun.say("보고 있지요?");
  await page.locator("#room-list a[data-unread=true]", { hasText: "지훈" }).waitFor();
  assertEquals(await notices(page), []);

  await lookAway(page, true);
  await jihun.say("둘만의 말");
  await waitForNotices(page, 1);
  assertEquals((await notices(page)).map(({ title, body }) => [title, body]), [["지훈", "둘만의 말"]]);

  await lookAway(page, false);
  await turnOn(minji, "모든 메시지를 알리는 방의 모든 메시지");
  await goTo(minji, "다락");
  await lookAway(page, true);
  await goTo(jihun, "사랑방");
  await jihun.say("모두에게");
  await waitForNotices(page, 2);
  assertEquals((await notices(page)).at(-1)?.title, "사랑방 방의 지훈님");
});

chat.test("two tabs notify once, and what is read in the other one is taken away", async ({ origin, enter }) => {
  const minji = await enter("민지", "마당", { prepare: (page) => watchNotices(page, "granted") });
  const { page } = minji;
  await turnOn(minji, "나를 부르거나 나에게 직접 말할 때");
  await goTo(minji, "다락");
  const other = await page.context().newPage();
  await watchNotices(other, "granted");
  await other.goto(`${origin}/#${encodeURIComponent("다락")}`);
  await other.locator("#status[data-state=online]").waitFor();
  const jihun = await enter("지훈", "마당");

  // Somebody looks at the other tab: that is enough.
  await lookAway(page, true);
  await jihun.say("@민지 하나");
  for (const each of [page, other]) await each.locator("#room-list .badge.mentions").waitFor();
  // Behind the question of the tab at which nobody looks, which is whether somebody looks at another.
  await page.evaluate(() => navigator.locks.query());
  await lookAway(other, true);
  await jihun.say("@민지 둘");
  await waitForNotices(page, 1);
  assertEquals((await notices(page)).map(({ body }) => body), ["@민지 둘"]);
  assertEquals(await notices(other), []);

  await lookAway(other, false);
  await other.evaluate(() => location.hash = "마당");
  await page.waitForFunction(() => Reflect.get(globalThis, "notices").every(({ isClosed }: Notice) => isClosed));
});

/** Before the page's scripts: a `Notification` that shows nothing, and eyes that look where the test says. */
async function watchNotices(page: Page, permission: NotificationPermission): Promise<void> {
  await page.addInitScript((permission) => {
    const notices: EventTarget[] = [];
    let asked = 0;
    class FakeNotification extends EventTarget {
      static permission: NotificationPermission = "default";
      static requestPermission() {
        asked += 1;
        Reflect.set(globalThis, "asked", asked);
        FakeNotification.permission = permission;
        localStorage.setItem("test.permission", permission);
        return Promise.resolve(permission);
      }
      readonly body: string;
      isClosed = false;
      constructor(readonly title: string, { body = "" }: NotificationOptions = {}) {
        super();
        this.body = body;
        notices.push(this);
      }
      close() {
        this.isClosed = true;
        this.dispatchEvent(new Event("close"));
      }
    }
    try {
      if (localStorage.getItem("test.permission") === "granted") FakeNotification.permission = "granted";
    } catch {
      // The empty page that comes before has no storage.
    }
    Reflect.set(globalThis, "Notification", FakeNotification);
    Reflect.set(globalThis, "notices", notices);
    Reflect.set(globalThis, "asked", asked);
    document.hasFocus = () => Reflect.get(globalThis, "isAway") !== true;
  }, permission);
}

async function turnOn({ page }: Person, choice: string): Promise<void> {
  await page.click("#open-settings");
  await page.getByRole("radio", { name: choice }).click();
  await page.waitForFunction(() => localStorage.getItem("maru.notify") !== null);
  await page.keyboard.press("Escape");
}

/** Looks at another window, or back; resolves when all tabs know. */
async function lookAway(page: Page, isAway: boolean): Promise<void> {
  await page.evaluate(async (isAway) => {
    const count = async () =>
      (await navigator.locks.query()).held?.filter(({ name }) => name === "maru.looking").length;
    const before = await count();
    if ((Reflect.get(globalThis, "isAway") === true) === isAway) return;
    Reflect.set(globalThis, "isAway", isAway);
    dispatchEvent(new Event(isAway ? "blur" : "focus"));
    while (await count() === before) await new Promise((done) => requestAnimationFrame(done));
  }, isAway);
}

function asked(page: Page): Promise<unknown> {
  return page.evaluate(() => Reflect.get(globalThis, "asked"));
}

function notices(page: Page): Promise<Notice[]> {
  return page.evaluate(() =>
    Reflect.get(globalThis, "notices").map(({ title, body, isClosed }: Notice) => ({ title, body, isClosed }))
  );
}

async function waitForNotices(page: Page, count: number): Promise<void> {
  await page.waitForFunction((count) => Reflect.get(globalThis, "notices").length >= count, count);
}

/** Follows a link to a room. */
async function goTo({ page }: Person, room: string): Promise<void> {
  await page.evaluate((room) => location.hash = room, room);
  await page.locator("#room-list a[aria-current]", { hasText: room }).waitFor();
}
