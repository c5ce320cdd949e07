/**
 * Emoji that people give to messages.
 *
 * @module
 */

import { z } from "zod";
import type { ChannelLayer, Entry } from "../layers/layer.ts";
import type { Caller } from "../protocol/caller.ts";
import { ChatError, quote } from "../protocol/errors.ts";
import { type ReactEvent, type Reaction, type User, user as userSchema } from "../protocol/events.ts";
import { allowed, decidingAnew } from "./allowed.ts";
import { documentKey, roomGroup } from "./keys.ts";
import type { Standings } from "./standings.ts";
import { amended, findMessage, parseMessage, readMessage, requireAlive, together } from "./stored_message.ts";
import { type Decision, transact } from "./transact.ts";
import { Turns } from "./turns.ts";

/** Different emoji that a message may have. */
const MAX_EMOJI = 20;
/** People that a message itself names for one emoji. */
const MAX_USERS = 20;
/** UTF-16 units of the longest emoji, with room for longer ones to come. */
const MAX_EMOJI_UNITS = 40;

/** `reaction <room> <cursor> <emoji> <person>`. */
const reactionDocument = z.object({ user: userSchema, at: z.number() });

/** Somebody who gave an emoji. */
export interface Reactor {
  /** Who, by the name that they had then. */
  readonly user: User;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** What {@linkcode Reactions} is made of. */
export interface ReactionsParts {
  /** Holds logs and documents. */
  readonly layer: ChannelLayer;
  /** Who is what. */
  readonly standings: Standings;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** See the module. */
export class Reactions {
  readonly #parts: ReactionsParts;
  readonly #turns = new Turns();

  /**
   * Makes it.
   *
   * @param parts See {@linkcode ReactionsParts}.
   */
  constructor(parts: ReactionsParts) {
    this.#parts = parts;
  }

  /**
   * Gives a message an emoji or takes it back; what is so already is not said again.
   *
   * @param room A parsed room name.
   * @param cursor The message's, as it came.
   * @param value The emoji, as it came.
   * @param on Whether they give it.
   * @returns How many people give it then.
   * @throws {ChatError} `bad_request`, `bad_cursor`, `forbidden`, `not_found`, `unavailable`.
   */
  async react(caller: Caller, room: string, cursor: string, value: string, on: boolean): Promise<{ count: number }> {
    const { layer, standings, now } = this.#parts;
    const emoji = parseEmoji(value);
    const { user } = caller;
    const decide = decidingAnew(async (isFresh): Promise<Decision<{ count: number }>> => {
      const standing = await allowed(standings, caller, room, () => ["react"], isFresh);
      const stored = await readMessage(layer, room, cursor);
      requireAlive(stored, "react to");
      const key = documentKey("reaction", room, cursor, emoji, user.id);
      const [found] = await layer.get([key]);
      const { reactions = [], ...message } = stored.event;
      if ((found !== undefined) === on) return { answer: { count: countOf(reactions, emoji) } };
      const at = now();
      const then = on ? withReaction(reactions, emoji, user.id) : withoutReaction(reactions, emoji, user.id);
      const count = countOf(then, emoji);
      const event: ReactEvent = { type: "react", at, user, target: cursor, emoji, on, count };
      const change = together(
        { checks: standing.checks },
        amended(stored, then.length > 0 ? { ...message, reactions: then } : message),
        on ? { sets: [{ key, value: { user, at } }] } : { deletes: [key] },
      );
      return { group: roomGroup(room), event, options: { change }, answer: () => ({ count }) };
    });
    return await this.#turns.take(`${room} ${cursor}`, () => transact(layer, decide));
  }

