import type { ChannelLayer } from "../layers/layer.ts";
import type { Caller } from "../protocol/caller.ts";
import { ChatError, quote } from "../protocol/errors.ts";
import type { RoomEvent, RoomInfo } from "../protocol/events.ts";
import { askedSet, assertMayAsk, listDirect } from "./direct_lists.ts";
import { roomDocument } from "./documents.ts";
import { documentKey, roomGroup } from "./keys.ts";
import { directName, unusedRoom } from "./room_names.ts";
import {
  besides,
  changeOf,
  memberNews,
  memberParts,
  membershipNews,
  newRoom,
  type Parts,
  type RoomParts,
  roomParts,
} from "./room_state.ts";
import { transact } from "./transact.ts";

/** Rooms of two people. */
export class Direct {
  readonly #layer: ChannelLayer;
  readonly #findUser: RoomParts["findUser"];
  readonly #now: () => number;

  /**
   * Makes it.
   *
   * @param parts See {@linkcode RoomParts}.
   */
  constructor({ layer, findUser, now = Date.now }: RoomParts) {
    this.#layer = layer;
    this.#findUser = findUser;
    this.#now = now;
  }

  /**
   * Opens the room of the caller and somebody else, which both are in from now on. It is always the same one. The caller has it in their list;
   * the other one from the first message on.
   *
   * @param person The other one's id.
   * @returns The room, and whether it was none before.
   * @throws {ChatError} `forbidden`: oneself, nobody, or somebody that nobody can write to; which of them is not said. Or the
   *   caller has opened 20 such rooms within a week in which nobody answered, or has 1,000 in their list.
   */
  async open(caller: Caller, person: string): Promise<{ room: RoomInfo; isNew: boolean }> {
    const { user } = caller;
    const room = await directName(user.id, person);
    const other = await this.#findUser(person);
    if (other === undefined || person === user.id || !(caller.rooms?.includes(room) ?? true)) {
      throw new ChatError("forbidden", `Cannot write to ${quote(person)}: there is nobody of that id to write to`);
    }
    const people = [user, other];
    const key = documentKey("room", room);
    return await transact<{ room: RoomInfo; isNew: boolean }>(this.#layer, async () => {
      const [found] = await this.#layer.get([key]);
      const at = this.#now();
      if (found !== undefined) {
        // To open it is to want it in one's list.
        await listDirect(this.#layer, room, user.id, at);
        return { answer: { room: roomDocument.parse(found.value).info, isNew: false } };
      }
      await assertMayAsk(this.#layer, caller, at);
      const info: RoomInfo = { ...unusedRoom(room), people };
      const event: RoomEvent = { type: "room", at, user, room: info };
      const role = "member";
      // Nothing is known of anybody in a room that is none: its document alone decides the race.
      const change = changeOf(
        { checks: [{ key, version: null }] },
        roomParts({ ...newRoom(info, at), absent: [other.id], asker: user.id }),
        memberParts(room, undefined, { user, role }, at),
        unlisted(memberParts(room, undefined, { user: other, role }, at)),
        { sets: [askedSet(user.id, room, at), { key: documentKey("unlisted", other.id, room), value: "" }] },
      );
      const also = [
        ...people.map((member) => besides(room, memberNews("joined", { at, by: user, member, role }))),
        membershipNews(user.id, room, "joined", at),
      ];
      return { group: roomGroup(room), event, options: { change, also }, answer: () => ({ room: info, isNew: true }) };
    });
  }
}

/** Somebody is in, and does not have it in their list. */
function unlisted({ sets, deletes }: Parts): Parts {
  return { sets: sets.filter(({ key: [kind] }) => kind !== "membership"), deletes };
}
