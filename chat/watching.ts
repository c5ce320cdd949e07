import type { Batch, ChannelLayer } from "../layers/layer.ts";
import type { Caller } from "../protocol/caller.ts";
import { type PersonEvent, personEvent } from "../protocol/events.ts";
import { membershipDocument } from "./documents.ts";
import { documentKey } from "./keys.ts";
import { listMemberships } from "./my_rooms.ts";
import { parseMarker, type Reading } from "./reading.ts";
import type { KeptTail, Need } from "./room_tails.ts";
import { TIMERS, type Timers } from "./timers.ts";

/** Milliseconds between two notices of one room to one socket. */
const NOTICE_MS = 1_000;

/** Milliseconds that a notice waits for what was written with it: a mention by name stands in a log of its own, behind its message or before it. */
const GATHER_MS = 10;

/** A socket that watches. */
export interface WatchSocket {
  /** Takes a text frame. */
  readonly send: (frame: string) => void;
  /** Whether it has more to take than it should: it is told later how things are then. */
  readonly isFull: () => boolean;
}

/** A socket's watch. */
export interface Watch {
  /** Ends it; nothing is sent after this returns. May be called again. */
  stop(): void;
}

/** What {@linkcode Watching} is made of. */
export interface WatchingParts {
  /** Holds the documents. */
  readonly layer: ChannelLayer;
  /** Counts, and hears of what comes. */
  readonly reading: Reading;
  /** Milliseconds since 1970. Default `Date.now`. */
  readonly now?: () => number;
  /** Default: the runtime's. */
  readonly timers?: Timers;
  /** Told what failed in the background; notices are tried again after a second. Default: nobody is told. */
  readonly failed?: (error: unknown) => void;
}

/** All watching sockets of one person here that came with the same rights. */
interface Watcher {
  readonly id: string;
  readonly caller: Caller;
  /** Socket → rooms that it has to be told of. */
  readonly sockets: Map<WatchSocket, Set<string>>;
  readonly rooms: Map<string, { need: Need; stop: () => void }>;
  /** Rooms that were told of within the last second. */
  readonly cooling: Set<string>;
  stopPerson: () => void;
  isOver: boolean;
  ready: Promise<void>;
}

/** A room of a watcher. */
interface Told {
  readonly watcher: Watcher;
  readonly room: string;
}

/** A room that a watcher was told of, and when it may be told again. */
interface Cooling extends Told {
  readonly due: number;
}

/**
 * One socket hears of activity in all rooms of its person without opening them: at most one small frame a room a second. A notice says
 * how things are, not what happened: a socket that is full misses none, it gets the latest when it has room.
 */
export class Watching {
  readonly #layer: ChannelLayer;
  readonly #reading: Reading;
  readonly #now: () => number;
  readonly #timers: Timers;
  readonly #failed: (error: unknown) => void;
  readonly #watchers = new Map<string, Watcher>();
  /** In the order in which they are due. */
  readonly #cooling = new Set<Cooling>();
  #stopTimer: (() => void) | undefined;
  /** What is about to be told. */
  #gathered: Told[] = [];
  #stopGathering: (() => void) | undefined;
  #isClosed = false;

  /**
   * Makes it with nobody watching.
   *
   * @param parts See {@linkcode WatchingParts}.
   */
  constructor({ layer, reading, now = Date.now, timers = TIMERS, failed = () => {} }: WatchingParts) {
    this.#layer = layer;
    this.#reading = reading;
    this.#now = now;
    this.#timers = timers;
    this.#failed = failed;
  }

  /**
   * Begins to tell a socket; resolves when it is told of everything from now on.
   *
   * @param caller Whose rooms.
   * @param socket Where to: `{"type": "activity", …}` and `{"type": "person", "events": […]}`.
   * @throws {LayerUnavailable}
   */
  async start(caller: Caller, socket: WatchSocket): Promise<Watch> {
    const id = JSON.stringify([caller.user.id, caller.rooms]);
    let watcher = this.#watchers.get(id);
    if (watcher === undefined) {
      const nothing = { sockets: new Map(), rooms: new Map(), cooling: new Set<string>(), stopPerson: () => {} };
      watcher = { id, caller, ...nothing, isOver: false, ready: Promise.resolve() };
      this.#watchers.set(id, watcher);
      watcher.ready = this.#begin(watcher);
    }
    const { sockets, ready } = watcher;
    sockets.set(socket, new Set());
    const stop = () => {
      if (sockets.delete(socket) && sockets.size === 0) this.#end(watcher);
    };
    try {
      await ready;
    } catch (error) {
      stop();
      throw error;
    }
    return { stop };
  }

