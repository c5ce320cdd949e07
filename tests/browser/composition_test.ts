/**
 * What Enter does while an input method is at work, in a real Chromium: its own composition through CDP, and what other
 * browsers do as the events that they are known to send. The rules are in `static/chat/composer/composition.js`.
 *
 * "Nothing is sent" is told by what comes after: each test ends with a message of its own, and everything that was sent
 * stands before it.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { type Person, useChat } from "./chat.ts";
import { Ime, TAKEN } from "./ime.ts";
import { type Frame, framesSent } from "./wire.ts";

const chat = useChat({ env: { SEND_RATE: "0" } });

test("Hangul on Windows and Linux: one Enter within the composition sends once and leaves nothing", async ({ ime }) => {
  await ime.type("안녕하세");
  await ime.compose("요");
  await ime.down("Process", TAKEN);
  await ime.commit("요");
  await ime.up();
  return ["안녕하세요"];
});

test("Hangul in one syllable only sends once", async ({ ime }) => {
  for (const syllable of ["네", "ㅋㅋㅋ"]) {
    await ime.compose(syllable);
    await ime.down("Process", TAKEN);
    await ime.commit(syllable);
    await ime.up();
  }
  return ["네", "ㅋㅋㅋ"];
});

test("Hangul on macOS: the Enter that the input method passes on after the composition does not send again", async ({ ime, person }) => {
  await ime.type("반가워");
  await ime.compose("요");
  await ime.down("Enter", TAKEN);
  await ime.commit("요");
  await ime.up(TAKEN);
  await person.page.keyboard.press("Enter");
  return ["반가워요"];
});

test("Hangul when the composition has ended before Enter, as after an arrow key: an ordinary Enter sends", async ({ ime, person }) => {
  await ime.compose("끝");
  await ime.commit("끝");
  await person.page.keyboard.press("Enter");
  return ["끝"];
});

test("a fast writer: what is composed right after Enter is the next message, and stays in the box", async ({ ime, person }) => {
  await ime.compose("네");
  await Promise.all([ime.down("Process", TAKEN), ime.commit("네"), ime.compose("그")]);
  await ime.up();
  await person.reads(["네"]);
  assertEquals(await person.box.inputValue(), "그");
  await ime.down("Process", TAKEN);
  await ime.commit("그");
  await ime.up();
  return ["네", "그"];
});

test("a click on Send while Hangul is composed sends the whole text, once, and keeps the focus", async ({ ime, person }) => {
  await ime.type("버튼으");
  await ime.compose("로");
  await person.page.click("#send");
  await person.page.locator("#composer:focus").waitFor();
  return ["버튼으로"];
});

test("Shift+Enter while Hangul is composed breaks the line and sends nothing", async ({ ime, person }) => {
  await ime.compose("줄");
  await ime.down("Process", TAKEN, "Shift");
  await ime.commit("줄");
  await ime.up();
  await person.page.keyboard.press("Shift+Enter");
  await ime.type("둘째 줄");
  assertEquals(await person.box.inputValue(), "줄\n둘째 줄");
  await person.page.keyboard.press("Enter");
  return ["줄\n둘째 줄"];
});

test("Japanese and Chinese: the Enter that accepts a candidate never sends; the next one does", async ({ ime, person }) => {
  const texts = ["日本語", "かな", "中文", "zhongwen"];
  for (const text of texts) {
    await ime.compose(text);
    await ime.down("Process", TAKEN);
    await ime.commit(text);
    await ime.up();
    assertEquals(await person.box.inputValue(), text);
    await person.page.keyboard.press("Enter");
  }
  return texts;
});

test("Hanja chosen for Hangul by Enter does not send", async ({ ime, person }) => {
  await ime.compose("한자");
  await ime.compose("漢字");
  await ime.down("Process", TAKEN);
  await ime.commit("漢字");
  await ime.up();
  await ime.type("로");
  assertEquals(await person.box.inputValue(), "漢字로");
  await person.page.keyboard.press("Enter");
  return ["漢字로"];
});

test("Safari: Hangul sends by the keydown that comes after compositionend, once", async ({ person }) => {
  await safari(person, "사파리에", "서");
  assertEquals(await person.box.inputValue(), "");
  return ["사파리에서"];
});

test("Safari: Japanese does not send by the keydown that comes after compositionend", async ({ person }) => {
  await safari(person, "これは", "日本語");
  assertEquals(await person.box.inputValue(), "これは日本語");
  await person.page.keyboard.press("Enter");
  return ["これは日本語"];
});

test("Enter held down sends once", async ({ ime, person }) => {
  await ime.type("한 번만");
  await person.page.keyboard.down("Enter");
  await ime.type("다음");
  await person.page.keyboard.down("Enter");
  await person.page.keyboard.down("Enter");
  await person.page.keyboard.up("Enter");
  assertEquals(await person.box.inputValue(), "다음");
  await person.page.keyboard.press("Enter");
  return ["한 번만", "다음"];
});

interface Tools {
  readonly person: Person;
  readonly ime: Ime;
}

/** A test of one way to write; `write` returns what has to be sent, and nothing else may be. */
function test(name: string, write: (tools: Tools) => Promise<readonly string[]>): void {
  chat.test(name, async ({ enter }) => {
    let sends: readonly Frame[] = [];
    const room = name.replace(/[^\p{L}\p{N}]+/gu, "-").slice(0, 64);
    const person = await enter("하늘", room, { prepare: (page) => sends = framesSent(page, "send") });
    await person.box.focus();
    const ime = await Ime.at(person.page);
    const expected = [...await write({ person, ime }), "그리고 끝"];
    assertEquals(await person.box.inputValue(), "");
    await ime.type("그리고 끝");
    await person.page.keyboard.press("Enter");
    await person.reads(expected);
    assertEquals(sends.map((frame) => frame["text"]), expected);
  });
}

/** Safari's order: the end of the composition, then the keydown that ended it, 229 and no longer composing. */
async function safari({ box }: Person, before: string, composed: string): Promise<void> {
  await box.evaluate((box: HTMLTextAreaElement, { before, composed, keyCode }) => {
    box.dispatchEvent(new CompositionEvent("compositionstart", { data: "", bubbles: true }));
    box.value = before + composed;
    box.dispatchEvent(new InputEvent("input", { data: composed, inputType: "insertCompositionText", bubbles: true }));
    box.dispatchEvent(new CompositionEvent("compositionend", { data: composed, bubbles: true }));
    box.dispatchEvent(
      new KeyboardEvent("keydown", { key: "Enter", code: "Enter", keyCode, bubbles: true, cancelable: true }),
    );
    box.dispatchEvent(new KeyboardEvent("keyup", { key: "Enter", code: "Enter", keyCode: 13, bubbles: true }));
  }, { before, composed, keyCode: TAKEN });
}
