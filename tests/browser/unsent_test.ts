/**
 * Messages that could not be sent when they were written: none is lost, doubled or out of order, whatever becomes of their tabs.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import type { Page } from "playwright-core";
import { type Person, useChat } from "./chat.ts";
import { framesSent, holdWire } from "./wire.ts";

const chat = useChat({ env: { SEND_RATE: "0", RATE_SCALE: "0" } });

chat.test("what was written in a tab that was closed goes out when the page is opened again: in order, once", async ({ enter, origin }) => {
  let isDeaf = true;
  const [minji, jihun] = [
    await enter("민지", "닫힌-탭", { prepare: (page) => deafen(page, () => isDeaf) }),
    await enter("지훈", "닫힌-탭"),
  ];
  await minji.say("하나", "둘", "셋");
  await minji.page.locator("li[data-status=pending]").nth(2).waitFor();
  await minji.page.close();
  isDeaf = false;
  const next = await open(minji, `${origin}/#other-room`);
  await jihun.reads(["하나", "둘", "셋"]);
  await next.locator("#status[data-state=online]").waitFor({ state: "attached" });
});

chat.test("two tabs that find the same queue send it once, in order", async ({ enter, origin }) => {
  let isDeaf = true;
  const [minji, jihun] = [
    await enter("민지", "두-탭", { prepare: (page) => deafen(page, () => isDeaf) }),
    await enter("지훈", "두-탭"),
  ];
  const texts = Array.from({ length: 20 }, (_, i) => `말 ${i}`);
  await minji.sayAtOnce(texts);
  await minji.page.locator("li[data-status=pending]").nth(19).waitFor();
  isDeaf = false;
  const url = `${origin}/#${encodeURIComponent("두-탭")}`;
  // Both find it, while the first tab, which still has it, comes to life again too.
  const tabs = await Promise.all([open(minji, url), open(minji, url), minji.page.reload().then(() => minji.page)]);
  await jihun.reads(texts);
  for (const tab of tabs) {
    await tab.locator("li[data-status=sent]").nth(19).waitFor();
    assertEquals(await tab.locator("li.message .text").allTextContents(), texts);
    assertEquals(await tab.evaluate(() => Object.keys(localStorage).filter((key) => key.includes("unsent"))), []);
  }
});

chat.test("what was refused stays over the end of its tab, says why, and is not tried until somebody says so; dropped in one tab it is in all", async ({ enter, origin }) => {
  let isRefusing = true;
  const refuse = (page: Page) =>
    holdWire(page, {
      out(frame, text, socket) {
        if (!isRefusing || frame["type"] !== "send") return text;
        socket.send(JSON.stringify({ id: frame["id"], error: { code: "forbidden", message: "" } }));
        return undefined;
      },
    });
  const minji = await enter("민지", "거절된-말", { prepare: refuse });
  await minji.say("하나", "둘");
  await minji.page.locator("li[data-status=failed]").nth(1).waitFor();
  await minji.page.close();
  isRefusing = false;

  const url = `${origin}/#${encodeURIComponent("거절된-말")}`;
  const tab = await minji.visitor.context.newPage();
  const sent = framesSent(tab, "send");
  await tab.goto(url);
  const other = await open(minji, url);
  for (const each of [tab, other]) {
    await each.locator("li[data-status=failed]").nth(1).waitFor();
    assertEquals(await each.locator(".reason").allTextContents(), [
      "보내지 못했어요: 여기에 쓸 수 없어요",
      "보내지 못했어요: 여기에 쓸 수 없어요",
    ]);
  }
  assertEquals(sent.length, 0);
  await tab.locator("li[data-status=failed] .discard").first().click();
  for (const each of [tab, other]) await each.locator("li[data-status=failed]").nth(1).waitFor({ state: "detached" });
  await tab.locator("li[data-status=failed] .retry").click();
  await tab.locator("li[data-status=sent] .text", { hasText: "둘" }).waitFor();
  await other.locator("li[data-status=sent] .text", { hasText: "둘" }).waitFor();
  assertEquals(await other.locator("li.message").count(), 1);
});

chat.test("a reply that was refused stays in its thread too, opened again or after a reload; it says why, and is sent again or dropped there", async ({ enter }) => {
  let isRefusing = true;
  const { page, ...minji } = await enter("민지", "거절된-답글", {
    prepare: (page) =>
      holdWire(page, {
        out(frame, text, socket) {
          if (!isRefusing || frame["type"] !== "send" || frame["thread"] === undefined) return text;
          socket.send(JSON.stringify({ id: frame["id"], error: { code: "forbidden", message: "" } }));
          return undefined;
        },
      }),
  });
  await minji.say("주제");
  await minji.reads(["주제"]);
  const here = await page.evaluate(() => location.hash);
  const root = await page.locator("li.message").getAttribute("data-cursor");
  const go = (hash: string) => page.evaluate((hash) => location.hash = hash, hash);
  await go(`${here}?thread=${root}`);
  const thread = page.locator(".thread");
  for (const text of ["하나", "둘"]) {
    await thread.locator("textarea").fill(text);
    await thread.locator("textarea").press("Enter");
  }
  const failed = thread.locator("li[data-status=failed]");
  await failed.nth(1).waitFor();
  await go(here);
  await thread.waitFor({ state: "detached" });
  for (const again of [() => go(`${here}?thread=${root}`), () => page.reload()]) {
    await again();
    await thread.locator("li[data-status=sent]", { hasText: "주제" }).waitFor();
    await failed.nth(1).waitFor();
    assertEquals(await thread.locator(".text").allTextContents(), ["주제", "하나", "둘"]);
    assertEquals(await failed.locator(".reason").first().textContent(), "보내지 못했어요: 여기에 쓸 수 없어요");
  }
  isRefusing = false;
  await failed.first().locator(".discard").click();
  await failed.nth(1).waitFor({ state: "detached" });
  await failed.locator(".retry").click();
  await thread.locator("li[data-status=sent] .text", { hasText: "둘" }).waitFor();
  assertEquals(await thread.locator(".text").allTextContents(), ["주제", "둘"]);
});

/** Another tab of the same browser. */
async function open({ visitor }: Person, url: string): Promise<Page> {
  const page = await visitor.context.newPage();
  await page.goto(url);
  return page;
}

/** Messages that the page sends do not arrive. */
function deafen(page: Page, isDeaf: () => boolean): Promise<void> {
  return holdWire(page, { out: (frame, text) => isDeaf() && frame["type"] === "send" ? undefined : text });
}
