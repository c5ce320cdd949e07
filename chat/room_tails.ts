import {
  type Batch,
  type ChannelLayer,
  type Cursor,
  CursorExpired,
  type Entry,
  type Page,
  type Subscription,
} from "../layers/layer.ts";
import { beginningOf } from "./beginning.ts";
import { Tail, TAIL_ROWS } from "./tail.ts";
import { type ReadStep, type Step, takeStep } from "./tail_steps.ts";
import { TIMERS, type Timers } from "./timers.ts";

/** Entries of the first page of whoever does not say how far: what most need. */
const FIRST_LIMIT = 50;

/** Entries of all other pages. */
const MAX_LIMIT = 1_000;

/** Entries that are looked through for rows; what lies deeper is "more". */
const MAX_SCANNED = 8_000;

/** Pages after which it is cheaper to begin anew than to catch up. */
const MAX_CATCH_UP_PAGES = 4;

/** Milliseconds that a tail is kept up to date after it was last asked for. */
const IDLE_MS = 60_000;

/** Milliseconds until a subscription that ended is made again for those who watch. */
const RETRY_MS = 1_000;

/** How far back a tail has to reach: to a cursor or to a time, whichever is later. */
export interface Need {
  /** As far as this cursor. */
  readonly marker?: Cursor | undefined;
  /** As far as this time, in milliseconds since 1970; `Infinity`: the end is enough. */
  readonly since: number;
}

/** One group's tail as it is handed out: up to date when it was asked for. */
export interface KeptTail {
  /** What is counted. */
  readonly rows: Tail;
  /** The last lasting entry's cursor; of an empty log its beginning. */
  readonly head: Cursor;
  /** The last entry that is, or was, a row: as it was read; `isOld`: something became of it since. */
  readonly last: { readonly entry: Entry; readonly at: number; readonly isOld: boolean } | undefined;
}

/** Told of what came; `isCounted`: the counts may have changed. */
export type TailListener = (batch: Batch, isCounted: boolean) => void;

interface Kept extends KeptTail {
  rows: Tail;
  head: Cursor;
  last: { entry: Entry; at: number; isOld: boolean } | undefined;
  readonly listeners: Set<TailListener>;
  isFilled: boolean;
  /** It was looked through as far as is reasonable. */
  isSpent: boolean;
  /** Something was erased or trimmed: what is kept may lie before the log's beginning. */
  isDoubtful: boolean;
  usedAt: number;
  subscription: Subscription | undefined;
  /** One after the other: filling, catching up, reaching further back. */
  work: Promise<void>;
  /** Steps that came while older rows were being read, and may be about them. */
  missed: Step[] | undefined;
}

/** Options of {@linkcode RoomTails}. */
export interface RoomTailsOptions {
  /** Groups that are remembered, besides those that are watched; the ones asked for last. Default 1,000, at most some 40 MB. */
  readonly maxGroups?: number;
  /** Milliseconds since 1970. Default `Date.now`. */
  readonly now?: () => number;
  /** Default: the runtime's. */
  readonly timers?: Timers;
}

/**
 * The ends of logs, kept on this isolate to be counted. One is read when it is first needed and only as far back as is needed, and then
 * kept up to date by one subscription, however many ask: while somebody watches it, and for a minute after it was last asked for.
 */
export class RoomTails {
  readonly #layer: ChannelLayer;
  readonly #groupOf: (name: string) => string;
  readonly #read: ReadStep;
  readonly #maxGroups: number;
  readonly #now: () => number;
  readonly #timers: Timers;
  /** In the order in which they were last asked for. */
  readonly #kept = new Map<string, Kept>();
  #stopSweep: (() => void) | undefined;
  readonly #retries = new Set<() => void>();
  #isClosed = false;

  /**
   * Makes it with nothing known.
   *
   * @param layer Holds the logs.
   * @param groupOf Name → group, e.g. `roomGroup`.
   * @param read What an entry means.
   */
  constructor(layer: ChannelLayer, groupOf: (name: string) => string, read: ReadStep, options: RoomTailsOptions = {}) {
    this.#layer = layer;
    this.#groupOf = groupOf;
    this.#read = read;
    this.#maxGroups = options.maxGroups ?? 1_000;
    this.#now = options.now ?? Date.now;
    this.#timers = options.timers ?? TIMERS;
  }

