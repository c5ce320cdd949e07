/**
 * How somebody's presence in a room changes: one document a person a room, which names the isolates that have them. Whoever comes or
 * goes checks it, so of two isolates that let somebody go at once exactly one finds that it was the last.
 *
 * @module
 */

import { z } from "zod";
import type { ChannelLayer, Document } from "../layers/layer.ts";
import { type PresenceEvent, type User, user } from "../protocol/events.ts";
import { documentKey, presenceGroup } from "./keys.ts";
import { type Decision, transact } from "./transact.ts";

/** `here <room> <person>`: where somebody is in a room. An isolate counts while its lease holds. */
export const hereDocument = z.object({
  user,
  /** Isolate → since when, in milliseconds since 1970. */
  isolates: z.record(z.string(), z.number()),
});

/** See {@linkcode hereDocument}. */
export type HereDocument = z.infer<typeof hereDocument>;

/** `seen <person>`: when a device of theirs was last here, in milliseconds since 1970. */
export const seenDocument = z.number();

/** One person on one isolate, in one room. */
export interface Stay {
  /** A parsed room name. */
  readonly room: string;
  /** Who. */
  readonly user: User;
  /** Which isolate has them. */
  readonly isolate: string;
}

/** Tells which of these isolates live. */
export type FindLiving = (isolates: readonly string[]) => Promise<ReadonlySet<string>>;

/**
 * Says that an isolate has somebody in a room, and to the room that they are here, unless another isolate has them already by that name.
 *
 * @param stay Who, where; `since`: when they came, in milliseconds since 1970.
 * @throws As `ChannelLayer.publish`.
 */
export async function arrive(
  layer: ChannelLayer,
  { room, user, isolate, since }: Stay & { readonly since: number },
  findLiving: FindLiving,
): Promise<void> {
  // Most who come are nowhere yet: that costs no read, and is found out by the check when it is not so.
  let isGuess = true;
  await transact(layer, async (): Promise<Decision<void>> => {
    const [found] = isGuess ? [] : await layer.get([hereKey(room, user.id)]);
    isGuess = false;
    const { isolates: before = {}, user: known } = parse(found) ?? {};
    const change = {
      checks: [check(room, user.id, found)],
      sets: [
        { key: hereKey(room, user.id), value: { user, isolates: { ...before, [isolate]: since } } },
        { key: indexKey({ room, user, isolate }), value: user },
      ],
    };
    const others = Object.keys(before).filter((each) => each !== isolate);
    const isKnown = known?.name === user.name && others.length > 0 && (await findLiving(others)).size > 0;
    if (isKnown) return { change, answer: undefined };
    const event: PresenceEvent = { type: "presence", at: since, user, here: true };
    return { group: presenceGroup(room), event, options: { transient: true, change }, answer: () => {} };
  });
}

/**
 * Says that an isolate no longer has somebody in a room, and to the room that they are gone, unless another isolate has them.
 *
 * @param stay Who, where.
 * @param at When they went, in milliseconds since 1970.
 * @param isLast Whether that was the isolate's last sight of the person: it is then kept as last seen.
 * @throws As `ChannelLayer.publish`.
 */
export async function depart(
  layer: ChannelLayer,
  { room, user, isolate }: Stay,
  { at, isLast }: { readonly at: number; readonly isLast: boolean },
  findLiving: FindLiving,
): Promise<void> {
  const seenKey = documentKey("seen", user.id);
  const personKey = documentKey("person", user.id);
  await transact(layer, async (): Promise<Decision<void>> => {
    const hereOf = hereKey(room, user.id);
    const [found, seen, person] = await layer.get(isLast ? [hereOf, seenKey, personKey] : [hereOf]);
    const isLater = isLast && !isErased(person) && at > seenDocument.catch(0).parse(seen?.value ?? 0);
    const { [isolate]: gone, ...isolates } = parse(found)?.isolates ?? {};
    const others = Object.keys(isolates);
    const change = {
      checks: [
        check(room, user.id, found),
        // Only forwards: an isolate's death is noticed late.
        ...(isLater ? [{ key: seenKey, version: seen?.version ?? null }] : []),
        // An erasure that begins now has the last word.
        ...(isLater ? [{ key: personKey, version: person?.version ?? null }] : []),
      ],
      sets: [
        ...(gone !== undefined && others.length > 0
          ? [{ key: hereKey(room, user.id), value: { user, isolates } }]
          : []),
        ...(isLater ? [{ key: seenKey, value: at }] : []),
      ],
      deletes: [
        indexKey({ room, user, isolate }),
        ...(gone !== undefined && others.length === 0 ? [hereKey(room, user.id)] : []),
      ],
    };
    const isElsewhere = others.length > 0 && (await findLiving(others)).size > 0;
    if (gone === undefined || isElsewhere) return { change, answer: undefined };
    const event: PresenceEvent = { type: "presence", at, user, here: false };
    return { group: presenceGroup(room), event, options: { transient: true, change }, answer: () => {} };
  });
}

/** `here <room> <person>`. */
function hereKey(room: string, person: string) {
  return documentKey("here", room, person);
}

/** `here_of <isolate> <person> <room>`: what to clear away after an isolate that died, and whether it has a person at all. */
function indexKey({ room, user, isolate }: Stay) {
  return documentKey("here_of", isolate, user.id, room);
}

function check(room: string, person: string, found: Document | undefined) {
  return { key: hereKey(room, person), version: found?.version ?? null };
}

/** Of a `person` document, which is `auth/`'s: whether nothing of theirs is to be kept. */
function isErased(person: Document | undefined): boolean {
  return z.object({ erased: z.literal(true) }).safeParse(person?.value).success;
}

function parse(found: Document | undefined): HereDocument | undefined {
  return found && hereDocument.parse(found.value);
}
