/**
 * Commands as fast-check makes them, what they are in a room as it is, and how they are given to the real one.
 *
 * @module
 */

import fc from "fast-check";
import type { Service } from "../../../operations/service.ts";
import type { Caller } from "../../../protocol/caller.ts";
import { ChatError } from "../../../protocol/errors.ts";
import { messageAt, type ModelRoom } from "../room_model.ts";
import type { Command } from "./command.ts";

/** How the five are called at first. */
export const NAMES = ["ann", "anna", "ann lee", "민지", "Bo"] as const;
/** What they say. */
export const WORDS = ["apple", "berry", "바다물", "cedar"] as const;
const EMOJI = ["👍", "🎉", "❤️"] as const;
const ROLES = ["owner", "moderator", "member"] as const;
const TICKS_MS = [1_000, 61_000, 700_000] as const;

/** A command before it is known whom and what there is. */
export interface Intent {
  readonly type: Command["type"] | "tick" | "index" | "look";
  readonly isolate: number;
  readonly who: number;
  readonly whom: number;
  readonly n: number;
  readonly m: number;
  readonly on: boolean;
  readonly words: readonly string[];
  readonly names: readonly string[];
}

/** What changes nothing in the room's log, or the world: done alone. */
const ALONE: ReadonlySet<string> = new Set(["mark", "rename", "invite", "revoke", "tick", "index", "look"]);

const WEIGHTS: readonly (readonly [number, readonly Intent["type"][]])[] = [
  [10, ["send"]],
  [6, ["edit", "mark"]],
  [4, ["delete", "react", "become"]],
  [3, ["ban", "mute", "pin", "role"]],
  [2, ["leave", "enter", "kick", "unban", "unmute", "slow", "rename", "invite", "accept", "tick", "look", "archive"]],
  [1, ["title", "write", "revoke", "index"]],
];

// Mostly those who may: a sequence of refusals finds nothing.
const someone = fc.oneof({ weight: 3, arbitrary: fc.constantFrom(0, 1) }, { weight: 2, arbitrary: fc.nat(4) });

/** One command. */
const intent: fc.Arbitrary<Intent> = fc.record({
  type: fc.oneof(
    ...WEIGHTS.flatMap(([weight, types]) => types.map((type) => ({ weight, arbitrary: fc.constant(type) }))),
  ),
  isolate: fc.nat(1),
  who: someone,
  whom: fc.nat(4),
  n: fc.nat(40),
  m: fc.nat(40),
  on: fc.oneof({ weight: 2, arbitrary: fc.constant(true) }, { weight: 1, arbitrary: fc.constant(false) }),
  words: fc.subarray([...WORDS], { maxLength: 2 }),
  names: fc.oneof(
    { weight: 1, arbitrary: fc.constant([]) },
    { weight: 1, arbitrary: fc.array(fc.constantFrom(...NAMES, "room"), { maxLength: 3 }) },
  ),
});

/** Commands, one after the other. */
export const oneByOne = (most: number) =>
  fc.array(intent.map((one) => [one]), { minLength: 5, maxLength: most, size: "max" });

/** The same, by the same person, on both isolates at once: as from two tabs. */
const twice = fc.tuple(intent, fc.constantFrom<Intent["type"]>("send", "edit", "delete", "react", "role", "ban")).map(
  ([one, type]) => [{ ...one, type, isolate: 0 }, { ...one, type, isolate: 1 }],
);
const several = fc.array(intent, { minLength: 1, maxLength: 5, size: "max" });
/** Two people do the same thing, such as coming in by one invitation. */
const both = fc.tuple(intent, fc.nat(4), fc.constantFrom<Intent["type"]>("accept", "accept", "react", "pin", "leave"))
  .map(
    ([one, who, type]) =>
      // Those who are not in yet, and the invitation that is good for one of them.
      type === "accept"
        ? [{ ...one, type, who: 3, n: 1, isolate: 0 }, { ...one, type, who: 4, n: 1, isolate: 1 }]
        : [{ ...one, type, isolate: 0 }, { ...one, type, who, isolate: 1 }],
  );

const PLAIN = { whom: 0, n: 1, m: 1, on: true, words: [], names: [] };
/** What is worth a race at once: the last place of an invitation, and the one message that slow mode allows. */
const opening = fc.constantFrom<Intent[][]>(
  [],
  [[{ ...PLAIN, type: "accept", who: 3, isolate: 0 }, { ...PLAIN, type: "accept", who: 4, isolate: 1 }]],
  [[{ ...PLAIN, type: "send", who: 1, isolate: 0 }, { ...PLAIN, type: "send", who: 1, isolate: 1 }]],
);

/** Commands that are given at the same time, several times. */
export const together = (most: number) =>
  fc.tuple(
    opening,
    fc.array(
      fc.oneof({ weight: 3, arbitrary: several }, { weight: 1, arbitrary: twice }, { weight: 1, arbitrary: both }),
      { minLength: 3, maxLength: most, size: "max" },
    ),
  ).map(([first, groups]) => [...first, ...groups.flatMap(apart)]);

/** What is done alone in groups of its own. */
function apart(group: readonly Intent[]): Intent[][] {
  const alone = group.filter(({ type }) => ALONE.has(type)).map((one) => [one]);
  const rest = group.filter(({ type }) => !ALONE.has(type));
  return rest.length === 0 ? alone : [...alone, rest];
}

