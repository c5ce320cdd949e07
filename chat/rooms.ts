/**
 * Rooms: make them, find them, say how they are.
 *
 * @module
 */

import type { ChannelLayer } from "../layers/layer.ts";
import type { Caller } from "../protocol/caller.ts";
import { ChatError, quote } from "../protocol/errors.ts";
import { type RoomEvent, type RoomInfo, roomInfo } from "../protocol/events.ts";
import { assertRoomForMore } from "./admission.ts";
import { audited, type AuditEvent } from "./audit.ts";
import type { RoomDocument } from "./documents.ts";
import { documentKey, roomGroup } from "./keys.ts";
import { type NamePage, type NamePageOptions, readNamePage } from "./name_pages.ts";
import { require } from "./permissions.ts";
import { newPrivateName, parsePublicName, type RandomBytes, unusedRoom } from "./room_names.ts";
import {
  besides,
  changeOf,
  memberNews,
  memberParts,
  membershipNews,
  newRoom,
  readState,
  type RoomParts,
  roomParts,
} from "./room_state.ts";
import { MAX_TITLE_LENGTH, MAX_TOPIC_LENGTH, parseLine } from "./room_texts.ts";
import type { Standing, Standings } from "./standings.ts";
import { type Decision, transact } from "./transact.ts";

/** What an owner may say of a room. What is undefined stays as it is. */
export interface Settings {
  /** How it is called; empty: as its name. At most 80 characters. */
  readonly title?: string | undefined;
  /** What it is about; empty: nothing is said. At most 500 characters. */
  readonly topic?: string | undefined;
  /** Who may write. */
  readonly write?: RoomInfo["write"] | undefined;
  /** Seconds between two messages of a member, 0 to 21,600. */
  readonly slowModeS?: number | undefined;
  /** Days that messages are kept, 0 (for ever) to 3,650. */
  readonly retentionDays?: number | undefined;
}

/** Which room to make. */
export interface NewRoom extends Settings {
  /** `public` needs a name, `private` is given one. */
  readonly kind: "public" | "private";
  /** As somebody wrote it. */
  readonly name?: string | undefined;
}

/** See the module. */
export class Rooms {
  readonly #layer: ChannelLayer;
  readonly #standings: Standings;
  readonly #now: () => number;
  readonly #random: RandomBytes | undefined;

  /**
   * Makes it.
   *
   * @param parts See {@linkcode RoomParts}.
   */
  constructor({ layer, standings, now = Date.now, random }: RoomParts) {
    this.#layer = layer;
    this.#standings = standings;
    this.#now = now;
    this.#random = random;
  }

  /**
   * Makes a room; the caller owns it.
   *
   * @throws {ChatError} `bad_room`, `bad_request`, `too_long`; `conflict`: the name was used; `forbidden`: the caller's token does not
   * name it, or they are in 1,000 rooms already.
   */
  async create(caller: Caller, { kind, name, ...settings }: NewRoom): Promise<RoomInfo> {
    const room = this.#nameOf(kind, name);
    const info = withSettings({ ...unusedRoom(room), kind }, settings);
    const { user } = caller;
    return await transact<RoomInfo>(this.#layer, async () => {
      const at = this.#now();
      const { standing, target } = await readState(this.#layer, caller, room, { now: at });
      // A log without a document is of a time before there were any.
      const { entries } = await this.#layer.read(roomGroup(room), { limit: 1 });
      if (standing.document !== undefined || entries.length > 0) {
        throw new ChatError("conflict", `Cannot create the room ${quote(room)}: there is one of that name`);
      }
      await assertRoomForMore(this.#layer, user.id);
      const role = "owner";
      const event: RoomEvent = { type: "room", at, user, room: info };
      const change = changeOf(
        standing,
        roomParts({ ...newRoom(info, at, [user.id]), said: saidBy(user.id, info) }),
        memberParts(room, target, { user, role }, at),
      );
      const also = [
        besides(room, memberNews("joined", { at, by: user, member: user, role })),
        membershipNews(user.id, room, "joined", at),
      ];
      return { group: roomGroup(room), event, options: { change, also }, answer: () => info };
    });
  }

  /**
   * What somebody is in a room, and the room.
   *
   * @param room A parsed name.
   * @throws {ChatError} `forbidden`.
   */
  async get(caller: Caller, room: string): Promise<Standing> {
    const standing = await this.#standings.find(caller, room, true);
    require("read", standing);
    return standing;
  }

  /**
   * Public rooms that are not archived, by name. How many are in them is not said: one number that everybody changes who comes or goes
   * would make them all wait for each other.
   *
   * @param find A part of the name or the title, in any case.
   */
  list(
    caller: Caller,
    { find = "", ...options }: NamePageOptions & { find?: string | undefined },
  ): Promise<NamePage<RoomInfo>> {
    const part = fold(find);
    return readNamePage(this.#layer, documentKey("public"), options, (value) => {
      const info = roomInfo.parse(value);
      if (caller.rooms !== undefined && !caller.rooms.includes(info.name)) return undefined;
      return fold(info.name).includes(part) || fold(info.title ?? "").includes(part) ? info : undefined;
    });
  }

