/**
 * Rooms as a socket has them open: come in, hear what happens, type.
 *
 * @module
 */

import { type ChannelLayer, type Cursor, CursorExpired, type Entry } from "../layers/layer.ts";
import type { Caller } from "../protocol/caller.ts";
import type { TypingEvent } from "../protocol/events.ts";
import { allowed, decidingAnew, writeAction } from "./allowed.ts";
import type { History } from "./history.ts";
import { roomGroup } from "./keys.ts";
import type { Members } from "./members.ts";
import { may, require } from "./permissions.ts";
import { isMessage } from "./stored_message.ts";
import type { Standing, Standings } from "./standings.ts";
import { transact } from "./transact.ts";

/** Messages in the newest page that a join answers with. */
const JOIN_LIMIT = 50;

/** Events that a join which resumes answers with at most; the rest follows. */
const RESUME_LIMIT = 500;

/** What a join finds. */
export interface Joined {
  /** The room, and what one is in it. */
  readonly standing: Standing;
  /** Oldest first: what was missed, or the newest messages. */
  readonly entries: readonly Entry[];
  /** Where to read on. */
  readonly head: Cursor;
  /** Whether `entries` go on from where the client was. */
  readonly recovered: boolean;
  /** The log's end, or a place before it, when `standing` was read: what put them out before is past. */
  readonly since: Cursor;
}

/** What {@linkcode Live} is made of. */
export interface LiveParts {
  /** Holds the logs. */
  readonly layer: ChannelLayer;
  /** Who is what. */
  readonly standings: Standings;
  /** Lets people in. */
  readonly members: Pick<Members, "enter">;
  /** Finds messages among what else happened. */
  readonly history: Pick<History, "messagesBefore">;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** See the module. */
export class Live {
  readonly #parts: LiveParts;

  /**
   * Makes it.
   *
   * @param parts See {@linkcode LiveParts}.
   */
  constructor(parts: LiveParts) {
    this.#parts = parts;
  }

  /**
   * What one sees who comes in, as a member from now on: what was missed, or the newest page.
   *
   * @param room A parsed name.
   * @param after The client's cursor, if it has one.
   * @throws {ChatError} `bad_cursor`, `forbidden`, `unavailable`.
   */
  async join(caller: Caller, room: string, after: Cursor | undefined): Promise<Joined> {
    const { members } = this.#parts;
    require("read", await members.enter(caller, room));
    const found = await this.catchUp(room, after);
    // Asked again: who was removed before `head` would not hear of it any more, for what is heard begins behind it.
    const standing = await members.enter(caller, room);
    require("read", standing);
    return { standing, ...found };
  }

  /** Those of some rooms that somebody may not read, or no longer, with what they come with now. @throws {ChatError} `unavailable`. */
  async closedTo(caller: Caller, rooms: readonly string[]): Promise<string[]> {
    const { standings } = this.#parts;
    const closed = await Promise.all(rooms.map(async (room) => {
      // The rooms that a token names are asked first: of others nothing may be found out by it.
      if (caller.rooms !== undefined && !caller.rooms.includes(room)) return room;
      return may("read", await standings.find(caller, room, true)) ? [] : room;
    }));
    return closed.flat();
  }

  /** What comes after a cursor; or, where the past cannot be bridged, the newest messages. Asks nobody whether one may. */
  async catchUp(room: string, after: Cursor | undefined): Promise<Omit<Joined, "standing">> {
    const { layer, history } = this.#parts;
    const group = roomGroup(room);
    if (after !== undefined) {
      try {
        const { entries, head, more } = await layer.read(group, { after, limit: RESUME_LIMIT });
        const since = more ? (await layer.read(group, { limit: 1 })).head : head;
        return { entries, head, since, recovered: true };
      } catch (error) {
        if (!(error instanceof CursorExpired)) throw error;
      }
    }
    const { entries, head, more } = await layer.read(group, { limit: JOIN_LIMIT });
    const newest = entries.filter(isMessage);
    const first = entries[0];
    const missing = JOIN_LIMIT - newest.length;
    if (first === undefined || !more || missing === 0) return { entries: newest, head, since: head, recovered: false };
    const older = await history.messagesBefore(room, first.cursor, missing);
    return { entries: [...older, ...newest], head, since: head, recovered: false };
  }

  /**
   * Tells those who are there that somebody is typing, or stopped.
   *
   * @throws {ChatError} `forbidden`: they may not write.
   */
  async typing(caller: Caller, room: string, on: boolean): Promise<void> {
    const { layer, standings, now } = this.#parts;
    const decide = decidingAnew<void>(async (isFresh) => {
      const { checks } = await allowed(standings, caller, room, (info) => [writeAction(info)], isFresh);
      const event: TypingEvent = { type: "typing", at: now(), user: caller.user, ...(!on && { on }) };
      const options = { transient: true, change: { checks } };
      return { group: roomGroup(room), event, options, answer: () => {} };
    });
    await transact(layer, decide);
  }
}
