/**
 * What one may do in a room, whichever way one came: by a socket of either mode or by HTTP.
 *
 * @module
 */

import {
  type Batch,
  type ChannelLayer,
  type Cursor,
  CursorExpired,
  type Entry,
  type LayerEvent,
  type Subscription,
} from "../layers/layer.ts";
import { ChatError } from "../protocol/errors.ts";
import { type MessageEvent, messageEvent, type TypingEvent, type User } from "../protocol/events.ts";
import { parseKey, parseText } from "../protocol/names.ts";

/** Events in the newest page that a join answers with. */
export const JOIN_LIMIT = 50;

/** Events that a join which resumes answers with at most; the rest follows. */
const RESUME_LIMIT = 500;

/** What is known of a message that was sent. */
export interface Sent {
  /** Its cursor, which is its id. */
  readonly cursor: Cursor;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** Whether it had been sent before, with the same key. */
  readonly duplicate: boolean;
}

/** What a join finds. */
export interface Joined {
  /** Oldest first. */
  readonly entries: readonly Entry[];
  /** Where to read on. */
  readonly head: Cursor;
  /** Whether `entries` go on from where the client was. */
  readonly recovered: boolean;
}

/** Which part of a room's history to read; at most one cursor. */
export interface HistoryOptions {
  /** The last ones before it. */
  readonly before?: Cursor | undefined;
  /** The first ones after it. */
  readonly after?: Cursor | undefined;
  /** Half before, half from it on. */
  readonly around?: Cursor | undefined;
  /** 1 to 200. */
  readonly limit: number;
}

/** A part of a room's history. */
export interface History {
  /** Oldest first. */
  readonly items: readonly Entry[];
  /** Whether there are older ones. */
  readonly hasBefore: boolean;
  /** Whether there are newer ones. */
  readonly hasAfter: boolean;
}

/** The rooms of one deployment. */
export class Rooms {
  readonly #layer: ChannelLayer;
  readonly #now: () => number;

  /**
   * Makes the rooms of a layer.
   *
   * @param layer Holds the logs.
   * @param now Milliseconds since 1970.
   */
  constructor(layer: ChannelLayer, now: () => number = Date.now) {
    this.#layer = layer;
    this.#now = now;
  }

  /**
   * Says something in a room; resolves when it is durable.
   *
   * @param room A parsed room name.
   * @param user Who says it.
   * @param message `text` as it came; `key` as it came, where there is one.
   * @throws {ChatError} `bad_key`, `bad_request`, `too_long`, `conflict`, `unavailable`.
   */
  async send(room: string, user: User, message: { text: string; key?: string }): Promise<Sent> {
    const text = parseText(message.text);
    const key = message.key === undefined ? undefined : parseKey(message.key);
    const event: MessageEvent = { type: "message", at: this.#now(), user, ...(key !== undefined && { key }), text };
    const receipt = await this.#layer.publish(groupOf(room), event, {
      ...(key !== undefined && { key }),
      // Guests share one space of keys: who comes back without a token is another guest, and a retry must still not double.
      author: "",
      // A retry has another time, and perhaps another guest's id.
      isSame: (first) => first["text"] === text,
    });
    return { cursor: receipt.cursor, at: atOf(receipt.event), duplicate: receipt.duplicate };
  }

  /** Tells those who are there that somebody is typing. */
  async typing(room: string, user: User): Promise<void> {
    const event: TypingEvent = { type: "typing", at: this.#now(), user };
    await this.#layer.publish(groupOf(room), event, { transient: true });
  }

  /**
   * What a client sees when it comes in: what it missed, or the newest page.
   *
   * @param after The client's cursor, if it has one.
   * @throws {ChatError} `bad_cursor`, `unavailable`.
   */
  async join(room: string, after: Cursor | undefined): Promise<Joined> {
    if (after !== undefined) {
      try {
        const { entries, head } = await this.#layer.read(groupOf(room), { after, limit: RESUME_LIMIT });
        return { entries, head, recovered: true };
      } catch (error) {
        if (!(error instanceof CursorExpired)) throw error;
      }
    }
    const { entries, head } = await this.#layer.read(groupOf(room), { limit: JOIN_LIMIT });
    return { entries, head, recovered: false };
  }

  /** Reads a room on and on. See `ChannelLayer.subscribe`. */
  subscribe(
    room: string,
    after: Cursor,
    deliver: (batch: Batch) => void | Promise<void>,
    ended: (cause: unknown) => void,
  ): Promise<Subscription> {
    return this.#layer.subscribe(groupOf(room), { after, deliver, ended });
  }

  /**
   * Reads a part of a room's history.
   *
   * @throws {ChatError} `bad_cursor`, `bad_request` (two cursors), `cursor_expired`, `unavailable`.
   */
  async history(room: string, { before, after, around, limit }: HistoryOptions): Promise<History> {
    const group = groupOf(room);
    if ([before, after, around].filter((cursor) => cursor !== undefined).length > 1) {
      throw new ChatError("bad_request", "Cannot read from two places at once: give one of before, after and around");
    }
    if (around !== undefined) {
      const half = Math.floor(limit / 2);
      const older = await this.#layer.read(group, { before: around, limit: Math.max(1, half) });
      // After the last one before it: so the entry itself comes first.
      const newer = await this.#layer.read(group, { after: older.head, limit: limit - half });
      // A page of one has room for nothing but the entry.
      const first = half === 0 ? [] : older.entries;
      const hasBefore = older.more || first.length < older.entries.length;
      return { items: [...first, ...newer.entries], hasBefore, hasAfter: newer.more };
    }
    if (after !== undefined) {
      const page = await this.#layer.read(group, { after, limit });
      const first = page.entries[0];
      const older = await this.#layer.read(group, { ...(first && { before: first.cursor }), limit: 1 });
      return { items: page.entries, hasBefore: older.entries.length > 0, hasAfter: page.more };
    }
    const page = await this.#layer.read(group, { ...(before !== undefined && { before }), limit });
    const last = page.entries.at(-1);
    const hasAfter = before !== undefined &&
      (await this.#layer.read(group, { ...(last && { after: last.cursor }), limit: 1 })).entries.length > 0;
    return { items: page.entries, hasBefore: page.more, hasAfter };
  }
}

/** The layer's group that is a room's log. */
export function groupOf(room: string): string {
  return `room:${room}`;
}

function atOf(event: LayerEvent): number {
  return messageEvent.shape.at.parse(event["at"]);
}
