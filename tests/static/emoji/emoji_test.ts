import { assert, assertEquals } from "@std/assert";
import { findEmoji, GROUPS, loadEmoji, rankEmoji } from "../../../static/emoji/emoji.js";
import { withoutTone, withTone } from "../../../static/emoji/tones.js";

const TONES = [1, 2, 3, 4, 5] as const;

Deno.test("every emoji is one for general interchange, is there once, and has a name in both languages", async () => {
  const [english, korean] = await Promise.all([loadEmoji("en"), loadEmoji("ko")]);
  assertEquals(english.map(({ emoji }) => emoji), korean.map(({ emoji }) => emoji));
  assertEquals(new Set(english.map(({ emoji }) => emoji)).size, english.length);
  assertEquals(new Set(english.map(({ group }) => group)).size, GROUPS.length);
  for (const { emoji, name } of [...english, ...korean]) {
    assert(/^\p{RGI_Emoji}$/v.test(emoji), emoji);
    assert(name !== "" && name === name.trim(), emoji);
  }
});

Deno.test("an emoji in each skin tone is one for general interchange, and is itself without it", async () => {
  for (const { emoji, takesTone } of await loadEmoji("en")) {
    if (!takesTone) continue;
    for (const tone of TONES) {
      assert(/^\p{RGI_Emoji}$/v.test(withTone(emoji, tone)), `${emoji} ${tone}`);
      assertEquals(withoutTone(withTone(emoji, tone)).replaceAll("\ufe0f", ""), emoji.replaceAll("\ufe0f", ""));
    }
    assertEquals(withTone(emoji, 0), emoji);
  }
});

Deno.test("no language's names are larger than 60 kB", async () => {
  for (const language of ["en", "ko"]) {
    const { size } = await Deno.stat(new URL(`../../../static/emoji/${language}.js`, import.meta.url));
    assert(size < 60_000, `${language}.js has ${size} B`);
  }
});

for (
  const [query, wanted] of Object.entries({
    "웃": "😀",
    "우ㅅ": "☔",
    "빨간색 하트": "❤️",
    "ㅋㅋ": "😂",
    "감사": "🙏",
    "태극기": "🇰🇷",
    "대한민국": "🇰🇷",
    "kr": "🇰🇷",
    "tada": "🎉",
    "+1": "👍",
    "thumbs_up": "👍",
    "red heart": "❤️",
    "HEART": "❤️",
  })
) {
  Deno.test(`“${query}” finds ${wanted}`, async () => {
    const found = (await findEmoji(query, "ko")).slice(0, 8).map(({ emoji }) => emoji);
    assert(found.includes(wanted), found.join(" "));
  });
}

Deno.test("what is found is shown in the page's language, whichever it was found in", async () => {
  assertEquals((await findEmoji("tada", "ko"))[0]?.name, "파티");
  assertEquals((await findEmoji("태극기", "en"))[0]?.name, "South Korea");
});

Deno.test("a name or a code that is what was asked for comes first, then a word of a name, then a beginning; all words have to be found", () => {
  const all = [["heart eyes"], ["red heart"], ["hearts"], ["heart"], ["x", "heart"], ["kiss", "hearty"]].map((
    terms,
  ) => ({
    terms,
  }));
  assertEquals(rankEmoji(all, "heart"), [3, 4, 0, 1, 2, 5]);
  assertEquals(rankEmoji(all, "eyes heart"), [0]);
  assertEquals(rankEmoji(all, "heart blue"), []);
  assertEquals(rankEmoji(all, "  "), []);
});
