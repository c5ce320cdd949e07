import type { ChannelLayer } from "../layers/layer.ts";
import type { User } from "../protocol/events.ts";
import { documentKey } from "./keys.ts";
import { arrive, depart, hereDocument, seenDocument } from "./presence_documents.ts";
import { Lives, RENEW_MS } from "./presence_lives.ts";
import { TIMERS, type Timers } from "./timers.ts";

/** Milliseconds that somebody may be away without anybody being told: a page that is loaded again. */
const GRACE_MS = 2_000;

/** Rows that are cleared away at a time after an isolate that died. */
const CLEAR_LIMIT = 500;

/** Options of {@linkcode Presence}. */
export interface PresenceOptions {
  /** Milliseconds since 1970. Default `Date.now`. */
  readonly now?: () => number;
  /** Default: the runtime's. */
  readonly timers?: Timers;
  /** Names this isolate, anew after each time that it was taken for dead. Default random. */
  readonly newIsolate?: () => string;
  /** At least 0, less than 1. Default `Math.random`. */
  readonly random?: () => number;
  /** Told what failed in the background; it is tried again. Default: nobody is told. */
  readonly failed?: (error: unknown) => void;
}

/** Somebody who is in a room now. */
export interface Present {
  /** Who. */
  readonly user: User;
  /** When they came, in milliseconds since 1970. */
  readonly since: number;
}

/** A part of a room's people. */
export interface PresentPage {
  /** In the order of their ids. */
  readonly people: Present[];
  /** Where the next page begins; absent on the last. */
  readonly next?: string;
}

/** One person in one room on this isolate. */
interface Place {
  readonly room: string;
  user: User;
  readonly since: number;
  /** Their sockets here. */
  devices: number;
  /** While the last one has gone and may come back. */
  stopWaiting: (() => void) | undefined;
  /** Under which name of this isolate the documents may have it; undefined: they have it not. */
  heldAs: string | undefined;
  /** Whether they have it. */
  isTold: boolean;
  /** While the documents are being changed. */
  work: Promise<void> | undefined;
}

/**
 * Who is here. Sockets come and go by {@linkcode enter} and {@linkcode leave}; only somebody's first and last one in a room changes
 * anything: one small transient event in the room's group of presence, with the documents that the list is made of.
 *
 * An isolate that has nobody writes and reads nothing. One that has somebody renews its lease every 3 s and looks for leases that ran out:
 * what a killed isolate leaves behind counts for 9 s at most, and is cleared away and told within about 13 s.
 */
export class Presence {
  readonly #layer: ChannelLayer;
  readonly #lives: Lives;
  readonly #now: () => number;
  readonly #timers: Timers;
  readonly #newIsolate: () => string;
  readonly #random: () => number;
  readonly #failed: (error: unknown) => void;
  /** Person → room → place. */
  readonly #people = new Map<string, Map<string, Place>>();
  #life: { readonly isolate: string; until: number } | undefined;
  #renewal: Promise<string> | undefined;
  #stopTicking: (() => void) | undefined;
  #tick: Promise<void> | undefined;
  #isClosed = false;

  /**
   * Makes it with nobody here.
   *
   * @param layer Holds the documents and carries the events.
   * @param options See {@linkcode PresenceOptions}.
   */
  constructor(layer: ChannelLayer, options: PresenceOptions = {}) {
    this.#layer = layer;
    this.#now = options.now ?? Date.now;
    this.#lives = new Lives(layer, this.#now);
    this.#timers = options.timers ?? TIMERS;
    this.#newIsolate = options.newIsolate ?? (() => crypto.randomUUID());
    this.#random = options.random ?? Math.random;
    this.#failed = options.failed ?? (() => {});
  }