  /**
   * Says how a room is from now on.
   *
   * @param room A parsed name.
   * @param archived Whether nothing can be changed in it any more.
   * @returns How it is.
   * @throws {ChatError} `forbidden`, `bad_request`, `too_long`; `not_found`: nobody has used it, and who wants it creates it.
   */
  update(
    caller: Caller,
    room: string,
    { archived, ...settings }: Settings & { archived?: boolean | undefined },
  ): Promise<RoomInfo> {
    return transact(this.#layer, async (): Promise<Decision<RoomInfo>> => {
      const at = this.#now();
      const { standing } = await readState(this.#layer, caller, room, { now: at });
      const { document, room: before } = standing;
      if (archived !== undefined) require("archive", standing);
      const isConfigured = Object.values(settings).some((value) => value !== undefined);
      // What is brought back in the same step may be changed.
      const then = { ...before, archived: before.archived && archived !== false };
      if (isConfigured || archived === undefined) require("configure", { ...standing, room: then });
      if (document === undefined) {
        throw new ChatError("not_found", `Cannot change ${quote(room)}: nobody has used it yet`);
      }
      const info = withSettings({ ...before, ...(archived !== undefined && { archived }) }, settings);
      if (JSON.stringify(info) === JSON.stringify(before)) return { answer: before };
      const event: RoomEvent = { type: "room", at, user: caller.user, room: info };
      const change = changeOf(
        standing,
        roomParts({ ...document, info, said: saidBy(caller.user.id, info, document), rules: document.rules + 1 }),
      );
      const action: AuditEvent["action"] = info.archived === before.archived
        ? "settings"
        : info.archived
        ? "archive"
        : "unarchive";
      const also = [audited(room, { at, user: caller.user, action })];
      return { group: roomGroup(room), event, options: { change, also }, answer: () => info };
    });
  }

  #nameOf(kind: NewRoom["kind"], name: string | undefined): string {
    if (kind === "private") {
      if (name === undefined) return newPrivateName(this.#random);
      throw new ChatError("bad_room", "Cannot choose a private room's name: it is given; give it a title");
    }
    return parsePublicName(name ?? "");
  }
}

/** Whose words a room is described in, after somebody has said how it is. */
function saidBy(id: string, { title, topic }: RoomInfo, before?: RoomDocument): RoomDocument["said"] {
  const { said = {}, info } = before ?? {};
  const of = (text: string | undefined, known: string | undefined, by: string | undefined) => text === known ? by : id;
  const [titleBy, topicBy] = [of(title, info?.title, said.title), of(topic, info?.topic, said.topic)];
  return { by: id, ...(titleBy !== undefined && { title: titleBy }), ...(topicBy !== undefined && { topic: topicBy }) };
}

/** The fields in the order of `roomInfo`, so that what is the same has the same JSON. */
function withSettings(before: RoomInfo, settings: Settings): RoomInfo {
  const { name, kind, people, archived } = before;
  const title = line("title", settings.title, MAX_TITLE_LENGTH, before.title);
  const topic = line("topic", settings.topic, MAX_TOPIC_LENGTH, before.topic);
  return {
    name,
    ...(title !== undefined && { title }),
    ...(topic !== undefined && { topic }),
    kind,
    write: settings.write ?? before.write,
    slowModeS: settings.slowModeS ?? before.slowModeS,
    retentionDays: settings.retentionDays ?? before.retentionDays,
    archived,
    ...(people !== undefined && { people }),
  };
}

function line(what: string, value: string | undefined, most: number, before: string | undefined): string | undefined {
  return value === undefined ? before : parseLine(what, value, most);
}

function fold(text: string): string {
  return text.normalize("NFKC").toLowerCase();
}
