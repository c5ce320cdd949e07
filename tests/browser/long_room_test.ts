/**
 * Scrolling through a room with a long past: nothing that is read may jump, and nothing may grow without an end.
 *
 * @module
 */

import { assert, assertEquals, assertLess, assertLessOrEqual } from "@std/assert";
import type { CDPSession, Page } from "playwright-core";
import { type Person, useChat } from "./chat.ts";
import { askAs } from "./operator.ts";
import { type Past, writePast } from "./past.ts";

const COUNT = 10_000;
const MINUTE_MS = 60_000;
/** What rounding may cost: scrolling knows whole pixels only. */
const MAX_JUMP_PX = 1;
/** Rows that have elements at a time, as row_window.js says; lines between days and the one above what is new are rows too. */
const MAX_ROWS = 160;
const MAX_HEAP_BYTES = 8 * 2 ** 20;
const MAX_NODES = 5_000;
const STEP_PX = 2_400;

const chat = useChat({
  env: { SEND_RATE: "0", RATE_SCALE: "0" },
  fill: (kvPath) => writePast(kvPath, Array.from({ length: COUNT }, (_, i) => said(i))),
});

/** All kinds of heights: one line, many, code, quotes, lists, emoji, a new day now and then. */
function said(i: number): Past {
  const kinds = [
    `말 ${i}`,
    `말 ${i}\n${"긴 글이 여러 줄에 걸쳐 있어요. ".repeat(1 + (i % 13))}`,
    `말 ${i}\n\`\`\`ts\n${"const line = 1;\n".repeat(1 + (i % 9))}\`\`\``,
    `> 인용 ${i}\n- 하나\n- **둘**\n\n말 ${i}`,
    "👍",
  ];
  const text = kinds[(i * 7) % kinds.length] ?? "";
  return { room: "긴-방", name: `이웃${Math.floor(i / 3) % 7}`, text, at: Date.UTC(2025, 0, 1) + i * 9 * MINUTE_MS };
}

chat.test("10,000 messages are scrolled up and down again without a jump over a pixel, in a bounded number of rows and bytes", async ({ enter }) => {
  const { page } = await enter("하늘", "긴-방");
  await page.locator("li.message").nth(40).waitFor();
  const devtools = await page.context().newCDPSession(page);
  const before = await measure(devtools);

  const up = await page.evaluate(scrollThrough, { stepPx: -STEP_PX, until: "여기가 처음이에요." });
  assertLessOrEqual(up.jump, MAX_JUMP_PX, up.where);
  assertLessOrEqual(up.rows, MAX_ROWS);
  assertEquals(await texts(page).then(([first]) => first), said(0).text);
  const atStart = await measure(devtools);

  const down = await page.evaluate(scrollThrough, { stepPx: STEP_PX, until: "" });
  assertLessOrEqual(down.jump, MAX_JUMP_PX, down.where);
  assertLessOrEqual(down.rows, MAX_ROWS);
  // What went by in passing is all of it: each message once, in the log's order.
  for (const { cursors } of [up, down]) assertEquals(cursors, COUNT);
  const atEnd = await measure(devtools);

  for (const { heap, nodes } of [before, atStart, atEnd]) {
    assertLess(heap, MAX_HEAP_BYTES);
    assertLess(nodes, MAX_NODES);
  }
});

chat.test("whatever happens above, below and around what one reads far up, it stays where it is", async ({ enter }) => {
  const [reader, writer] = await Promise.all([enter("하늘", "붐비는-방"), enter("지훈", "붐비는-방")]);
  await writer.sayAtOnce(Array.from({ length: 160 }, (_, i) => `말 ${i}`));
  await reader.page.locator("li.message .text", { hasText: /^말 159$/ }).waitFor();
  const { page } = reader;
  // Far enough from the end that nothing of what is done here brings it back into sight.
  await page.locator("#messages").evaluate((list) => list.scrollBy(0, -2_400));
  const held = await hold(page);
  const cursors = await page.locator("li.message").evaluateAll((all) =>
    all.map((each) => each.getAttribute("data-cursor"))
  );
  const index = cursors.indexOf(held.cursor);
  assert(index > 20 && index < cursors.length - 5, `in the middle of what is there: ${index} of ${cursors.length}`);
  const [above, far, below] = [cursors[index - 3], cursors[index - 18], cursors[index + 3]];

  const happenings: [string, () => Promise<unknown>][] = [
    [
      "an edit above makes a message longer",
      () => change(writer, "PATCH", `messages/${above}`, { text: "긴 글이에요. ".repeat(60) }),
    ],
    [
      "an edit far above brings code",
      () => change(writer, "PATCH", `messages/${far}`, { text: "```\n" + "code\n".repeat(20) + "```" }),
    ],
    ["an emoji is given above", () => change(writer, "PUT", `messages/${above}/reactions/👍`)],
    ["an emoji is given below", () => change(writer, "PUT", `messages/${below}/reactions/👍`)],
    ["a message above is deleted", () => change(writer, "DELETE", `messages/${far}`)],
    ["a thread begins above", () => change(writer, "PUT", "messages/t1", { text: "답글", thread: cursors[index - 2] })],
    ["much is said", () => writer.sayAtOnce(Array.from({ length: 40 }, (_, i) => `새 말 ${i}`))],
    ["the message box grows", () => reader.box.fill("하나\n둘\n셋\n넷\n다섯")],
    ["the message box shrinks again", () => reader.box.fill("")],
    ["the window becomes narrower", () => page.setViewportSize({ width: 700, height: 720 })],
    ["the window becomes wider and lower", () => page.setViewportSize({ width: 1_280, height: 500 })],
    ["a font is larger", () => page.evaluate(() => void (document.documentElement.style.fontSize = "118%"))],
  ];
  for (const [what, happen] of happenings) {
    const watched = page.evaluate(watchHeld, held);
    await happen();
    const jump = await watched;
    assertLessOrEqual(jump, MAX_JUMP_PX, `${what}: it was ${jump} px elsewhere`);
  }
});