  /**
   * A socket opened a room. Told at once, in the background.
   *
   * @param room A parsed room name that the person may read.
   * @param user Whose socket.
   */
  enter(room: string, user: User): void {
    if (this.#isClosed) return;
    let rooms = this.#people.get(user.id);
    if (rooms === undefined) this.#people.set(user.id, rooms = new Map());
    let place = rooms.get(room);
    if (place === undefined) {
      const since = this.#now();
      const nothing = { devices: 0, stopWaiting: undefined, heldAs: undefined, isTold: false, work: undefined };
      rooms.set(room, place = { room, user, since, ...nothing });
    }
    place.devices++;
    place.stopWaiting?.();
    place.stopWaiting = undefined;
    this.#settle(place);
  }

  /**
   * A socket closed a room, or was closed: once for each {@linkcode enter}. Told after 2 s, if they have not come back by then.
   *
   * @param user Whose socket.
   */
  leave(room: string, { id }: Pick<User, "id">): void {
    const place = this.#people.get(id)?.get(room);
    if (place === undefined || place.devices === 0 || --place.devices > 0 || this.#isClosed) return;
    place.stopWaiting = this.#timers.after(GRACE_MS, () => {
      place.stopWaiting = undefined;
      this.#settle(place);
    });
  }

  /** Somebody is called otherwise from now on: so they are listed, and those who watch are told. */
  rename(user: User): void {
    for (const place of this.#people.get(user.id)?.values() ?? []) {
      if (place.user.name === user.name) continue;
      place.user = user;
      place.isTold = false;
      this.#settle(place);
    }
  }

  /**
   * Who is in a room, on any isolate, in the order of their ids.
   *
   * @param after The id after which to begin.
   * @param limit Most people, 1 to 1,000. There may be fewer although `next` says that there are more.
   * @returns `next`: where the next page begins; absent on the last.
   * @throws {LayerUnavailable}
   */
  async people(room: string, { after, limit }: { after?: string | undefined; limit: number }): Promise<PresentPage> {
    const [found, living] = await Promise.all([
      this.#layer.list({ prefix: ["here", room], limit, ...(after !== undefined && { after }) }),
      this.#lives.all(),
    ]);
    const people: Present[] = [];
    for (const { value } of found) {
      const { user, isolates } = hereDocument.parse(value);
      const since = Object.keys(isolates).filter((isolate) => living.has(isolate)).map((isolate) =>
        isolates[isolate] ?? 0
      );
      if (since.length > 0) people.push({ user, since: Math.min(...since) });
    }
    const next = found.length < limit ? undefined : found.at(-1)?.key[2];
    return next === undefined ? { people } : { people, next };
  }

  /**
   * Whether somebody is anywhere now, and when a device of theirs last was.
   *
   * @returns `seen`: milliseconds since 1970; absent: never, or here now.
   * @throws {LayerUnavailable}
   */
  async lastSeen(person: string): Promise<{ here: boolean; seen?: number }> {
    const [seen] = await this.#layer.get([documentKey("seen", person)]);
    const rows = await Promise.all(
      [...await this.#lives.all()].map((isolate) =>
        this.#layer.list({ prefix: ["here_of", isolate, person], limit: 1 })
      ),
    );
    if (rows.some(({ length }) => length > 0)) return { here: true };
    return seen === undefined ? { here: false } : { here: false, seen: seenDocument.parse(seen.value) };
  }

  /** Resolves when the documents say what is so here, as far as the database let them. */
  async settled(): Promise<void> {
    for (;;) {
      const work = [...this.#places()].flatMap((place) => place.work ?? []);
      if (this.#tick !== undefined) work.push(this.#tick);
      if (work.length === 0) return;
      await Promise.all(work);
    }
  }

  /** Says that everybody left, and ends this isolate's life. Call it before the layer is closed. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#stopTicking?.();
    for (const place of this.#places()) {
      place.devices = 0;
      place.stopWaiting?.();
      place.stopWaiting = undefined;
      this.#settle(place);
    }
    await this.settled();
    // What could not be said is left for others to clear away, and they find it by the lease.
    if (this.#people.size === 0) await this.#endLife();
  }

  *#places(): Iterable<Place> {
    for (const rooms of this.#people.values()) yield* rooms.values();
  }

  /** Brings the documents to what is so, one change of a place at a time; what fails waits for the next tick. */
  #settle(place: Place): void {
    if (place.work !== undefined || this.#isSettled(place)) return;
    place.work = this.#step(place).then(
      () => {
        place.work = undefined;
        this.#settle(place);
      },
      (error) => {
        place.work = undefined;
        this.#failed(error);
      },
    );
  }

  /** Whether nothing is left to be said; forgets who is gone. */
  #isSettled(place: Place): boolean {
    if (this.#isWanted(place)) return place.isTold && place.heldAs === this.#life?.isolate;
    if (place.heldAs !== undefined) return false;
    const rooms = this.#people.get(place.user.id);
    if (rooms?.get(place.room) === place) rooms.delete(place.room);
    if (rooms?.size === 0) this.#people.delete(place.user.id);
    return true;
  }

  #isWanted({ devices, stopWaiting }: Place): boolean {
    return devices > 0 || stopWaiting !== undefined;
  }

