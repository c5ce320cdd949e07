/**
 * Makes `static/emoji/`: the emoji that pickers show, and their names in each of the page's languages, from the package emojibase-data (MIT).
 * Run it again with a newer one, and commit what changed:
 *
 * ```sh
 * npm pack emojibase-data@17.0.0 && tar xzf emojibase-data-17.0.0.tgz
 * deno run --allow-read=package --allow-write=static/emoji tools/make_emoji.ts package
 * ```
 *
 * @module
 */

import { z } from "zod";

/** Newer ones are boxes on phones that are a few years old. */
const MAX_VERSION = 15;
/** Groups of emojibase: 2 holds skin tones and hair by themselves. */
const COMPONENTS = 2;
const FACES = 0;
const PEOPLE = 1;
/** Further names of one emoji; one that is another with its gender said has none. */
const MAX_NAMES = 3;
/** Of a face, a hand or a heart, which are what people look for. */
const MAX_NAMES_OF_FEELING = 5;
/** Words of a further name: longer ones are sentences, which nobody searches for. */
const MAX_WORDS = 2;

/** Emoji in a row of a file of names. */
const ROW = 8;

/** What Koreans look for, and CLDR does not know. */
const KOREAN: Readonly<Record<string, string[]>> = {
  "😂": ["ㅋㅋ"],
  "😭": ["ㅠㅠ"],
  "😢": ["ㅜㅜ"],
  "🙏": ["감사", "부탁"],
  "👌": ["ㅇㅋ", "오케이"],
  "👍": ["따봉"],
  "🙇": ["죄송", "감사"],
  "💪": ["화이팅", "파이팅"],
  "🇰🇷": ["태극기", "한국"],
};

const LICENCE = `// Made by tools/make_emoji.ts from emojibase-data 17.0.0: do not edit. Licences: LICENSE.md.
`;

const skin = z.object({ emoji: z.string(), version: z.number() });
const emojiData = z.array(z.object({
  emoji: z.string(),
  hexcode: z.string(),
  label: z.string(),
  tags: z.array(z.string()).default([]),
  group: z.number().optional(),
  version: z.number(),
  skins: z.array(skin).default([]),
}));
const shortcodes = z.record(z.string(), z.union([z.string(), z.array(z.string())]));

/** One emoji of emojibase. */
export type EmojiData = z.infer<typeof emojiData>[number];

if (import.meta.main) {
  const folder = Deno.args[0] ?? "package";
  const read = async (path: string) => JSON.parse(await Deno.readTextFile(`${folder}/${path}`));
  const write = (name: string, text: string) =>
    Deno.writeTextFile(new URL(`../static/emoji/${name}`, import.meta.url), text);
  const codes = shortcodes.parse(await read("en/shortcodes/github.json"));
  // Countries are found by their ISO codes and by what Intl calls them.
  const codesOf = ({ emoji, hexcode }: EmojiData) => isCountry(emoji) ? [] : [codes[hexcode] ?? []].flat();
  const [english, korean] = [emojiData.parse(await read("en/data.json")), emojiData.parse(await read("ko/data.json"))];
  await write("list.js", listSource(english));
  await write("en.js", namesSource(english, "English", codesOf));
  await write("ko.js", namesSource(korean, "Korean", ({ emoji }) => KOREAN[emoji] ?? []));
}

/** Those that the page shows, in their order. */
export function selected(all: readonly EmojiData[]): EmojiData[] {
  return all.filter(({ group, version }) => group !== undefined && group !== COMPONENTS && version <= MAX_VERSION);
}

function listSource(all: readonly EmojiData[]): string {
  const groups = Map.groupBy(selected(all), ({ group }) => group);
  const lines = Array.from(
    groups.values(),
    (group) => group.map((each) => qualified(each) + (takesTone(each) ? "+" : "")).join(" "),
  );
  return `${LICENCE}
/** A line for each group, in the order of emojibase; \`+\` behind an emoji says that it takes a skin tone. */
export const LIST = \`${lines.join("\n")}\`;
`;
}

function namesSource(all: readonly EmojiData[], language: string, codesOf: (emoji: EmojiData) => string[]): string {
  const lines = selected(all).map((emoji) => namesOf(emoji, codesOf(emoji)).join("|"));
  if (lines.some((line) => line.includes(";"))) throw new Error("A name holds the sign between emoji");
  const rows = [];
  for (let at = 0; at < lines.length; at += ROW) rows.push(lines.slice(at, at + ROW).join(";"));
  const text = rows.join("\n");
  if (/[\`\\$]|\/\/|\/\*/.test(text)) throw new Error("A name holds what has a meaning in a script");
  return `${LICENCE}
/**
 * ${language} names of the emoji of list.js, between semicolons and line ends: the name, then what else it is found by.
 * An empty name is a country's flag, which \`Intl.DisplayNames\` knows.
 */
export const NAMES = \`${text}\`;
`;
}

/** As RGI emoji are written (UTS #51 ED-27): emojibase has variation selectors where none belong, and reactions are compared as text. */
function qualified({ emoji }: EmojiData): string {
  const bare = emoji.replace(/^(\p{Emoji_Presentation})\ufe0f$/u, "$1");
  if (!/^\p{RGI_Emoji}$/v.test(bare)) throw new Error(`No emoji for general interchange: ${emoji}`);
  return bare;
}

/** Some took tones later than they came. */
function takesTone({ skins }: EmojiData): boolean {
  return skins.some(({ version }) => version <= MAX_VERSION);
}

/** The name, and what it is found by besides the beginnings of the name's words. */
export function namesOf({ label, tags, emoji, group }: EmojiData, codes: readonly string[]): string[] {
  if (isCountry(emoji)) return codes.length > 0 ? ["", ...codes] : [];
  const name = label.normalize("NFC");
  const words = wordsOf(name);
  const isVariant = /\u200d[♂♀]|^[👨👩]\u200d/u.test(emoji);
  const found = codes.filter((code) => code !== words.join("_"));
  const isGesture = group === PEOPLE && !emoji.includes("\u200d");
  const kept: string[] = [];
  // What the beginning of another one finds as well is left out; of Korean forms of one word the shortest stays (사랑, 사랑해, 사랑하는).
  const tagsOf = tags.map((tag) => tag.normalize("NFC").toLowerCase()).filter((tag) =>
    wordsOf(tag).length <= MAX_WORDS
  );
  for (const tag of tagsOf.sort((a, b) => b.length - a.length)) {
    const known = [...words, ...found, ...kept.flatMap(wordsOf)];
    if (wordsOf(tag).every((part) => known.some((word) => word.startsWith(part)))) continue;
    if (!tagsOf.some((other) => other.length < tag.length && isSameStem(other, tag))) kept.push(tag);
  }
  found.push(
    ...kept.reverse().slice(0, isVariant ? 0 : group === FACES || isGesture ? MAX_NAMES_OF_FEELING : MAX_NAMES),
  );
  return [name, ...found];
}

function isCountry(emoji: string): boolean {
  return /^\p{RI}{2}$/u.test(emoji);
}

function isSameStem(a: string, b: string): boolean {
  return /^\p{Script=Hangul}{2}/u.test(a) && a.slice(0, 2) === b.slice(0, 2);
}

function wordsOf(text: string): string[] {
  return text.toLowerCase().split(/[\s:,-]+/).filter((word) => word !== "");
}
