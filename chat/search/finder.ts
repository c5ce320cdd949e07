import type { ChannelLayer } from "../../layers/layer.ts";
import { parseCursor } from "../../layers/cursor.ts";
import type { Caller } from "../../protocol/caller.ts";
import { allowed } from "../allowed.ts";
import { documentKey } from "../keys.ts";
import type { Standings } from "../standings.ts";
import type { Wanted } from "./query.ts";
import type { FoundMessages, Search, ThreadPage } from "./search.ts";

/** Rooms of one person that are searched; one is in no more. */
const MAX_ROOMS = 1_000;

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

  /**
   * Makes it.
   *
   * @param parts See {@linkcode FinderParts}.
   */
  constructor(parts: FinderParts) {
    this.#parts = parts;
  }

  /**
   * Finds messages, newest first.
   *
   * @param page `next` of the page before; `limit` 1 to 50.
   * @throws {ChatError} `bad_request`, `bad_cursor`, `cursor_expired`, `forbidden`, `unavailable`.
   */
  async messages(
    caller: Caller,
    { room, ...wanted }: Find,
    page: { readonly next?: string | undefined; readonly limit: number },
  ): Promise<FoundMessages> {
    if (room !== undefined) await allowed(this.#parts.standings, caller, room, () => ["read"], true);
    const rooms = room === undefined ? await this.#roomsOf(caller) : [room];
    return await this.#parts.search.messages(rooms, wanted, page);
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
    const found = await this.#parts.layer.list({ prefix: documentKey("membership", user.id), limit: MAX_ROOMS });
    const rooms = found.flatMap(({ key: [, , room] }) => room === undefined ? [] : [room]);
    return only === undefined ? rooms : rooms.filter((room) => only.includes(room));
  }
}
