/**
 * Coming back to a room: the line above what is new, and how far one has read.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import type { Page } from "playwright-core";
import { type Person, useChat } from "./chat.ts";
import { holdWire } from "./wire.ts";

const chat = useChat({ env: { SEND_RATE: "0", RATE_SCALE: "0" } });

chat.test("the line stands above what came while one was away, stays while one reads, and is gone when one comes again", async ({ pair, origin }) => {
  const [minji, jihun] = await pair("돌아오기");
  await jihun.say("읽은 말");
  await minji.reads(["읽은 말"]);
  await marked(minji, "돌아오기", "읽은 말");
  await go(minji, origin, "다른-방");
  await jihun.say("새 말 하나", "새 말 둘");
  await minji.page.locator("#room-list .badge", { hasText: "2" }).waitFor();
  await go(minji, origin, "돌아오기");
  await showsRows(minji.page, ["읽은 말", "— 새", "새 말 하나", "새 말 둘"]);
  await jihun.say("새 말 셋");
  await minji.page.getByText("새 말 셋", { exact: true }).waitFor();
  await marked(minji, "돌아오기", "새 말 셋");
  await showsRows(minji.page, ["읽은 말", "— 새", "새 말 하나", "새 말 둘", "새 말 셋"]);
  await go(minji, origin, "다른-방");
  await go(minji, origin, "돌아오기");
  await showsRows(minji.page, ["읽은 말", "새 말 하나", "새 말 둘", "새 말 셋"]);
});

chat.test("who comes back after much has been said begins where they stopped, and is told how much there is", async ({ pair, origin }) => {
  const [minji, jihun] = await pair("많은-말");
  await jihun.say("읽은 말");
  await minji.reads(["읽은 말"]);
  await marked(minji, "많은-말", "읽은 말");
  await go(minji, origin, "다른-방");
  await jihun.sayAtOnce(Array.from({ length: 130 }, (_, i) => `말 ${i}`));
  await jihun.page.locator("li[data-status=sent] .text", { hasText: /^말 129$/ }).waitFor();
  await minji.page.reload();
  await go(minji, origin, "많은-말");
  await minji.page.locator("li.new").waitFor();
  const [line, first] = await minji.page.evaluate(() => {
    const top = document.querySelector("#messages")?.getBoundingClientRect().top ?? 0;
    const line = document.querySelector("li.new");
    return [line, line?.nextElementSibling].map((each) => (each?.getBoundingClientRect().top ?? NaN) - top);
  });
  assert(line !== undefined && line >= 0 && line < 300, `the line is in sight: ${line}`);
  assert(first !== undefined && first > line, "what is new is under it");
  assertEquals(await minji.page.locator("li.new + li .text").textContent(), "말 0");
  await minji.page.locator("#jump:not([data-unread='0'])").click();
  await minji.page.locator("li.message .text", { hasText: /^말 129$/ }).waitFor();
  await marked(minji, "많은-말", "말 129");
});

chat.test("what comes while nobody looks at the tab is not read, and the line stands above it", async ({ pair }) => {
  const [minji, jihun] = await pair("안-읽음");
  await jihun.say("읽은 말");
  await minji.reads(["읽은 말"]);
  await marked(minji, "안-읽음", "읽은 말");
  await look(minji.page, false);
  await jihun.say("안 본 말");
  await minji.page.getByText("안 본 말", { exact: true }).waitFor();
  // Another message goes to and fro in the meantime: had it been told, it would have been by now.
  await minji.say("내 말");
  await jihun.reads(["읽은 말", "안 본 말", "내 말"]);
  assertEquals(await unread(minji, "안-읽음"), 1);
  await showsRows(minji.page, ["읽은 말", "— 새", "안 본 말", "내 말"]);
  await look(minji.page, true);
  await marked(minji, "안-읽음", "내 말");
  assertEquals(await unread(minji, "안-읽음"), 0);
});

chat.test("the badge of the room that one reads never flashes up, also where the news of a message comes before it; who looks away sees it", async ({ pair }) => {
  let isLate = false;
  let release = () => {};
  const { promise: news, resolve: hearNews } = Promise.withResolvers<void>();
  const [minji, jihun] = await pair("읽는-방", {
    prepare: (page) =>
      holdWire(page, {
        in(frame, text, socket) {
          if (isLate && frame["type"] === "activity" && frame["unread"] === 1) hearNews();
          if (!isLate || frame["type"] !== "events") return text;
          release = () => socket.send(text);
          return undefined;
        },
      }),
  });
  await minji.page.evaluate(watchBadge);
  await jihun.say("하나");
  await marked(minji, "읽는-방", "하나");
  isLate = true;
  await jihun.say("둘");
  await news;
  await minji.page.evaluate(paint);
  isLate = false;
  release();
  await marked(minji, "읽는-방", "둘");
  await minji.page.evaluate(paint);
  assertEquals(await minji.page.evaluate(() => document.body.dataset.badges), "");

  const badge = minji.page.locator("#room-list a[aria-current] .badge", { hasText: "1" });
  await look(minji.page, false);
  await jihun.say("셋");
  await badge.waitFor();
  await look(minji.page, true);
  await badge.waitFor({ state: "detached" });
});

async function go({ page }: Person, origin: string, room: string): Promise<void> {
  await page.goto(`${origin}/#${encodeURIComponent(room)}`);
  await page.locator("#history:not(:empty), #message-list li").first().waitFor();
}

/** Waits until the server knows that it was read. */
async function marked(person: Person, room: string, text: string): Promise<void> {
  const cursor = await person.page.locator("li.message", { has: person.page.getByText(text, { exact: true }) })
    .getAttribute("data-cursor");
  for (let turn = 0; turn < 100; turn++) {
    const { marker } = await myRoom(person, room);
    if (marker !== undefined && cursor !== null && marker >= cursor) return;
    // What is told of reading is gathered: on a quick machine a hundred answers come before it is said.
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`${text} is not marked as read`);
}

