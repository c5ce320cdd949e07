/**
 * Which names look alike: UTS #39's skeletons, with letter case put aside.
 *
 * @module
 */

import { CONFUSABLES } from "./confusables.ts";

let prototypes: Map<string, string> | undefined;

/**
 * What a name looks like. Two names that share one of these are taken for each other by people: `maria`, `Мaria` with a Cyrillic M,
 * `MARlA` with a small L. Case is put aside in two ways, because it changes what a letter looks like: Greek ν is like v, and its capital like N.
 *
 * @param name In NFKC.
 * @returns One or two, without white space and without what does not show.
 */
export function skeletonsOf(name: string): string[] {
  return [...new Set([skeletonOf(name), skeletonOf(name.toUpperCase())])];
}

function skeletonOf(name: string): string {
  prototypes ??= parseTable();
  let looks = "";
  // NFD first and again afterwards: UTS #39 §4. What is ignored when shown is ignored here.
  for (const character of name.normalize("NFD").replace(IGNORED, "")) looks += prototypes.get(character) ?? character;
  // A capital I is a small l to the eye, a small i is a capital I by case: so the three are one, with and without the dot.
  return looks.toLowerCase().normalize("NFD").replace(/[il1|]\u0307?/g, "l").replace(/0/g, "o").normalize("NFD");
}

const IGNORED = /[\s\p{Default_Ignorable_Code_Point}]/gu;

function parseTable(): Map<string, string> {
  const table = new Map<string, string>();
  for (const line of CONFUSABLES.trim().split(/\s/)) {
    const [prototype = "", sources = ""] = line.split(":");
    for (const source of sources.split(",")) table.set(unhex(source), unhex(prototype));
  }
  return table;
}

function unhex(codes: string): string {
  return String.fromCodePoint(...codes.split("+").map((code) => parseInt(code, 16)));
}
