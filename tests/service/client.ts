/**
 * A client of `maru.v1` that was written from `docs/protocol.md` alone: it checks that what comes has the form that is
 * promised there, and that each frame goes on where the last one ended. What does not is a fault, remembered by rule.
 *
 * @module
 */

import { z } from "zod";
import { type Person, roomPath } from "./http.ts";
import { type Connect, connectWebSocket, type Link } from "./link.ts";

const cursor = z.string().min(1).max(64);
const person = z.object({ id: z.string().min(1), name: z.string() });
const message = z.object({
  cursor,
  type: z.literal("message"),
  at: z.int(),
  user: person,
  key: z.string().optional(),
  /** [V28] A tombstone has none. */
  text: z.string().default(""),
});
const typing = z.object({ cursor, type: z.literal("typing"), at: z.int(), user: person });
const anyEvent = z.object({ cursor, type: z.string() });

/** A message as events and HTTP show it. */
export type Message = z.infer<typeof message>;

/** An event of a room. */
export interface RoomEvent {
  readonly cursor: string;
  readonly type: string;
  /** The event, when it is a message. */
  readonly message?: Message;
}

const hello = z.object({
  user: person,
  token: z.string(),
  limits: z.object({ text: z.int(), frame: z.int(), rooms: z.int(), rate: z.number() }),
  now: z.int(),
});
const joined = z.object({
  room: z.object({ name: z.string() }),
  head: cursor,
  recovered: z.boolean(),
  events: z.array(z.unknown()),
});
const sent = z.object({ cursor, at: z.int() });
const page = z.object({ items: z.array(z.unknown()), hasBefore: z.boolean(), hasAfter: z.boolean() });
const problem = z.object({ code: z.string(), message: z.string(), retryAfterMs: z.number().optional() });
const eventsFrame = z.object({
  type: z.literal("events"),
  room: z.string(),
  prev: cursor,
  events: z.array(z.unknown()),
});

/** What `send` is answered with. */
export type Sent = z.infer<typeof sent>;

/** What `hello` is answered with. */
export type Hello = z.infer<typeof hello>;

/** What `join` is answered with, its events read. */
export interface Joined {
  readonly head: string;
  readonly recovered: boolean;
  readonly events: readonly RoomEvent[];
}

/** A request that was answered with an error. */
export class Refused extends Error {
  override readonly name = "Refused";
  readonly code: string;
  readonly retryAfterMs: number | undefined;

  constructor({ code, message, retryAfterMs }: z.infer<typeof problem>) {
    super(`${code}: ${message}`);
    this.code = code;
    this.retryAfterMs = retryAfterMs;
  }
}

/** The connection ended before there was an answer. */
export class Lost extends Error {
  override readonly name = "Lost";
}

/** What a client tells of a room. */
export interface RoomListener {
  /** The join was answered, before anything that follows it. */
  joined?(joined: Joined): void;
  /** Events came, in order; `prev` and the cursors have been checked. */
  events?(events: readonly RoomEvent[]): void;
}

interface Room {
  /** The cursor that is held; undefined before the join is answered. */
  at: string | undefined;
  readonly listener: RoomListener;
}

interface Asked {
  readonly answered: (ok: unknown) => void;
  readonly failed: (error: Error) => void;
}

/** How long an answer may take: longer than the service's own deadlines. */
const ANSWER_MS = 20_000;

/** How a connection ended. */
export interface Closed {
  readonly code: number;
  readonly reason: string;
}

/** One connection. */
export class Client {
  /** What the server did against its word; empty is good. */
  readonly faults: string[] = [];
  /** Resolves with how the connection ended. */
  readonly closed: Promise<Closed>;
  /** Resolves when the socket is open, or never will be. */
  readonly opened: Promise<boolean>;
  /** Told of what comes unasked and is no `events`. */
  heard: ((frame: Readonly<Record<string, unknown>>) => void) | undefined;
  readonly #link: Link;
  readonly #rooms = new Map<string, Room>();
  readonly #asked = new Map<number, Asked>();
  #lastId = 0;
  #isOpen = false;
  #isOver = false;
  #early: string[] = [];

