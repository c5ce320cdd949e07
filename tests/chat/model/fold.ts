/**
 * What a log says, by itself: a fold as any client would write it, from events as they came live or as they are read later.
 *
 * @module
 */

import type { AnyRoomEvent, Role, RoomInfo } from "../../../protocol/events.ts";
import { holds, type ModelRoom, type ModelSentence } from "../room_model.ts";

/** An event and its place. */
export type Placed = AnyRoomEvent & { readonly cursor: string };

/** A message as it is compared. */
export interface SeenMessage {
  readonly cursor: string;
  readonly author: string;
  readonly at: number;
  text?: string | undefined;
  reply?: string | undefined;
  thread?: string | undefined;
  mentions: string[];
  edited?: number | undefined;
  replies: number;
  /** Emoji → who gave it. */
  reactions: Map<string, string[]>;
  pinned: boolean;
}

interface SeenPerson {
  role?: Role | undefined;
  banned?: ModelSentence | undefined;
  muted?: ModelSentence | undefined;
}

/** What a log folds to. */
export class Fold {
  room: RoomInfo | undefined;
  readonly people = new Map<string, SeenPerson>();
  readonly messages = new Map<string, SeenMessage>();
  pins: string[] = [];

  /** @param events From the beginning. */
  constructor(events: readonly Placed[] = []) {
    for (const event of events) this.add(event);
  }

  /** Takes the next event, or one that it has had. */
  add(event: Placed): void {
    switch (event.type) {
      case "room":
        this.room = event.room;
        return;
      case "member":
        return this.#member(event);
      case "message":
        return this.#message(event);
      case "edit": {
        const message = this.#alive(event.target);
        // Without a text: it was overtaken, and what did it follows.
        if (message === undefined || event.text === undefined) return;
        message.text = event.text;
        message.mentions = event.mentions ?? [];
        message.edited = event.at;
        return;
      }
      case "delete": {
        this.pins = this.pins.filter((pin) => pin !== event.target);
        const before = this.messages.get(event.target);
        if (before !== undefined) this.messages.set(event.target, tombstone(before));
        const first = event.thread === undefined ? undefined : this.#alive(event.thread);
        if (first !== undefined) first.replies = event.count ?? 0;
        return;
      }
      case "react": {
        const message = this.#alive(event.target);
        if (message === undefined) return;
        const { emoji, on, user: { id } } = event;
        const given = (message.reactions.get(emoji) ?? []).filter((each) => on || each !== id);
        if (on && !given.includes(id)) given.push(id);
        if (given.length > 0) message.reactions.set(emoji, given);
        else message.reactions.delete(emoji);
        return;
      }
      case "pin": {
        const message = this.#alive(event.target);
        if (message !== undefined) message.pinned = event.on;
        if (!event.on) this.pins = this.pins.filter((pin) => pin !== event.target);
        else if (message !== undefined && !this.pins.includes(event.target)) this.pins.push(event.target);
        return;
      }
      case "typing":
        return;
      default:
        return event satisfies never;
    }
  }

  #alive(cursor: string): SeenMessage | undefined {
    const found = this.messages.get(cursor);
    return found?.text === undefined ? undefined : found;
  }

  #member({ member, change, role, until }: Extract<Placed, { type: "member" }>): void {
    const person = this.people.get(member.id) ?? {};
    this.people.set(member.id, person);
    person.role = role;
    if (change === "banned") person.banned = { until };
    if (change === "unbanned") person.banned = undefined;
    if (change === "muted") person.muted = { until };
    if (change === "unmuted") person.muted = undefined;
  }

  #message(event: Extract<Placed, { type: "message" }>): void {
    const { cursor, at, user: { id: author }, text, reply, thread, mentions = [], edited, reactions = [] } = event;
    const seen = { cursor, at, author, reply, thread, text, mentions, edited, replies: event.replies?.count ?? 0 };
    const given = new Map(reactions.map(({ emoji, users }) => [emoji, [...users]]));
    const before = this.messages.get(cursor);
    // It was said before: only what it is at its place is said again.
    if (before !== undefined && before.text === undefined) return;
    this.messages.set(cursor, { ...seen, reactions: given, pinned: event.pinned ?? false });
    const first = thread === undefined ? undefined : this.#alive(thread);
    if (first !== undefined && event.count !== undefined) first.replies = event.count;
  }
}

function tombstone({ cursor, author, at, thread }: SeenMessage): SeenMessage {
  return { cursor, author, at, thread, mentions: [], replies: 0, reactions: new Map(), pinned: false };
}

/** Everything that a room is, to compare: one value for the model, the fold and the documents. */
export interface View {
  readonly settings: object;
  readonly people: readonly object[];
  readonly messages: readonly object[];
  readonly pins: readonly string[];
}

/** @param isOrdered Whether reactions are in the order in which they were given; a log that is read later has lost it. */
export function viewOfFold(fold: Fold, now: number, isOrdered = false): View {
  return {
    settings: settingsOf(fold.room),
    people: peopleOf(fold.people, now),
    messages: [...fold.messages.values()].map((message) => viewOfMessage(message, isOrdered)),
    pins: isOrdered ? fold.pins : fold.pins.toSorted(),
  };
}

/** The model's. */
export function viewOfModel(room: ModelRoom, now: number, isOrdered = false): View {
  return {
    settings: settingsOf(room),
    people: peopleOf(room.people, now),
    messages: room.messages.map((message) =>
      viewOfMessage({ ...message, pinned: room.pins.includes(message.cursor) }, isOrdered)
    ),
    pins: isOrdered ? room.pins : room.pins.toSorted(),
  };
}

function settingsOf(
  room: Pick<ModelRoom, "title" | "write" | "slowModeS" | "archived"> | RoomInfo | undefined,
): object {
  return { title: room?.title, write: room?.write, slowModeS: room?.slowModeS, archived: room?.archived };
}

/** Those of whom something is to be known, by id. */
export function peopleOf(people: ReadonlyMap<string, SeenPerson>, now: number): object[] {
  return [...people].map(([id, { role, banned, muted }]) => ({
    id,
    role: role ?? "none",
    banned: holds(banned, now) ? banned?.until ?? "for good" : "no",
    muted: holds(muted, now) ? muted?.until ?? "for good" : "no",
  })).filter(({ role, banned, muted }) => role !== "none" || banned !== "no" || muted !== "no")
    .sort((a, b) => a.id < b.id ? -1 : 1);
}

/** One message, to compare. */
export function viewOfMessage(message: SeenMessage, isOrdered: boolean): object {
  const reactions = [...message.reactions].map(([emoji, users]) =>
    `${emoji} ${(isOrdered ? users : users.toSorted())}`
  );
  const { cursor, author, at, text, reply, thread, mentions, edited, replies, pinned } = message;
  if (text === undefined) return { cursor, author, at, thread: thread ?? "" };
  return {
    cursor,
    author,
    at,
    text,
    reply: reply ?? "",
    thread: thread ?? "",
    mentions,
    edited: edited ?? 0,
    replies,
    pinned,
    reactions: isOrdered ? reactions : reactions.sort(),
  };
}
