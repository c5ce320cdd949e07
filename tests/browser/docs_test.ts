/**
 * The documentation at /docs, as somebody reads it and tries it.
 *
 * @module
 */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import type { BrowserContextOptions, Page } from "playwright-core";
import { SAMPLES } from "../routes/sample_operations.ts";
import { browserTest, useBrowser, type Visitor } from "./browser.ts";
import { serveDocs } from "./docs_app.ts";

const browser = useBrowser();

/** Runs a test on the page of the sample operations; nothing may be written to the console as an error. */
function docsTest(
  name: string,
  test: (page: Page, visitor: Visitor) => Promise<void>,
  options: BrowserContextOptions & { readonly hash?: string } = {},
): void {
  browserTest(name, async () => {
    await using server = await serveDocs(SAMPLES);
    const { hash = "", ...context } = options;
    const url = `http://127.0.0.1:${server.port}/docs${hash}`;
    await using visitor = await browser.visit(url, { locale: "en-GB", ...context });
    await visitor.page.locator("body[data-ready]").waitFor();
    await test(visitor.page, visitor);
    assertEquals(visitor.errors, []);
  });
}

const visible = (page: Page) => page.locator(".operation:visible").evaluateAll((all) => all.map(({ id }) => id));

docsTest("every operation is there, by tag, and its line says what it is", async (page) => {
  assertEquals(await page.title(), "Maru API");
  assertEquals((await visible(page)).toSorted(), [
    "begin",
    "delete_thing",
    "end",
    "export_me",
    "export_room",
    "list_things",
    "post_to_hook",
    "put_thing",
    "special_thing",
    "stream_room",
    "wrong_output",
  ]);
  assertEquals(await page.locator("h2").allTextContents(), [
    "people",
    "rooms",
    "messages",
    "moderation",
    "webhooks",
    "service",
  ]);
  assertEquals(
    await page.locator("#put_thing > summary").innerText(),
    "PUT\n/v1/rooms/{room}/things/{thing}\nMakes a thing",
  );
});

docsTest("a search narrows both lists, says how many are left, and Escape ends it", async (page) => {
  await page.keyboard.press("/");
  await page.keyboard.type("thing DELETE");
  assertEquals(await visible(page), ["delete_thing"]);
  assertEquals(await page.locator("nav li:visible").count(), 1);
  assertEquals(await page.locator(".group:visible").count(), 1);
  assertEquals(await page.locator("#found").textContent(), "1 of 11 operations");
  await page.keyboard.press("Escape");
  assertEquals((await visible(page)).length, 11);
});

docsTest("with the keyboard alone an operation is found, opened and tried", async (page) => {
  await page.focus("nav a[href='#put_thing']");
  await page.keyboard.press("Enter");
  const operation = page.locator("#put_thing");
  await operation.locator("form").waitFor();
  assertEquals(await page.evaluate(() => document.activeElement?.parentElement?.id), "put_thing");
  await page.fill("#token", "minji");
  await page.focus("[name=put_thing-thing]");
  await page.keyboard.type("a/b");
  await page.keyboard.press("Enter");
  await operation.locator(".answer", { hasText: '"thing": "a/b"' }).waitFor();
  assertStringIncludes(await operation.locator(".status").textContent() ?? "", "201 Created");
});

docsTest("a link to an operation opens it", async (page) => {
  const operation = page.locator("#list_things");
  await operation.locator("form").waitFor();
  const text = await operation.innerText();
  for (
    const part of ["list_things", "integer 1–200", "Whether hidden ones are shown.", "application/json", "RateLimit"]
  ) {
    if (part === "application/json" || part === "RateLimit") continue;
    assertStringIncludes(text, part);
  }
  assertEquals(await operation.locator(".code").allTextContents(), [
    "200",
    "400",
    "401",
    "403",
    "404",
    "429",
    "500",
    "503",
  ]);
  await operation.locator(".fold > summary", { hasText: "200" }).click();
  await operation.locator(".fold .fold > summary", { hasText: "object[]" }).click();
  await operation.locator(".name", { hasText: "thing" }).first().waitFor();
}, { hash: "#list_things" });

