/**
 * The list of my rooms: what can be done with one of them, and what it does by itself.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { type Person, useChat } from "./chat.ts";

const chat = useChat();

chat.test("a room's menu is reached and used by the keyboard: favourite, what it tells, reading, leaving", async ({ enter }) => {
  const minji = await enter("민지", "가방");
  const { page } = minji;
  await goTo(minji, "나방");
  const jihun = await enter("지훈", "가방");
  await jihun.say("새 글");
  await unread(minji, "가방").waitFor();

  await link(minji, "가방").focus();
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await page.getByRole("menu", { name: "‘가방’ 더 보기" }).waitFor();
  await page.locator("[role=menuitemcheckbox]:focus", { hasText: "즐겨찾기" }).waitFor();
  await page.keyboard.press("ArrowDown");
  await page.locator("[role=menuitem]:focus", { hasText: "읽은 것으로 표시" }).waitFor();
  await page.keyboard.press("Enter");
  await unread(minji, "가방").waitFor({ state: "detached" });
  await page.locator(".room-more:focus").waitFor();

  await page.keyboard.press("Enter");
  await page.locator("[role=menuitemcheckbox]:focus").waitFor();
  await page.keyboard.press("Enter");
  await page.locator("#room-list section", { hasText: "즐겨찾기" }).getByText("가방").waitFor();

  // By the right button as well; Escape changes nothing.
  await link(minji, "가방").click({ button: "right" });
  await page.getByRole("menuitemradio", { name: "나를 부를 때만" }).click();
  await page.locator("#room-list a[data-quiet=true]", { hasText: "가방" }).waitFor();
  await link(minji, "가방").click({ button: "right" });
  assertEquals(await page.getByRole("menuitemradio", { checked: true }).textContent(), "나를 부를 때만");
  await page.keyboard.press("Escape");
  await page.getByRole("menu").waitFor({ state: "detached" });

  await link(minji, "나방").click({ button: "right" });
  await page.getByRole("menuitem", { name: "방에서 나가기" }).click();
  await page.getByText("‘나방’ 방에서 나가요.").waitFor();
  await page.locator("button:focus", { hasText: "취소" }).waitFor();
  await page.getByRole("dialog").getByRole("button", { name: "방에서 나가기" }).click();
  await link(minji, "나방").waitFor({ state: "detached" });
  await page.locator(".no-room").waitFor();

  await page.reload();
  await page.locator("#room-list section", { hasText: "즐겨찾기" }).getByText("가방").waitFor();
});

chat.test("the list stays as it is while the mouse is over it, and then puts first where something was said", async ({ enter }) => {
  const minji = await enter("민지", "첫째");
  await goTo(minji, "둘째");
  await goTo(minji, "셋째");
  assertEquals(await names(minji), ["셋째", "둘째", "첫째"]);
  await link(minji, "둘째").hover();
  const jihun = await enter("지훈", "첫째");
  await jihun.say("여기요");
  await unread(minji, "첫째").waitFor();
  assertEquals(await names(minji), ["셋째", "둘째", "첫째"]);
  await minji.box.hover();
  await minji.page.waitForFunction(() => document.querySelector("#room-list a")?.textContent?.includes("첫째"));
});

chat.test("a room in which something was begun is marked, but not the one that is open", async ({ enter }) => {
  const minji = await enter("민지", "쓰던-방");
  await minji.box.fill("쓰다가");
  assertEquals(await minji.page.locator(".draft-mark").count(), 0);
  await goTo(minji, "다른-방");
  await link(minji, "쓰던-방").locator(".draft-mark").waitFor();
  await goTo(minji, "쓰던-방");
  await minji.page.locator(".draft-mark").waitFor({ state: "detached" });
  assertEquals(await minji.box.inputValue(), "쓰다가");
});

chat.test("on a narrow screen the menu fits", async ({ enter }) => {
  const minji = await enter("민지", "좁은-방", { viewport: { width: 320, height: 480 }, hasTouch: true });
  const { page } = minji;
  await page.click(".open-rooms");
  await page.locator(".room-more").click();
  const menu = await page.getByRole("menu").boundingBox();
  assertEquals(menu !== null && menu.x >= 0 && menu.x + menu.width <= 320 && menu.y + menu.height <= 480, true);
});

function link({ page }: Person, room: string) {
  return page.locator("#room-list a", { hasText: room });
}

function unread({ page }: Person, room: string) {
  return page.locator("#room-list a[data-unread=true]", { hasText: room });
}

function names({ page }: Person): Promise<string[]> {
  return page.locator("#room-list .room-link-name").allTextContents();
}

/** Follows a link to a room. */
async function goTo({ page }: Person, room: string): Promise<void> {
  await page.evaluate((room) => location.hash = room, room);
  await page.locator("#room-list a[aria-current]", { hasText: room }).waitFor();
}