  /**
   * Who gave an emoji to a message, in the order of their ids.
   *
   * @param room A parsed room name.
   * @param cursor The message's, as it came.
   * @param value The emoji, as it came.
   * @param page `after`: only ids behind this one; `limit`: 1 to 200.
   * @returns `next`: `after` of the next page; absent on the last one.
   * @throws {ChatError} `bad_request`, `bad_cursor`, `forbidden`, `not_found`, `unavailable`.
   */
  async list(
    caller: Caller,
    room: string,
    cursor: string,
    value: string,
    { after, limit }: { readonly after?: string | undefined; readonly limit: number },
  ): Promise<{ items: Reactor[]; next?: string }> {
    const { layer, standings } = this.#parts;
    const emoji = parseEmoji(value);
    await allowed(standings, caller, room, () => ["read"], true);
    requireAlive({ cursor, event: parseMessage(await findMessage(layer, room, cursor)) }, "list reactions to");
    const found = await layer.list({
      prefix: documentKey("reaction", room, cursor, emoji),
      limit: limit + 1,
      ...(after !== undefined && { after }),
    });
    const items = found.slice(0, limit).map(({ value }) => reactionDocument.parse(value));
    const next = items.at(-1)?.user.id;
    return { items, ...(found.length > limit && next !== undefined && { next }) };
  }

  /**
   * Which emoji somebody gave to messages that do not name all who gave them.
   *
   * @param room A parsed room name, in which they may read.
   * @returns Cursor → emoji; only of messages where there are some.
   */
  async mine(caller: Caller, room: string, entries: readonly Entry[]): Promise<Record<string, string[]>> {
    const cut = entries.filter(({ json }) => hasReactions(json)).flatMap((entry) =>
      (parseMessage(entry).reactions ?? [])
        .filter(({ count, users }) => users.length < count)
        .map(({ emoji }) => ({ cursor: entry.cursor, emoji }))
    );
    if (cut.length === 0) return {};
    const keys = cut.map(({ cursor, emoji }) => documentKey("reaction", room, cursor, emoji, caller.user.id));
    const mine: Record<string, string[]> = {};
    for (const [i, found] of (await this.#parts.layer.get(keys)).entries()) {
      const given = cut[i];
      if (found !== undefined && given !== undefined) (mine[given.cursor] ??= []).push(given.emoji);
    }
    return mine;
  }
}

/** A quotation mark inside a text is escaped, so this is found in no text. */
function hasReactions(json: string): boolean {
  return json.includes('"reactions":[');
}

function countOf(reactions: readonly Reaction[], emoji: string): number {
  return reactions.find((reaction) => reaction.emoji === emoji)?.count ?? 0;
}

function withReaction(reactions: readonly Reaction[], emoji: string, id: string): Reaction[] {
  const found = reactions.find((reaction) => reaction.emoji === emoji);
  if (found === undefined) {
    if (reactions.length >= MAX_EMOJI) {
      throw new ChatError("forbidden", `Cannot react with another emoji: this message has ${MAX_EMOJI} already`);
    }
    return [...reactions, { emoji, count: 1, users: [id] }];
  }
  const users = found.users.length < MAX_USERS ? [...found.users, id] : found.users;
  return reactions.map((reaction) => reaction === found ? { emoji, count: found.count + 1, users } : reaction);
}

function withoutReaction(reactions: readonly Reaction[], emoji: string, id: string): Reaction[] {
  return reactions.flatMap((reaction) => {
    if (reaction.emoji !== emoji) return [reaction];
    const count = reaction.count - 1;
    return count === 0 ? [] : [{ emoji, count, users: reaction.users.filter((each) => each !== id) }];
  });
}

let rgiEmoji: RegExp | undefined;

/**
 * Parses an emoji.
 *
 * @param value One emoji; a sign that is one only with the variation selector may come without it.
 * @returns The emoji as Unicode recommends it (RGI, UTS #51).
 * @throws {ChatError} `bad_request`.
 */
export function parseEmoji(value: string): string {
  // V8 takes a tenth of a second to compile it: not at start.
  rgiEmoji ??= /^\p{RGI_Emoji}$/v;
  if (value.length <= MAX_EMOJI_UNITS) {
    if (rgiEmoji.test(value)) return value;
    if (rgiEmoji.test(`${value}\ufe0f`)) return `${value}\ufe0f`;
  }
  throw new ChatError("bad_request", `Cannot react with ${quote(value)}: it is not one emoji`);
}
