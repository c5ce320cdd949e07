/**
 * The browser snippets of the articles that this project re-creates, as they were written: `tests/seeds/` holds them byte
 * for byte. The hosts that they name are led to a server of ours, and the page that they run in is of the same origin, as
 * it was in the articles.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import type { Page } from "playwright-core";
import { browserTest, useBrowser, type Visitor } from "./browser.ts";
import { useServer } from "./server.ts";

const FRAME_MS = 10_000;
const ECHO = await Deno.readTextFile(new URL("../seeds/000_websocket.js", import.meta.url));
const CHAT = await Deno.readTextFile(new URL("../seeds/004_chat.html", import.meta.url));

/** What 004 leaves to the reader: the box that its script reads, and something to press. */
const MESSAGE_BOX = '<input id="messageInput"><button onclick="sendMessage()">보내기</button>';

const server = useServer();
const browser = useBrowser({ resolve: () => ({ "localhost:8000": server.port, "your_domain": server.port }) });

browserTest("seed 000, unchanged: the snippet connects, says hello, and is greeted and echoed", async () => {
  await using visitor = await browser.visit();
  const { page } = visitor;
  const lines: string[] = [];
  page.on("console", (message) => lines.push(message.text()));
  const echoed = page.waitForEvent("console", (message) => message.text().includes("안녕하세요"));
  await openPage(page, "http://localhost:8000", `<script>${ECHO}</script>`);
  await echoed;
  assertEquals(lines, [
    "WebSocket 연결 성공",
    '서버로부터 받은 메시지:  {"message":"WebSocket 연결 성공"}',
    '서버로부터 받은 메시지:  {"message":"안녕하세요"}',
  ]);
  const ended = page.waitForEvent("console", (message) => message.text() === "WebSocket 연결 종료");
  await page.evaluate("socket.close()");
  await ended;
  assertEquals(visitor.errors, []);
});

browserTest(
  "seed 004, unchanged: sendMessage sends what is in messageInput, empties it, and the message comes back",
  async () => {
    await using visitor = await browser.visit();
    const { page } = visitor;
    const heard = await openChat(page, CHAT);
    await heard.next("WebSocket 연결 성공");
    await page.fill("#messageInput", "안녕하세요, 여러분!");
    await page.click("button");
    await heard.next("안녕하세요, 여러분!");
    assertEquals(await page.inputValue("#messageInput"), "");
    assertEquals(visitor.errors, []);
  },
);

for (const path of ["/ws/chat/lobby/", "/ws/chat/한글방"]) {
  browserTest(
    `seeds 003 and 004 in a room, ${path}: two pages hear each other and themselves, with the user's name`,
    async () => {
      await using minji = await browser.visit();
      await using jihun = await browser.visit();
      const [atMinji, atJihun] = await Promise.all([
        openChat(minji.page, inRoom(`${path}?name=민지`)),
        openChat(jihun.page, inRoom(`${path}?name=지훈`)),
      ]);
      await say(minji, "안녕하세요");
      const first = { message: "안녕하세요", user: "민지" };
      await Promise.all([atMinji.next(first), atJihun.next(first)]);
      await say(jihun, "반가워요");
      const second = { message: "반가워요", user: "지훈" };
      await Promise.all([atMinji.next(second), atJihun.next(second)]);
      assertEquals([minji.errors, jihun.errors], [[], []]);
    },
  );
}

/** The script of 004 with another path in its address, and nothing else changed. */
function inRoom(path: string): string {
  return CHAT.replace("/ws/chat/", path);
}

/**
 * A page of ours with a document of one's own. Not a made-up answer of Playwright's: to Chromium that comes from nowhere,
 * and from there the local network is closed. And not `/`: its policy would refuse a script that stands in the page.
 */
async function openPage(page: Page, origin: string, body: string): Promise<void> {
  await page.goto(`${origin}/healthz`);
  await page.setContent(`<!doctype html><title>seed</title>${body}`);
}

async function say({ page }: Visitor, text: string): Promise<void> {
  await page.fill("#messageInput", text);
  await page.click("button");
}

interface Heard {
  /** Waits for the next message and asserts that it is this: a frame, or only its `message`. */
  next(expected: object | string): Promise<void>;
}

/** Opens a page with a script of 004. What it hears is listened to from beside it: its own handler leaves a gap there. */
async function openChat(page: Page, script: string): Promise<Heard> {
  const frames: string[] = [];
  let arrived = Promise.withResolvers<void>();
  page.on("websocket", (socket) => {
    socket.on("framereceived", ({ payload }) => {
      frames.push(String(payload));
      arrived.resolve();
    });
  });
  await openPage(page, "http://your_domain", MESSAGE_BOX + script);
  await page.waitForFunction("chatSocket.readyState === WebSocket.OPEN");
  return {
    async next(expected) {
      while (frames.length === 0) {
        const timer = setTimeout(() => arrived.reject(new Error(`Nothing came within ${FRAME_MS} ms`)), FRAME_MS);
        await arrived.promise.finally(() => clearTimeout(timer));
        arrived = Promise.withResolvers();
      }
      const frame: unknown = JSON.parse(frames.shift() ?? "");
      assertEquals(frame, typeof expected === "string" ? { message: expected } : expected);
    },
  };
}
