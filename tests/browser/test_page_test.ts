/**
 * The test page at /test, as a developer learns the protocol there.
 *
 * @module
 */

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { findBarriers } from "./axe.ts";
import { findFaint } from "./contrast.ts";
import { useTestPage } from "./test_page.ts";

const pageTest = useTestPage();

pageTest(
  "raw frames are shown with direction, both times and size, and whole when they are unfolded",
  async ({ left }) => {
    await left.connect("v1");
    await left.sees("note", "open");
    assertEquals(await left.sees("out", "hello"), '{"id":1,"type":"hello","name":"Alice"}');
    await left.sees("in", '"user"');
    const line = left.element.locator(".frame.out summary");
    assertMatch(await line.innerText(), /^\+\d+\s+\d\d:\d\d:\d\d\.\d{3}\s+→\s*sent\s+38 B\s+\{/);
    await line.click();
    const whole = left.element.locator(".frame.out pre");
    assertEquals(await whole.innerText(), '{\n  "id": 1,\n  "type": "hello",\n  "name": "Alice"\n}');
  },
);

pageTest("frames are filtered by text and direction, unfolded at once, and cleared", async ({ left }) => {
  // Four entries and no more: it was opened, greets, hears and echoes.
  await left.connect("echo");
  await left.sees("in", "성공");
  await left.send();
  await left.sees("in", "안녕");
  const frames = left.element.locator(".frame");
  await left.element.getByLabel("Filter").fill("메시지");
  assertEquals(await frames.count(), 0);
  await left.element.getByLabel("Filter").fill("websocket");
  assertEquals(await frames.count(), 1);
  await left.element.getByLabel("Filter").fill("");
  await left.element.locator(".frames select").selectOption("out");
  assertEquals(await left.element.locator(".frame.in").count(), 0);
  await left.element.locator(".frames select").selectOption("");
  assertEquals(await frames.count(), 4);
  await left.press("Unfold all");
  await left.element.locator(".frame pre").nth(3).waitFor();
  await left.press("Clear");
  assertEquals(await frames.count(), 0);
  await left.element.getByText("Nothing has gone over this socket yet.").waitFor();
});

pageTest("two sockets hear each other, each as somebody of their own", async ({ left, right }) => {
  await left.enter();
  await right.enter();
  await left.ask("send");
  const heard = await right.sees("in", /"events".*안녕하세요/);
  assertStringIncludes(heard, '"name":"Alice"');
  await right.sees("out", '"name":"Jihun"');
});

pageTest(
  "every type of request can be chosen, with its rules, its words and an example whose id counts up",
  async ({ origin, left }) => {
    const api = await (await fetch(`${origin}/openapi.json`)).json();
    const operations = Object.values<Record<string, { operationId: string; "x-only"?: string }>>(api.paths)
      .flatMap((item) => Object.values(item)).filter((operation) => operation["x-only"] !== "http");
    const own = ["hello", "join", "send", "typing", "leave", "watch", "unwatch", "refresh", "ping"];
    const options = await left.element.getByLabel("Request").locator("option").evaluateAll((all) =>
      all.map((option) => option instanceof HTMLOptionElement ? option.value : "")
    );
    for (const type of [...own, ...operations.map(({ operationId }) => operationId)]) {
      assert(
        options.includes(type),
        type,
      );
    }

    await left.enter();
    await left.ask("send");
    const frame = left.element.getByLabel("Frame", { exact: true });
    const [, id] = /"id": (\d+)/.exec(await frame.inputValue()) ?? [];
    assertEquals(id, "4");
    await left.sees("in", /"id":3,"ok":\{"cursor"/);
    // As it stands, with the same key: the same message.
    await left.send();
    const answers = await Promise.all(["3", "4"].map((id) => left.sees("in", `{"id":${id},"ok"`)));
    assertEquals(new Set(answers.map((answer) => answer.replace(/^\{"id":\d/, ""))).size, 1);
    for (
      const type of [
        "typing",
        "watch",
        "unwatch",
        "ping",
        "get_me",
        "my_rooms",
        "history",
        "get_message",
        "edit",
        "react",
      ]
    ) {
      const before = await left.count("in", /"ok"/);
      await left.ask(type);
      await left.element.locator(".frame.in summary code").filter({ hasText: '"ok"' }).nth(before).waitFor();
    }
    assertEquals(await left.count("in", '"error"'), 0);
    const about = left.element.locator(".about-request");
    assertStringIncludes(await about.innerText(), "V25");
    assertEquals(await about.locator("a").getAttribute("href"), "/docs#react");
    await left.element.getByLabel("Request").selectOption("leave");
    assertStringIncludes(await about.innerText(), "Rules V17");
  },
);

pageTest("before hello everything is unauthorized, and hello may be said by hand", async ({ left }) => {
  await left.connect("v1", { hello: false });
  await left.ask("join");
  await left.sees("in", '"unauthorized"');
  await left.ask("hello");
  await left.sees("in", '"token"');
  assertMatch(await left.element.getByLabel("Token (optional)").inputValue(), /^maru_s_/);
});

pageTest(
  "what is no request is answered as the rules say, and the third closes with 1008, in words",
  async ({ left }) => {
    await left.enter();
    await left.ask("badJson");
    await left.sees("in", /"type":"error".*not JSON/);
    await left.ask("badArray");
    await left.ask("badKey");
    await left.is("closed");
    const state = await left.element.locator(".state").innerText();
    assertMatch(state, /1008: three bad frames.*slowly\. “3 bad frames”/);
    await left.send();
    await left.element.getByText("There is no open socket: connect first.").waitFor();
  },
);

pageTest("a binary frame closes with 1003, one that is too large with 1009", async ({ left }) => {
  for (const [type, code] of [["badBinary", "1003"], ["badLarge", "1009"]] as const) {
    await left.connect("v1");
    await left.sees("in", '"token"');
    await left.element.getByLabel("Request").selectOption(type);
    assert(await left.element.getByLabel("Frame", { exact: true }).evaluate((area) => area.matches(":read-only")));
    await left.send();
    await left.sees("note", `closed ${code}`);
    await left.element.getByText(new RegExp(`Closed with ${code}: `)).waitFor();
  }
  await left.sees("out", "00 01 02 03");
});

pageTest(
  "the plain endpoints: the echo greets and echoes, a room shares its messages with maru.v1",
  async ({ left, right }) => {
    await right.connect("echo");
    await right.sees("in", "WebSocket 연결 성공");
    await right.send();
    await right.sees("in", /^\{"message":"안녕하세요/);
    await left.enter();
    await right.connect("room");
    await right.send();
    await right.sees("in", '"user":"Jihun"');
    await left.sees("in", /"events".*안녕하세요/);
    await right.ask("badKey");
    await right.sees("in", '"bad_request"');
  },
);

pageTest("a drop breaks the socket as a lost network does", async ({ left }) => {
  await left.enter();
  await left.press("Drop");
  await left.sees("note", "dropped");
  await left.element.getByText("Closed with 1006: it broke without a goodbye. A client comes back.").waitFor();
});

pageTest("duplicated sends have one cursor, delayed ones wait, reordered ones change places", async ({ left }) => {
  await left.enter();
  await left.press("Duplicate");
  await left.ask("send");
  await left.element.locator(".frame.in summary code").filter({ hasText: '{"id":3,"ok"' }).nth(1).waitFor();
  const acks = await left.element.locator(".frame.in summary code").filter({ hasText: '{"id":3,"ok"' }).allInnerTexts();
  assertEquals(new Set(acks).size, 1);
  assertEquals(await left.count("out", '"id": 3'), 2);
  await left.sees("in", /"type":"events".*안녕/);
  await left.press("Duplicate");

  await left.press("Reorder");
  const frame = left.element.getByLabel("Frame", { exact: true });
  // At once: a frame waits only so long for the one that is to overtake it.
  await frame.evaluate((area) => {
    if (!(area instanceof HTMLTextAreaElement)) return;
    for (const id of [11, 12]) {
      area.value = `{"id":${id},"type":"ping"}`;
      area.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", ctrlKey: true }));
    }
  });
  await left.sees("in", '"id":11,"ok"');
  const sent = await left.element.locator(".frame.out summary code").filter({ hasText: "ping" }).allInnerTexts();
  assertEquals(sent, ['{"id":12,"type":"ping"}', '{"id":11,"type":"ping"}']);
  await left.press("Reorder");

  await left.element.getByLabel("Delay in milliseconds, each way").fill("400");
  await left.press("Delay");
  const began = Date.now();
  await left.ask("ping");
  await left.sees("in", '"id":13,"ok"');
  assert(Date.now() - began >= 400);
  // Said twice, heard once.
  assertEquals(await left.count("in", /"type":"events".*안녕/), 1);
});

pageTest("a flood is rate limited, ends in 1008, and says how it went", async ({ left }) => {
  await left.enter();
  await left.element.getByLabel("messages a second").fill("100");
  await left.press("Flood");
  await left.is("closed");
  await left.element.getByText(/Closed with 1008.*Rate limit ignored/).waitFor();
  assertMatch(await left.element.locator(".flood-status").innerText(), /^\d+ sent · \d+ ok · rate_limited \d+$/);
  assert(await left.element.locator(".frame").count() <= 500);
});

pageTest(
  "client.js keeps its promise over a wire with every fault: gaps 0, doubles 0, order kept",
  async ({ right }) => {
    await right.connect("client");
    await right.element.getByLabel("Delay in milliseconds, each way").fill("30");
    for (const fault of ["Delay", "Duplicate", "Reorder"]) await right.press(fault);
    await right.press("20 messages, 3 drops");
    // The storm is over: it may have had to wait for a connection to break.
    await right.element.locator(".say button:enabled").nth(1).waitFor({ timeout: 60_000 });
    await right.element.getByText("20 sent · 20 acknowledged · 0 refused").waitFor({ timeout: 60_000 });
    await right.element.getByText(/\d+ handed on, 2\d compared with the log over HTTP$/).waitFor({ timeout: 60_000 });
    assertEquals(await right.element.locator(".mark").allInnerTexts(), ["✓ gaps: 0", "✓ doubles: 0", "✓ order: kept"]);
    const said = await right.element.locator(".handed-on li:has(> .type:text('message')) span").allInnerTexts();
    assertEquals(said.toSorted(), Array.from({ length: 20 }, (_, index) => `storm ${index + 1}`).toSorted());
    assertEquals(await right.element.locator(".frame.note", { hasText: "dropped" }).count(), 3);
  },
);

pageTest("a message that is kept back from the client is shown as a gap", async ({ page, left, right }) => {
  // Another's hand in the log that the check reads: one message more than the client was given.
  await page.route(/\/v1\/rooms\/[^/]+\/messages\?/, async (route) => {
    const response = await route.fetch();
    const body = await response.json();
    const [first] = body.items;
    const items = first === undefined ? [] : [{ ...first, cursor: `${first.cursor}0` }, ...body.items];
    await route.fulfill({ response, json: { ...body, items } });
  });
  await left.enter();
  await right.connect("client");
  await right.element.getByLabel("A message").fill("하나");
  await right.press("Say");
  await right.element.locator(".handed-on").getByText("하나").waitFor();
  await right.element.getByLabel("A message").fill("둘");
  await right.element.getByLabel("A message").press("Enter");
  await right.element.locator(".mark.bad", { hasText: "gaps: 1" }).waitFor();
});

pageTest("the tour leads through hello, join, send, the same key, resume and the plain endpoint", async ({ page }) => {
  const step = (number: number) => page.locator("#tour-steps > li").nth(number - 1);
  const results: string[] = [];
  for (let number = 1; number <= 6; number++) {
    await page.getByRole("button", { name: `Do step ${number}` }).click();
    await page.locator(`#tour-steps > li:nth-child(${number})[data-state=done]`).waitFor();
    results.push(await step(number).locator(".result").innerText());
  }
  const [hello, join, send, again, resume, plain] = results;
  assertMatch(hello ?? "", /^You are Alice, g_/);
  assertMatch(join ?? "", /^You are in test-\d+, at /);
  assertEquals(again?.replace("The same cursor: ", ""), send?.replace("It is at ", ""));
  assertEquals(resume, "recovered: true, 1 missed: “said while you were away”.");
  assertEquals(plain, "A has heard “hello from a plain socket”.");
});

pageTest(
  "a step of the tour takes the ones before it when their ground is missing, also after a drop",
  async ({ page, left }) => {
    const run = async (number: number) => {
      await page.getByRole("button", { name: `Do step ${number}` }).click();
      await page.locator(`#tour-steps > li:nth-child(${number})[data-state=done]`).waitFor();
    };
    await run(4);
    assertStringIncludes(await page.locator("#tour-steps > li:nth-child(4) .result").innerText(), "The same cursor");
    await left.press("Drop");
    await left.is("closed");
    await run(3);
    await left.is("open");
    // Also where another kind of connection stood.
    await left.connect("client");
    await left.element.locator(".mark").nth(2).waitFor();
    await run(2);
    await left.is("open");
  },
);

pageTest("with the keyboard alone one connects, asks, and reads the frames", async ({ page, left }) => {
  await left.element.getByLabel("Endpoint").focus();
  for (let presses = 0; presses < 5; presses++) await page.keyboard.press("Tab");
  assertEquals(await page.evaluate(() => document.activeElement?.textContent), "Connect");
  await page.keyboard.press("Enter");
  await left.sees("in", '"token"');
  const frame = left.element.getByLabel("Frame", { exact: true });
  while (!await frame.evaluate((area) => area === document.activeElement)) await page.keyboard.press("Tab");
  await page.keyboard.press("Control+Enter");
  await left.sees("in", '"head"');
  const focused = () => page.evaluate(() => document.activeElement?.querySelector("code")?.textContent ?? "");
  while (await focused() === "") await page.keyboard.press("Shift+Tab");
  await page.keyboard.press("Home");
  assertEquals(await focused(), "open");
  await page.keyboard.press("ArrowDown");
  assertStringIncludes(await focused(), "hello");
  await page.keyboard.press("Enter");
  await left.element.locator("pre", { hasText: '"type": "hello"' }).waitFor();
});

pageTest("in Korean all words of the page are Korean, and the choice is kept", async ({ page }) => {
  assertEquals(await page.locator("h1").innerText(), "프로토콜 시험");
  const left = page.locator("#pane-a");
  await left.getByRole("button", { name: "연결하기" }).click();
  await left.getByText("열려 있어요.").waitFor();
  await left.getByText("열림").waitFor();
  await page.selectOption("#language", "en");
  await left.getByText("Open.").waitFor();
  assertEquals(await left.getByRole("button", { name: "Connect anew" }).count(), 1);
  await page.reload();
  assertEquals(await page.locator("html").getAttribute("lang"), "en");
}, { locale: "ko-KR" });

for (const colorScheme of ["light", "dark"] as const) {
  pageTest(
    `on a narrow screen nothing is wider than it, all text is readable, and axe finds no barrier, ${colorScheme}`,
    async ({ page, left, right }) => {
      await left.enter();
      await left.ask("badJson");
      await left.sees("in", '"bad_request"');
      await left.press("Unfold all");
      await left.press("Duplicate");
      await right.connect("client");
      await right.element.locator(".mark").nth(2).waitFor();
      await page.getByRole("button", { name: "Do step 3" }).click();
      await page.locator("#tour-steps > li:nth-child(3)[data-state=done]").waitFor();
      await left.press("Drop");
      assertEquals(await page.evaluate(() => document.documentElement.scrollWidth), 320);
      assertEquals(await page.evaluate(findFaint), []);
      assertEquals(await findBarriers(page), []);
    },
    { viewport: { width: 320, height: 640 }, colorScheme },
  );
}

pageTest(
  "the theme follows the button, and the panes stand side by side on a wide screen",
  async ({ page, left, right }) => {
    const paper = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const light = await paper();
    await page.locator("#theme").click();
    assert(light !== await paper());
    const [a, b] = [await left.element.boundingBox(), await right.element.boundingBox()];
    assertEquals(a?.y, b?.y);
    assert((a?.x ?? 0) + (a?.width ?? 0) < (b?.x ?? 0));
  },
);
