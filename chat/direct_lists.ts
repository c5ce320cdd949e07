/**
 * Who has a direct room in their list. To open one puts it into one's own list only: a stranger who opens a thousand of them takes nothing from
 * anybody. The first message puts it into the other one's, as a request, and so does the next one after somebody has hidden it.
 *
 * Whoever is not listed stands in the room's document, which every message checks anyway: the usual message in a direct room costs no read.
 *
 * @module
 */

import type { AlsoEntry, Change, ChannelLayer } from "../layers/layer.ts";
import type { Caller } from "../protocol/caller.ts";
import { ChatError } from "../protocol/errors.ts";
import {
  askedDocument,
  memberDocument,
  type MembershipDocument,
  membershipDocument,
  type RoomDocument,
  roomDocument,
} from "./documents.ts";
import { documentKey } from "./keys.ts";
import { isDirectName } from "./room_names.ts";
import { membershipNews } from "./room_state.ts";
import type { Standing } from "./standings.ts";
import { transact } from "./transact.ts";

/** Direct rooms that one person may have opened within a week and in which the other has not written. */
export const MAX_ASKED = 20;
/** Direct rooms that one person may have in their list and open one more. */
const MAX_DIRECT = 1_000;
/** Direct rooms of others that are in somebody's list without an answer. */
export const MAX_REQUESTS = 200;
const WEEK_MS = 7 * 86_400_000;

/** What goes with a message. */
export interface Settled {
  /** Documents. */
  readonly change: Change;
  /** Who is told. */
  readonly also: readonly AlsoEntry[];
}

/**
 * Refuses those who have opened many direct rooms and got no answer, or who have very many. Who opens several at once may get a few more.
 *
 * @param now Milliseconds since 1970.
 * @throws {ChatError} `forbidden`.
 */
export async function assertMayAsk(layer: ChannelLayer, { user, kind, isAdmin }: Caller, now: number): Promise<void> {
  await assertRoomForDirect(layer, user.id);
  // Those whom the operator made, and who keep order, write to whomever they have to.
  if (isAdmin || kind === "bot") return;
  const asked = await layer.list({ prefix: documentKey("asked", user.id), limit: MAX_DIRECT });
  const waiting = asked.filter(({ value }) => askedDocument.parse(value).at > now - WEEK_MS);
  if (waiting.length < MAX_ASKED) return;
  throw new ChatError(
    "forbidden",
    `Cannot write to one more person: ${MAX_ASKED} whom you wrote to within a week have not answered`,
  );
}

/** Notes that somebody opened a direct room, until the other one answers. */
export function askedSet(person: string, room: string, at: number): NonNullable<Change["sets"]>[number] {
  return { key: documentKey("asked", person, room), value: { at }, expireInMs: WEEK_MS };
}

/** Refuses those who have 1,000 direct rooms in their list. */
async function assertRoomForDirect(layer: ChannelLayer, person: string): Promise<void> {
  if ((await directsOf(layer, person)).length < MAX_DIRECT) return;
  throw new ChatError("forbidden", `Cannot open one more direct room: you have ${MAX_DIRECT}; hide some`);
}

/**
 * Whether a message changes who has the room in their list, or is an answer.
 *
 * @param person Who writes.
 */
export function isUnsettled({ document }: Pick<Standing, "document">, person: string): boolean {
  if (document === undefined) return false;
  const { absent = [], asker = person } = document;
  return absent.length > 0 || asker !== person;
}

/**
 * What a message changes with it: those who do not have the room in their list get it there, and an answer is noted. Relies on the standing's
 * `checks`, which the message has to carry.
 *
 * @param person Who writes.
 * @param at When, in milliseconds since 1970.
 * @returns Undefined: nothing, as with nearly every message.
 */
export async function settle(
  layer: ChannelLayer,
  { document, room: { name } }: Pick<Standing, "document" | "room">,
  person: string,
  at: number,
): Promise<Settled | undefined> {
  if (document === undefined || !isUnsettled({ document }, person)) return undefined;
  const { absent = [], asker } = document;
  // Not what somebody says who keeps order everywhere and is none of the two.
  const isAnswer = asker !== undefined && asker !== person &&
    document.info.people?.some(({ id }) => id === person) === true;
  if (absent.length === 0 && !isAnswer) return undefined;
  const own = documentKey("membership", person, name);
  const [mine, ...members] = await layer.get([own, ...absent.map((id) => documentKey("member", name, id))]);
  const come = absent.filter((_, i) => memberDocument.safeParse(members[i]?.value).data?.role !== undefined);
  const isRequest = (id: string) => asker !== undefined && id !== asker && id !== person;
  for (const id of come) if (isRequest(id)) await makeRoomFor(layer, id, at);
  const sets: { key: typeof own; value: unknown }[] = come.map((id) => {
    const value: MembershipDocument = { ...membershipOf(at), ...(isRequest(id) && { request: true }) };
    return { key: documentKey("membership", id, name), value };
  });
  const checks: { key: typeof own; version: string }[] = [];
  if (isAnswer && mine !== undefined && !come.includes(person)) {
    const { request: _, ...rest } = membershipDocument.parse(mine.value);
    checks.push({ key: own, version: mine.version });
    sets.push({ key: own, value: rest });
  }
  const { asker: _asker, ...rest } = document;
  const then = isAnswer || asker === undefined ? rest : { ...rest, asker };
  sets.push({ key: documentKey("room", name), value: withAbsent(then, []) });
  return {
    change: {
      checks,
      sets,
      deletes: [
        ...come.map((id) => documentKey("unlisted", id, name)),
        ...(isAnswer ? [documentKey("asked", asker, name)] : []),
      ],
    },
    also: come.map((id) => membershipNews(id, name, "joined", at)),
  };
}

