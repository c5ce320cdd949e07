/**
 * Order in a room: put somebody out, keep them out, keep them silent; and lift it.
 *
 * @module
 */

import type { ChannelLayer } from "../layers/layer.ts";
import { type Caller, OPERATOR_ID } from "../protocol/caller.ts";
import { ChatError, quote } from "../protocol/errors.ts";
import type { MemberEvent, User } from "../protocol/events.ts";
import { audited, type AuditEvent } from "./audit.ts";
import { type BanDocument, banDocument, type MemberDocument } from "./documents.ts";
import { endInvites, mayInviteAs } from "./invites.ts";
import { documentKey, roomGroup } from "./keys.ts";
import { type NamePage, type NamePageOptions, readNamePage } from "./name_pages.ts";
import { LEVELS, require } from "./permissions.ts";
import {
  changeOf,
  memberNews,
  memberParts,
  membershipNews,
  newRoom,
  type Parts,
  readState,
  type RoomParts,
  roomParts,
  type RoomState,
  rulesParts,
} from "./room_state.ts";
import { MAX_TOPIC_LENGTH, parseLine } from "./room_texts.ts";
import { holds, levelIn, type Standings } from "./standings.ts";
import { transact } from "./transact.ts";
import { Turns } from "./turns.ts";

/** Longest time that a store keeps something that it will forget. */
const MAX_EXPIRY_MS = 50 * 365 * 86_400_000;

/** How long, and why. */
export interface SentenceOptions {
  /** Milliseconds since 1970; absent: until it is lifted. */
  readonly until?: number | undefined;
  /** At most 500 characters; only those who keep order see it. */
  readonly reason?: string | undefined;
}

/** What happens to somebody: how they are afterwards, and what is said of it. */
interface Verdict {
  readonly after: Omit<MemberDocument, "user">;
  readonly change: MemberEvent["change"];
  readonly action: AuditEvent["action"];
  readonly until?: number | undefined;
  readonly reason?: string | undefined;
  readonly parts?: (user: User, now: number) => Partial<Parts>;
}

/** See the module. */
export class Moderation {
  readonly #layer: ChannelLayer;
  readonly #standings: Standings;
  readonly #findUser: RoomParts["findUser"];
  readonly #now: () => number;
  /** Each such change makes the others stale: those of one isolate wait for each other. */
  readonly #turns = new Turns();

  /**
   * Makes it.
   *
   * @param parts See {@linkcode RoomParts}.
   */
  constructor({ layer, standings, findUser, now = Date.now }: RoomParts) {
    this.#layer = layer;
    this.#standings = standings;
    this.#findUser = findUser;
    this.#now = now;
  }