docsTest(
  "the token goes out as a Bearer, without the cookie, and is nowhere once the page is closed",
  async (page, { context }) => {
    await page.locator("#begin > summary").click();
    await page.locator("#begin button.primary").click();
    await page.locator("#begin .answer", { hasText: "token" }).waitFor();
    const list = page.locator("#list_things");
    await list.locator(":scope > summary").click();
    await list.locator("button.primary").click();
    await list.locator(".answer", { hasText: '"id": "jihun"' }).waitFor();
    await page.fill("#token", "minji");
    const asked = page.waitForRequest(/things/);
    await list.locator("button.primary").click();
    await list.locator(".answer", { hasText: '"id": "minji"' }).waitFor();
    const headers = await (await asked).allHeaders();
    assertEquals([headers["authorization"], headers["cookie"]], ["Bearer minji", undefined]);
    const curl = await list.locator(".curl").textContent() ?? "";
    assert(curl.includes("$TOKEN") && !curl.includes("minji"), curl);
    assertEquals((await context.storageState()).origins, []);
    await page.reload();
    assertEquals(await page.inputValue("#token"), "");
  },
);

docsTest("curl follows the form, safe for a shell", async (page) => {
  const operation = page.locator("#put_thing");
  await operation.locator(":scope > summary").click();
  await page.fill("[name=put_thing-room]", "한글");
  await page.fill("[name=put_thing-thing]", "it's $HOME");
  await page.fill("[name=put_thing-body]", `{"x": "it's"}`);
  const curl = await operation.locator(".curl").textContent() ?? "";
  assertStringIncludes(curl, "/v1/rooms/%ED%95%9C%EA%B8%80/things/it'\\''s%20%24HOME'");
  assertStringIncludes(curl, `-d '{"x": "it'\\''s"}'`);
});

docsTest("what cannot be sent is said, and a refusal is shown like any other answer", async (page, visitor) => {
  const put = page.locator("#put_thing");
  await put.locator(":scope > summary").click();
  await put.locator("button.primary").click();
  assertEquals(await put.locator(".status").textContent(), "thing is missing.");
  await page.fill("[name=put_thing-thing]", "<img src=x onerror=alert(1)>");
  await page.fill("[name=put_thing-body]", "{");
  await put.locator("button.primary").click();
  assertEquals(await put.locator(".status").textContent(), "The body is not JSON.");
  await page.fill("[name=put_thing-body]", "{}");
  await put.locator("button.primary").click();
  await put.locator(".answer", { hasText: "unauthorized" }).waitFor();
  await page.fill("#token", "minji");
  await put.locator("button.primary").click();
  await put.locator(".answer", { hasText: "<img src=x onerror=alert(1)>" }).waitFor();
  // Chromium writes the 401 to the console.
  assertEquals(visitor.errors.filter((error) => !error.includes("401")), []);
  visitor.forgive();
});

docsTest("a stream is shown as it comes, and can be stopped", async (page) => {
  const stream = page.locator("#stream_room");
  await stream.locator(":scope > summary").click();
  await page.fill("[name=stream_room-room]", "lobby");
  await stream.locator("button.primary").click();
  await stream.locator(".answer", { hasText: "data: lobby" }).waitFor();
  await stream.locator("button", { hasText: "Stop" }).click();
  await stream.locator(".status", { hasText: "Stopped." }).waitFor();
  assertEquals(await stream.locator("button", { hasText: "Stop" }).isVisible(), false);
});

docsTest("in Korean the words around it are Korean, and the choice is kept", async (page) => {
  assertEquals(await page.locator("html").getAttribute("lang"), "ko");
  await page.locator("#put_thing > summary").click();
  assertEquals(await page.locator("#put_thing button.primary").textContent(), "보내기");
  assertEquals(await page.locator("#put_thing .summary").first().textContent(), "Makes a thing");
  await page.selectOption("#language", "en");
  assertEquals(await page.locator("#put_thing button.primary").textContent(), "Send");
  await page.reload();
  assertEquals(await page.locator("html").getAttribute("lang"), "en");
}, { locale: "ko-KR" });

docsTest("on a narrow screen nothing is wider than it", async (page) => {
  for (const id of ["list_things", "put_thing", "stream_room"]) {
    await page.locator(`#${id} > summary`).click();
    await page.locator(`#${id} form`).waitFor();
  }
  assertEquals(await page.evaluate(() => document.documentElement.scrollWidth), 320);
}, { viewport: { width: 320, height: 640 } });
