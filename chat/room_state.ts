/**
 * A room as it is read to be changed, and the parts that changes of it are put together from.
 *
 * @module
 */

import type { AlsoEntry, Change, ChannelLayer, Document } from "../layers/layer.ts";
import type { Caller } from "../protocol/caller.ts";
import type { MemberEvent, PersonEvent, Role, RoomInfo, User } from "../protocol/events.ts";
import {
  type MemberDocument,
  memberDocument,
  type MembershipDocument,
  type RoomDocument,
  roomDocument,
} from "./documents.ts";
import { documentKey, personGroup, roomGroup } from "./keys.ts";
import { renamed } from "./mentions.ts";
import type { RandomBytes } from "./room_names.ts";
import { holds, type Standing, standingOf, type Standings } from "./standings.ts";

/** What the classes of rooms and their people are made of. */
export interface RoomParts {
  /** Holds logs and documents. */
  readonly layer: ChannelLayer;
  /** Who is what. */
  readonly standings: Standings;
  /** Finds people by their ids; undefined: nobody that one could have to do with. */
  readonly findUser: (id: string) => Promise<User | undefined>;
  /** Milliseconds since 1970. Default `Date.now`. */
  readonly now?: () => number;
  /** Default the system's chance. */
  readonly random?: RandomBytes;
}

/** What a change of documents is put together from. */
export interface Parts {
  /** See `Change.sets`. */
  readonly sets: NonNullable<Change["sets"]>;
  /** See `Change.deletes`. */
  readonly deletes: NonNullable<Change["deletes"]>;
}

/** A room, who asks, and whom it is about. */
export interface RoomState {
  /** What the caller is. Its `checks` are of the room and of whom it is about. */
  readonly standing: Standing;
  /** The document of whom it is about: the caller's own where nobody else was named. */
  readonly target: MemberDocument | undefined;
}

/**
 * Reads a room to change it. Reads as much of a room that is none as of one that is.
 *
 * @param room A parsed name.
 * @param person Whom it is about. Default: the caller.
 * @param now Milliseconds since 1970.
 * @throws {ChatError} `forbidden`: the caller's token does not name the room.
 */
export async function readState(
  layer: ChannelLayer,
  caller: Caller,
  room: string,
  { person = caller.user.id, now }: { readonly person?: string; readonly now: number },
): Promise<RoomState> {
  const roomKey = documentKey("room", room);
  const key = documentKey("member", room, person);
  const [found, own, other] = await layer.get([roomKey, documentKey("member", room, caller.user.id), key]);
  const checks = [{ key: roomKey, version: versionOf(found) }, { key, version: versionOf(other) }];
  const document = found && roomDocument.parse(found.value);
  const member = own && memberDocument.parse(own.value);
  return {
    standing: standingOf(caller, room, { document, member, checks }, now),
    target: other && memberDocument.parse(other.value),
  };
}

/** What a room's document is when it becomes one. */
export function newRoom(info: RoomInfo, now: number, owners: readonly string[] = []): RoomDocument {
  return { info, createdAt: now, pins: [], owners: [...owners], rules: 0 };
}

/** Writes a room's document, and where it is listed. */
export function roomParts(document: RoomDocument): Parts {
  const { info } = document;
  const set = { key: documentKey("room", info.name), value: document };
  if (info.kind !== "public") return { sets: [set], deletes: [] };
  const listed = documentKey("public", info.name);
  if (info.archived) return { sets: [set], deletes: [listed] };
  return { sets: [set, { key: listed, value: info }], deletes: [] };
}

/** Writes that who may do what is no longer what it was, and who owns the room now. */
export function rulesParts(document: RoomDocument, owners: readonly string[] = document.owners): Parts {
  // Only the document: how the room is listed has not changed.
  const value = { ...document, owners, rules: document.rules + 1 };
  return { sets: [{ key: documentKey("room", document.info.name), value }], deletes: [] };
}

/**
 * Writes what somebody is from now on. Nothing is kept of those who are not in the room and of whom there is nothing to know.
 *
 * @param before What they were.
 * @param after What they are; bans and mutes that have ended are left out.
 */
export function memberParts(
  room: string,
  before: MemberDocument | undefined,
  after: MemberDocument,
  now: number,
): Parts {
  const parts = standingParts(room, before, after, now);
  const { sets = [], deletes = [] } = renamed(room, before, after);
  return { sets: [...parts.sets, ...sets], deletes: [...parts.deletes, ...deletes] };
}

function standingParts(
  room: string,
  before: MemberDocument | undefined,
  after: MemberDocument,
  now: number,
): Parts {
  const { user, role, banned, muted } = after;
  const key = documentKey("member", room, user.id);
  const mine = documentKey("membership", user.id, room);
  const sentences = {
    ...(holds(banned, now) && { banned }),
    ...(holds(muted, now) && { muted }),
  };
  if (role !== undefined) {
    const joinedAt = before?.role === undefined ? now : before.joinedAt ?? now;
    const set = { key, value: { user, role, joinedAt, ...sentences } };
    const membership: MembershipDocument = { joinedAt, notify: "all", favourite: false };
    return { sets: before?.role === undefined ? [set, { key: mine, value: membership }] : [set], deletes: [] };
  }
  const left = before?.role === undefined ? [] : [mine];
  if (Object.keys(sentences).length > 0) return { sets: [{ key, value: { user, ...sentences } }], deletes: left };
  return { sets: [], deletes: before === undefined ? left : [key, ...left] };
}

/** Puts parts together into a change that relies on what was read. */
export function changeOf({ checks }: Pick<Standing, "checks">, ...parts: Partial<Parts>[]): Change {
  return {
    checks,
    sets: parts.flatMap(({ sets = [] }) => sets),
    deletes: parts.flatMap(({ deletes = [] }) => deletes),
  };
}

/** The event of a change of somebody's standing. */
export function memberNews(
  change: MemberEvent["change"],
  given: {
    readonly at: number;
    readonly by: User;
    readonly member: User;
    readonly role?: Role | undefined;
    until?: number | undefined;
  },
): MemberEvent {
  const { at, by, member, role, until } = given;
  return {
    type: "member",
    at,
    user: by,
    member,
    change,
    ...(role !== undefined && { role }),
    ...(until !== undefined && { until }),
  };
}

/** The same event, beside another of the same room. */
export function besides(room: string, event: MemberEvent): AlsoEntry {
  return { group: roomGroup(room), event };
}

/** Tells a person that something about one of their rooms changed. */
export function membershipNews(person: string, room: string, change: string, at: number): AlsoEntry {
  const event: PersonEvent = { type: "membership", at, room, change };
  return { group: personGroup(person), event, transient: true };
}

function versionOf(document: Document | undefined): string | null {
  return document?.version ?? null;
}