  /** Ends all watches. Call it before {@linkcode Reading.close}. */
  close(): void {
    this.#isClosed = true;
    this.#stopTimer?.();
    this.#stopGathering?.();
    this.#cooling.clear();
    for (const watcher of this.#watchers.values()) this.#end(watcher);
  }

  async #begin(watcher: Watcher): Promise<void> {
    // First: what changes while the rooms are listed is heard.
    const stop = await this.#reading.mentions.watch(
      watcher.caller.user.id,
      (batch) => this.#hearPerson(watcher, batch),
    );
    if (watcher.isOver) return stop();
    watcher.stopPerson = stop;
    const memberships = await listMemberships(this.#layer, watcher.caller);
    await Promise.all(memberships.map(({ room, marker, chosen }) => {
      return this.#addRoom(watcher, room, { marker, since: chosen.joinedAt });
    }));
  }

  #end(watcher: Watcher): void {
    watcher.isOver = true;
    watcher.sockets.clear();
    watcher.stopPerson();
    for (const { stop } of watcher.rooms.values()) stop();
    watcher.rooms.clear();
    if (this.#watchers.get(watcher.id) === watcher) this.#watchers.delete(watcher.id);
  }

  async #addRoom(watcher: Watcher, room: string, need: Need): Promise<void> {
    if (watcher.rooms.has(room) || watcher.isOver) return;
    const state = { need, stop: () => {} };
    watcher.rooms.set(room, state);
    const stop = await this.#reading.rooms.watch(room, (_batch, isCounted) => {
      if (isCounted) this.#notice(watcher, room);
    });
    if (watcher.rooms.get(room) !== state) return stop();
    state.stop = stop;
  }

  #removeRoom(watcher: Watcher, room: string): void {
    watcher.rooms.get(room)?.stop();
    watcher.rooms.delete(room);
    for (const owed of watcher.sockets.values()) owed.delete(room);
  }

  #hearPerson(watcher: Watcher, batch: Batch): void {
    const { events, frame } = personFrame(batch, watcher.caller.rooms);
    if (frame === undefined) return;
    for (const socket of watcher.sockets.keys()) {
      // News, not a log: what matters of it is in the next notice of the room.
      if (!socket.isFull()) socket.send(frame);
    }
    for (const event of events) {
      if (event.type === "mention") this.#notice(watcher, event.room);
      else if (event.type === "read") this.#read(watcher, event.room, event.cursor);
      else if (event.type === "membership") this.#refresh(watcher, event.room).catch(this.#failed);
    }
  }

  #read(watcher: Watcher, room: string, cursor: string): void {
    const state = watcher.rooms.get(room);
    if (state === undefined) return;
    const { marker, since } = state.need;
    if (marker === undefined || cursor > marker) state.need = { marker: cursor, since };
    this.#notice(watcher, room);
  }

  /** They came in, left, or chose something. */
  async #refresh(watcher: Watcher, room: string): Promise<void> {
    const { user, rooms } = watcher.caller;
    if (rooms !== undefined && !rooms.includes(room)) return;
    const [membership, marker] = await this.#layer.get([
      documentKey("membership", user.id, room),
      documentKey("read", user.id, room),
    ]);
    if (membership === undefined) return this.#removeRoom(watcher, room);
    const { joinedAt } = membershipDocument.parse(membership.value);
    // They left and came again before this look at it.
    const known = watcher.rooms.get(room);
    if (known !== undefined) known.need = { ...known.need, since: joinedAt };
    await this.#addRoom(watcher, room, { marker: parseMarker(marker?.value), since: joinedAt });
  }

  #notice(watcher: Watcher, room: string): void {
    if (!watcher.rooms.has(room)) return;
    for (const owed of watcher.sockets.values()) owed.add(room);
    if (!watcher.cooling.has(room)) this.#tell(watcher, room);
  }

  /** In a moment tells those sockets that have to be told and are not full, and then nobody for a second. */
  #tell(watcher: Watcher, room: string): void {
    if (this.#isClosed) return;
    watcher.cooling.add(room);
    this.#cooling.add({ watcher, room, due: this.#now() + NOTICE_MS });
    this.#goOn();
    this.#gathered.push({ watcher, room });
    this.#stopGathering ??= this.#timers.after(GATHER_MS, () => {
      const told = this.#gathered;
      this.#gathered = [];
      this.#stopGathering = undefined;
      for (const { watcher, room } of told) {
        const isAnyReady = [...watcher.sockets].some(([socket, owed]) => owed.has(room) && !socket.isFull());
        if (isAnyReady) this.#send(watcher, room).catch(this.#failed);
      }
    });
  }

  async #send(watcher: Watcher, room: string): Promise<void> {
    const state = watcher.rooms.get(room);
    if (state === undefined) return;
    const { need } = state;
    const counts = await this.#reading.counts(watcher.caller.user.id, room, need);
    const kept = await this.#reading.rooms.open(room, need);
    if (watcher.rooms.get(room) !== state) return;
    const marker = need.marker === undefined ? "" : `,"marker":"${need.marker}"`;
    const more = counts.more ? ',"more":true' : "";
    const frame = `${beginningOf(room, kept)}${marker},"unread":${counts.unread}${more},"mentions":${counts.mentions}}`;
    for (const [socket, owed] of watcher.sockets) {
      if (socket.isFull() || !owed.delete(room)) continue;
      socket.send(frame);
    }
  }

  #goOn(): void {
    const [first] = this.#cooling;
    if (first === undefined || this.#stopTimer !== undefined || this.#isClosed) return;
    this.#stopTimer = this.#timers.after(Math.max(0, first.due - this.#now()), () => {
      this.#stopTimer = undefined;
      const now = this.#now();
      for (const cooling of this.#cooling) {
        if (cooling.due > now) break;
        this.#cooling.delete(cooling);
        const { watcher, room } = cooling;
        watcher.cooling.delete(room);
        if ([...watcher.sockets.values()].some((owed) => owed.has(room))) this.#tell(watcher, room);
      }
      this.#goOn();
    });
  }
}

