/**
 * Several tabs of one browser agree, and a tab that slept is as it would be had it been awake.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import type { Page } from "playwright-core";
import { type Person, useChat } from "./chat.ts";

const chat = useChat();

chat.test("what is chosen in one tab holds in the other at once: language, theme, what Enter does, the name", async ({ enter }) => {
  const minji = await enter("민지", "탭");
  const other = await openTab(minji);
  const { page } = minji;
  await page.click("#open-settings");
  await page.getByRole("radio", { name: "어둡게" }).check();
  await other.locator("html[data-theme=dark]").waitFor({ state: "attached" });
  await page.getByRole("radio", { name: /^Ctrl\+Enter/ }).check();
  await other.fill("#composer", "한 줄");
  await other.press("#composer", "Enter");
  assertEquals(await other.inputValue("#composer"), "한 줄\n");
  await other.press("#composer", "Control+Enter");
  await minji.page.locator("li.message", { hasText: "한 줄" }).waitFor();

  await page.fill("#settings-name", "바다");
  await page.press("#settings-name", "Enter");
  await other.locator("#me", { hasText: "바다" }).waitFor();

  // The settings that are open over there show what is chosen, and speak the new language, too.
  await other.click("#open-settings");
  for (const choice of ["밝게", "시스템 설정대로", /^Enter/]) {
    await page.getByRole("radio", { name: choice }).check();
    await other.getByRole("radio", { name: choice, checked: true }).waitFor();
  }
  await page.selectOption("#settings-language", "en");
  await other.getByRole("dialog", { name: "Settings" }).waitFor();
  await other.locator("html[lang=en]").waitFor({ state: "attached" });
  assertEquals(await other.inputValue("#settings-language"), "en");
  await other.keyboard.press("Escape");
  assertEquals(
    await other.getAttribute("#composer", "placeholder"),
    await page.getAttribute("#composer", "placeholder"),
  );
});

chat.test("who signs out in one tab is out in both, and who comes in at one door is in at both", async ({ enter }) => {
  const minji = await enter("민지", "문");
  const other = await openTab(minji);
  await other.locator("#me", { hasText: "민지" }).waitFor();
  const { page } = minji;
  await page.click("#open-settings");
  await page.getByRole("button", { name: "로그아웃", exact: true }).click();
  await page.getByRole("group").getByRole("button", { name: "로그아웃" }).click();
  await page.getByText("로그아웃했어요.").waitFor();
  await other.getByText("다른 창이나 기기에서 로그아웃되었어요.").waitFor();

  await page.fill("#name", "지훈");
  await page.press("#name", "Enter");
  await minji.is("online");
  await other.locator("#status[data-state=online]").waitFor();
  await other.locator("#me", { hasText: "지훈" }).waitFor();
  const [here, there] = await Promise.all(
    [page, other].map((tab) => tab.locator("#my-avatar .avatar").getAttribute("data-tone")),
  );
  assertEquals(here, there);
});

chat.test("what is read in one tab is read in the other", async ({ enter }) => {
  const minji = await enter("민지", "마당");
  const other = await openTab(minji);
  for (const tab of [minji.page, other]) await goTo(tab, "다락");
  const jihun = await enter("지훈", "마당");
  await jihun.say("새 글");
  const unread = (tab: Page) => tab.locator("#room-list a[data-unread=true]", { hasText: "마당" });
  await Promise.all([unread(minji.page).waitFor(), unread(other).waitFor()]);
  await goTo(other, "마당");
  await unread(minji.page).waitFor({ state: "detached" });
});

chat.test("a tab that was frozen catches up by itself with what was said meanwhile", async ({ pair }) => {
  const [minji, jihun] = await pair("잠");
  await minji.say("자기 전");
  await jihun.reads(["자기 전"]);
  const cdp = await minji.page.context().newCDPSession(minji.page);
  await cdp.send("Page.setWebLifecycleState", { state: "frozen" });
  await jihun.say("하나", "둘", "셋");
  await jihun.reads(["자기 전", "하나", "둘", "셋"]);
  await cdp.send("Page.setWebLifecycleState", { state: "active" });
  await minji.reads(["자기 전", "하나", "둘", "셋"]);
  await minji.say("잘 잤어요");
  await jihun.reads(["자기 전", "하나", "둘", "셋", "잘 잤어요"]);
});

chat.test(
  "a tab whose socket died while it was frozen notices when it wakes, and catches up",
  async ({ startServer, enter }) => {
    const server = await startServer();
    const minji = await enter("민지", "긴-잠", { origin: server.origin });
    await minji.say("자기 전");
    await minji.reads(["자기 전"]);
    const cdp = await minji.page.context().newCDPSession(minji.page);
    await cdp.send("Page.setWebLifecycleState", { state: "frozen" });
    await server.stop("SIGKILL");
    await server.start();
    const jihun = await enter("지훈", "긴-잠", { origin: server.origin });
    await jihun.say("그동안");
    await jihun.reads(["자기 전", "그동안"]);
    await cdp.send("Page.setWebLifecycleState", { state: "active" });
    await minji.reads(["자기 전", "그동안"]);
    await minji.is("online");
  },
  { losesNetwork: true },
);

chat.test("a tab that one comes back to by the back button is alive, and shows what was said meanwhile", async ({ origin, pair }) => {
  const [minji, jihun] = await pair("뒤로");
  await minji.say("가기 전");
  await jihun.reads(["가기 전"]);
  await minji.page.goto(`${origin}/docs`);
  await jihun.say("그동안");
  await minji.page.goBack();
  await minji.reads(["가기 전", "그동안"]);
  await minji.say("돌아왔어요");
  await jihun.reads(["가기 전", "그동안", "돌아왔어요"]);
});

/** Another tab of the same browser, where the first one is. */
async function openTab({ page }: Person): Promise<Page> {
  const tab = await page.context().newPage();
  await tab.goto(page.url());
  await tab.locator("#status[data-state=online]").waitFor();
  return tab;
}

/** Follows a link to a room. */
async function goTo(page: Page, room: string): Promise<void> {
  await page.evaluate((room) => location.hash = room, room);
  await page.locator("#room-list a[aria-current]", { hasText: room }).waitFor();
}