  constructor(url: string, connect: Connect = connectWebSocket) {
    const closed = Promise.withResolvers<Closed>();
    const opened = Promise.withResolvers<boolean>();
    this.closed = closed.promise;
    this.opened = opened.promise;
    this.#link = connect(url, {
      opened: () => {
        this.#isOpen = true;
        for (const text of this.#early.splice(0)) this.#link.send(text);
        opened.resolve(true);
      },
      received: (text) => this.#received(text),
      closed: (code, reason) => {
        this.#isOver = true;
        opened.resolve(false);
        for (const { failed } of this.#asked.values()) failed(new Lost(`The connection ended: ${code} ${reason}`));
        this.#asked.clear();
        closed.resolve({ code, reason });
      },
    });
  }

  /** Resolves when nothing of it is left in this process. */
  get gone(): Promise<void> {
    return this.#link.gone;
  }

  /** The cursor that is held in a room. */
  at(room: string): string | undefined {
    return this.#rooms.get(room)?.at;
  }

  hello(who: { name?: string; token?: string }): Promise<Hello> {
    return this.#ask("hello", { ...who }, hello);
  }

  /** Joins; the listener is told of everything from the answer on. */
  join(name: string, after?: string, listener: RoomListener = {}, fields: { people?: boolean } = {}): Promise<Joined> {
    const answer = Promise.withResolvers<Joined>();
    this.#request("join", { room: name, ...(after !== undefined && { after }), ...fields }, {
      answered: (ok) => {
        // Here, not after an await: the next frame may be its first `events`.
        const found = this.#joined(name, after, joined.parse(ok), listener);
        listener.joined?.(found);
        answer.resolve(found);
      },
      failed: answer.reject,
    });
    return answer.promise;
  }

  send(room: string, key: string, text: string): Promise<Sent> {
    return this.#ask("send", { room, key, text }, sent);
  }

  async typing(room: string): Promise<void> {
    await this.#ask("typing", { room }, z.object({}));
  }

  /** Leaves; events of the room after the answer are faults. */
  leave(room: string): Promise<void> {
    const left = Promise.withResolvers<void>();
    this.#request("leave", { room }, {
      answered: () => {
        this.#rooms.delete(room);
        left.resolve();
      },
      failed: left.reject,
    });
    return left.promise;
  }

  /** [V25] Any other operation. */
  do(type: string, input: object = {}): Promise<unknown> {
    return this.#ask(type, input, z.unknown());
  }

  async ping(): Promise<void> {
    await this.#ask("ping", {}, z.object({ now: z.int() }));
  }

  /** Closes properly; resolves when nothing is left. */
  async close(): Promise<void> {
    this.#link.close();
    await this.#link.gone;
  }

  /** Goes as if the network broke. */
  cut(): void {
    this.#link.cut();
  }

  #ask<T>(type: string, fields: object, answer: z.ZodType<T>): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    this.#request(type, fields, { answered: (ok) => resolve(answer.parse(ok)), failed: reject });
    return promise;
  }

  #request(type: string, fields: object, asked: Asked): void {
    if (this.#isOver) return asked.failed(new Lost("The connection has ended"));
    const id = ++this.#lastId;
    const timer = setTimeout(() => {
      this.#asked.delete(id);
      this.faults.push(`[V1] no answer to ${type} within ${ANSWER_MS} ms`);
      asked.failed(new Lost(`No answer to ${type}`));
    }, ANSWER_MS);
    this.#asked.set(id, {
      answered(ok) {
        clearTimeout(timer);
        asked.answered(ok);
      },
      failed(error) {
        clearTimeout(timer);
        asked.failed(error);
      },
    });
    const text = JSON.stringify({ id, type, ...fields });
    if (this.#isOpen) this.#link.send(text);
    else this.#early.push(text);
  }

  #received(text: string): void {
    try {
      this.#take(JSON.parse(text));
    } catch (error) {
      this.faults.push(`[V1] not a frame of the protocol: ${error}: ${text.slice(0, 200)}`);
    }
  }

  #take(frame: Record<string, unknown>): void {
    if (typeof frame["id"] === "number") {
      const asked = this.#asked.get(frame["id"]);
      this.#asked.delete(frame["id"]);
      if (asked === undefined) this.faults.push(`[V1] an answer to nothing: ${frame["id"]}`);
      else if (frame["error"] !== undefined) asked.failed(new Refused(problem.parse(frame["error"])));
      else asked.answered(frame["ok"]);
      return;
    }
    if (frame["type"] === "events") return this.#events(eventsFrame.parse(frame));
    // [V26] No events of the room follow.
    if (frame["type"] === "removed") this.#rooms.delete(String(frame["room"]));
    this.heard?.(frame);
    // [V2] What else comes is to be ignored; errors of ours are not to be had.
    if (frame["type"] === "error") this.faults.push(`[V3] ${JSON.stringify(frame["error"])}`);
  }

  #joined(name: string, after: string | undefined, found: z.infer<typeof joined>, listener: RoomListener): Joined {
    const read = readEvents(found.events);
    this.#follows(name, after !== undefined && found.recovered ? after : undefined, read);
    if (read.some(({ type }) => type === "typing")) this.faults.push(`[V16] ${name}: typing was replayed`);
    // [V8] The newest page has messages only: what else happened since may be where the head is.
    const last = read.at(-1)?.cursor ?? after;
    if (found.recovered ? last !== found.head : read.length > 0 && (last ?? "") > found.head) {
      this.faults.push(`[V7] ${name}: the head is ${found.head}, but what was shown ends at ${last}`);
    }
    if (after === undefined && found.recovered) this.faults.push(`[V8] ${name}: recovered from nothing`);
    this.#rooms.set(name, { at: found.head, listener });
    return { head: found.head, recovered: found.recovered, events: read };
  }

  #events({ room: name, prev, events }: z.infer<typeof eventsFrame>): void {
    const room = this.#rooms.get(name);
    if (room === undefined) {
      this.faults.push(`[V17] ${name}: events of a room that this socket is not in`);
      return;
    }
    if (prev !== room.at) this.faults.push(`[V19] ${name}: prev is ${prev}, but the client holds ${room.at}`);
    const read = readEvents(events);
    if (events.length === 0) this.faults.push(`[V18] ${name}: no events in a frame of events`);
    this.#follows(name, prev, read);
    room.at = read.at(-1)?.cursor ?? prev;
    room.listener.events?.(read);
  }

  #follows(name: string, prev: string | undefined, events: readonly RoomEvent[]): void {
    let last = prev ?? "";
    for (const { cursor } of events) {
      if (cursor <= last) this.faults.push(`[V18] ${name}: ${cursor} comes after ${last}`);
      last = cursor;
    }
  }
}

/** One page of a room's history. */
export interface History {
  readonly items: readonly Message[];
  readonly hasBefore: boolean;
  readonly hasAfter: boolean;
}

/** [H2] Reads one page. */
export async function readHistory(
  reader: Person,
  room: string,
  query: { before?: string; after?: string; around?: string; limit?: string },
): Promise<History> {
  const body = await reader.ask("GET", `${roomPath(room, "messages")}?${new URLSearchParams(query)}`);
  const { items, hasBefore, hasAfter } = page.parse(body);
  return { items: items.map((item) => message.parse(item)), hasBefore, hasAfter };
}

/** [V2] Of an event that this client does not know it takes the cursor. */
function readEvents(values: readonly unknown[]): RoomEvent[] {
  return values.map((value) => {
    const { type, cursor } = anyEvent.parse(value);
    if (type === "message") return { cursor, type, message: message.parse(value) };
    if (type === "typing") typing.parse(value);
    return { cursor, type };
  });
}
