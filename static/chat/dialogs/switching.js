/**
 * What the quick switcher offers for what was written so far, best first. No DOM.
 * @module
 */

import { beginningPattern, foldForSearch } from "../../ui/hangul.js";
import { checkRoom } from "../names.js";
import { otherPerson, roomTitle } from "../rooms/room_title.js";

/** @import { User } from "../../client/events.js" */
/** @import { ListedRoom } from "../rooms/my_rooms.js" */

/**
 * Where one can go: a room of mine, the direct room with somebody, or a room by its name, which need not exist yet.
 * @typedef {{kind: "room", title: string, listed: ListedRoom}
 *   | {kind: "person", title: string, user: User}
 *   | {kind: "name", title: string}} Target
 */
/**
 * @typedef {object} Known
 * @property {readonly ListedRoom[]} rooms mine, in the order of the list
 * @property {readonly User[]} people who are here
 * @property {string} me my id
 * @property {string} current the room that is open; empty: none
 */

/** Offered at a time: whoever wants another one writes a letter more. */
const MAX_OFFERED = 50;
/** One letter is found in nearly everything. */
const MIN_SCATTERED = 2;

/**
 * Finds where somebody may want to go.
 * @param {Known} known
 * @param {string} input `#` in front means rooms only, `@` people only
 * @returns {Target[]}
 */
export function listTargets({ rooms, people, me, current }, input) {
  const [, sign = "", query = ""] = /^\s*([#@]?)\s*(.*?)\s*$/su.exec(input) ?? [];
  const mine = order(rooms, current).map((listed) => targetOf(listed, me));
  const targets = [...mine, ...strangers(rooms, people, me)].filter((target) => fits(target, sign));
  if (query === "") return targets.slice(0, MAX_OFFERED);
  const ranks = rankers(query);
  const found = targets
    .map((target) => ({ target, rank: Math.min(...namesOf(target).map((name) => rankOf(name, ranks))) }))
    .filter(({ rank }) => rank < ranks.length)
    // Stable: within a rank what is unread and what is new stays first.
    .sort((a, b) => a.rank - b.rank)
    .map(({ target }) => target)
    .slice(0, MAX_OFFERED);
  const named = sign === "@" ? undefined : checkRoom(query.replace(/\s+/gu, "-"));
  const isThere = named?.ok && rooms.some(({ room }) => room.name === named.value);
  return named?.ok && !isThere ? [...found, { kind: "name", title: named.value }] : found;
}

/**
 * What calls for me, then what is unread, then where something was said last; the room that is open at the end, as one is there.
 * @param {readonly ListedRoom[]} rooms
 * @param {string} current
 */
function order(rooms, current) {
  /** @param {ListedRoom} listed */
  const place = ({ room, mentions, unread, notify }) =>
    room.name === current ? 3 : mentions > 0 ? 0 : unread > 0 && notify === "all" ? 1 : 2;
  return [...rooms].sort((a, b) => place(a) - place(b) || b.activeAt - a.activeAt);
}

/**
 * @param {ListedRoom} listed
 * @param {string} me
 * @returns {Target}
 */
function targetOf(listed, me) {
  return { kind: "room", title: roomTitle(listed.room, me), listed };
}

/**
 * Who is here and has no direct room with me yet.
 * @param {readonly ListedRoom[]} rooms
 * @param {readonly User[]} people
 * @param {string} me
 * @returns {Target[]}
 */
function strangers(rooms, people, me) {
  const known = new Set([me, ...rooms.map(({ room }) => otherPerson(room, me)?.id)]);
  return people.filter(({ id }) => !known.has(id)).map((user) => ({ kind: "person", title: user.name, user }));
}

/**
 * @param {Target} target
 * @param {string} sign
 */
function fits(target, sign) {
  const isPerson = target.kind === "person" || (target.kind === "room" && target.listed.room.kind === "direct");
  return sign === "" || isPerson === (sign === "@");
}

/** @param {Target} target */
function namesOf(target) {
  const names = target.kind === "room" && target.listed.room.kind === "public"
    ? [target.title, target.listed.room.name]
    : [target.title];
  return names.map(foldForSearch);
}

/**
 * Tests from the best to the weakest: it begins so, a word of it does, it stands within, its letters come in this order.
 * @param {string} query
 * @returns {((name: string) => boolean)[]} of folded names
 */
function rankers(query) {
  const begins = beginningPattern(query);
  const within = new RegExp(unanchored(begins), "u");
  const letters = [...foldForSearch(query).replace(/\s/gu, "")];
  const scattered = new RegExp(letters.map((letter) => unanchored(beginningPattern(letter))).join(".*"), "u");
  return [
    (name) => begins.test(name),
    (name) => name.split(/[\s_-]+/u).some((word) => begins.test(word)),
    (name) => within.test(name),
    (name) => letters.length >= MIN_SCATTERED && scattered.test(name),
  ];
}

/** @param {RegExp} pattern */
function unanchored(pattern) {
  return pattern.source.replace(/^\^/, "");
}

/**
 * @param {string} name
 * @param {readonly ((name: string) => boolean)[]} ranks
 */
function rankOf(name, ranks) {
  const rank = ranks.findIndex((fits) => fits(name));
  return rank < 0 ? ranks.length : rank;
}
