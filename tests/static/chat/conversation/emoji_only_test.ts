import { assertEquals } from "@std/assert";
import { isEmojiOnly } from "../../../../static/chat/conversation/emoji_only.js";

Deno.test("one to three emoji alone are shown large, and nothing else is", () => {
  for (const text of ["👍", "🎉🎉🎉", "👩‍👩‍👧‍👦", "🇰🇷", "❤️", "1️⃣", "👍🏽", "🏴󠁧󠁢󠁷󠁬󠁳󠁿", "👍❤️🎉"]) {
    assertEquals(isEmojiOnly(text), true, text);
  }
  for (
    const text of ["", "ㅋ", "1", "12", "#", "❤", "\u200d", "\ufe0f", "👍 ", "🎉🎉🎉🎉", "좋아요👍", "👍".repeat(1_000)]
  ) {
    assertEquals(isEmojiOnly(text), false, text);
  }
});
