/**
 * Whether what happened is what had to: every answer, and every event, of commands that were given at the same time. They happened in
 * some order; the log says in which.
 *
 * @module
 */

import { decide, type ModelRoom } from "../room_model.ts";
import type { Command } from "./command.ts";
import type { Placed } from "./fold.ts";

/** A command, and what it was answered with. */
export interface Answered {
  readonly command: Command;
  readonly code: string | undefined;
}

/**
 * Moves the model on by what the log says, and fails where no order explains it: an event that nobody asked for, or that they might not
 * have done at its place; an answer that fits no place.
 *
 * @param events What the log has more, in order.
 */
export function explain(room: ModelRoom, answered: readonly Answered[], events: readonly Placed[], now: number): void {
  const waiting = new Set(answered);
  const explained = new Set<Answered>();
  const texts = new Set(events.map((event) => "text" in event ? event.text : undefined));
  // An edit that was overtaken has lost its text: it is none whose text is still there.
  const isOther = (command: Command, event: Placed) =>
    event.type === "edit" && event.text === undefined && "text" in command && texts.has(command.text);
  const look = () => {
    for (const one of waiting) {
      const { code, apply } = decide(room, one.command, now);
      if (apply === undefined && code === one.code) explained.add(one);
    }
  };
  look();
  for (const event of events) {
    const fitting = [...waiting].filter(({ command, code }) =>
      code === undefined && fits(command, event) && !isOther(command, event)
    );
    const one = fitting.find(({ command }) => decide(room, command, now).apply !== undefined);
    if (one === undefined) {
      throw new Error(`Nobody might have done this: ${JSON.stringify(event)} of ${JSON.stringify(answered)}`);
    }
    if (event.at !== now || event.user.id !== one.command.who) throw new Error(`Not theirs: ${JSON.stringify(event)}`);
    waiting.delete(one);
    // Who is called how when two things happen at once is not checked with them: a mention may be a moment old.
    const said = event.type === "message" || event.type === "edit" ? event.mentions ?? [] : undefined;
    const mentions = answered.length > 1 ? said : undefined;
    decide(room, one.command, now).apply?.({ cursor: event.cursor, mentions });
    assertCounted(room, event);
    room.head = event.cursor;
    look();
  }
  for (const one of waiting) {
    if (explained.has(one)) continue;
    const expected = decide(room, one.command, now);
    const what = expected.code ?? (expected.apply === undefined ? "nothing to do" : "an event");
    throw new Error(
      `Expected ${what}, and got ${one.code ?? "no refusal"} and no event: ${JSON.stringify(one.command)}`,
    );
  }
}

/** What an event says of how many there are is what the model says. */
function assertCounted(room: ModelRoom, event: Placed): void {
  const find = (cursor: string | undefined) => room.messages.find((message) => message.cursor === cursor);
  const expected = event.type === "react"
    ? find(event.target)?.reactions.get(event.emoji)?.length ?? 0
    : (event.type === "message" || event.type === "delete") && event.count !== undefined
    ? find(event.thread)?.replies
    : undefined;
  if (expected === undefined || ("count" in event && event.count === expected)) return;
  throw new Error(`Miscounted, not ${expected}: ${JSON.stringify(event)}`);
}

function fits(command: Command, event: Placed): boolean {
  if (command.who !== event.user.id) return false;
  switch (event.type) {
    case "message":
      return command.type === "send" && command.key === event.key && command.text === event.text;
    case "edit":
      return command.type === "edit" && command.target === event.target &&
        (event.text === undefined || command.text === event.text);
    case "delete":
      return command.type === "delete" && command.target === event.target;
    case "react":
      return command.type === "react" && command.target === event.target && command.emoji === event.emoji &&
        command.on === event.on;
    case "pin":
      return command.type === "pin" && command.target === event.target && command.on === event.on;
    case "room":
      return (command.type === "title" && command.title === event.room.title) ||
        (command.type === "write" && command.write === event.room.write) ||
        (command.type === "slow" && command.slowModeS === event.room.slowModeS) ||
        (command.type === "archive" && command.archived === event.room.archived);
    case "member":
      return fitsMember(command, event);
    case "typing":
      return false;
    default:
      return event satisfies never;
  }
}

function fitsMember(command: Command, { change, member, role, until }: Extract<Placed, { type: "member" }>): boolean {
  switch (command.type) {
    case "become":
    case "enter":
    case "accept":
      return change === "joined" && member.id === command.who;
    case "leave":
      return change === "left" && member.id === command.who;
    case "kick":
      return change === "kicked" && member.id === command.whom;
    case "ban":
      return change === "banned" && member.id === command.whom && until === command.until;
    case "unban":
      return change === "unbanned" && member.id === command.whom;
    case "mute":
      return change === "muted" && member.id === command.whom && until === command.until;
    case "unmute":
      return change === "unmuted" && member.id === command.whom;
    case "role":
      return change === "role" && member.id === command.whom && role === command.role;
    default:
      return false;
  }
}
