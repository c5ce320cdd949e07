/**
 * Another language is one file: a folder with one more of them, made up, that runs to the left and is not finished.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import type { Page } from "playwright-core";
import { loadStatic, type StaticFiles } from "../../routes/static_files.ts";
import { words as english } from "../../static/i18n/en.js";
import { listen } from "../testing/listening.ts";
import { openService } from "../testing/stage.ts";
import { browserTest, useBrowser, type Visitor } from "./browser.ts";

const STATIC = new URL("../../static/", import.meta.url);

const browser = useBrowser();

browserTest("a language is loaded when it is spoken, and another one when it is chosen", async () => {
  await using site = await openSite();
  await using visitor = await browser.visit(undefined, { locale: "ko-KR" });
  const asked = listenForWords(visitor.page);
  await visitor.page.goto(site.origin);
  await visitor.page.getByText("마루에 둘러앉아").waitFor();
  assertEquals(asked, ["ko"]);
  await visitor.page.selectOption("#language", "en");
  await visitor.page.getByText("Sit down, stay a while.").waitFor();
  assertEquals(asked, ["ko", "en"]);
  assertEquals(await visitor.page.locator("#language option").allTextContents(), ["العربية", "English", "한국어"]);
  assertEquals(visitor.errors, []);
});

browserTest(
  "a language of one file is offered, turns the page, counts in its own way, and has English where it is not finished",
  async () => {
    await using site = await openSite();
    await using visitor = await enter(site, { locale: "ar-EG" });
    const { page } = visitor;
    assertEquals([await page.getAttribute("html", "lang"), await page.getAttribute("html", "dir")], ["ar", "rtl"]);
    assertEquals(await page.getAttribute("#composer", "placeholder"), "‏اكتب رسالة");
    assertEquals(await page.getAttribute("#send", "aria-label"), "Send");
    await say(page, "أهلا", "hello", "안녕");
    // One's own messages are where a line ends, whichever way they run themselves.
    for (const message of await page.locator("li.message .text").all()) {
      assert((await middleOf(page, message)) < 0.5, await message.textContent() ?? "");
    }
    assert(await middleOf(page, page.locator("#rooms")) > 0.5, "the rooms are on the right");
    assertEquals(await cornersOf(page), { left: "6px", right: "18px" });
    await page.click("#open-settings");
    await page.selectOption("#settings-language", "en");
    await page.locator("html[dir=ltr]").waitFor({ state: "attached" });
    await page.keyboard.press("Escape");
    for (const message of await page.locator("li.message .text").all()) assert((await middleOf(page, message)) > 0.5);
    assertEquals(await cornersOf(page), { left: "18px", right: "6px" });
    assertEquals(visitor.errors, []);
  },
);

browserTest("a page that runs to the left is no wider than a narrow phone", async () => {
  await using site = await openSite();
  await using visitor = await enter(site, { locale: "ar", viewport: { width: 320, height: 640 } });
  const { page } = visitor;
  await say(page, "أهلا", "w".repeat(200));
  const wide = await page.evaluate(() => document.documentElement.scrollWidth);
  assertEquals(wide, 320);
});

/** Our pages with an Arabic that a computer made up of one sentence, and in which one word is missing. */
async function openSite() {
  await using stack = new AsyncDisposableStack();
  const folder = await Deno.makeTempDir({ prefix: "maru_languages_" });
  stack.defer(() => Deno.remove(folder, { recursive: true }));
  await copy(STATIC, new URL(`file://${folder}/`));
  const { send: _, ...rest } = english;
  const words = Object.fromEntries(Object.keys(rest).map((word) => [word, word]));
  words["composerPlaceholder"] = "‏اكتب رسالة";
  await Deno.writeTextFile(`${folder}/i18n/ar.js`, `export const words = ${JSON.stringify(words)};\n`);
  const files: StaticFiles = await loadStatic(new URL(`file://${folder}/`));
  const service = stack.use(openService({ files }));
  const { port } = stack.use(listen(service.app));
  const kept = stack.move();
  return { origin: `http://127.0.0.1:${port}`, [Symbol.asyncDispose]: () => kept.disposeAsync() };
}

async function copy(from: URL, to: URL): Promise<void> {
  await Deno.mkdir(to, { recursive: true });
  for await (const { name, isDirectory } of Deno.readDir(from)) {
    if (isDirectory) await copy(new URL(`${name}/`, from), new URL(`${name}/`, to));
    else await Deno.copyFile(new URL(name, from), new URL(name, to));
  }
}

async function enter({ origin }: { origin: string }, options: Parameters<typeof browser.visit>[1]): Promise<Visitor> {
  const visitor = await browser.visit(origin, options);
  await visitor.page.fill("#name", "ليلى");
  await visitor.page.press("#name", "Enter");
  await visitor.page.locator("#composer:focus").waitFor();
  return visitor;
}

async function say(page: Page, ...texts: string[]): Promise<void> {
  for (const text of texts) {
    await page.fill("#composer", text);
    await page.press("#composer", "Enter");
  }
  await page.locator("li.message[data-status=sent]").nth(texts.length - 1).waitFor();
}

function listenForWords(page: Page): string[] {
  const asked: string[] = [];
  page.on("request", (request) => {
    const [, language] = /\/i18n\/([\w-]+)\.js$/.exec(request.url()) ?? [];
    if (language !== undefined) asked.push(language);
  });
  return asked;
}

/** Where the middle of an element is: 0 at the page's left, 1 at its right. */
async function middleOf(page: Page, element: ReturnType<Page["locator"]>): Promise<number> {
  const box = await element.boundingBox();
  if (box === null) throw new Error("It is not shown");
  return (box.x + box.width / 2) / (page.viewportSize()?.width ?? 1);
}

/** Of a bubble in the middle of a group, above: the near one is sharp. */
async function cornersOf(page: Page): Promise<{ left: string; right: string }> {
  return await page.locator("li.message:not(.first):not(.last) .text").first().evaluate((bubble) => {
    const { borderTopLeftRadius: left, borderTopRightRadius: right } = getComputedStyle(bubble);
    return { left, right };
  });
}
