/**
 * Tokens: what a filter knows of a text. A token is an unsigned number of 32 bits, a hash; two different ones may meet.
 *
 * - a word of letters: its beginnings of 1, 2, 3, 4, 6, 8 and 12 letters
 * - a run of parts (Hangul, Han, emoji …): each character, and each two neighbours
 * - exact ones: `from:<person>`, `thread:<cursor>`, `mention:<person>`
 *
 * @module
 */

import { classOf, fold } from "./characters.ts";

/** Takes one token. */
export type Take = (token: number) => void;

/** What of an event is indexed. */
export interface Indexed {
  /** Who did it. */
  readonly user?: { readonly id: string } | undefined;
  /** Whose standing it is. */
  readonly member?: { readonly id: string } | undefined;
  /** Whose direct room it is. */
  readonly people?: readonly { readonly id: string }[] | undefined;
  /** A message's. */
  readonly text?: string | undefined;
  /** The first message's cursor. */
  readonly thread?: string | undefined;
  /** Ids, and `@room`. */
  readonly mentions?: readonly string[] | undefined;
}

/** Which of a word's beginnings are tokens, by their length: bit n is set for n letters. */
const LENGTHS = [1, 2, 3, 4, 6, 8, 12].reduce((bits, length) => bits | 1 << length, 0);
const MAX_LENGTH = 12;

/** Tells words, characters and pairs apart. */
const WORD = 0x811c9dc5;
const CHARACTER = 0x2545f491;
const PAIR = 0x6c078965;
const EXACT = 0x1b873593;

/** All tokens of an event; some come more than once. */
export function tokensOf(event: Indexed, take: Take): void {
  if (event.user !== undefined) take(exactToken("from", event.user.id));
  // A standing is found with the one whose it is as well as with who changed it.
  if (event.member !== undefined) take(exactToken("from", event.member.id));
  for (const { id } of event.people ?? []) take(exactToken("from", id));
  if (event.thread !== undefined) take(exactToken("thread", event.thread));
  for (const id of event.mentions ?? []) take(exactToken("mention", id));
  if (event.text !== undefined) textTokens(fold(event.text), true, take);
}

/** The tokens that each text holds in which `term`, folded and without white space, is found. None: the filter knows nothing of it. */
export function termTokens(term: string): number[] {
  const tokens = new Set<number>();
  textTokens(term, false, (token) => tokens.add(token));
  return [...tokens];
}

/** The token of a fact about an event. */
export function exactToken(kind: "from" | "thread" | "mention", value: string): number {
  let hash = EXACT;
  for (let i = 0; i < kind.length; i++) hash = Math.imul(hash ^ kind.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ 0x3a, 0x01000193);
  for (let i = 0; i < value.length; i++) hash = Math.imul(hash ^ value.charCodeAt(i), 0x01000193);
  return mix(hash);
}

/** @param all Whether single characters of longer runs are taken: a text has them, a longer term says more with its pairs. */
function textTokens(text: string, all: boolean, take: Take): void {
  let word = WORD;
  let length = 0;
  let previous = -1;
  let isPaired = false;
  for (let i = 0; i < text.length; i++) {
    const code = text.codePointAt(i) ?? 0;
    if (code > 0xffff) i++;
    const kind = classOf(code);
    if (kind === "letter") {
      if (++length <= MAX_LENGTH) {
        word = Math.imul(word ^ code, 0x01000193);
        if ((LENGTHS >> length & 1) === 1) take(mix(word ^ length));
      }
    } else {
      word = WORD;
      length = 0;
    }
    // A single character: of a run that ended with it.
    if (!all && kind !== "part" && previous !== -1 && !isPaired) take(mix(Math.imul(previous, CHARACTER)));
    if (kind !== "part") {
      previous = -1;
      isPaired = false;
      continue;
    }
    if (all) take(mix(Math.imul(code, CHARACTER)));
    if (previous !== -1) {
      isPaired = true;
      take(mix(Math.imul(previous, PAIR) ^ code));
    }
    previous = code;
  }
  if (!all && previous !== -1 && !isPaired) take(mix(Math.imul(previous, CHARACTER)));
}

/** Spreads a hash over all 32 bits: MurmurHash3's finalizer, https://github.com/aappleby/smhasher (public domain). */
function mix(hash: number): number {
  hash = Math.imul(hash ^ hash >>> 16, 0x85ebca6b);
  hash = Math.imul(hash ^ hash >>> 13, 0xc2b2ae35);
  return (hash ^ hash >>> 16) >>> 0;
}
