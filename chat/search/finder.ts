import type { ChannelLayer } from "../../layers/layer.ts";
import { parseCursor } from "../../layers/cursor.ts";
import type { Caller } from "../../protocol/caller.ts";
import { allowed } from "../allowed.ts";
import { listMembershipDocuments } from "../memberships.ts";
import type { Standings } from "../standings.ts";
import { Turns } from "../turns.ts";
import type { Wanted } from "./query.ts";
import type { FoundMessages, Search, ThreadPage } from "./search.ts";

/** What {@linkcode Finder} is made of. */
export interface FinderParts {
  /** Holds the memberships. */
  readonly layer: ChannelLayer;
  /** Who is what. */
  readonly standings: Standings;
  /** Finds. */
  readonly search: Search;
}

/** What to find, where. */
export interface Find extends Wanted {
  /** A parsed room name. Default: every room that the caller is in. */
  readonly room?: string | undefined;
}

/** Search, for those who may read what is found. */
export class Finder {
  readonly #parts: FinderParts;
  readonly #turns = new Turns();

  /**
   * Makes it.
   *
   * @param parts See {@linkcode FinderParts}.
   */
  constructor(parts: FinderParts) {
    this.#parts = parts;
  }

  /**
   * Finds messages, newest first; of one person one page at a time.
   *
   * @param page `next` of the page before; `limit` 1 to 50.
   * @throws {ChatError} `bad_request`, `bad_cursor`, `cursor_expired`, `forbidden`, `unavailable`.
   */
  messages(
    caller: Caller,
    { room, ...wanted }: Find,
    page: { readonly next?: string | undefined; readonly limit: number },
  ): Promise<FoundMessages> {
    return this.#turns.take(caller.user.id, async () => {
      if (room !== undefined) await allowed(this.#parts.standings, caller, room, () => ["read"], true);
      const rooms = room === undefined ? await this.#roomsOf(caller) : [room];
      return await this.#parts.search.messages(rooms, wanted, page);
    });
  }

  /**
   * The replies in a thread, oldest first.
   *
   * @param room A parsed room name.
   * @param root The first message's cursor, as it came.
   * @param page `after` the last one that one has, as it came; `limit` 1 to 200.
   * @throws {ChatError} `bad_cursor`, `cursor_expired`, `forbidden`, `unavailable`.
   */
  async thread(
    caller: Caller,
    room: string,
    root: string,
    { after, limit }: { readonly after?: string | undefined; readonly limit: number },
  ): Promise<ThreadPage> {
    await allowed(this.#parts.standings, caller, room, () => ["read"], true);
    const place = after === undefined ? undefined : parseCursor(after);
    return await this.#parts.search.thread(room, parseCursor(root), { after: place, limit });
  }

  /** Whoever is put out of a room loses the membership in the same step. */
  async #roomsOf({ user, rooms: only }: Caller): Promise<string[]> {
    const found = await listMembershipDocuments(this.#parts.layer, user.id);
    const rooms = found.flatMap(({ key: [, , room] }) => room === undefined ? [] : [room]);
    return only === undefined ? rooms : rooms.filter((room) => only.includes(room));
  }
}