const beginnings = new WeakMap<KeptTail, { head: string; text: string }>();

/** What is the same for everybody who watches the room: put together once. */
function beginningOf(room: string, kept: KeptTail): string {
  let known = beginnings.get(kept);
  if (known?.head !== kept.head) {
    const at = kept.last === undefined ? "" : `,"at":${kept.last.at}`;
    known = { head: kept.head, text: `{"type":"activity","room":${JSON.stringify(room)},"head":"${kept.head}"${at}` };
    beginnings.set(kept, known);
  }
  return known.text;
}

interface PersonFrame {
  readonly events: readonly PersonEvent[];
  readonly frame: string | undefined;
}

const frames = new WeakMap<Batch, PersonFrame>();

/**
 * What happened to a person, but for the end of a credential, which is for the sockets and not for those who read.
 *
 * @param rooms The only rooms that a token names: of others it hears nothing.
 */
function personFrame(batch: Batch, rooms?: readonly string[]): PersonFrame {
  const all = wholeFrame(batch);
  if (rooms === undefined) return all;
  const events = all.events.filter((event) => !("room" in event) || rooms.includes(event.room));
  return { events, frame: events.length === 0 ? undefined : JSON.stringify({ type: "person", events }) };
}

function wholeFrame(batch: Batch): PersonFrame {
  let known = frames.get(batch);
  if (known === undefined) {
    const events = batch.entries.flatMap(({ json }) => {
      const { data } = personEvent.safeParse(JSON.parse(json));
      return data === undefined || data.type === "ended" ? [] : [data];
    });
    const frame = events.length === 0 ? undefined : JSON.stringify({ type: "person", events });
    frames.set(batch, known = { events, frame });
  }
  return known;
}
