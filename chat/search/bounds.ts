import type { Cursor } from "../../layers/layer.ts";

/** Rooms that are remembered; some 200 bytes each. */
const MAX_ROOMS = 20_000;

/** Milliseconds for which the end of a room counts for searches that go on: what came since is newer than they are. */
const END_MS = 30_000;

interface Bound {
  /** The last entry before `upTo`; `""`: there is none. */
  readonly last: Cursor | "";
  /** Undefined: it was the last one of all. */
  readonly upTo: Cursor | undefined;
  /** Milliseconds on the search's clock. */
  readonly at: number;
}

/**
 * Where rooms end, below a place: so that of many rooms only those are searched whose turn it is, and a page that looked at some of them
 * is not in vain for the next. Logs only grow, so what is known of a place stays true; of a log that was trimmed it says too much, which
 * costs a read.
 */
export class Bounds {
  readonly #known = new Map<string, Bound>();

  /**
   * A room's last entry before a place, or one after it that a search which has come that far need not know of.
   *
   * @param now Milliseconds on the search's clock.
   * @returns `""`: there is none; undefined: it has to be read.
   */
  find(room: string, before: Cursor, now: number): Cursor | "" | undefined {
    const known = this.#known.get(room);
    if (known === undefined || known.last >= before) return undefined;
    const holds = known.upTo === undefined ? now - known.at <= END_MS : before <= known.upTo;
    return holds ? known.last : undefined;
  }

  /** Notes what was read: the last entry before a place, or of all. */
  note(room: string, before: Cursor | undefined, last: Cursor | "", now: number): void {
    this.#known.delete(room);
    this.#known.set(room, { last, upTo: before, at: now });
    for (const oldest of this.#known.keys()) {
      if (this.#known.size <= MAX_ROOMS) break;
      this.#known.delete(oldest);
    }
  }
}