/** Makes texts that are found nowhere else. */
export interface Context {
  readonly ids: readonly string[];
  readonly room: ModelRoom;
  readonly now: number;
  /** Of every text in this run. */
  readonly mark: string;
  /** Counts them. */
  said: number;
}

/** What an intent is in a room as it is now; undefined: there is nothing to do it to. */
export function resolve(context: Context, { type, ...given }: Intent): Command | undefined {
  const { room, ids, now } = context;
  const { n, m, on } = given;
  const who = ids[given.who] ?? "";
  const whom = ids[given.whom] ?? "";
  const at = (index: number) => room.messages[room.messages.length - 1 - index % room.messages.length]?.cursor;
  const text = () =>
    [`${context.mark}${context.said++}q`, ...given.words, ...given.names.map((name) => `@${name}`)].join(" ");
  const target = at(n);
  const until = on ? now + 60_000 * (1 + m % 2) : undefined;
  switch (type) {
    case "become":
    case "enter":
    case "leave":
      return { type, who };
    case "kick":
    case "unban":
    case "unmute":
      return { type, who, whom };
    case "ban":
    case "mute":
      return { type, who, whom, until };
    case "role":
      return { type, who, whom, role: ROLES[n % 3] ?? "member" };
    case "title":
      return { type, who, title: `T${n % 2}` };
    case "write":
      return { type, who, write: n % 3 === 0 ? "moderators" : "members" };
    case "slow":
      return { type, who, slowModeS: n % 2 * 60 };
    case "archive":
      return { type, who, archived: n % 3 === 0 };
    case "send": {
      const said = { type, who, key: `k${context.said}`, text: text() };
      return { ...said, reply: n % 3 === 0 ? at(m) : undefined, thread: m % 3 === 0 ? at(n) : undefined };
    }
    case "edit":
      // Mostly one's own.
      return target === undefined
        ? undefined
        : { type, who: on ? messageAt(room, target).author : who, target, text: text() };
    case "delete":
      return target === undefined ? undefined : { type, who: on ? messageAt(room, target).author : who, target };
    case "react":
      return target === undefined ? undefined : { type, who, target, emoji: EMOJI[m % 3] ?? "👍", on };
    case "pin":
      return target === undefined ? undefined : { type, who, target, on };
    case "mark":
      return { type, who, target: n % 4 === 0 ? room.head : target ?? room.head };
    case "rename":
      return { type, who, name: NAMES[n % NAMES.length] ?? "Bo" };
    case "invite":
      return { type, who, uses: n % 3, expiresInS: 600 };
    case "accept":
    case "revoke":
      return room.invites.length === 0 ? undefined : { type, who, invite: n % room.invites.length };
    case "tick":
    case "index":
    case "look":
      return undefined;
    default:
      return type satisfies never;
  }
}

/** How much later it is then. */
export function tickOf({ type, n }: Intent): number {
  return type === "tick" ? TICKS_MS[n % TICKS_MS.length] ?? 0 : 0;
}

/** The real room, and who is in it. */
export interface Real {
  readonly room: string;
  /** As they are called now. */
  readonly callers: Map<string, Caller>;
  /** What the invitations are, in the order in which they were made. */
  readonly invites: { readonly id: string; readonly code: string }[];
}

/** Gives a command to the real room; the refusal's code, or undefined. */
export async function perform(service: Service, real: Real, command: Command): Promise<string | undefined> {
  try {
    await act(service, real, command);
    return undefined;
  } catch (error) {
    if (error instanceof ChatError) return error.code;
    throw error;
  }
}

async function act(service: Service, { room, callers, invites }: Real, command: Command): Promise<void> {
  const caller = callers.get(command.who);
  if (caller === undefined) throw new TypeError(`Nobody is ${command.who}`);
  const { members, moderation, messages } = service;
  switch (command.type) {
    case "become":
    case "enter":
      return void await members[command.type](caller, room);
    case "leave":
      return await members.leave(caller, room);
    case "kick":
    case "unban":
    case "unmute":
      return await moderation[command.type](caller, room, command.whom);
    case "ban":
    case "mute":
      return await moderation[command.type](caller, room, command.whom, { until: command.until });
    case "role":
      return await members.setRole(caller, room, command.whom, command.role);
    case "title":
    case "write":
    case "slow":
    case "archive": {
      const { type: _, who: __, ...settings } = command;
      return void await service.rooms.update(caller, room, settings);
    }
    case "send":
      return void await messages.send(caller, room, command);
    case "edit":
      return void await messages.edit(caller, room, command.target, command.text);
    case "delete":
      return await messages.delete(caller, room, command.target);
    case "react":
      return void await service.reactions.react(caller, room, command.target, command.emoji, command.on);
    case "pin":
      return await service.pins.pin(caller, room, command.target, command.on);
    case "mark":
      return void await service.reading.mark(caller, room, command.target);
    case "rename": {
      // As the operation does it.
      const user = await service.people.rename(caller, command.name);
      callers.set(command.who, { ...caller, user });
      return await service.members.rename(user);
    }
    case "invite":
      return void invites.push(await service.invites.create(caller, room, command));
    case "accept":
      return void await service.invites.accept(caller, invites[command.invite]?.code ?? "");
    case "revoke":
      return await service.invites.revoke(caller, room, invites[command.invite]?.id ?? "");
    default:
      return command satisfies never;
  }
}
