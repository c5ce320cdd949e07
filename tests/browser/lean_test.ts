/**
 * Stylesheets and pages that were made lean, as a browser reads them. Modules are compared in `tests/routes/lean_test.ts`.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { leanPage, leanStyle } from "../../routes/lean.ts";
import { browserTest, useBrowser } from "./browser.ts";

const STATIC = new URL("../../static/", import.meta.url);

const browser = useBrowser();

browserTest("a browser reads the same rules in each stylesheet, made lean or not", async () => {
  await using visitor = await browser.visit();
  for (const [path, source] of await readAll(".css")) {
    const [before, after] = await visitor.page.evaluate(readStyles, [source, leanStyle(source)]);
    assert((before?.length ?? 0) > 0, path);
    assertEquals(after, before, path);
  }
});

browserTest("a browser reads the same elements and words in each page, made lean or not", async () => {
  await using visitor = await browser.visit();
  for (const [path, source] of await readAll(".html")) {
    const [before, after] = await visitor.page.evaluate(readPages, [source, leanPage(source)]);
    assert((before?.length ?? 0) > 0, path);
    assertEquals(after, before, path);
  }
});

async function readAll(ending: string, folder: URL = STATIC): Promise<[path: string, source: string][]> {
  const found: [string, string][] = [];
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const url = new URL(isDirectory ? `${name}/` : name, folder);
    if (isDirectory) found.push(...await readAll(ending, url));
    else if (name.endsWith(ending)) found.push([url.pathname, await Deno.readTextFile(url)]);
  }
  return found;
}

/** Runs in the page. */
function readStyles(sources: readonly string[]): string[][] {
  return sources.map((source) => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(source);
    return [...sheet.cssRules].map(({ cssText }) => cssText);
  });
}

/** Runs in the page: without comments; white space is one space, as it is shown. */
function readPages(sources: readonly string[]): string[][] {
  return sources.map((source) => {
    const page = new DOMParser().parseFromString(source, "text/html");
    const found: string[] = [];
    const read = (root: Node) => {
      const nodes = page.createTreeWalker(root, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT);
      for (let node = nodes.nextNode(); node !== null; node = nodes.nextNode()) {
        if (!(node instanceof Element)) found.push((node.textContent ?? "").replace(/\s+/g, " "));
        else found.push(node.tagName, ...[...node.attributes].map(({ name, value }) => `${name}=${value}`));
        if (node instanceof HTMLTemplateElement) read(node.content);
      }
    };
    read(page);
    return found;
  });
}