  /**
   * A tail that is up to date and reaches as far back as is needed, if no more than 1,000 rows lie there.
   *
   * @param name A room, or a person's id.
   * @throws {LayerUnavailable}
   */
  async open(name: string, need: Need): Promise<KeptTail> {
    const kept = this.#keep(name);
    if (!this.#isReady(kept, need)) {
      const before = kept.work;
      const work = before.catch(() => {}).then(() => this.#bring(name, kept, need));
      kept.work = work;
      await work;
    }
    return kept;
  }

  /**
   * Hears of everything that comes from now on.
   *
   * @returns Ends it.
   * @throws {LayerUnavailable}
   */
  async watch(name: string, listener: TailListener): Promise<() => void> {
    const kept = this.#keep(name);
    kept.listeners.add(listener);
    try {
      await this.open(name, { since: Infinity });
    } catch (error) {
      kept.listeners.delete(listener);
      throw error;
    }
    return () => {
      kept.listeners.delete(listener);
      kept.usedAt = this.#now();
      this.#sweepLater();
    };
  }

  /** Ends all subscriptions. */
  close(): void {
    this.#isClosed = true;
    this.#stopSweep?.();
    this.#stopSweep = undefined;
    for (const forget of this.#retries) forget();
    for (const kept of this.#kept.values()) this.#drop(kept);
    this.#kept.clear();
  }

  #keep(name: string): Kept {
    let kept = this.#kept.get(name);
    if (kept === undefined) {
      const nothing = {
        isFilled: false,
        isSpent: false,
        isDoubtful: false,
        last: undefined,
        subscription: undefined,
        missed: undefined,
        head: "",
      };
      kept = { ...nothing, rows: new Tail(), listeners: new Set(), work: Promise.resolve(), usedAt: 0 };
    } else this.#kept.delete(name);
    kept.usedAt = this.#now();
    this.#kept.set(name, kept);
    if (this.#kept.size > this.#maxGroups) this.#forgetOne();
    return kept;
  }

  #forgetOne(): void {
    for (const [name, kept] of this.#kept) {
      if (kept.listeners.size > 0) continue;
      this.#drop(kept);
      this.#kept.delete(name);
      return;
    }
  }

  #isReady({ subscription, isFilled, isSpent, isDoubtful, rows }: Kept, need: Need): boolean {
    return subscription !== undefined && isFilled && !isDoubtful && (isSpent || reachesBack(rows, need));
  }

  async #bring(name: string, kept: Kept, need: Need): Promise<void> {
    const group = this.#groupOf(name);
    if (kept.subscription === undefined) await this.#catchUp(name, group, kept, need);
    if (kept.isDoubtful) await this.#forgetTrimmed(group, kept);
    if (!kept.isSpent && !reachesBack(kept.rows, need)) await this.#reachBack(group, kept, need);
  }

  async #forgetTrimmed(group: string, kept: Kept): Promise<void> {
    // Before the look: what is trimmed meanwhile is looked for again.
    kept.isDoubtful = false;
    try {
      const beginning = await beginningOf(this.#layer, group);
      kept.rows.removeUpTo(beginning);
      if (kept.last !== undefined && kept.last.entry.cursor <= beginning) kept.last = undefined;
    } catch (error) {
      kept.isDoubtful = true;
      throw error;
    }
  }

