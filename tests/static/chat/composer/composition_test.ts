/** The event orders of browsers and input methods, as they are described in `static/chat/composer/composition.js`. */

import { assertEquals } from "@std/assert";
import { createComposition, isHangul, type Key, type Verdict } from "../../../../static/chat/composer/composition.js";

type Composition = ReturnType<typeof createComposition>;

/** One event, and what it is expected to do. */
type Step = (composition: Composition) => [met: Verdict | undefined, wanted: Verdict | undefined];

const start: Step = (composition) => [void composition.start(), undefined];
const up: Step = (composition) => [void composition.keyup({ key: "Enter", code: "Enter" }), undefined];
const blur: Step = (composition) => [void composition.blur(), undefined];
const end = (data: string, wanted: Verdict): Step => (composition) => [composition.end({ data }), wanted];
const submit = (wanted: Verdict): Step => (composition) => [composition.submit(), wanted];
const down = (wanted: Verdict, key: Partial<Key> = {}): Step => (composition) => [
  composition.keydown({ ...ENTER, ...key }),
  wanted,
];
const breaks = (wanted: Verdict, inputType = "insertLineBreak"): Step => (composition) => [
  composition.beforeInput({ inputType }),
  wanted,
];

const ENTER: Key = {
  key: "Enter",
  code: "Enter",
  keyCode: 13,
  isComposing: false,
  shiftKey: false,
  altKey: false,
  repeat: false,
};
/** Enter, as an input method that takes it for itself shows it. */
const TAKEN = { key: "Process", keyCode: 229, isComposing: true };
/** The same on macOS, where the key keeps its name. */
const TAKEN_MAC = { keyCode: 229, isComposing: true };
/** Safari's: the composition is over by then. */
const TAKEN_SAFARI = { keyCode: 229, isComposing: false };
const LETTER = { key: "ㅇ", code: "KeyD", keyCode: 229, isComposing: true };

const ORDERS: Record<string, Step[]> = {
  "an ordinary Enter sends": [down("send"), up],
  "an Enter of the number pad sends": [down("send", { code: "NumpadEnter" }), up],
  "an Enter without a code, as of some soft keyboards, sends": [down("send", { code: "" }), up],
  "an Enter that repeats by being held is swallowed": [down("send"), down("swallow", { repeat: true }), up],
  "Shift and Alt with Enter break the line": [down("pass", { shiftKey: true }), up, down("pass", { altKey: true }), up],
  "another key is left alone": [down("pass", { key: "a", code: "KeyA", keyCode: 65 })],

  "Chromium and Firefox on Windows and Linux: Hangul sends at the end of the composition": [
    start,
    down("pass", LETTER),
    down("pass", TAKEN),
    end("요", "send"),
    up,
  ],
  "Chromium on macOS: the second keydown of the same press finds an empty box; a line break it brings is swallowed": [
    start,
    down("pass", TAKEN_MAC),
    end("요", "send"),
    down("send"),
    breaks("swallow"),
    up,
  ],
  "Safari: Hangul sends at the keydown after the end of the composition": [
    start,
    end("요", "pass"),
    down("send", TAKEN_SAFARI),
    up,
  ],
  "Hangul whose composition ended by itself before Enter sends at Enter": [start, end("요", "pass"), down("send"), up],
  "Hangul of single letters sends": [start, down("pass", TAKEN), end("ㅋㅋ", "send"), up],
  "after a sent composition the next one is as the first": [
    start,
    down("pass", TAKEN),
    end("네", "send"),
    up,
    start,
    down("pass", TAKEN),
    end("요", "send"),
    up,
  ],

  "Japanese does not send by accepting, and sends by the next Enter": [
    start,
    down("pass", TAKEN),
    end("日本語", "pass"),
    up,
    down("send"),
    up,
  ],
  "Kana does not send by accepting": [start, down("pass", TAKEN), end("かな", "pass"), up],
  "Chinese does not send by accepting": [start, down("pass", TAKEN), end("中文", "pass"), up],
  "raw pinyin does not send by accepting": [start, down("pass", TAKEN), end("zhongwen", "pass"), up],
  "Hanja chosen for Hangul does not send": [start, down("pass", TAKEN), end("漢字", "pass"), up],
  "Hangul with anything else in it does not send": [start, down("pass", TAKEN), end("요1", "pass"), up],
  "Safari: Japanese does not send by the keydown after the end": [
    start,
    end("日本語", "pass"),
    down("pass", TAKEN_SAFARI),
    up,
  ],
  "a composition that was given up does not send": [start, down("pass", TAKEN), end("", "pass"), up],

  "an Enter that an input method took outside of a composition is its own": [down("pass", TAKEN_SAFARI)],
  "a key between the composition and a 229 makes what was left old": [
    start,
    end("요", "pass"),
    down("pass", { key: "ArrowLeft", code: "ArrowLeft", keyCode: 37 }),
    down("pass", TAKEN_SAFARI),
  ],
  "an Enter let go within a composition does not send when something else ends it": [
    start,
    down("pass", TAKEN),
    up,
    end("요", "pass"),
  ],
  "a letter after Enter within a composition means that one goes on writing": [
    start,
    down("pass", TAKEN),
    down("pass", LETTER),
    end("요", "pass"),
  ],
  "Shift+Enter within a composition breaks the line": [
    start,
    down("pass", { ...TAKEN, shiftKey: true }),
    end("요", "pass"),
    breaks("pass"),
    up,
  ],

  "a line break by itself is the writer's": [breaks("pass"), breaks("pass", "insertParagraph")],
  "only the first line break after a send is swallowed": [
    start,
    down("pass", TAKEN),
    end("요", "send"),
    breaks("swallow", "insertParagraph"),
    breaks("pass"),
  ],
  "other input after a send is let pass": [start, down("pass", TAKEN), end("요", "send"), breaks("pass", "insertText")],
  "a box that loses the focus forgets the composition": [
    start,
    down("pass", TAKEN),
    blur,
    submit("send"),
    down("pass", TAKEN_SAFARI),
  ],
};

for (const [name, steps] of Object.entries(ORDERS)) {
  Deno.test(name, () => {
    const composition = createComposition();
    steps.forEach((step, i) => {
      const [met, wanted] = step(composition);
      assertEquals(met, wanted, `step ${i + 1}`);
    });
  });
}

Deno.test("a click while something is composed waits for the end of the composition, whatever it is", () => {
  for (const data of ["요", "日本語"]) {
    const composition = createComposition();
    composition.start();
    assertEquals(composition.isComposing, true);
    assertEquals(composition.submit(), "pass");
    assertEquals(composition.end({ data }), "send");
    assertEquals(composition.isComposing, false);
    assertEquals(composition.submit(), "send");
  }
});

Deno.test("Hangul is syllables and single letters, composed or not, and nothing else", () => {
  for (const text of ["가", "한글", "ㅋ", "ㅏ", "각".normalize("NFD"), "ힰ"]) assertEquals(isHangul(text), true, text);
  for (const text of ["", " ", "a", "가a", "가 나", "漢", "かな", "1", "가1", "🙂"]) {
    assertEquals(isHangul(text), false, text);
  }
});
