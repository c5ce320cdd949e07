import type { ChannelLayer, DocumentKey, LayerEvent } from "../layers/layer.ts";
import { OPERATOR_ID } from "../protocol/caller.ts";
import type { RoomEvent, RoomInfo, User } from "../protocol/events.ts";
import { blanked } from "./blank.ts";
import { memberDocument, roomDocument } from "./documents.ts";
import { endInvites } from "./invites.ts";
import { documentKey, roomGroup } from "./keys.ts";
import { changeOf, memberNews, memberParts, membershipNews, roomParts, rulesParts } from "./room_state.ts";
import { transact } from "./transact.ts";
import { idList } from "./webhooks/documents.ts";

/** Documents that are looked at, or deleted, in one step. */
const PAGE = 100;

/**
 * Ends the membership of somebody who is erased, and says so in the room without their name. Also of its only owner, and in an archived
 * room. A ban stays, under the id.
 *
 * @param now Milliseconds since 1970.
 * @throws {ChatError} `unavailable`.
 */
export async function eraseMembership(layer: ChannelLayer, room: string, person: string, now: number): Promise<void> {
  const roomKey = documentKey("room", room);
  const key = documentKey("member", room, person);
  const nobody: User = { id: person, name: "" };
  await transact<void>(layer, async () => {
    const [found, member] = await layer.get([roomKey, key]);
    if (found === undefined || member === undefined) return { answer: undefined };
    const document = roomDocument.parse(found.value);
    const before = memberDocument.parse(member.value);
    const checks = [{ key: roomKey, version: found.version }, { key, version: member.version }];
    const { role, joinedAt: _, ...rest } = before;
    if (role === undefined) {
      if (before.user.name === "") return { answer: undefined };
      return { change: { checks, sets: [{ key, value: { ...before, user: nobody } }] }, answer: undefined };
    }
    const owners = document.owners.filter((owner) => owner !== person);
    const parts = memberParts(room, before, { ...rest, user: nobody }, now);
    return {
      group: roomGroup(room),
      event: memberNews("left", { at: now, by: nobody, member: nobody }),
      options: {
        change: changeOf({ checks }, rulesParts(document, owners), parts),
        also: [membershipNews(person, room, "left", now)],
      },
      answer: () => undefined,
    };
  });
}

/** Takes the name of somebody who is erased out of what a direct room says of its two people. */
export async function eraseNameInRoom(layer: ChannelLayer, room: string, person: string): Promise<void> {
  const key = documentKey("room", room);
  await transact<void>(layer, async () => {
    const [found] = await layer.get([key]);
    if (found === undefined) return { answer: undefined };
    const document = roomDocument.parse(found.value);
    const { people } = document.info;
    if (people?.some(({ id, name }) => id === person && name !== "") !== true) return { answer: undefined };
    const info = { ...document.info, people: people.map((one) => one.id === person ? { ...one, name: "" } : one) };
    const checks = [{ key, version: found.version }];
    return { change: { checks, sets: [{ key, value: { ...document, info } }] }, answer: undefined };
  });
}

/**
 * Takes the title and the topic that somebody who is erased gave a room away from it, unless somebody else has given others since. Also where
 * only the last word on how the room is was theirs that is said anew, by nobody: theirs is going to be blanked, and what others said stays so.
 *
 * @param now Milliseconds since 1970.
 * @throws {ChatError} `unavailable`.
 */
export async function eraseDescription(layer: ChannelLayer, room: string, person: string, now: number): Promise<void> {
  const key = documentKey("room", room);
  await transact<void>(layer, async () => {
    const [found] = await layer.get([key]);
    const document = found && roomDocument.parse(found.value);
    const { said } = document ?? {};
    if (found === undefined || document === undefined || said === undefined) return { answer: undefined };
    const isTheirs = Object.values(said).includes(person);
    if (!isTheirs) return { answer: undefined };
    const { title, topic, ...rest } = document.info;
    const others = Object.fromEntries(Object.entries(said).filter(([, by]) => by !== person));
    const info: RoomInfo = {
      ...rest,
      ...(title !== undefined && said.title !== person && { title }),
      ...(topic !== undefined && said.topic !== person && { topic }),
    };
    const event: RoomEvent = { type: "room", at: now, user: { id: OPERATOR_ID, name: OPERATOR_ID }, room: info };
    const change = changeOf(
      { checks: [{ key, version: found.version }] },
      roomParts({ ...document, info, said: others, rules: document.rules + 1 }),
    );
    return { group: roomGroup(room), event, options: { change }, answer: () => undefined };
  });
}

/**
 * Takes the name of somebody who is erased out of what they made for a room, and of its bans. Their invitations end: nobody stands behind
 * them any more.
 *
 * @throws {ChatError} `unavailable`.
 */
export async function eraseTraces(layer: ChannelLayer, room: string, person: string): Promise<void> {
  await endInvites(layer, room, person);
  const lists = [["hook_of", "hook"], ["webhook_of", "webhook"]] as const;
  const found = await layer.get(lists.map(([list]) => documentKey(list, room)));
  for (const [i, [, kind]] of lists.entries()) {
    for (const id of idList.parse(found[i]?.value ?? [])) await blankDocument(layer, documentKey(kind, id), person);
  }
  await blankAll(layer, documentKey("ban_of", room), person);
}

/**
 * Takes the name and the reasons of somebody who is erased out of the bans from the whole service that they gave.
 *
 * @throws {ChatError} `unavailable`.
 */
export async function eraseBans(layer: ChannelLayer, person: string): Promise<void> {
  await blankAll(layer, ["ban"], person);
}

/** The documents right below a prefix. */
async function blankAll(layer: ChannelLayer, prefix: DocumentKey, person: string): Promise<void> {
  let after: string | undefined;
  do {
    const found = await layer.list({ prefix, limit: PAGE, ...(after !== undefined && { after }) });
    for (const { key } of found) await blankDocument(layer, key, person);
    after = found.length < PAGE ? undefined : found.at(-1)?.key[prefix.length];
  } while (after !== undefined);
}

function blankDocument(layer: ChannelLayer, key: DocumentKey, person: string): Promise<void> {
  return transact<void>(layer, async () => {
    const [found] = await layer.get([key]);
    // Every document is an object that JSON can hold, as an event is; it has no `type` that `blanked` would know.
    const value = found && blanked(found.value as LayerEvent, person);
    if (found === undefined || value === undefined) return { answer: undefined };
    return { change: { checks: [{ key, version: found.version }], sets: [{ key, value }] }, answer: undefined };
  });
}
