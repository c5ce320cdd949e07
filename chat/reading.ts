import { commitCursor, entryCursor, epochOf, justBefore, parseCursor, stampOf } from "../layers/cursor.ts";
import { type ChannelLayer, type Cursor, CursorExpired, type Entry } from "../layers/layer.ts";
import type { Caller } from "../protocol/caller.ts";
import { messageEvent, type PersonEvent, personEvent } from "../protocol/events.ts";
import { allowed, decidingAnew } from "./allowed.ts";
import { documentKey, personGroup, roomGroup } from "./keys.ts";
import { EVERYONE } from "./mentions.ts";
import { type KeptTail, type Need, placeIn, RoomTails } from "./room_tails.ts";
import type { Standings } from "./standings.ts";
import { isMessage } from "./stored_message.ts";
import { personStep, roomStep } from "./tail_steps.ts";
import { TIMERS, type Timers } from "./timers.ts";
import { type Decision, transact } from "./transact.ts";

/** Messages that are counted exactly; more are this many, and `more`. */
const MAX_UNREAD = 1_000;

/** What somebody has not read of a room. */
export interface Counts {
  /** Messages of others after the marker that were not deleted; at most 1,000. */
  readonly unread: number;
  /** Whether there are, or may be, more than `unread`. */
  readonly more: boolean;
  /** How often others mentioned them, or everyone, after the marker. */
  readonly mentions: number;
}

/** What {@linkcode Reading} is made of. */
export interface ReadingParts {
  /** Holds the logs and documents. */
  readonly layer: ChannelLayer;
  /** Who is what. */
  readonly standings: Standings;
  /** Milliseconds since 1970. Default `Date.now`. */
  readonly now?: () => number;
  /** Default: the runtime's. */
  readonly timers?: Timers;
}

/**
 * How far people have read, and what they have not. A marker is a cursor and only moves forward; counts follow from it and from the logs,
 * and are kept nowhere.
 */
export class Reading {
  /** The ends of the rooms' logs. */
  readonly rooms: RoomTails;
  /** The ends of the people's logs: who mentioned them. */
  readonly mentions: RoomTails;
  readonly #layer: ChannelLayer;
  readonly #standings: Standings;
  readonly #now: () => number;

  /**
   * Makes it with nothing known.
   *
   * @param parts See {@linkcode ReadingParts}.
   */
  constructor({ layer, standings, now = Date.now, timers = TIMERS }: ReadingParts) {
    this.#layer = layer;
    this.#standings = standings;
    this.#now = now;
    this.rooms = new RoomTails(layer, roomGroup, roomStep, { now, timers });
    this.mentions = new RoomTails(layer, personGroup, personStep, { now, timers });
  }

  /**
   * Says how far somebody has read a room.
   *
   * @param room A parsed room name.
   * @param cursor As it came: of the last event that they have seen. Beyond the room's last one it means that one.
   * @returns The marker as it is now: never before what it was.
   * @throws {ChatError} `bad_cursor`, `forbidden`, `cursor_expired` (of another database), `unavailable`.
   */
  mark(caller: Caller, room: string, cursor: string): Promise<Cursor> {
    const wanted = parseCursor(cursor);
    const key = documentKey("read", caller.user.id, room);
    const decide = decidingAnew(async (isFresh): Promise<Decision<Cursor>> => {
      const { checks } = await allowed(this.#standings, caller, room, () => ["belong"], isFresh);
      const [head, [found]] = await Promise.all([this.#headFor(room, wanted), this.#layer.get([key])]);
      if (epochOf(wanted) !== epochOf(head)) {
        throw new CursorExpired(`Cannot read up to ${wanted}: it is of another database than ${head}`);
      }
      const marker = wanted < head ? wanted : head;
      const before = parseMarker(found?.value);
      if (before !== undefined && epochOf(before) === epochOf(marker) && before >= marker) return { answer: before };
      const event: PersonEvent = { type: "read", at: this.#now(), room, cursor: marker };
      const change = {
        checks: [...checks, { key, version: found?.version ?? null }],
        sets: [{ key, value: marker }],
      };
      const options = { transient: true, change };
      return { group: personGroup(caller.user.id), event, options, answer: () => marker };
    });
    return transact(this.#layer, decide);
  }

  /**
   * Counts what somebody has not read of a room that they are in.
   *
   * @param person Their id.
   * @param need Their marker, and when they came: what was before either does not count.
   * @throws {LayerUnavailable}
   */
  async counts(person: string, room: string, need: Need): Promise<Counts> {
    const [kept, mine] = await Promise.all([this.rooms.open(room, need), this.mentions.open(person, need)]);
    const { rows } = kept;
    const { index, isWhole } = placeIn(rows, need);
    const others = rows.countOthers(index, person);
    const loud = isWhole ? rows.countOthers(index, person, true) : await this.#countLoud(person, room, need);
    return {
      unread: Math.min(others, MAX_UNREAD),
      more: !isWhole || others > MAX_UNREAD,
      mentions: loud + await this.#countMine(person, room, need, kept, mine),
    };
  }

  /** Ends what is kept up to date. Call it before the layer is closed. */
  close(): void {
    this.rooms.close();
    this.mentions.close();
  }

  /** The room's head, as far as it matters for this cursor. */
  async #headFor(room: string, wanted: Cursor): Promise<Cursor> {
    const { head } = await this.rooms.open(room, { since: Infinity });
    // The tail may be a moment behind another isolate.
    return wanted <= head ? head : (await this.#layer.read(roomGroup(room), { limit: 1 })).head;
  }

  /**
   * Mentions by name. A mention's entry and its message are of one commit, with indices of their own: in the marker's own commit only
   * the messages say which are after it.
   */
  async #countMine(
    person: string,
    room: string,
    { marker, since }: Need,
    kept: KeptTail,
    mine: KeptTail,
  ): Promise<number> {
    const came = mine.rows.since(since);
    if (marker === undefined) return mine.rows.countOf(came, room);
    const [epoch, stamp] = [epochOf(marker), stampOf(marker)];
    const end = commitCursor(epoch, stamp);
    const later = mine.rows.after(end);
    const count = mine.rows.countOf(Math.max(came, later), room);
    const same = mine.rows.countOf(mine.rows.after(justBefore(entryCursor(epoch, stamp, 0))), room, later);
    if (same === 0 || kept.rows.after(marker) === kept.rows.after(end)) return count;
    const { entries } = await this.#layer.read(roomGroup(room), { after: marker, limit: 1_000 });
    return count + entries.filter((entry) => entry.cursor <= end && mentions(entry, person)).length;
  }

  /** Mentions of everyone, further back than the room's tail: those of messages that were deleted, too. */
  async #countLoud(person: string, room: string, { marker, since }: Need): Promise<number> {
    const group = personGroup(`${EVERYONE}:${room}`);
    const { entries } = await this.#layer.read(group, { limit: MAX_UNREAD });
    return entries.filter(({ cursor, json }) => {
      const event = personEvent.parse(JSON.parse(json));
      if (event.type !== "mention" || event.user.id === person) return false;
      return event.at >= since && (marker === undefined || cursor > marker);
    }).length;
  }
}

/** A read marker as it is kept. */
export function parseMarker(value: unknown): Cursor | undefined {
  return typeof value === "string" ? parseCursor(value) : undefined;
}

function mentions(entry: Entry, person: string): boolean {
  if (!isMessage(entry)) return false;
  const { mentions = [], user } = messageEvent.parse(JSON.parse(entry.json));
  return mentions.includes(person) && user.id !== person;
}
