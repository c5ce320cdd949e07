/** Every known order of events, played in every situation of the message box; then what single steps do. */

import { assertEquals } from "@std/assert";
import {
  type Action,
  createComposition,
  isHangul,
  type Key,
  type Verdict,
} from "../../../../static/chat/composer/composition.js";
import { actionOf, ENTER, type Situation } from "../../../../static/chat/composer/keys.js";
import { type Happening, ORDERS } from "./orders.ts";

const KEY: Key = { ...ENTER, keyCode: 13, isComposing: false, repeat: false };
const NOTHING_OPEN: Situation = { sendsBy: "enter", isOffering: false, isEmpty: false, canLeave: false };

interface Playing {
  readonly situation: Situation;
  /** Over each event that is a key. */
  readonly key?: Partial<Key>;
  /** The browser does not tell of the end of a composition when the box loses the focus. */
  readonly isSilent?: boolean;
}

/** Plays events as a browser sends them to the composer; returns what was done, and whether any event was prevented. */
function play(events: readonly Happening[], { situation, key = {}, isSilent = false }: Playing) {
  const composition = createComposition();
  const did: Action[] = [];
  let isPrevented = false;
  let isOffering = situation.isOffering;
  let held = "";
  const obey = (verdict: Verdict) => {
    if (verdict === "pass") return;
    isPrevented = true;
    if (verdict === "hand over") {
      if (!isSilent) obey(composition.end({ data: held }));
      obey(composition.blur());
    } else if (verdict !== "swallow") {
      did.push(verdict);
      // What was taken is no longer offered: a second keydown of the same press finds the list closed.
      if (verdict === "take" || verdict === "close") isOffering = false;
    }
  };
  const asked = (event: Key) => actionOf(event, { ...situation, isOffering });
  for (const event of events) {
    // A press that was prevented brings no line break.
    switch (event.type) {
      case "compositionstart":
        composition.start();
        held = event.data;
        break;
      case "compositionend":
        obey(composition.end(event));
        break;
      case "keydown": {
        const full = turned({ ...KEY, ...event }, key);
        obey(composition.keydown(full, asked(full)));
        break;
      }
      case "keyup":
        composition.keyup(turned({ ...KEY, ...event }, key));
        break;
      case "beforeinput":
        obey(composition.beforeInput(event, asked({ ...KEY, ...modifiersOf(key) })));
    }
  }
  return { did, isPrevented };
}

/** The event as another key would send it. */
function turned(event: Key, to: Partial<Key>): Key {
  if (event.code !== "Enter" && event.key !== "Enter") return event;
  const isTaken = event.keyCode === 229;
  return {
    ...event,
    ...modifiersOf(to),
    ...(to.code !== undefined && event.code !== "" && { code: to.code }),
    ...(to.key !== undefined && event.key === "Enter" && { key: to.key }),
    ...(to.keyCode !== undefined && !isTaken && { keyCode: to.keyCode }),
  };
}

function modifiersOf({ ctrlKey = false, metaKey = false, shiftKey = false, altKey = false }: Partial<Key>) {
  return { ctrlKey, metaKey, shiftKey, altKey };
}

for (const [name, { events, acts, onlyEnter = false }] of Object.entries(ORDERS)) {
  const once = (action: Action) => acts ? [action] : [];

  Deno.test(`${name} ${acts ? "sends, once" : "is the input method's"}`, () => {
    for (const isSilent of [false, true]) {
      assertEquals(play(events, { situation: NOTHING_OPEN, isSilent }), { did: once("send"), isPrevented: acts });
    }
  });

  Deno.test(`${name}, where Ctrl+Enter sends: without Ctrl it is a line break, with it ${acts ? "it sends, once" : "the input method's"}`, () => {
    const situation: Situation = { ...NOTHING_OPEN, sendsBy: "ctrl" };
    assertEquals(play(events, { situation }), { did: [], isPrevented: false });
    for (const key of [{ ctrlKey: true }, { metaKey: true }]) {
      assertEquals(play(events, { situation, key }), { did: once("send"), isPrevented: acts });
    }
  });

  Deno.test(`${name}, while names are offered, ${acts ? "takes one, and does not send" : "is the input method's"}`, () => {
    for (const sendsBy of ["enter", "ctrl"] as const) {
      for (const isSilent of [false, true]) {
        const situation = { ...NOTHING_OPEN, sendsBy, isOffering: true };
        assertEquals(play(events, { situation, isSilent }), { did: once("take"), isPrevented: acts });
      }
    }
  });

  if (onlyEnter) continue;
  Deno.test(`${name}, with other keys in its place while names are offered, ${acts ? "acts, once" : "is the input method's"}`, () => {
    const situation = { ...NOTHING_OPEN, isOffering: true };
    const keys = { ArrowDown: "next", ArrowUp: "previous", Tab: "take", Escape: "close" } as const;
    for (const [key, action] of Object.entries(keys)) {
      const otherKey = events.filter(({ type }) => type !== "beforeinput");
      assertEquals(play(otherKey, { situation, key: { key, code: key, keyCode: 40 } }), {
        did: once(action),
        isPrevented: acts,
      }, key);
    }
  });

  Deno.test(`${name} with Shift breaks the line`, () => {
    for (const key of [{ shiftKey: true }, { altKey: true }]) {
      assertEquals(play(events, { situation: NOTHING_OPEN, key }), { did: [], isPrevented: false });
    }
  });
}

