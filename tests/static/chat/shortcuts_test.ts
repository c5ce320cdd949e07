import { assertEquals } from "@std/assert";
import { findShortcut, isTyped, type Key, keyNames, SHORTCUTS } from "../../../static/chat/shortcuts.js";

function press(key: string, held: Partial<Key> = {}): Key {
  return { key, ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, ...held };
}

Deno.test("a key asks for what the list says, with exactly the keys that are held with it", () => {
  assertEquals(findShortcut(press("k", { ctrlKey: true }), "page"), "switcher");
  assertEquals(findShortcut(press("K", { metaKey: true }), "page"), "switcher");
  assertEquals(findShortcut(press("k"), "page"), undefined);
  assertEquals(findShortcut(press("K", { ctrlKey: true, shiftKey: true }), "page"), undefined);
  assertEquals(findShortcut(press("ArrowUp", { altKey: true }), "page"), "previousRoom");
  assertEquals(findShortcut(press("ArrowUp", { altKey: true, shiftKey: true }), "page"), "previousUnread");
  assertEquals(findShortcut(press("ArrowUp", { altKey: true, ctrlKey: true }), "page"), undefined);
  assertEquals(findShortcut(press("ArrowUp"), "page"), undefined);
  assertEquals(findShortcut(press("ArrowUp"), "box"), "editLast");
});

Deno.test("a sign is itself, with Shift or without", () => {
  assertEquals(findShortcut(press("?", { shiftKey: true }), "page"), "shortcuts");
  assertEquals(findShortcut(press("?"), "page"), "shortcuts");
  assertEquals(findShortcut(press("/"), "page"), undefined);
});

Deno.test("no two shortcuts of a place have the same keys", () => {
  const all = Object.values(SHORTCUTS).flatMap(({ keys, where }) => keys.map((key) => `${where} ${key}`));
  assertEquals(all, [...new Set(all)]);
});

Deno.test("keys are written as keyboards have them", () => {
  assertEquals(keyNames("Alt+Shift+ArrowUp", false), ["Alt", "Shift", "↑"]);
  assertEquals(keyNames("Mod+K", false), ["Ctrl", "K"]);
  assertEquals(keyNames("Mod+K", true), ["⌘", "K"]);
  assertEquals(keyNames("Alt+Shift+ArrowDown", true), ["⌥", "⇧", "↓"]);
});

Deno.test("what is typed is told from what is pressed", () => {
  assertEquals([press("가"), press("?", { shiftKey: true }), press("😀")].map(isTyped), [true, true, true]);
  assertEquals([press("Enter"), press("k", { ctrlKey: true }), press("x", { altKey: true })].map(isTyped), [
    false,
    false,
    false,
  ]);
});
