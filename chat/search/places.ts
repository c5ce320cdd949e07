import type { Cursor } from "../../layers/layer.ts";

/** Searches that are remembered; one of 1,000 rooms is some 100 KB. */
const MAX_SEARCHES = 128;

/** Milliseconds that one is remembered: what somebody edits meanwhile it may not find. */
const KEPT_MS = 30_000;

/** Room → from this cursor on nothing in it is left to be found; `""`: nothing at all. */
export type RoomPlaces = Map<string, Cursor | "">;

/**
 * How far searches of many rooms have come in each, so that a page goes on where the one before it had to end. It says nothing that the
 * logs do not say: where it is forgotten, or on another isolate, a search looks once more at what it has seen.
 */
export class Places {
  readonly #kept = new Map<string, { readonly places: RoomPlaces; readonly at: number }>();

  /**
   * Takes out what was kept.
   *
   * @param search What is searched for, and below which cursor.
   * @param rooms Where. Others may search for the same in other rooms, too, of which nothing is brought further here.
   * @param now Milliseconds on the search's clock.
   * @returns A copy; empty: nothing is known.
   */
  find(search: string, rooms: readonly string[], now: number): RoomPlaces {
    const kept = this.#kept.get(search);
    if (kept === undefined || now - kept.at > KEPT_MS) return new Map();
    const wanted = new Set(rooms);
    return new Map([...kept.places].filter(([room]) => wanted.has(room)));
  }

  /** Keeps how far a search has come. */
  keep(search: string, places: RoomPlaces, now: number): void {
    this.#kept.delete(search);
    this.#kept.set(search, { places, at: now });
    for (const [oldest, { at }] of this.#kept) {
      if (this.#kept.size <= MAX_SEARCHES && now - at <= KEPT_MS) break;
      this.#kept.delete(oldest);
    }
  }
}