  async #step(place: Place): Promise<void> {
    const findLiving = (isolates: readonly string[]) => this.#lives.living(isolates);
    if (!this.#isWanted(place)) {
      const isolate = place.heldAs;
      if (isolate === undefined) return;
      const isLast = this.#people.get(place.user.id)?.size === 1;
      place.isTold = false;
      await depart(this.#layer, { ...place, isolate }, { at: this.#now(), isLast }, findLiving);
      place.heldAs = undefined;
      return;
    }
    const isolate = await this.#live();
    // Before it is done: if the answer is lost it may still be so, and then it has to be taken back one day.
    place.heldAs = isolate;
    place.isTold = false;
    const { user } = place;
    await arrive(this.#layer, { ...place, isolate }, findLiving);
    place.isTold = place.user === user;
  }

  /** This isolate's name, for as long as its lease holds. */
  #live(): Promise<string> {
    if (this.#life !== undefined && this.#life.until > this.#now()) return Promise.resolve(this.#life.isolate);
    return this.#renewal ??= this.#renew().finally(() => this.#renewal = undefined);
  }

  async #renew(): Promise<string> {
    this.#goOnTicking();
    const life = this.#life;
    if (life !== undefined) {
      const until = await this.#lives.renew(life.isolate, false);
      if (until !== undefined) {
        life.until = until;
        return life.isolate;
      }
      // Others took us for dead and told everybody so. Who is still here comes anew; what we leave behind they clear away.
    }
    const isolate = this.#newIsolate();
    const until = await this.#lives.renew(isolate, true);
    this.#life = { isolate, until: until ?? 0 };
    for (const place of this.#places()) this.#settle(place);
    return isolate;
  }

  async #endLife(): Promise<void> {
    const life = this.#life;
    this.#life = undefined;
    if (life === undefined) return;
    await this.#lives.end(life.isolate).catch(this.#failed);
  }

  #goOnTicking(): void {
    if (this.#stopTicking !== undefined || this.#isClosed) return;
    // Isolates that were started together would look for the dead together.
    this.#stopTicking = this.#timers.after(RENEW_MS * (0.8 + 0.4 * this.#random()), () => {
      this.#stopTicking = undefined;
      this.#tick = this.#beat().catch(this.#failed).finally(() => this.#tick = undefined);
    });
  }

  /** Renews the lease, tries again what failed, and clears away after the dead. */
  async #beat(): Promise<void> {
    if (this.#people.size === 0) return await this.#endLife();
    // Before anything that can fail: the next beat comes whatever becomes of this one.
    this.#goOnTicking();
    await (this.#renewal ??= this.#renew().finally(() => this.#renewal = undefined));
    for (const place of this.#places()) this.#settle(place);
    for (const { isolate, at } of await this.#lives.takeDead()) {
      await this.#clear(isolate, at);
      await this.#lives.end(isolate);
    }
  }

  async #clear(isolate: string, at: number): Promise<void> {
    const findLiving = (isolates: readonly string[]) => this.#lives.living(isolates);
    for (;;) {
      const rows = await this.#layer.list({ prefix: ["here_of", isolate], limit: CLEAR_LIMIT });
      await Promise.all(rows.map(({ key, value }) => {
        const room = key[3] ?? "";
        const user = hereDocument.shape.user.parse(value);
        return depart(this.#layer, { room, user, isolate }, { at, isLast: true }, findLiving);
      }));
      if (rows.length < CLEAR_LIMIT) return;
    }
  }
}
