/**
 * Who is in a room: come in, leave, roles.
 *
 * @module
 */

import type { Caller } from "../protocol/caller.ts";
import { ChatError, quote } from "../protocol/errors.ts";
import type { Role, RoomEvent, RoomInfo, User } from "../protocol/events.ts";
import type { ChannelLayer } from "../layers/layer.ts";
import { admission, assertRoomForMore } from "./admission.ts";
import { audited } from "./audit.ts";
import {
  type MemberDocument,
  memberDocument,
  type MembershipDocument,
  membershipDocument,
  roomDocument,
  type Sentence,
} from "./documents.ts";
import { hideDirect, listDirect } from "./direct_lists.ts";
import { endInvites, mayInviteAs } from "./invites.ts";
import { documentKey, roomGroup } from "./keys.ts";
import { listMembershipDocuments } from "./memberships.ts";
import { type NamePage, type NamePageOptions, readNamePage } from "./name_pages.ts";
import { hidden, may, require } from "./permissions.ts";
import {
  changeOf,
  memberNews,
  memberParts,
  membershipNews,
  readState,
  type RoomParts,
  roomParts,
  rulesParts,
} from "./room_state.ts";
import { holds, type Standing, type Standings } from "./standings.ts";
import { type Decision, transact } from "./transact.ts";
import { Turns } from "./turns.ts";

/** People who may own one room. */
const MAX_OWNERS = 100;
/** Documents that are looked at for somebody else in a room, or for direct rooms that somebody does not have in their list. */
const MAX_LOOKED_AT = 1_000;

/** Somebody who is in a room. */
export interface Member {
  /** Who. */
  readonly user: User;
  /** What they are. */
  readonly role: Role;
  /** Since when, in milliseconds since 1970. */
  readonly joinedAt: number;
  /** Present while they are muted. */
  readonly muted?: Sentence;
}

/** What somebody chose for one of their rooms. */
export interface Choice {
  /** What they want to be told of. */
  readonly notify?: MembershipDocument["notify"] | undefined;
  /** Whether it is one of their favourites. */
  readonly favourite?: boolean | undefined;
}

/** See the module. */
export class Members {
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
   * Lets somebody in who opens a room: they are a member from now on where anyone may become one. Always reads: whoever was put out on
   * another isolate would otherwise see once more what is said there.
   *
   * @param room A parsed name.
   * @returns What they are; refuse them (`require("read", …)`) where that is not enough.
   * @throws {ChatError} `forbidden`: they are in 1,000 rooms already, or their token does not name the room.
   */
  async enter(caller: Caller, room: string): Promise<Standing> {
    const standing = await this.#standings.find(caller, room, true);
    if (isCalledOtherwise(standing.member, caller.user)) {
      await this.#call(caller.user, room);
      return await this.#standings.find(caller, room, true);
    }
    if (standing.member?.role !== undefined || !mayEnter(caller, standing)) return standing;
    await this.#admit(caller, room);
    return await this.#standings.find(caller, room, true);
  }

  /**
   * Makes somebody a member: of a public room, which it makes when nobody has used it; of a private one that their token names. Who is one
   * and has another name since is known by it from now on.
   *
   * @param room A parsed name.
   * @returns The room, and whether they were none before.
   * @throws {ChatError} `forbidden`.
   */
  async become(caller: Caller, room: string): Promise<{ room: RoomInfo; isNew: boolean }> {
    const { standing, isIn, isNew } = await this.#admit(caller, room);
    if (!isIn) require("enter", standing);
    return { room: standing.room, isNew };
  }

  /** Not refused: who only opens a room that was archived meanwhile may read it still. */
  async #admit(caller: Caller, room: string): Promise<{ standing: Standing; isIn: boolean; isNew: boolean }> {
    let member: MemberDocument | undefined;
    const admitted = await transact<{ standing: Standing; isIn: boolean; isNew: boolean }>(this.#layer, async () => {
      const now = this.#now();
      const state = await readState(this.#layer, caller, room, { now });
      const { standing, target } = state;
      member = target;
      if (target?.role !== undefined) return { answer: { standing, isIn: true, isNew: false } };
      if (!mayEnter(caller, standing)) return { answer: { standing, isIn: false, isNew: false } };
      await assertRoomForMore(this.#layer, caller.user.id);
      const { event, options } = admission(state, caller.user, now);
      const answer = () => ({ standing, isIn: true, isNew: true });
      return { group: roomGroup(room), event, options, answer };
    });
    if (isCalledOtherwise(member, caller.user)) await this.#call(caller.user, room);
    return admitted;
  }