Deno.test("an Enter that repeats by being held sends once; an arrow goes on", () => {
  const held: Happening[] = [{ type: "keydown" }, { type: "keydown", repeat: true }, { type: "keydown", repeat: true }];
  assertEquals(play(held, { situation: NOTHING_OPEN }).did, ["send"]);
  const key = { key: "ArrowDown", code: "ArrowDown", keyCode: 40 };
  assertEquals(play(held, { situation: { ...NOTHING_OPEN, isOffering: true }, key }).did, ["next", "next", "next"]);
});

Deno.test("after a sent composition the next one is as the first", () => {
  const hangul = ORDERS["Hangul in Chromium on Windows"]?.events ?? [];
  assertEquals(play([...hangul, ...hangul], { situation: NOTHING_OPEN }).did, ["send", "send"]);
  const mac = ORDERS["Hangul in Chromium on macOS"]?.events ?? [];
  assertEquals(play([...mac, ...mac], { situation: NOTHING_OPEN }).did, ["send", "send"]);
});

Deno.test("the Enter after one that took a name within a composition sends", () => {
  for (const order of ["Hangul in Chromium on Windows", "Hangul in Chromium on macOS", "Hangul in Safari"]) {
    const events = [...ORDERS[order]?.events ?? [], { type: "keydown" }, { type: "keyup" }] as const;
    assertEquals(play(events, { situation: { ...NOTHING_OPEN, isOffering: true } }).did, ["take", "send"], order);
  }
});

Deno.test("a line break by itself is the writer's, and so is every one but the first after a send", () => {
  const lineBreak: Happening = { type: "beforeinput", inputType: "insertLineBreak" };
  assertEquals(play([lineBreak, { ...lineBreak, inputType: "insertParagraph" }], { situation: NOTHING_OPEN }), {
    did: [],
    isPrevented: false,
  });
  const composition = createComposition();
  composition.start();
  composition.keydown({ ...KEY, key: "Process", keyCode: 229, isComposing: true }, "send");
  assertEquals(composition.end({ data: "요" }), "send");
  assertEquals(composition.beforeInput({ inputType: "insertText" }, "send"), "pass");
  assertEquals(composition.beforeInput({ inputType: "insertParagraph" }, "send"), "swallow");
  assertEquals(composition.beforeInput({ inputType: "insertLineBreak" }, "send"), "pass");
});

Deno.test("a click while something is composed waits for the end of the composition, whatever it is", () => {
  for (const data of ["요", "日本語"]) {
    const composition = createComposition();
    composition.start();
    assertEquals(composition.ask("send"), "hand over");
    assertEquals(composition.end({ data }), "send");
    assertEquals(composition.blur(), "pass");
    assertEquals(composition.ask("take"), "take");
  }
});

Deno.test("a box that loses the focus forgets the composition", () => {
  const composition = createComposition();
  composition.start();
  composition.keydown({ ...KEY, keyCode: 229, isComposing: true }, "send");
  assertEquals(composition.blur(), "pass");
  assertEquals(composition.keydown({ ...KEY, keyCode: 229 }, "send"), "pass");
  assertEquals(composition.ask("take"), "take");
});

Deno.test("Hangul is syllables and single letters, composed or not, and nothing else", () => {
  for (const text of ["가", "한글", "ㅋ", "ㅏ", "각".normalize("NFD"), "ힰ"]) assertEquals(isHangul(text), true, text);
  for (const text of ["", " ", "a", "가a", "가 나", "漢", "かな", "1", "가1", "🙂"]) {
    assertEquals(isHangul(text), false, text);
  }
});
