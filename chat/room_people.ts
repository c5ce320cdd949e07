import type { ChannelLayer } from "../layers/layer.ts";
import type { Caller } from "../protocol/caller.ts";
import { ChatError, quote } from "../protocol/errors.ts";
import { allowed } from "./allowed.ts";
import { memberDocument } from "./documents.ts";
import { documentKey } from "./keys.ts";
import type { Presence, PresentPage } from "./presence.ts";
import type { Standings } from "./standings.ts";

/** Who is here, for those who may know. */
export class RoomPeople {
  readonly #layer: ChannelLayer;
  readonly #standings: Standings;
  readonly #presence: Presence;

  /**
   * Makes it.
   *
   * @param layer Holds the documents.
   * @param standings Who may know.
   * @param presence Who is here.
   */
  constructor(layer: ChannelLayer, standings: Standings, presence: Presence) {
    this.#layer = layer;
    this.#standings = standings;
    this.#presence = presence;
  }

  /**
   * Who is in a room now; see {@linkcode Presence.people}.
   *
   * @param room A parsed room name.
   * @throws {ChatError} `forbidden`, `unavailable`.
   */
  async list(caller: Caller, room: string, page: { after?: string | undefined; limit: number }): Promise<PresentPage> {
    await allowed(this.#standings, caller, room, () => ["read"], true);
    return await this.#presence.people(room, page);
  }

  /**
   * Whether another member of a room is anywhere now, and when they last were; see {@linkcode Presence.lastSeen}. Only members may ask,
   * and only of members: when somebody comes and goes is nobody else's business.
   *
   * @param room A parsed room name.
   * @param person Their id.
   * @throws {ChatError} `forbidden`, `not_found`, `unavailable`.
   */
  async lastSeen(caller: Caller, room: string, person: string): Promise<{ here: boolean; seen?: number }> {
    await allowed(this.#standings, caller, room, () => ["belong"], true);
    const [member] = await this.#layer.get([documentKey("member", room, person)]);
    if (member === undefined || memberDocument.parse(member.value).role === undefined) {
      throw new ChatError("not_found", `Cannot find ${quote(person)}: they are not in this room`);
    }
    return await this.#presence.lastSeen(person);
  }
}
