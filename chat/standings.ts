import type { Change, ChannelLayer, Document } from "../layers/layer.ts";
import type { Caller } from "../protocol/caller.ts";
import type { RoomInfo } from "../protocol/events.ts";
import { type MemberDocument, memberDocument, type RoomDocument, roomDocument, type Sentence } from "./documents.ts";
import { documentKey } from "./keys.ts";
import { hidden, type Level } from "./permissions.ts";
import { unusedRoom } from "./room_names.ts";

/** Rooms that an isolate remembers at a time, and people in all of them together. */
const MAX_ROOMS = 10_000;
const MAX_PEOPLE = 200_000;

/** What somebody is in a room, and how it is known. */
export interface Standing {
  /** The room; of one that nobody has used yet, what it would be. */
  readonly room: RoomInfo;
  /** The room's document; absent: nobody has used it yet. */
  readonly document?: RoomDocument;
  /** Their own document, where there is one. */
  readonly member?: MemberDocument;
  /** What they are. */
  readonly level: Level;
  /** Holds as long as all of this does: put it into every change that relies on it. */
  readonly checks: NonNullable<Change["checks"]>;
}

/** What the documents say of somebody in a room. */
export interface Facts {
  /** The room's document. */
  readonly document: RoomDocument | undefined;
  /** The caller's own. */
  readonly member: MemberDocument | undefined;
  /** See {@linkcode Standing}. */
  readonly checks: NonNullable<Change["checks"]>;
}

/** One room as this isolate knows it. All of it was read while the room's document had `version`. */
interface Known extends Omit<Facts, "member"> {
  readonly version: string | null;
  readonly people: Map<string, MemberDocument | undefined>;
}

/**
 * What people are in rooms, remembered: a message costs no read. It may be out of date, and that does no harm: whoever relies on it
 * checks the room's version in the same commit, and asks again, fresh, when that fails.
 */
export class Standings {
  readonly #layer: ChannelLayer;
  readonly #now: () => number;
  readonly #rooms = new Map<string, Known>();
  #people = 0;

  /**
   * Makes it with nothing known.
   *
   * @param layer Holds the documents.
   * @param now Milliseconds since 1970.
   */
  constructor(layer: ChannelLayer, now: () => number = Date.now) {
    this.#layer = layer;
    this.#now = now;
  }

  /**
   * What somebody is in a room, as this isolate knows it. Nothing is awaited when it is known.
   *
   * @param room A parsed room name.
   * @param isFresh Whether to read it anew: in a second try, and wherever the answer is not checked in a commit.
   * @throws {ChatError} `forbidden`: the caller's token does not name the room.
   */
  find(caller: Caller, room: string, isFresh = false): Standing | Promise<Standing> {
    const known = isFresh ? undefined : this.#rooms.get(room);
    if (known?.people.has(caller.user.id)) {
      const { document, checks, people } = known;
      return standingOf(caller, room, { document, checks, member: people.get(caller.user.id) }, this.#now());
    }
    return this.#read(caller, room);
  }

  /** Forgets a room: its version was not what we thought. */
  forget(room: string): void {
    this.#people -= this.#rooms.get(room)?.people.size ?? 0;
    this.#rooms.delete(room);
  }

  async #read(caller: Caller, room: string): Promise<Standing> {
    const keys = [documentKey("room", room), documentKey("member", room, caller.user.id)];
    const [found, own] = await this.#layer.get(keys);
    // Read in one go they belong together: whoever changes a standing for the worse changes the room's version.
    const { people, document, checks } = this.#remember(room, found);
    const member = own && memberDocument.parse(own.value);
    if (!people.has(caller.user.id)) this.#people++;
    people.set(caller.user.id, member);
    return standingOf(caller, room, { document, checks, member }, this.#now());
  }

  #remember(room: string, found: Document | undefined): Known {
    const version = found?.version ?? null;
    const before = this.#rooms.get(room);
    if (before?.version === version && this.#people < MAX_PEOPLE) return before;
    const document = found && roomDocument.parse(found.value);
    const known = {
      version,
      document,
      checks: Object.freeze([Object.freeze({ key: documentKey("room", room), version })]),
      people: new Map(),
    };
    if (this.#rooms.size >= MAX_ROOMS || this.#people >= MAX_PEOPLE) {
      this.#rooms.clear();
      this.#people = 0;
    } else this.forget(room);
    this.#rooms.set(room, known);
    return known;
  }
}

/**
 * What somebody is in a room, by what was read.
 *
 * @param room A parsed room name.
 * @param now Milliseconds since 1970.
 * @throws {ChatError} `forbidden`: the caller's token does not name the room.
 */
export function standingOf(caller: Caller, room: string, { document, member, checks }: Facts, now: number): Standing {
  if (caller.rooms !== undefined && !caller.rooms.includes(room)) throw hidden(room);
  const known = document?.info ?? unusedRoom(room);
  const info = caller.isErasure ? { ...known, archived: false } : known;
  // Not even those who keep order everywhere are told of a private room that is none.
  const isNone = document === undefined && info.kind !== "public";
  return {
    room: info,
    level: isNone ? "stranger" : levelOf(caller, member, now),
    checks,
    ...(document !== undefined && { document }),
    ...(member !== undefined && { member }),
  };
}

/** Whether a ban or a mute holds. Its end is no event: it is only no longer so. */
export function holds(sentence: Sentence | undefined, now: number): boolean {
  return sentence !== undefined && (sentence.until === undefined || sentence.until > now);
}

/** What somebody is by their document alone, whoever they are elsewhere. */
export function levelIn(member: MemberDocument | undefined, now: number): Exclude<Level, "admin"> {
  if (holds(member?.banned, now)) return "banned";
  if (member?.role === undefined) return "stranger";
  return member.role === "member" && holds(member.muted, now) ? "muted" : member.role;
}

function levelOf(caller: Caller, member: MemberDocument | undefined, now: number): Level {
  return caller.isAdmin ? "admin" : levelIn(member, now);
}
