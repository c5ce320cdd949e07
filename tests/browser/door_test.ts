/**
 * What stands between an address and a chat that answers, while the network takes its time or keeps it away.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import type { Page } from "playwright-core";
import { useChat } from "./chat.ts";

const CHAT = "**/chat/app.js*";
const MISSING = "불러오지 못했어요.";

const chat = useChat();

chat.test(
  "a chat that the network keeps away is missed at the door, and comes with the next try",
  async ({ visit }) => {
    const { page, is } = await visit("사랑방", { prepare: keepAway });
    await page.fill("#name", "민지");
    await page.press("#name", "Enter");
    await page.getByText(MISSING).waitFor();
    assertEquals(await page.inputValue("#name"), "민지");
    await page.unroute(CHAT);
    await page.press("#name", "Enter");
    await is("online");
  },
  { losesNetwork: true },
);

chat.test(
  "who comes again while the network keeps the chat away is at the door, with their name, and goes on as who they were",
  async ({ enter }) => {
    const { page, say, reads } = await enter("민지", "사랑방");
    await say("저예요");
    await reads(["저예요"]);
    await keepAway(page);
    await page.reload();
    await page.getByText(MISSING).waitFor();
    await page.unroute(CHAT);
    await page.press("#name", "Enter");
    await page.locator("li.own", { hasText: "저예요" }).waitFor();
  },
  { losesNetwork: true },
);

chat.test("who comes again sees the frame of the chat in their language while it is loaded, and nothing in it answers yet", async ({ enter }) => {
  const { page, box } = await enter("민지", "사랑방");
  const { promise: arrived, resolve: arrive } = Promise.withResolvers<void>();
  await page.route(CHAT, (route) => arrived.then(() => route.continue()));
  await page.reload();
  await page.getByText("방 찾기").waitFor();
  assertEquals(await page.evaluate(() => document.body.inert), true);
  assertEquals(await page.locator(".no-room").innerText(), "연결하는 중…");
  arrive();
  await box.waitFor();
  await page.locator("#composer:focus").waitFor();
  assertEquals(await page.evaluate(() => document.body.inert), false);
});

async function keepAway(page: Page): Promise<void> {
  await page.route(CHAT, (route) => route.abort());
}
