/**
 * A room's log as its export says it, and what it folds to: written from `docs/protocol.md` [V27] [V28], without a look at how the service
 * keeps what it keeps.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { z } from "zod";
import { type Person, roomPath } from "./http.ts";

const user = z.object({ id: z.string(), name: z.string() });
const common = { cursor: z.string(), at: z.number(), user };
const reaction = z.object({ emoji: z.string(), count: z.number(), users: z.array(z.string()) });

/** A message as it has become. */
export const messageLine = z.object({
  ...common,
  type: z.literal("message"),
  key: z.string().optional(),
  text: z.string().optional(),
  thread: z.string().optional(),
  count: z.number().optional(),
  edited: z.number().optional(),
  reactions: z.array(reaction).default([]),
  replies: z.object({ count: z.number(), at: z.number() }).optional(),
  pinned: z.boolean().default(false),
  deleted: z.boolean().default(false),
});

/** See {@linkcode messageLine}. */
export type MessageLine = z.infer<typeof messageLine>;

const target = z.string();
const line = z.discriminatedUnion("type", [
  messageLine,
  z.object({ ...common, type: z.literal("edit"), target, text: z.string().optional() }),
  z.object({
    ...common,
    type: z.literal("delete"),
    target,
    thread: z.string().optional(),
    count: z.number().optional(),
  }),
  z.object({ ...common, type: z.literal("react"), target, emoji: z.string(), on: z.boolean(), count: z.number() }),
  z.object({ ...common, type: z.literal("pin"), target, on: z.boolean() }),
  z.object({ ...common, type: z.literal("member"), member: user, change: z.string(), role: z.string().optional() }),
  z.object({ ...common, type: z.literal("room") }),
]);

/** A lasting event of a room. */
export type Line = z.infer<typeof line>;

/** [H5] A room's log. @param owner Somebody who may export it. */
export async function exportLog(owner: Person, room: string): Promise<Line[]> {
  const lines = parseLines(await owner.text("GET", roomPath(room, "export"))).map((value) => line.parse(value));
  for (const [i, { cursor }] of lines.entries()) {
    assert(i === 0 || cursor > lines[i - 1]!.cursor, `the export is not in order at ${i}: ${cursor}`);
  }
  return lines;
}

/** NDJSON: one object a line, each line with its end. */
export function parseLines(text: string): unknown[] {
  assert(text === "" || text.endsWith("\n"), "the last line has no end");
  return text.split("\n").slice(0, -1).map((line) => JSON.parse(line));
}

/** What a message is, by the events alone. */
interface FoldedMessage {
  text: string | undefined;
  edited: number | undefined;
  deleted: boolean;
  /** Emoji → who gives it. */
  readonly reactions: Map<string, Set<string>>;
  replies: { count: number; at: number } | undefined;
}

/** What a log folds to. */
export interface Fold {
  readonly messages: Map<string, FoldedMessage>;
  /** Cursors in the order of pinning. */
  readonly pins: Set<string>;
  /** Id → role. */
  readonly members: Map<string, string>;
}

/** Folds a log. Fails where an event's own count is not what the log says. */
export function fold(log: readonly Line[]): Fold {
  const messages = new Map<string, FoldedMessage>();
  const pins = new Set<string>();
  const members = new Map<string, string>();
  const threads = new Map<string, Set<string>>();
  // A tombstone does not say which thread it was in; the event that made it one does.
  const threadOf = new Map(log.flatMap((event) => event.type === "delete" ? [[event.target, event.thread]] : []));
  const find = (cursor: string) => {
    const message = messages.get(cursor);
    if (message === undefined) throw new Error(`An event is about ${cursor}, which is no message`);
    return message;
  };
  for (const event of log) {
    switch (event.type) {
      case "message": {
        const nothing = { edited: undefined, deleted: false, reactions: new Map(), replies: undefined };
        messages.set(event.cursor, { text: event.text, ...nothing });
        const first = event.thread ?? threadOf.get(event.cursor);
        if (first === undefined) break;
        const thread = threads.get(first) ?? new Set();
        threads.set(first, thread.add(event.cursor));
        // A tombstone tells no count any more.
        if (!event.deleted) assertEquals(event.count, thread.size, `the count of the reply ${event.cursor}`);
        find(first).replies = { count: thread.size, at: event.at };
        break;
      }
      case "edit":
        find(event.target).edited = event.at;
        find(event.target).text = event.text;
        break;
      case "delete": {
        const message = find(event.target);
        message.deleted = true;
        message.reactions.clear();
        pins.delete(event.target);
        if (event.thread === undefined) break;
        const thread = threads.get(event.thread);
        thread?.delete(event.target);
        assertEquals(event.count, thread?.size, `the count of the thread after the delete ${event.cursor}`);
        const first = find(event.thread);
        const count = thread?.size ?? 0;
        first.replies = count === 0 || first.replies === undefined ? undefined : { ...first.replies, count };
        break;
      }
      case "react": {
        const { reactions } = find(event.target);
        const users = reactions.get(event.emoji) ?? new Set();
        if (event.on) users.add(event.user.id);
        else users.delete(event.user.id);
        assertEquals(event.count, users.size, `the count of the reaction ${event.cursor}`);
        if (users.size > 0) reactions.set(event.emoji, users);
        else reactions.delete(event.emoji);
        break;
      }
      case "pin":
        if (event.on) pins.add(event.target);
        else pins.delete(event.target);
        break;
      case "member":
        if (event.role === undefined) members.delete(event.member.id);
        else members.set(event.member.id, event.role);
        break;
      case "room":
        break;
      default:
        event satisfies never;
    }
  }
  return { messages, pins, members };
}

/** A message as history has it, in the fold's words. */
export function asFolded(message: MessageLine, pins: ReadonlySet<string>): object {
  const { text, edited, deleted, reactions, replies } = message;
  assertEquals(message.pinned, pins.has(message.cursor) && !deleted, `whether ${message.cursor} is pinned`);
  for (const { emoji, count, users } of reactions) assertEquals(count, users.length, `${emoji} of ${message.cursor}`);
  return {
    text,
    edited,
    deleted,
    reactions: reactions.map(({ emoji, users }) => [emoji, users.toSorted()]).sort(),
    replies,
  };
}

/** The same of what the events say. A deleted message is nothing but a tombstone; an empty thread is none. */
export function comparable({ text, edited, deleted, reactions, replies }: FoldedMessage): object {
  return {
    text: deleted ? undefined : text,
    edited: deleted ? undefined : edited,
    deleted,
    reactions: deleted ? [] : [...reactions].map(([emoji, users]) => [emoji, [...users].sort()]).sort(),
    replies,
  };
}
