import type { LayerEvent } from "../../layers/layer.ts";
import { ChatError, quote } from "../../protocol/errors.ts";
import { classOf, fold } from "./characters.ts";
import { exactToken, termTokens } from "./tokens.ts";

/** Most terms of one query. */
const MAX_TERMS = 10;

/** Which events a scan finds. */
export interface Query {
  /** What a filter must hold where it is found; none: anything may hold it. */
  readonly tokens: readonly number[];
  /** Whether an event, as it reads now, is found. */
  matches(event: LayerEvent): boolean;
}

/** What one looks for; at least one of these. */
export interface Wanted {
  /** Terms with white space between them; all must be there. */
  readonly text?: string | undefined;
  /** The id of who wrote it. */
  readonly from?: string | undefined;
  /** The id of somebody whom it mentions, or `@room`. */
  readonly mentions?: string | undefined;
}

/**
 * Which messages say all of this. A term that begins with a letter or digit is found where a word begins with it; one that begins with
 * Hangul, Han, kana or a symbol is found anywhere.
 *
 * @throws {ChatError} `bad_request`: it asks for nothing, for too many terms, or for a term without any letter, digit or symbol.
 */
export function messageQuery({ text = "", from, mentions }: Wanted): Query {
  const terms = fold(text).split(/\s+/u).filter((term) => term !== "");
  if (terms.length > MAX_TERMS) throw refusal(`at most ${MAX_TERMS} words at once: there are ${terms.length}`);
  if (terms.length === 0 && from === undefined && mentions === undefined) throw refusal("it asks for nothing");
  const tokens = new Set<number>();
  for (const term of terms) {
    const its = termTokens(term);
    if (its.length === 0) throw refusal(`${quote(term)} has no letter, digit or symbol in it`);
    for (const token of its) tokens.add(token);
  }
  if (from !== undefined) tokens.add(exactToken("from", from));
  if (mentions !== undefined) tokens.add(exactToken("mention", mentions));
  return {
    tokens: [...tokens],
    matches(event) {
      if (event.type !== "message" || event["deleted"] === true) return false;
      if (from !== undefined && idOf(event["user"]) !== from) return false;
      if (mentions !== undefined && !isIn(event["mentions"], mentions)) return false;
      if (terms.length === 0) return true;
      const said = event["text"];
      if (typeof said !== "string") return false;
      const folded = fold(said);
      return terms.every((term) => holdsTerm(folded, term));
    },
  };
}

/** The replies in the thread below a message; deleted ones too, which keep their place. */
export function threadQuery(root: string): Query {
  return {
    tokens: [exactToken("thread", root)],
    matches: (event) => event.type === "message" && event["thread"] === root,
  };
}

/** Every event that names a person as who did it, whose standing it is, or whose direct room. */
export function personQuery(person: string): Query {
  return {
    tokens: [exactToken("from", person)],
    matches: ({ user, member, room }) =>
      idOf(user) === person || idOf(member) === person ||
      (typeof room === "object" && room !== null && "people" in room && Array.isArray(room.people) &&
        room.people.some((each) => idOf(each) === person)),
  };
}

/**
 * Whether a text holds a term. See {@linkcode messageQuery}.
 *
 * @param text Folded.
 * @param term Folded, not empty.
 */
function holdsTerm(text: string, term: string): boolean {
  let place = text.indexOf(term);
  if (place === -1 || classOf(term.codePointAt(0) ?? 0) !== "letter") return place !== -1;
  for (; place !== -1; place = text.indexOf(term, place + 1)) {
    if (place === 0 || classOf(codeBefore(text, place)) !== "letter") return true;
  }
  return false;
}

function codeBefore(text: string, place: number): number {
  const unit = text.charCodeAt(place - 1);
  const isLow = unit >= 0xdc00 && unit <= 0xdfff;
  return isLow && place > 1 ? text.codePointAt(place - 2) ?? unit : unit;
}

function idOf(user: unknown): unknown {
  return typeof user === "object" && user !== null && "id" in user ? user.id : undefined;
}

function isIn(list: unknown, value: string): boolean {
  return Array.isArray(list) && list.includes(value);
}

function refusal(why: string): ChatError {
  return new ChatError("bad_request", `Cannot search: ${why}`);
}