  /** Subscribes, and then reads: what comes meanwhile waits, and nothing is read again to find out whether something came. */
  async #catchUp(name: string, group: string, kept: Kept, need: Need): Promise<void> {
    const held: { subscription?: Subscription } = {};
    const { promise: caughtUp, resolve } = Promise.withResolvers<void>();
    let isOver = false;
    const hear = (batch: Batch) => {
      if (kept.subscription === held.subscription) this.#hear(kept, batch);
    };
    const subscription = await this.#layer.subscribe(group, {
      deliver: (batch) => kept.subscription === undefined ? caughtUp.then(() => hear(batch)) : hear(batch),
      rewritten: () => void (kept.isDoubtful = true),
      ended: () => {
        // The place is no longer kept, or the layer was closed: the next who asks reads it anew.
        isOver = true;
        if (held.subscription !== undefined && kept.subscription === held.subscription) kept.subscription = undefined;
        if (kept.listeners.size > 0) this.#watchAgain(name, kept);
      },
    });
    held.subscription = subscription;
    try {
      // Nobody has told of what was trimmed while nobody listened.
      kept.isDoubtful = kept.isFilled;
      if (!kept.isFilled || !await this.#readOn(group, kept)) await this.#readEnd(group, kept, need);
      // Forgotten meanwhile, or closed: then it is not kept up to date either.
      if (isOver || this.#kept.get(name) !== kept || this.#isClosed) return;
      kept.subscription = subscription;
      this.#sweepLater();
    } finally {
      if (kept.subscription !== subscription) subscription.close();
      resolve();
    }
  }

  /** Those who only listen do not ask. */
  #watchAgain(name: string, kept: Kept): void {
    if (this.#isClosed) return;
    const forget = this.#timers.after(RETRY_MS, () => {
      this.#retries.delete(forget);
      if (kept.listeners.size > 0) this.open(name, { since: Infinity }).catch(() => this.#watchAgain(name, kept));
    });
    this.#retries.add(forget);
  }

  /** Reads what came since; false: too much, or it is no longer kept. */
  async #readOn(group: string, kept: Kept): Promise<boolean> {
    try {
      for (let pages = 0; pages < MAX_CATCH_UP_PAGES; pages++) {
        const { entries, more } = await this.#layer.read(group, { after: kept.head, limit: MAX_LIMIT });
        this.#apply(kept, entries);
        if (!more) return true;
      }
    } catch (error) {
      if (!(error instanceof CursorExpired)) throw error;
    }
    return false;
  }

  /** Reads as far as whoever asks needs, and what was written last in any case. */
  async #readEnd(group: string, kept: Kept, { marker }: Need): Promise<void> {
    if (marker !== undefined) {
      this.#fill(kept, await this.#layer.read(group, { downTo: marker, limit: MAX_LIMIT }), marker);
      if (kept.last !== undefined) return;
    }
    this.#fill(kept, await this.#layer.read(group, { limit: FIRST_LIMIT }));
  }

  #fill(kept: Kept, { entries, more, head }: Page, downTo: Cursor | "" = ""): void {
    kept.rows = new Tail(entries.length);
    kept.rows.from = more ? entries[0]?.cursor ?? "" : downTo;
    kept.last = undefined;
    kept.isSpent = false;
    kept.head = "";
    this.#apply(kept, entries);
    kept.head = head;
    kept.isFilled = true;
  }

  async #reachBack(group: string, kept: Kept, need: Need): Promise<void> {
    kept.missed = [];
    try {
      for (let scanned = 0; !reachesBack(kept.rows, need);) {
        const { from } = kept.rows;
        const page = { before: from, limit: MAX_LIMIT, ...(need.marker !== undefined && { downTo: need.marker }) };
        const { entries, more } = await this.#layer.read(group, page);
        // So many came meanwhile that the oldest rows were forgotten: what was read does not join on to the others.
        if (kept.rows.from !== from) continue;
        const rows = entries.flatMap((entry) => {
          const step = this.#read(entry);
          return step?.kind === "add" ? [step.row] : [];
        });
        if (kept.last === undefined) this.#findLast(kept, entries);
        kept.rows.from = more ? entries[0]?.cursor ?? "" : need.marker ?? "";
        kept.rows.prepend(rows);
        for (const step of kept.missed) takeStep(kept.rows, step);
        scanned += entries.length;
        kept.isSpent = scanned >= MAX_SCANNED;
        if (kept.isSpent) return;
      }
    } finally {
      kept.missed = undefined;
    }
  }

  #hear(kept: Kept, batch: Batch): void {
    const isCounted = this.#apply(kept, batch.entries);
    for (const listener of kept.listeners) listener(batch, isCounted);
  }

  #apply(kept: Kept, entries: readonly Entry[]): boolean {
    let isCounted = false;
    for (const entry of entries) {
      // Read already, while it was on its way here.
      if (entry.cursor <= kept.head) continue;
      if (!entry.transient) kept.head = entry.cursor;
      const step = this.#read(entry);
      if (step === undefined) continue;
      isCounted = takeStep(kept.rows, step) || isCounted;
      kept.missed?.push(step);
      this.#see(kept, entry, step);
    }
    return isCounted;
  }

  #see(kept: Kept, entry: Entry, step: Step): void {
    if (step.kind === "add") kept.last = { entry, at: step.row.at, isOld: false };
    else if (step.target === entry.cursor) kept.last = { entry, at: JSON.parse(entry.json).at, isOld: false };
    else if (step.target === kept.last?.entry.cursor) kept.last = { ...kept.last, isOld: true };
  }

  /** What was written last lies further back than the first page. */
  #findLast(kept: Kept, entries: readonly Entry[]): void {
    for (const entry of entries) {
      const step = this.#read(entry);
      if (step !== undefined) this.#see(kept, entry, step);
    }
  }

  #sweepLater(): void {
    if (this.#stopSweep !== undefined || this.#isClosed) return;
    this.#stopSweep = this.#timers.after(IDLE_MS, () => {
      this.#stopSweep = undefined;
      const idle = this.#now() - IDLE_MS;
      let isAnyLeft = false;
      for (const kept of this.#kept.values()) {
        if (kept.listeners.size === 0 && kept.usedAt <= idle) this.#drop(kept);
        isAnyLeft ||= kept.listeners.size === 0 && kept.subscription !== undefined;
      }
      if (isAnyLeft) this.#sweepLater();
    });
  }

  #drop(kept: Kept): void {
    kept.subscription?.close();
    kept.subscription = undefined;
  }
}

/**
 * Where somebody's unread rows begin.
 *
 * @returns `index`: of the first one; `isWhole`: whether there are none before what is kept.
 */
export function placeIn(rows: Tail, { marker, since }: Need): { index: number; isWhole: boolean } {
  // Who left and came back has an old marker, and missed nothing that was theirs meanwhile.
  const [read, came] = [marker === undefined ? 0 : rows.after(marker), rows.since(since)];
  const isWhole = rows.from === "" || (marker !== undefined && rows.from <= marker) || came > 0;
  return { index: Math.max(read, came), isWhole };
}

function reachesBack(rows: Tail, need: Need): boolean {
  return need.since === Infinity || rows.length >= TAIL_ROWS || placeIn(rows, need).isWhole;
}
