import { assertEquals } from "@std/assert";
import {
  chooseTone,
  chosenTone,
  inChosenTone,
  recentEmoji,
  rememberEmoji,
} from "../../../../static/chat/composer/emoji_choices.js";
import { memoryStorage } from "./memory_storage.ts";

Deno.test("what was used last comes first, each once, and no more than two rows", () => {
  const storage = memoryStorage();
  assertEquals(recentEmoji(storage), []);
  for (const emoji of ["👍", "🎉", "👍🏽"]) rememberEmoji(storage, emoji);
  assertEquals(recentEmoji(storage), ["👍🏽", "🎉"]);
  for (let i = 0; i < 20; i++) rememberEmoji(storage, String.fromCodePoint(0x1f600 + i));
  assertEquals(recentEmoji(storage).length, 16);
  assertEquals(recentEmoji(storage)[0], "😓");
});

Deno.test("a tone is chosen once and holds for what takes one; what is none in the storage is no tone", () => {
  const storage = memoryStorage();
  assertEquals(chosenTone(storage), 0);
  chooseTone(storage, 3);
  assertEquals(inChosenTone(storage, { emoji: "👋", takesTone: true }), "👋🏽");
  assertEquals(inChosenTone(storage, { emoji: "🎉", takesTone: false }), "🎉");
  chooseTone(storage, 0);
  assertEquals(inChosenTone(storage, { emoji: "👋", takesTone: true }), "👋");
  storage.set("emoji.tone", "7");
  assertEquals(chosenTone(storage), 0);
});

Deno.test("a broken list of used emoji is an empty one", () => {
  const storage = memoryStorage();
  storage.set("emoji.recent", '[1, "👍", null]');
  assertEquals(recentEmoji(storage), ["👍"]);
  storage.set("emoji.recent", "{");
  assertEquals(recentEmoji(storage), []);
});