  /**
   * Puts somebody out. They may come back.
   *
   * @param room A parsed name.
   * @throws {ChatError} `forbidden`; `too_long` or `bad_request`: the reason.
   */
  kick(caller: Caller, room: string, person: string, { reason }: Pick<SentenceOptions, "reason"> = {}): Promise<void> {
    return this.#judge(caller, room, person, (target) => {
      if (target?.role === undefined) return undefined;
      return { after: without(target, "role"), change: "kicked", action: "kick", reason: parseReason(reason) };
    });
  }

  /**
   * Puts somebody out and keeps them out, also those who are not in the room.
   *
   * @param room A parsed name.
   * @throws {ChatError} `forbidden`; `not_found`: nobody is known by that id; `bad_request`, `too_long`.
   */
  async ban(
    caller: Caller,
    room: string,
    person: string,
    { until, reason: given }: SentenceOptions = {},
  ): Promise<void> {
    const reason = parseReason(given);
    return await this.#judge(caller, room, person, (target, now) => {
      assertAhead(until, now);
      if (holds(target?.banned, now) && target?.banned?.until === until) return undefined;
      const parts = (user: User, at: number): Partial<Parts> => {
        const value: BanDocument = {
          user,
          by: caller.user,
          at,
          ...sentenceOf(until),
          ...(reason !== undefined && { reason }),
        };
        const expiry = until === undefined || until - at > MAX_EXPIRY_MS ? {} : { expireInMs: until - at };
        return { sets: [{ key: documentKey("ban_of", room, person), value, ...expiry }] };
      };
      const after = { ...without(target, "role"), banned: sentenceOf(until) };
      return { after, change: "banned", action: "ban", until, reason, parts };
    });
  }

  /**
   * Lifts a ban.
   *
   * @param room A parsed name.
   * @throws {ChatError} `forbidden`.
   */
  unban(caller: Caller, room: string, person: string): Promise<void> {
    return this.#judge(caller, room, person, (target, now) => {
      if (!holds(target?.banned, now)) return undefined;
      const parts = () => ({ deletes: [documentKey("ban_of", room, person)] });
      return { after: without(target, "banned"), change: "unbanned", action: "unban", parts };
    });
  }

  /**
   * Keeps somebody silent, also when they leave and come back.
   *
   * @param room A parsed name.
   * @throws {ChatError} As {@linkcode ban}.
   */
  async mute(
    caller: Caller,
    room: string,
    person: string,
    { until, reason: given }: SentenceOptions = {},
  ): Promise<void> {
    const reason = parseReason(given);
    return await this.#judge(caller, room, person, (target, now) => {
      assertAhead(until, now);
      if (holds(target?.muted, now) && target?.muted?.until === until) return undefined;
      return { after: { ...target, muted: sentenceOf(until) }, change: "muted", action: "mute", until, reason };
    });
  }

  /**
   * Lets somebody speak again.
   *
   * @param room A parsed name.
   * @throws {ChatError} `forbidden`.
   */
  unmute(caller: Caller, room: string, person: string): Promise<void> {
    return this.#judge(caller, room, person, (target, now) => {
      if (!holds(target?.muted, now)) return undefined;
      return { after: without(target, "muted"), change: "unmuted", action: "unmute" };
    });
  }

  /**
   * The bans that hold, by id.
   *
   * @param room A parsed name.
   * @throws {ChatError} `forbidden`.
   */
  async listBans(caller: Caller, room: string, options: NamePageOptions): Promise<NamePage<BanDocument>> {
    require("moderate", await this.#standings.find(caller, room, true));
    const now = this.#now();
    return await readNamePage(this.#layer, documentKey("ban_of", room), options, (value) => {
      const ban = banDocument.parse(value);
      return holds(ban, now) ? ban : undefined;
    });
  }

  /** @param decide Undefined: it is so already. */
  async #judge(
    caller: Caller,
    room: string,
    person: string,
    decide: (target: MemberDocument | undefined, now: number) => Verdict | undefined,
  ): Promise<void> {
    const lostSay = await this.#turns.take(room, () =>
      transact<boolean>(this.#layer, async () => {
        const now = this.#now();
        const state = await readState(this.#layer, caller, room, { person, now });
        const { standing, target } = state;
        require("moderate", standing);
        assertBelow(state, person, now);
        const verdict = decide(target, now);
        if (verdict === undefined) return { answer: false };
        const { change, action, until, reason, parts } = verdict;
        if (person === OPERATOR_ID && !change.startsWith("un")) {
          throw new ChatError("forbidden", `Cannot ${action} ${quote(person)}: they keep order everywhere`);
        }
        const user = target?.user ?? await this.#known(person, room);
        const after = { ...verdict.after, user };
        const event = memberNews(change, { at: now, by: caller.user, member: user, role: after.role, until });
        const known = standing.document ?? newRoom(standing.room, now);
        const owners = after.role === undefined ? known.owners.filter((owner) => owner !== person) : known.owners;
        const documents = changeOf(
          standing,
          standing.document === undefined ? roomParts(known) : rulesParts(known, owners),
          memberParts(room, target, after, now),
          parts?.(user, now) ?? {},
        );
        const also = [
          membershipNews(person, room, change, now),
          audited(room, { at: now, user: caller.user, action, member: user, until, reason }),
        ];
        const answer = () => mayInviteAs(target?.role) && after.role === undefined;
        return { group: roomGroup(room), event, options: { change: documents, also }, answer };
      }));
    // Since the step above none of them lets anybody in; this clears them away.
    if (lostSay) await endInvites(this.#layer, room, person);
  }

  async #known(person: string, room: string): Promise<User> {
    const user = await this.#findUser(person);
    if (user !== undefined) return user;
    throw new ChatError(
      "not_found",
      `Cannot find ${quote(person)}: nobody in ${quote(room)} and nobody else has that id`,
    );
  }
}

/** Nobody judges somebody of their own level or a higher one; who keeps order everywhere judges anybody. */
function assertBelow({ standing, target }: RoomState, person: string, now: number): void {
  if (standing.level === "admin") return;
  const level = levelIn(target, now);
  if (LEVELS.indexOf(level) < LEVELS.indexOf(standing.level)) return;
  throw new ChatError(
    "forbidden",
    `Cannot do this to ${quote(person)}: they are ${level}, and you are ${standing.level}`,
  );
}

function without(target: MemberDocument | undefined, field: "role" | "banned" | "muted"): Omit<MemberDocument, "user"> {
  const rest: Partial<MemberDocument> = { ...target };
  delete rest[field];
  return rest;
}

function sentenceOf(until: number | undefined): { until?: number } {
  return until === undefined ? {} : { until };
}

function parseReason(reason: string | undefined): string | undefined {
  return reason === undefined ? undefined : parseLine("reason", reason, MAX_TOPIC_LENGTH);
}

function assertAhead(until: number | undefined, now: number): void {
  if (until === undefined || until > now) return;
  throw new ChatError("bad_request", `Cannot let it end at ${until}: it is ${now} now`);
}