async function unread(person: Person, room: string): Promise<number> {
  return (await myRoom(person, room)).unread;
}

function myRoom({ page }: Person, name: string): Promise<{ marker?: string; unread: number }> {
  return page.evaluate(async (name) => {
    const headers = { authorization: `Bearer ${localStorage.getItem("maru.token")}` };
    const { rooms } = await (await fetch("/v1/me/rooms", { headers })).json();
    return rooms.find(({ room }: { room: { name: string } }) => room.name === name);
  }, name);
}

/** Whether the tab has the focus. */
function look(page: Page, isLooking: boolean): Promise<void> {
  return page.evaluate((isLooking) => {
    document.hasFocus = () => isLooking;
    if (isLooking) dispatchEvent(new Event("focus"));
  }, isLooking);
}

/** Runs in the page: notes each frame in which the open room has a badge, as it is painted. */
function watchBadge(): void {
  document.body.dataset.badges = "";
  const look = () => {
    document.body.dataset.badges += document.querySelector("#room-list a[aria-current] .badge")?.textContent ?? "";
    requestAnimationFrame(() => setTimeout(look));
  };
  look();
}

/** Runs in the page: until what is there now has been painted, and looked at. */
function paint(): Promise<void> {
  return new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done))));
}

/** Waits until the rows are these: the marker and the page of messages come in one order or the other. */
async function showsRows(page: Page, wanted: readonly string[]): Promise<void> {
  for (let turn = 0; turn < 50 && (await rows(page)).join() !== wanted.join(); turn++) {
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  assertEquals(await rows(page), wanted);
}

function rows(page: Page): Promise<string[]> {
  return page.locator("#message-list > li:not(.day)").evaluateAll((items) =>
    items.map((item) => item.classList.contains("new") ? "— 새" : item.querySelector(".text")?.textContent ?? "")
  );
}
