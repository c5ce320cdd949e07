import { assertEquals } from "@std/assert";
import { words as panes } from "../../static/i18n/panes/en.js";
import { words as base } from "../../static/i18n/en.js";

/** Each word has a place of its own, so that all of them can be looked at as one list. */
const english = { ...base, ...panes };

const FOLDER = new URL("../../static/i18n/", import.meta.url);

const COUNTED = Object.keys(english).filter((word) => /Other$/.test(word) && word.replace(/Other$/, "One") in english)
  .map((word) => word.replace(/Other$/, ""));

for await (const { name, isFile } of Deno.readDir(FOLDER)) {
  if (!isFile) continue;
  const language = name.replace(/\.js$/, "");
  Deno.test(`the language ${language} has every word, in every form that it counts with, and fills in what English does`, async () => {
    const { words } = await import(new URL(name, FOLDER).href);
    const { words: more } = await import(new URL(`panes/${name}`, FOLDER).href);
    assertEquals(findFaults(language, { ...words, ...more }), []);
    assertEquals(Object.keys(words).filter((word) => !(word in base) && word in panes), []);
  });
}

Deno.test("no word is in both lists", () => {
  assertEquals(Object.keys(base).filter((word) => word in panes), []);
});

Deno.test("a word that is missing, unknown, empty or without a blank is found, and so is a form of counting", () => {
  const faultsOf = (language: string, changes: Record<string, string | undefined>) => {
    const words = Object.entries({ ...english, ...changes }).flatMap(([word, text]) =>
      text === undefined ? [] : [[word, text]]
    );
    return findFaults(language, Object.fromEntries(words));
  };
  assertEquals(faultsOf("en", {}), []);
  assertEquals(faultsOf("en", { send: undefined }), ["send is missing"]);
  assertEquals(faultsOf("en", { senda: "Send" }), ["senda is no word of ours"]);
  assertEquals(faultsOf("en", { send: " " }), ["send says nothing"]);
  assertEquals(faultsOf("en", { heard: "{name}" }), ["heard fills in {name}, not {name} {text}"]);
  assertEquals(faultsOf("en", { unreadOne: "a new message" }), []);
  assertEquals(faultsOf("en", { unreadOther: "new messages" }), ["unreadOther fills in , not {count}"]);
  assertEquals(faultsOf("ko", { unreadOne: undefined }), []);
  const russian = faultsOf("ru", {});
  assertEquals(russian.filter((fault) => fault.startsWith("unread")), [
    "unreadFew is missing",
    "unreadMany is missing",
  ]);
  assertEquals(russian.length, 2 * COUNTED.length);
});

function findFaults(language: string, words: Readonly<Record<string, string>>): string[] {
  const forms = new Intl.PluralRules(language).resolvedOptions().pluralCategories.map(capitalize);
  const needed = [
    ...Object.keys(english).filter((word) => stemOf(word) === undefined),
    ...COUNTED.flatMap((stem) => forms.map((form) => stem + form)),
  ];
  const missing = needed.filter((word) => !(word in words)).map((word) => `${word} is missing`);
  return [...missing, ...Object.entries(words).flatMap(([word, text]) => faultOf(word, text) ?? [])];
}

function faultOf(word: string, text: string): string | undefined {
  const stem = stemOf(word);
  const said = Object.entries(english).find(([key]) => key === (stem === undefined ? word : `${stem}Other`))?.[1];
  if (said === undefined) return `${word} is no word of ours`;
  if (text.trim() === "") return `${word} says nothing`;
  const [given, wanted] = [blanksOf(text), blanksOf(said)];
  if (given === wanted) return undefined;
  // "A second" tells its number without naming it.
  if (/(?:Zero|One|Two)$/.test(word) && stem !== undefined && given === wanted.replace(/\{count\} ?/, "")) {
    return undefined;
  }
  return `${word} fills in ${given}, not ${wanted}`;
}

/** Of which counted word this is a form. */
function stemOf(word: string): string | undefined {
  const stem = word.replace(/(?:Zero|One|Two|Few|Many|Other)$/, "");
  return stem !== word && COUNTED.includes(stem) ? stem : undefined;
}

function blanksOf(text: string): string {
  return (text.match(/\{\w+\}/g) ?? []).sort().join(" ");
}

function capitalize(word: string): string {
  return word.replace(/^./, (first) => first.toUpperCase());
}