/** A room's document with others who do not have it in their list. */
function withAbsent({ absent: _, ...document }: RoomDocument, absent: readonly string[]): RoomDocument {
  return absent.length === 0 ? document : { ...document, absent: [...absent] };
}

/** A new place in a list. */
function membershipOf(joinedAt: number): MembershipDocument {
  return { joinedAt, notify: "all", favourite: false };
}

/**
 * Puts a direct room into the list of somebody who is in it. One that is there stays as it is.
 *
 * @param room A parsed name.
 * @param now Milliseconds since 1970.
 * @throws {ChatError} `forbidden`: they have 1,000 already; `unavailable`.
 */
export async function listDirect(layer: ChannelLayer, room: string, person: string, now: number): Promise<void> {
  const key = documentKey("room", room);
  await transact<void>(layer, async () => {
    const [found, member] = await layer.get([key, documentKey("member", room, person)]);
    const document = found && roomDocument.parse(found.value);
    const isIn = memberDocument.safeParse(member?.value).data?.role !== undefined;
    if (found === undefined || !isIn || document?.absent?.includes(person) !== true) return { answer: undefined };
    await assertRoomForDirect(layer, person);
    const value = withAbsent(document, document.absent.filter((id) => id !== person));
    const sets = [{ key, value }, { key: documentKey("membership", person, room), value: membershipOf(now) }];
    const { group, event } = membershipNews(person, room, "joined", now);
    const deletes = [documentKey("unlisted", person, room)];
    const change = { checks: [{ key, version: found.version }], sets, deletes };
    return { group, event, options: { transient: true, change }, answer: () => undefined };
  });
}

/**
 * Takes a direct room out of somebody's list, until there is a new message. What is not there is out already.
 *
 * @param room A parsed name.
 * @param now Milliseconds since 1970.
 * @throws {ChatError} `unavailable`.
 */
export async function hideDirect(layer: ChannelLayer, room: string, person: string, now: number): Promise<void> {
  const key = documentKey("room", room);
  const own = documentKey("membership", person, room);
  await transact<void>(layer, async () => {
    const [found, mine] = await layer.get([key, own]);
    if (found === undefined || mine === undefined) return { answer: undefined };
    const document = roomDocument.parse(found.value);
    const value = withAbsent(document, [...new Set([...document.absent ?? [], person])]);
    // The room's version changes, so whoever writes meanwhile decides again, and it is in the list or it is not, and that is known.
    const sets = [{ key, value }, { key: documentKey("unlisted", person, room), value: "" }];
    const change = { checks: [{ key, version: found.version }], sets, deletes: [own] };
    const { group, event } = membershipNews(person, room, "left", now);
    return { group, event, options: { transient: true, change }, answer: () => undefined };
  });
}

/** Of very many requests the oldest leave the list: no stranger ever pushes out what somebody answered, opened or came into. */
async function makeRoomFor(layer: ChannelLayer, person: string, now: number): Promise<void> {
  const requests = (await directsOf(layer, person)).flatMap(({ key, value }) => {
    const { request, joinedAt } = membershipDocument.parse(value);
    return request === true ? [{ room: key[2] ?? "", joinedAt }] : [];
  });
  const oldest = requests.sort((a, b) => a.joinedAt - b.joinedAt).slice(
    0,
    Math.max(0, requests.length + 1 - MAX_REQUESTS),
  );
  for (const { room } of oldest) await hideDirect(layer, room, person, now);
}

async function directsOf(layer: ChannelLayer, person: string) {
  // "." follows "-".
  const range = { prefix: documentKey("membership", person), after: "d-", before: "d." };
  const found = await layer.list({ ...range, limit: MAX_DIRECT });
  return found.filter(({ key }) => isDirectName(key[2] ?? ""));
}
