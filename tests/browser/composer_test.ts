/**
 * The message box in a real Chromium: completion, emoji, drafts in two tabs, undo. What it decides is tested without a browser in
 * `tests/static/chat/composer/`.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import type { Page } from "playwright-core";
import { findBarriers } from "./axe.ts";
import { useChat } from "./chat.ts";
import { Ime, TAKEN } from "./ime.ts";

const chat = useChat({ env: { SEND_RATE: "0" } });

const OPTION = "#compose [role=option]";

chat.test("a name is completed while it is composed: Enter takes it, once, and the next Enter sends", async ({ pair }) => {
  const [minji, jihun] = await pair("이름");
  await minji.say("왔어요");
  await jihun.reads(["왔어요"]);
  const ime = await Ime.at(jihun.page);
  await jihun.box.focus();
  await ime.type("@민");
  await ime.compose("ㅈ");
  await option(jihun.page, "민지").waitFor();
  await ime.compose("지");
  await ime.down("Process", TAKEN);
  await ime.commit("지");
  await ime.up();
  assertEquals(await jihun.box.inputValue(), "@민지 ");
  await jihun.page.locator(OPTION).first().waitFor({ state: "hidden" });
  await ime.type("안녕");
  await jihun.page.keyboard.press("Enter");
  await minji.reads(["왔어요", "@민지 안녕"]);
  assertEquals(await jihun.box.inputValue(), "");
});

chat.test("Safari's order takes a name as well, and does not send it", async ({ pair }) => {
  const [minji, jihun] = await pair("사파리-이름");
  await minji.say("왔어요");
  await jihun.reads(["왔어요"]);
  await jihun.box.pressSequentially("@민");
  await option(jihun.page, "민지").waitFor();
  await jihun.box.evaluate((box: HTMLTextAreaElement, keyCode) => {
    box.dispatchEvent(new CompositionEvent("compositionstart", { data: "", bubbles: true }));
    box.value = "@민지";
    box.dispatchEvent(new InputEvent("input", { data: "지", inputType: "insertCompositionText", bubbles: true }));
    box.dispatchEvent(new CompositionEvent("compositionend", { data: "지", bubbles: true }));
    box.dispatchEvent(
      new KeyboardEvent("keydown", { key: "Enter", code: "Enter", keyCode, bubbles: true, cancelable: true }),
    );
  }, TAKEN);
  assertEquals(await jihun.box.inputValue(), "@민지 ");
  await minji.reads(["왔어요"]);
});

chat.test("Japanese keeps its Enter and its arrows while names are offered", async ({ enter }) => {
  const { page, box } = await enter("하늘", "일본어");
  const ime = await Ime.at(page);
  await box.focus();
  await ime.type("@");
  await option(page, "room").waitFor();
  await ime.compose("ろ");
  await ime.compose("路");
  await ime.down("Process", TAKEN, undefined, "ArrowDown");
  await ime.up(40, "ArrowDown");
  await ime.down("Process", TAKEN);
  await ime.commit("路");
  await ime.up();
  assertEquals(await box.inputValue(), "@路");
});

chat.test("arrows go through what is offered, Tab takes it, Escape closes it until something else is written", async ({ enter }) => {
  const { page, box } = await enter("하늘", "화살표");
  await box.pressSequentially("좋아요 :웃");
  await page.locator(OPTION).first().waitFor();
  const active = () =>
    page.evaluate(() => {
      const box = document.querySelector("#composer");
      return document.getElementById(box?.getAttribute("aria-activedescendant") ?? "")?.textContent;
    });
  const names = await page.locator(OPTION).allTextContents();
  assertEquals([await active(), await box.getAttribute("role")], [names[0], "combobox"]);
  await page.keyboard.press("ArrowUp");
  assertEquals(await active(), names.at(-1));
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowDown");
  assertEquals(await active(), names[1]);
  await page.keyboard.press("Escape");
  assertEquals([await page.locator(OPTION).count(), await box.getAttribute("role")], [0, null]);
  await page.keyboard.press("Backspace");
  await page.keyboard.insertText("하트");
  await page.locator(OPTION).first().waitFor();
  await page.keyboard.press("Tab");
  assertEquals(await box.inputValue(), "좋아요 ♥️ ");
  assertEquals(await page.evaluate(() => document.activeElement?.id), "composer");
});

chat.test("a list that was closed says nothing of what is begun at its place later", async ({ enter }) => {
  const { page, box } = await enter("하늘", "다시-부르기");
  await box.pressSequentially("@");
  await page.locator(OPTION).first().waitFor();
  await page.keyboard.press("Escape");
  assertEquals(await page.locator(OPTION).count(), 0);
  await page.keyboard.press("Backspace");
  await box.pressSequentially("@");
  await page.locator(OPTION).first().waitFor();
  await page.keyboard.press("Escape");
  await box.fill("");
  await box.pressSequentially(":하트");
  await page.locator(OPTION).first().waitFor();
});

chat.test("what was completed is undone by Ctrl+Z, and a code between colons is its emoji", async ({ enter }) => {
  const { page, box } = await enter("하늘", "되돌리기");
  await box.pressSequentially("잘했어요 :tad");
  await page.locator(OPTION).first().click();
  assertEquals(await box.inputValue(), "잘했어요 🎉 ");
  await page.keyboard.press("Control+z");
  assertEquals(await box.inputValue(), "잘했어요 :tad");
  await page.keyboard.type("a:");
  await page.waitForFunction(() => document.querySelector<HTMLTextAreaElement>("#composer")?.value === "잘했어요 🎉");
  await page.keyboard.press("Control+z");
  assertEquals(await box.inputValue(), "잘했어요 :tada:");
});

chat.test("a picked emoji is put where the cursor is, in the tone that was chosen, and the box has the focus", async ({ enter }) => {
  const { page, box } = await enter("하늘", "고르기");
  await box.fill("안녕하세요");
  await box.evaluate((box: HTMLTextAreaElement) => box.setSelectionRange(2, 2));
  await page.click(".compose-emoji");
  await page.getByRole("button", { name: "중간 피부색", exact: true }).click();
  await page.getByPlaceholder("이모지 찾기").fill("흔드는 손");
  await page.getByRole("gridcell").getByRole("button", { name: "흔드는 손", exact: true }).waitFor();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await page.locator("#composer:focus").waitFor();
  assertEquals(await box.inputValue(), "안녕👋🏽하세요");
  await page.keyboard.press("Shift+Tab");
  await page.keyboard.press("Enter");
  await page.getByRole("rowgroup", { name: "최근에 쓴 이모지" }).getByRole("button", { name: "흔드는 손" }).waitFor();
  await page.keyboard.press("Escape");
  await page.locator("#composer:focus").waitFor();
});

chat.test("Ctrl+Enter sends where one has chosen so, from the next key on, Hangul under way and all", async ({ enter }) => {
  const person = await enter("하늘", "컨트롤");
  const { page, box } = person;
  const ime = await Ime.at(page);
  await page.evaluate(() => localStorage.setItem("maru.enter", "ctrl"));
  await box.pressSequentially("첫 줄");
  await page.keyboard.press("Enter");
  await ime.type("둘째 ");
  await ime.compose("줄");
  await ime.down("Process", TAKEN, "Control");
  await ime.commit("줄");
  await ime.up();
  await person.reads(["첫 줄\n둘째 줄"]);
  assertEquals(await box.inputValue(), "");
});

chat.test("two tabs have the same draft, but the one that is written in keeps what is written", async ({ enter }) => {
  const first = await enter("하늘", "두-탭");
  const second = await first.visitor.context.newPage();
  await second.goto(first.page.url());
  const box = second.locator("#composer");
  // Playwright lets every page believe that it has the focus.
  await box.waitFor();
  await second.evaluate(() => document.querySelector<HTMLTextAreaElement>("#composer")?.blur());
  await first.page.bringToFront();
  await first.box.focus();
  await first.page.keyboard.type("쓰는 중");
  await second.waitForFunction(() => document.querySelector<HTMLTextAreaElement>("#composer")?.value === "쓰는 중");
  await second.evaluate(() => localStorage.setItem("maru.draft.두-탭", JSON.stringify({ text: "다른 탭의 글" })));
  await first.page.keyboard.type("이에요");
  await second.waitForFunction(() =>
    document.querySelector<HTMLTextAreaElement>("#composer")?.value === "쓰는 중이에요"
  );
  assertEquals(await first.box.inputValue(), "쓰는 중이에요");
  await first.page.keyboard.press("Enter");
  await second.waitForFunction(() => document.querySelector<HTMLTextAreaElement>("#composer")?.value === "");
  assertEquals(await box.inputValue(), "");
});

chat.test("empty lines at the end of what is pasted go, and too much of it is said to be too much", async ({ enter }) => {
  const { page, box } = await enter("하늘", "붙이기");
  await paste(page, "하나\r\n둘\r\n\r\n");
  assertEquals(await box.inputValue(), "하나\n둘");
  await page.keyboard.press("Control+z");
  assertEquals(await box.inputValue(), "");
  await paste(page, `${"가".repeat(4_100)}\n\n`);
  await page.getByRole("status").filter({ hasText: "4,000자 중 4,100자: 100자가 넘쳐요" }).waitFor();
});

chat.test("an answer and its draft are there again after a reload, and Escape leaves it", async ({ enter }) => {
  const person = await enter("하늘", "답장");
  const { page, box } = person;
  const reply = { cursor: "0".repeat(20), user: { id: "g_1", name: "민지" }, text: "**점심** 뭐\n먹을까요?" };
  await page.evaluate(
    (draft) => localStorage.setItem("maru.draft.답장", draft),
    JSON.stringify({ text: "국수", reply }),
  );
  await page.reload();
  await person.is("online");
  await page.getByText("민지님에게 답장").waitFor();
  await page.getByText("점심 뭐 먹을까요?").waitFor();
  assertEquals(await box.inputValue(), "국수");
  await box.focus();
  await page.keyboard.press("Escape");
  await page.getByText("민지님에게 답장").waitFor({ state: "hidden" });
  assertEquals(await box.inputValue(), "국수");
});

chat.test("a second box has drafts of its own, answers and edits by itself, and leaves the first one alone", async ({ enter }) => {
  const { page, box } = await enter("하늘", "글타래");
  await box.fill("방에 쓰던 글");
  await page.evaluate(openThread);
  const second = page.locator("#thread-test .compose-box");
  const mode = page.locator("#thread-test .compose-what");
  await page.getByText("민지님에게 답장").waitFor();
  await second.pressSequentially("저도요");
  assertEquals(await page.evaluate(() => localStorage.getItem("maru.draft.글타래/c1")?.includes("저도요")), true);
  await page.keyboard.press("Enter");
  assertEquals([await second.inputValue(), await mode.isVisible()], ["", false]);

  await page.keyboard.type("다음 글");
  await page.locator("#thread-test").evaluate((place) => place.dispatchEvent(new Event("edit")));
  await page.getByText("메시지 고치는 중").waitFor();
  assertEquals(await second.inputValue(), "저도요");
  await page.getByRole("button", { name: "고친 내용 저장" }).waitFor();
  await page.keyboard.press("Escape");
  assertEquals(await second.inputValue(), "다음 글");
  await page.locator("#thread-test").evaluate((place) => place.dispatchEvent(new Event("edit")));
  await page.keyboard.type(", 정말로");
  await page.keyboard.press("Enter");
  assertEquals(await second.inputValue(), "다음 글");
  await second.fill("");
  await page.keyboard.press("ArrowUp");
  assertEquals(JSON.parse(await page.locator("#thread-test").getAttribute("data-done") ?? ""), [
    "send 저도요 c2",
    "edit c3 저도요, 정말로",
    "last",
  ]);
  assertEquals(await box.inputValue(), "방에 쓰던 글");
});

for (const colorScheme of ["light", "dark"] as const) {
  chat.test(`axe finds nothing serious in the picker and in what is offered (${colorScheme})`, async ({ enter }) => {
    const { page, box } = await enter("하늘", "장벽", { colorScheme, viewport: { width: 320, height: 640 } });
    await box.pressSequentially("@");
    await page.locator(OPTION).first().waitFor();
    assertEquals(await findBarriers(page), []);
    await box.fill(":하트");
    await page.locator(OPTION).first().waitFor();
    assertEquals(await findBarriers(page), []);
    await box.fill("");
    await page.click(".compose-emoji");
    await page.locator(".emoji-picker:popover-open .emoji-choice").first().waitFor();
    assertEquals(await findBarriers(page), []);
    assertEquals(await page.evaluate(() => document.documentElement.scrollWidth), 320);
  });
}

/** Runs in the page: a box as a thread's pane would make it. */
async function openThread(): Promise<void> {
  // By variables: the page's modules are the server's, not this folder's.
  const paths = ["chat/composer/composer.js", "chat/composer/another_form.js", "ui/i18n.js", "ui/storage.js"];
  const [{ createComposer }, { makeComposer }, { createI18n }, { createStorage }] = await Promise.all(
    paths.map((path) => import(`/static/${path}`)),
  );
  const elements = makeComposer();
  const place = document.createElement("div");
  place.id = "thread-test";
  place.append(elements.form);
  document.querySelector("#compose")?.after(place);
  const done: string[] = [];
  const tell = (what: string) => {
    done.push(what);
    place.dataset["done"] = JSON.stringify(done);
  };
  const user = { id: "g_1", name: "민지" };
  const composer = createComposer({
    i18n: await createI18n("ko", []),
    storage: createStorage("localStorage"),
    elements,
    onSend: (text: string, { reply }: { reply: { cursor: string } }) => tell(`send ${text} ${reply?.cursor}`),
    onTyping: () => {},
    onEdit: ({ cursor }: { cursor: string }, text: string) => tell(`edit ${cursor} ${text}`),
    onEditLast: () => tell("last"),
  });
  composer.show("글타래", "c1");
  place.addEventListener("edit", () => composer.edit({ cursor: "c3", user, text: "저도요" }));
  composer.reply({ cursor: "c2", user, text: "국수 먹을 사람?" });
}

function option(page: Page, name: string) {
  return page.locator(OPTION).filter({ hasText: name });
}

/** As the clipboard would: its own needs leave that a page without a person is not given. */
async function paste(page: Page, text: string): Promise<void> {
  await page.locator("#composer").evaluate((box: HTMLTextAreaElement, text) => {
    box.focus();
    const clipboardData = new DataTransfer();
    clipboardData.setData("text/plain", text);
    box.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
  }, text);
}