  /**
   * Has somebody known by another name in all rooms of theirs: in the lists of members, to mentions, and as one of a direct room's two. What
   * they said there keeps the name that they had then. To do it again does no harm, and mends what a crash left; so does to {@linkcode enter}.
   *
   * @param user As they are called now. Where more is known of them it is their newest name that counts: of two who rename one person at
   * the same time the later one wins, whoever comes here first.
   * @throws {ChatError} `unavailable`.
   */
  async rename(user: User): Promise<void> {
    const unlisted = await this.#layer.list({ prefix: documentKey("unlisted", user.id), limit: MAX_LOOKED_AT });
    const rooms = [...await this.roomsOf(user.id), ...unlisted.map(({ key }) => key[2] ?? "")];
    // All at once: the layer makes a few commits of them.
    await Promise.all(rooms.map((room) => this.#call(user, room)));
  }

  #call(given: User, room: string): Promise<void> {
    const keys = [documentKey("member", room, given.id), documentKey("room", room)] as const;
    return transact<void>(this.#layer, async () => {
      const [own, found] = await this.#layer.get(keys);
      const before = own && memberDocument.parse(own.value);
      // Behind the document: whoever changes both changes the name first, so a newer name than this makes that one stale.
      const user = await this.#findUser(given.id) ?? given;
      if (own === undefined || found === undefined || !isCalledOtherwise(before, user)) return { answer: undefined };
      const at = this.#now();
      const known = roomDocument.parse(found.value);
      const checks = [{ key: own.key, version: own.version }];
      const parts = memberParts(room, before, { ...before, user }, at);
      const { info } = known;
      if (info.people === undefined) return { change: changeOf({ checks }, parts), answer: undefined };
      // A direct room is called by its people, so it is another room to look at: that is said in it.
      const then = { ...info, people: info.people.map((each) => each.id === user.id ? user : each) };
      const event: RoomEvent = { type: "room", at, user, room: then };
      checks.push({ key: found.key, version: found.version });
      const change = changeOf({ checks }, parts, roomParts({ ...known, info: then }));
      return { group: roomGroup(room), event, options: { change }, answer: () => undefined };
    });
  }

