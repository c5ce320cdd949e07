/**
 * Who is mentioned in a text. Members are kept by name (`named <room> <folded name> <person>`), so that it takes a look or two a mention,
 * however many people the room has.
 *
 * @module
 */

import type { AlsoEntry, Change, ChannelLayer } from "../layers/layer.ts";
import type { User } from "../protocol/events.ts";
import { parse } from "../static/shared/markdown.js";
import { endsName, foldName, MAX_NAME_UNITS } from "../static/shared/mentions.js";
import type { MemberDocument } from "./documents.ts";
import { documentKey, personGroup } from "./keys.ts";

/** Everyone in the room, among the ids of those who are mentioned. */
export const EVERYONE = "@room";

/** People that one message mentions. */
const MAX_MENTIONED = 50;

/**
 * The change of the documents that are kept by name, when somebody becomes a member, is one no more, or is called otherwise: belongs
 * into the same change as the member's own document.
 *
 * @param room A parsed name.
 * @param before Their document before, where there was one.
 * @param after Their document after.
 */
export function renamed(room: string, before: MemberDocument | undefined, after: MemberDocument | undefined): Change {
  const keyOf = (member: MemberDocument | undefined) =>
    member?.role && documentKey("named", room, foldName(member.user.name), member.user.id);
  const [old, current] = [keyOf(before), keyOf(after)];
  if (String(old) === String(current)) return {};
  return { deletes: old ? [old] : [], sets: current ? [{ key: current, value: "" }] : [] };
}

/**
 * Finds whom a text mentions. Names that begin alike are told apart by taking the longest; a name that several people have mentions all of them.
 *
 * @param room A parsed name.
 * @param text A message's.
 * @param mayEveryone Whether `@room` is a mention; otherwise it is text.
 * @returns Ids, and {@linkcode EVERYONE}, in the order of the text; each once, at most 50.
 * @throws {LayerUnavailable} The backend cannot be reached.
 */
export async function findMentions(
  layer: ChannelLayer,
  room: string,
  text: string,
  mayEveryone: boolean,
): Promise<string[]> {
  if (!text.includes("@")) return [];
  const starts = new Set<string>();
  parse(text, (rest) => {
    starts.add(foldName(rest.slice(0, MAX_NAME_UNITS)));
    return 0;
  });
  const found = await Promise.all([...starts].map((start) => {
    if (start.startsWith("room") && endsName(start, 4) && mayEveryone) return [EVERYONE];
    return findNamed(layer, room, start);
  }));
  return [...new Set(found.flat())].slice(0, MAX_MENTIONED);
}

/** Those whose name is the longest that a text starts with. */
async function findNamed(layer: ChannelLayer, room: string, start: string): Promise<string[]> {
  // A longer one than any name would miss none, but keys have a limit.
  let rest = start.slice(0, MAX_NAME_UNITS).toWellFormed();
  while (rest !== "") {
    // The last name that does not sort behind the text. Whatever else the text starts with, that name starts with too.
    const [last] = await layer.list({ prefix: ["named", room], before: `${rest}\u0000`, reverse: true, limit: 1 });
    const name = last?.key[2];
    if (name === undefined) return [];
    if (rest.startsWith(name)) {
      if (endsName(start, name.length)) {
        const people = await layer.list({ prefix: ["named", room, name], limit: MAX_MENTIONED });
        return people.map(({ key }) => key[3] ?? "");
      }
      rest = name.slice(0, -1);
    } else {
      rest = commonStart(rest, name);
    }
  }
  return [];
}

function commonStart(a: string, b: string): string {
  let length = 0;
  while (length < a.length && a[length] === b[length]) length++;
  return a.slice(0, length).toWellFormed();
}

/**
 * What tells those who are mentioned: one entry each, and one for everyone.
 *
 * @param mentions As {@linkcode findMentions} found them.
 * @param author Is not told.
 * @param at Milliseconds since 1970.
 */
export function mentionEntries(room: string, mentions: readonly string[], author: User, at: number): AlsoEntry[] {
  return mentions.filter((id) => id !== author.id).map((id) => ({
    group: personGroup(id === EVERYONE ? `${EVERYONE}:${room}` : id),
    event: { type: "mention", at, user: author, room },
  }));
}
