/**
 * Who is in a room: its members, page by page, then kept by what its log says; with those who are here now. No DOM.
 * @module
 */

import { createEmitter } from "../../client/emitter.js";
import { findWord, isRecord, isTime, readUser } from "../../client/records.js";
import { foldName } from "../../shared/mentions.js";

/** @import { Role, RoomEvent, User } from "../../client/events.js" */

/** `joinedAt`, `until`: milliseconds since 1970; muted without `until`: until it is lifted. @typedef {{user: User, role: Role, joinedAt?: number, muted?: {until?: number}}} Member */
/** `role`: undefined while it is not known, or of who is not in the room. @typedef {{user: User, role: Role | undefined, isMuted: boolean, isHere: boolean}} Person */
/** @typedef {(page: {after?: string, limit: number}) => Promise<Record<string, unknown>>} AskMembers */

const PAGE = 200;
/** Pages that are asked for at once; the rest when somebody wants it. */
const MAX_PAGES = 5;
/** @type {readonly Role[]} */
const ROLES = ["owner", "moderator", "member"];

/**
 * Makes it, empty.
 * @param {AskMembers} ask `list_members`
 */
export function createMemberList(ask) {
  /** @type {Map<string, Member>} */
  let members = new Map();
  /** Where to read on; undefined: all are there. @type {string | undefined} */
  let next;
  /** @type {"loading" | "ready" | "failed"} */
  let status = "loading";
  /** @type {unknown} */
  let failure;
  /** What was heard while a page was on its way: it is newer. @type {RoomEvent[]} */
  let meanwhile = [];
  let turn = 0;
  /** @type {import("../../client/emitter.js").Emitter<{change: undefined}>} */
  const events = createEmitter();
  const changed = () => events.emit("change", undefined);

  /** @param {RoomEvent} event */
  function apply(event) {
    if (event.type !== "member") return;
    const { member: user, change, role, until } = event;
    const before = members.get(user.id);
    if (change === "left" || change === "kicked" || change === "banned") members.delete(user.id);
    else if (change === "joined") members.set(user.id, { joinedAt: event.at, ...before, user, role: role ?? "member" });
    else if (before === undefined) return;
    else if (change === "role" && role !== undefined) members.set(user.id, { ...before, user, role });
    else if (change === "muted") members.set(user.id, { ...before, user, muted: until === undefined ? {} : { until } });
    else if (change === "unmuted") {
      const { muted: _, ...rest } = before;
      members.set(user.id, { ...rest, user });
    }
  }

  /**
   * @param {string | undefined} from
   * @param {number} mine
   */
  async function read(from, mine) {
    let after = from;
    for (let pages = 0; pages < MAX_PAGES; pages++) {
      const answer = await ask({ ...(after !== undefined && { after }), limit: PAGE });
      if (mine !== turn) return;
      for (const member of readMembers(answer.items)) members.set(member.user.id, member);
      for (const event of meanwhile) apply(event);
      after = typeof answer.next === "string" ? answer.next : undefined;
      changed();
      if (after === undefined) break;
    }
    next = after;
  }

  /** @param {string | undefined} from */
  async function load(from) {
    const mine = ++turn;
    status = "loading";
    failure = undefined;
    meanwhile = [];
    if (from === undefined) members = new Map();
    changed();
    try {
      await read(from, mine);
      if (mine !== turn) return;
      status = "ready";
    } catch (error) {
      if (mine !== turn) return;
      status = "failed";
      failure = error;
    }
    changed();
  }

  return {
    on: events.on,

    /** @returns {"loading" | "ready" | "failed"} */
    get status() {
      return status;
    },
    /** Why it failed. @returns {unknown} */
    get failure() {
      return failure;
    },
    /** @returns {boolean} */
    get hasMore() {
      return next !== undefined;
    },
    /** @param {string} id */
    find: (id) => members.get(id),
    /** @returns {Member[]} in no particular order */
    get all() {
      return [...members.values()];
    },

    load: () => load(undefined),
    /** The members behind those that are there. */
    more: () => next === undefined && status !== "failed" ? Promise.resolve() : load(next),

    /** @param {readonly RoomEvent[]} news */
    take(news) {
      const mine = news.filter(({ type }) => type === "member");
      if (mine.length === 0) return;
      if (status === "loading") meanwhile.push(...mine);
      for (const event of mine) apply(event);
      changed();
    },

    /** It is of no use any more. */
    stop() {
      turn += 1;
    },
  };
}

/**
 * Those who are here and those who are not, each by role, then by name.
 * @param {readonly Member[]} members
 * @param {readonly User[]} here
 * @param {string} wanted a part of a name; empty: all
 * @param {number} now milliseconds since 1970
 * @returns {{here: Person[], away: Person[]}}
 */
export function sortPeople(members, here, wanted, now) {
  const part = foldName(wanted.trim());
  const ids = new Set(here.map(({ id }) => id));
  const roles = new Map(members.map((member) => [member.user.id, member]));
  /** @param {User} user @returns {Person} */
  const personOf = (user) => {
    const member = roles.get(user.id);
    return { user, role: member?.role, isMuted: isMuted(member, now), isHere: ids.has(user.id) };
  };
  /** @param {readonly User[]} users */
  const sorted = (users) => users.filter(({ name }) => foldName(name).includes(part)).map(personOf).sort(compare);
  return { here: sorted(here), away: sorted(members.map(({ user }) => user).filter(({ id }) => !ids.has(id))) };
}

/**
 * Whether somebody is muted now.
 * @param {Pick<Member, "muted"> | undefined} member
 * @param {number} now milliseconds since 1970
 */
export function isMuted(member, now) {
  return member?.muted !== undefined && (member.muted.until ?? Infinity) > now;
}

/**
 * @param {Person} a
 * @param {Person} b
 */
function compare(a, b) {
  return rankOf(a) - rankOf(b) || a.user.name.localeCompare(b.user.name) || (a.user.id < b.user.id ? -1 : 1);
}

/** @param {Person} person */
function rankOf({ role }) {
  return role === undefined ? ROLES.length : ROLES.indexOf(role);
}

/**
 * @param {unknown} items
 * @returns {Member[]}
 */
function readMembers(items) {
  if (!Array.isArray(items)) return [];
  return items.filter(isRecord).flatMap(({ user: given, role, joinedAt, muted }) => {
    const user = readUser(given);
    if (user === undefined) return [];
    return [{
      user,
      role: findWord(role, ROLES) ?? "member",
      ...(isTime(joinedAt) && { joinedAt }),
      ...(isRecord(muted) && { muted: isTime(muted.until) ? { until: muted.until } : {} }),
    }];
  });
}
