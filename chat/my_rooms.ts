import type { ChannelLayer, Cursor } from "../layers/layer.ts";
import type { Caller } from "../protocol/caller.ts";
import { type MessageEvent, messageEvent, type Role, type RoomInfo } from "../protocol/events.ts";
import { ChatError } from "../protocol/errors.ts";
import { memberDocument, type MembershipDocument, membershipDocument, roomDocument } from "./documents.ts";
import { documentKey } from "./keys.ts";
import { listMembershipDocuments } from "./memberships.ts";
import { type Counts, parseMarker, type Reading } from "./reading.ts";
import { unusedRoom } from "./room_names.ts";
import { findMessage } from "./stored_message.ts";
import { Turns } from "./turns.ts";

/** Rooms of one person that are listed at most. */
const MAX_ROOMS = 1_000;

/** Rooms that are counted in one go; then it is others' turn: 1,000 would keep an isolate busy for 50 ms. */
const STEP = 50;

/** One of a person's rooms, as it is now. */
export interface MyRoom extends Counts, Pick<MembershipDocument, "notify" | "favourite" | "joinedAt" | "request"> {
  /** The room. */
  readonly room: RoomInfo;
  /** What they are in it. */
  readonly role: Role;
  /** Its last lasting event's cursor. */
  readonly head: Cursor;
  /** How far they have read. */
  readonly marker?: Cursor;
  /** The last message as it has become; absent: there is none, or it lies far back. */
  readonly lastMessage?: MessageEvent & { readonly cursor: Cursor };
}

/** A room that somebody is in, and from where on they have not read it. */
export interface Membership {
  /** The room's name. */
  readonly room: string;
  /** Their choices. */
  readonly chosen: MembershipDocument;
  /** How far they have read, if they ever said so. */
  readonly marker: Cursor | undefined;
}

/** The rooms that somebody is in and may use with what they came with; two reads. */
export async function listMemberships(layer: ChannelLayer, { user, rooms }: Caller): Promise<Membership[]> {
  const [found, listed] = await Promise.all([
    listMembershipDocuments(layer, user.id),
    layer.list({ prefix: ["read", user.id], limit: MAX_ROOMS }),
  ]);
  // Markers outlive memberships: of somebody who was in very many rooms the list is not all.
  const markers = listed.length < MAX_ROOMS
    ? listed
    : (await layer.get(found.map(({ key }) => documentKey("read", user.id, key[2] ?? "")))).flatMap((each) =>
      each ?? []
    );
  const markerOf = new Map(markers.map(({ key, value }) => [key[2], parseMarker(value)]));
  return found.flatMap(({ key, value }) => {
    const room = key[2] ?? "";
    if (rooms !== undefined && !rooms.includes(room)) return [];
    return [{ room, chosen: membershipDocument.parse(value), marker: markerOf.get(room) }];
  });
}

/** Options of {@linkcode MyRooms}. */
export interface MyRoomsOptions {
  /** Counts what a list of so many rooms costs. @throws {ChatError} `rate_limited`. Default: nothing. */
  readonly charge?: (person: string, rooms: number) => void;
}

/** People's own lists of rooms. */
export class MyRooms {
  readonly #layer: ChannelLayer;
  readonly #reading: Reading;
  readonly #charge: (person: string, rooms: number) => void;
  readonly #turns = new Turns();

  /**
   * Makes it.
   *
   * @param layer Holds the documents.
   * @param reading Counts what is unread.
   */
  constructor(layer: ChannelLayer, reading: Reading, options: MyRoomsOptions = {}) {
    this.#layer = layer;
    this.#reading = reading;
    this.#charge = options.charge ?? (() => {});
  }

  /**
   * All the rooms that somebody is in, at most 1,000, with what they have not read; the one with the newest message first. One list
   * of a person is made at a time.
   *
   * @throws {ChatError} `rate_limited`, `unavailable`.
   */
  list(caller: Caller): Promise<MyRoom[]> {
    return this.#turns.take(caller.user.id, async () => {
      const found = await listMemberships(this.#layer, caller);
      // The oldest marker first: the first look at who mentioned them then goes as far back as the others need.
      const memberships = found.toSorted((a, b) => compare(a.marker ?? "", b.marker ?? ""));
      this.#charge(caller.user.id, memberships.length);
      const rooms: MyRoom[] = [];
      for (let start = 0; start < memberships.length; start += STEP) {
        // What is known already is counted without waiting for anything: frames and timers come in between.
        if (start > 0) await new Promise((resolve) => setTimeout(resolve));
        rooms.push(...await describeRooms(this.#layer, this.#reading, caller, memberships.slice(start, start + STEP)));
      }
      // Cursors of all rooms are of one database, so they sort by time.
      return rooms.sort((a, b) =>
        compare(b.lastMessage?.cursor ?? "", a.lastMessage?.cursor ?? "") || b.joinedAt - a.joinedAt
      );
    });
  }
}

async function describeRooms(
  layer: ChannelLayer,
  reading: Reading,
  caller: Caller,
  memberships: readonly Membership[],
): Promise<MyRoom[]> {
  const documents = await layer.get(memberships.flatMap(({ room }) => [
    documentKey("room", room),
    documentKey("member", room, caller.user.id),
  ]));
  const rooms = await Promise.all(memberships.map(async ({ room, chosen, marker }, index): Promise<MyRoom[]> => {
    const [found, member] = documents.slice(2 * index, 2 * index + 2);
    const role = member && memberDocument.parse(member.value).role;
    // Somebody made them leave between the two reads.
    if (role === undefined) return [];
    const need = { marker, since: chosen.joinedAt };
    const counts = await reading.counts(caller.user.id, room, need);
    const kept = await reading.rooms.open(room, need);
    const lastMessage = await lastMessageOf(layer, room, kept.last);
    return [{
      room: found === undefined ? unusedRoom(room) : roomDocument.parse(found.value).info,
      role,
      ...chosen,
      head: kept.head,
      ...(marker !== undefined && { marker }),
      ...counts,
      ...(lastMessage !== undefined && { lastMessage }),
    }];
  }));
  return rooms.flat();
}

async function lastMessageOf(
  layer: ChannelLayer,
  room: string,
  last: Awaited<ReturnType<Reading["rooms"]["open"]>>["last"],
): Promise<MyRoom["lastMessage"]> {
  if (last === undefined) return undefined;
  let { entry } = last;
  if (last.isOld) {
    try {
      entry = await findMessage(layer, room, entry.cursor);
    } catch (error) {
      // Older than what is kept by now.
      if (error instanceof ChatError && error.code === "not_found") return undefined;
      throw error;
    }
  }
  return { cursor: entry.cursor, ...messageEvent.parse(JSON.parse(entry.json)) };
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