interface Passage {
  readonly jump: number;
  readonly where: string;
  readonly rows: number;
  readonly cursors: number;
  readonly steps: number;
}

/**
 * Runs in the page. Scrolls step by step until a text is in the list, or, without one, until the end; after each step, frame by frame, the message
 * that was in sight has to be where the step has put it.
 */
async function scrollThrough({ stepPx, until }: { stepPx: number; until: string }): Promise<Passage> {
  const list = document.querySelector("#messages");
  if (list === null) throw new Error("There is no list");
  const frame = () => new Promise((done) => requestAnimationFrame(done));
  const inSight = () => {
    const { top } = list.getBoundingClientRect();
    return [...list.querySelectorAll("li.message")].find((each) => each.getBoundingClientRect().top >= top);
  };
  const seen = new Set<string>();
  let [jump, where, rows, steps, still] = [0, "", 0, 0, 0];
  while (still < 90) {
    if (until !== "" && list.textContent?.includes(until)) break;
    const held = inSight();
    const before = list.scrollTop;
    const top = held?.getBoundingClientRect().top ?? 0;
    list.scrollTop += stepPx;
    const moved = list.scrollTop - before;
    steps++;
    still = moved === 0 ? still + 1 : 0;
    for (let turn = 0; turn < 2; turn++) {
      await frame();
      const now = held?.isConnected ? held.getBoundingClientRect().top : undefined;
      const off = now === undefined ? 0 : Math.abs(now - (top - moved));
      if (off > jump) [jump, where] = [off, `${held?.textContent?.slice(0, 40)} after ${steps} steps`];
    }
    const items = list.querySelectorAll("#message-list > li");
    rows = Math.max(rows, items.length);
    for (const item of items) seen.add(item.getAttribute("data-cursor") ?? "");
  }
  seen.delete("");
  return { jump, where, rows, cursors: seen.size, steps };
}

interface Held {
  readonly cursor: string;
  readonly top: number;
}

/** The first message that is in sight as a whole. */
function hold(page: Page): Promise<Held> {
  return page.evaluate(async () => {
    for (let turn = 0; turn < 3; turn++) await new Promise((done) => requestAnimationFrame(done));
    const edge = document.querySelector("#messages")?.getBoundingClientRect().top ?? 0;
    for (const item of document.querySelectorAll("li.message")) {
      const { top } = item.getBoundingClientRect();
      if (top >= edge) return { cursor: item.getAttribute("data-cursor") ?? "", top: top - edge };
    }
    throw new Error("Nothing is in sight");
  });
}

/** Runs in the page: how far the message has been, at most, from where it was, in any frame of a second. */
async function watchHeld({ cursor, top }: Held): Promise<number> {
  /** Where elements are as they are painted: intersections are looked at last in a frame, behind the observers of sizes. */
  const tops = (elements: readonly Element[]) =>
    new Promise<number[]>((done) => {
      const observer = new IntersectionObserver((entries) => {
        observer.disconnect();
        done(elements.map((each) => entries.find(({ target }) => target === each)?.boundingClientRect.top ?? Infinity));
      });
      for (const each of elements) observer.observe(each);
    });
  let worst = 0;
  for (const end = performance.now() + 1_000; performance.now() < end;) {
    const list = document.querySelector("#messages");
    const item = document.querySelector(`li.message[data-cursor="${cursor}"]`);
    if (list === null || item === null) return Infinity;
    const [edge = NaN, now = NaN] = await tops([list, item]);
    worst = Math.max(worst, Math.abs(now - edge - top));
  }
  return worst;
}

async function measure(devtools: CDPSession): Promise<{ heap: number; nodes: number }> {
  await devtools.send("HeapProfiler.collectGarbage");
  const { usedSize } = await devtools.send("Runtime.getHeapUsage");
  const { nodes } = await devtools.send("Memory.getDOMCounters");
  return { heap: usedSize, nodes };
}

function texts(page: Page): Promise<string[]> {
  return page.locator("li.message .text").allTextContents();
}

function change(person: Person, method: string, path: string, input?: object): Promise<void> {
  return askAs(person, method, `/v1/rooms/붐비는-방/${path}`, input);
}