  /**
   * Ends a membership. Who is in no room has left it already. A direct room is only taken out of one's list, until there is a new message:
   * what two people wrote to each other stays theirs.
   *
   * @param room A parsed name.
   * @throws {ChatError} `forbidden`; `conflict`: they alone own a room that others are in.
   */
  async leave(caller: Caller, room: string): Promise<void> {
    const hadSay = await this.#turns.take(room, () =>
      transact<boolean>(this.#layer, async () => {
        const now = this.#now();
        const state = await readState(this.#layer, caller, room, { now });
        const { standing: { document, ...standing }, target } = state;
        require("leave", standing);
        if (target?.role === undefined || document === undefined) return { answer: false };
        const { id } = caller.user;
        if (standing.room.kind === "direct") {
          await hideDirect(this.#layer, room, id, now);
          return { answer: false };
        }
        const owners = document.owners.filter((owner) => owner !== id);
        if (target.role === "owner" && owners.length === 0 && await this.#hasOthers(room, id)) {
          throw new ChatError("conflict", `Cannot leave ${quote(room)}: make somebody else an owner first`);
        }
        const { role: _, ...rest } = target;
        const event = memberNews("left", { at: now, by: caller.user, member: caller.user });
        const change = changeOf(standing, rulesParts(document, owners), memberParts(room, target, rest, now));
        const also = [membershipNews(id, room, "left", now)];
        const answer = () => mayInviteAs(target.role);
        return { group: roomGroup(room), event, options: { change, also }, answer };
      }));
    if (hadSay) await endInvites(this.#layer, room, caller.user.id);
  }

  /**
   * Gives a member another role. Who may no longer invite leaves no invitation behind.
   *
   * @param room A parsed name.
   * @param person Who gets it. Oneself: an owner may step down.
   * @throws {ChatError} `forbidden`; `not_found`: they are not in the room; `conflict`: nobody would own it, or more than 100 would.
   */
  async setRole(caller: Caller, room: string, person: string, role: Role): Promise<void> {
    const lostSay = await this.#turns.take(room, () =>
      transact<boolean>(this.#layer, async () => {
        const now = this.#now();
        const state = await readState(this.#layer, caller, room, { person, now });
        const { standing: { document, ...standing }, target } = state;
        require("appoint", standing);
        if (target?.role === undefined || document === undefined) {
          throw new ChatError("not_found", `Cannot make ${quote(person)} ${role}: they are not in ${quote(room)}`);
        }
        if (target.role === role) return { answer: false };
        const answer = () => mayInviteAs(target.role) && !mayInviteAs(role);
        if (target.role === "owner" && standing.level !== "admin" && person !== caller.user.id) {
          throw new ChatError("forbidden", `Cannot make ${quote(person)} ${role}: they are an owner, as you are`);
        }
        const others = document.owners.filter((owner) => owner !== person);
        const owners = role === "owner" ? [...others, person] : others;
        if (target.role === "owner" && owners.length === 0) {
          throw new ChatError("conflict", `Cannot leave ${quote(room)} without an owner: make somebody else one first`);
        }
        if (owners.length > MAX_OWNERS) {
          throw new ChatError("conflict", `Cannot make ${quote(person)} an owner: there are ${MAX_OWNERS} already`);
        }
        const member = target.user;
        const event = memberNews("role", { at: now, by: caller.user, member, role });
        const change = changeOf(
          standing,
          rulesParts(document, owners),
          memberParts(room, target, { ...target, role }, now),
        );
        const also = [
          membershipNews(person, room, "role", now),
          audited(room, { at: now, user: caller.user, action: "role", member, role }),
        ];
        return { group: roomGroup(room), event, options: { change, also }, answer };
      }));
    if (lostSay) await endInvites(this.#layer, room, person);
  }

  /**
   * Who is in a room, by id.
   *
   * @param room A parsed name.
   * @throws {ChatError} `forbidden`.
   */
  async list(caller: Caller, room: string, options: NamePageOptions): Promise<NamePage<Member>> {
    require("read", await this.#standings.find(caller, room, true));
    const now = this.#now();
    return await readNamePage(this.#layer, documentKey("member", room), options, (value): Member | undefined => {
      const { user, role, joinedAt = 0, muted } = memberDocument.parse(value);
      if (role === undefined) return undefined;
      return { user, role, joinedAt, ...(holds(muted, now) && muted && { muted }) };
    });
  }

  /** The rooms that somebody has in their list, by name: all that they are in but for direct rooms that they have hidden, or been written nothing in. */
  async roomsOf(person: string): Promise<string[]> {
    const found = await listMembershipDocuments(this.#layer, person);
    return found.map(({ key }) => key[2] ?? "");
  }

  /**
   * Notes what somebody chose for one of their rooms. Of a direct room that is not in their list: then it is.
   *
   * @param room A parsed name.
   * @returns What holds now.
   * @throws {ChatError} `forbidden`.
   */
  choose(caller: Caller, room: string, choice: Choice): Promise<MembershipDocument> {
    const { id } = caller.user;
    const key = documentKey("membership", id, room);
    return transact<MembershipDocument>(this.#layer, async (): Promise<Decision<MembershipDocument>> => {
      let [[found], standing] = await Promise.all([
        this.#layer.get([key]),
        this.#standings.find(caller, room, true),
      ]);
      require("belong", standing);
      if (found === undefined && standing.room.kind === "direct") {
        await listDirect(this.#layer, room, id, this.#now());
        [found] = await this.#layer.get([key]);
      }
      // Those who keep order everywhere need not be in it.
      if (found === undefined) throw hidden(room);
      const before = membershipDocument.parse(found.value);
      const value = {
        ...before,
        ...(choice.notify !== undefined && { notify: choice.notify }),
        ...(choice.favourite !== undefined && { favourite: choice.favourite }),
      };
      if (value.notify === before.notify && value.favourite === before.favourite) return { answer: value };
      const { group, event } = membershipNews(id, room, "chosen", this.#now());
      const change = { checks: [{ key, version: found.version }], sets: [{ key, value }] };
      return { group, event, options: { transient: true, change }, answer: () => value };
    });
  }

  async #hasOthers(room: string, id: string): Promise<boolean> {
    const found = await this.#layer.list({ prefix: documentKey("member", room), limit: MAX_LOOKED_AT });
    // Where so many are banned or muted that nobody else is found, somebody may be behind them.
    return found.length === MAX_LOOKED_AT || found.some(({ value }) => {
      const { user, role } = memberDocument.parse(value);
      return role !== undefined && user.id !== id;
    });
  }
}

/** Whether somebody may become a member by asking: also where the host site says so. */
function mayEnter({ rooms }: Caller, standing: Standing): boolean {
  if (may("enter", standing)) return true;
  const { room, document, level } = standing;
  const isInvited = rooms?.includes(room.name) ?? false;
  return isInvited && document !== undefined && room.kind === "private" && level === "stranger" && !room.archived;
}

/** Whether a member is known by another name than this one. */
function isCalledOtherwise(member: MemberDocument | undefined, { name }: User): boolean {
  return member?.role !== undefined && member.user.name !== name;
}
