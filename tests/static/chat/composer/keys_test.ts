import { assertEquals } from "@std/assert";
import { actionOf, ENTER, type Situation } from "../../../../static/chat/composer/keys.js";

const WRITING: Situation = { sendsBy: "enter", isOffering: false, isEmpty: false, canLeave: false };
const press = (key: string, modifiers: Partial<typeof ENTER> = {}) => ({ ...ENTER, key, code: key, ...modifiers });

Deno.test("Enter sends, and with Shift or Alt breaks the line; Ctrl and ⌘ make no difference", () => {
  assertEquals(actionOf(ENTER, WRITING), "send");
  assertEquals(actionOf(press("Enter", { ctrlKey: true }), WRITING), "send");
  assertEquals(actionOf(press("Enter", { shiftKey: true }), WRITING), undefined);
  assertEquals(actionOf(press("Enter", { altKey: true }), WRITING), undefined);
});

Deno.test("where Ctrl+Enter sends, Enter breaks the line; ⌘ is a Mac's Ctrl", () => {
  const situation: Situation = { ...WRITING, sendsBy: "ctrl" };
  assertEquals(actionOf(ENTER, situation), undefined);
  assertEquals(actionOf(press("Enter", { ctrlKey: true }), situation), "send");
  assertEquals(actionOf(press("Enter", { metaKey: true }), situation), "send");
  assertEquals(actionOf(press("Enter", { ctrlKey: true, shiftKey: true }), situation), undefined);
});

Deno.test("while a list is open Enter and Tab take, arrows go through it and Escape closes it; with modifiers keys are as ever", () => {
  const situation: Situation = { ...WRITING, isOffering: true, canLeave: true, isEmpty: true };
  const wanted = {
    Enter: "take",
    Tab: "take",
    ArrowDown: "next",
    ArrowUp: "previous",
    Escape: "close",
    ArrowLeft: undefined,
  };
  for (const [key, action] of Object.entries(wanted)) assertEquals(actionOf(press(key), situation), action, key);
  for (const key of ["Tab", "ArrowDown", "ArrowUp"]) {
    assertEquals(actionOf(press(key, { shiftKey: true }), situation), undefined, key);
  }
  assertEquals(actionOf(press("Enter", { ctrlKey: true }), situation), "send");
});

Deno.test("↑ in an empty box asks for the last message, in any other it moves the cursor", () => {
  assertEquals(actionOf(press("ArrowUp"), { ...WRITING, isEmpty: true }), "editLast");
  assertEquals(actionOf(press("ArrowUp", { shiftKey: true }), { ...WRITING, isEmpty: true }), undefined);
  assertEquals(actionOf(press("ArrowUp"), WRITING), undefined);
  for (const key of ["ArrowDown", "Tab"]) assertEquals(actionOf(press(key), { ...WRITING, isEmpty: true }), undefined);
});

Deno.test("Escape leaves a reply or an edit, and is nothing else's", () => {
  assertEquals(actionOf(press("Escape"), { ...WRITING, canLeave: true }), "leave");
  assertEquals(actionOf(press("Escape"), WRITING), undefined);
});

Deno.test("a key that an input method took is known by its place on the keyboard", () => {
  assertEquals(actionOf({ ...ENTER, key: "Process", code: "NumpadEnter" }, WRITING), "send");
  assertEquals(actionOf({ ...ENTER, key: "Process", code: "KeyD" }, WRITING), undefined);
  assertEquals(actionOf({ ...ENTER, key: "Unidentified", code: "" }, WRITING), undefined);
});
