/**
 * `maru.v1`: many rooms on one socket, with history, resume and acknowledgement. The rules [V1]–[V20] are in
 * `docs/protocol.md`.
 *
 * @module
 */

import { type Guests, newGuestId } from "../auth/guests.ts";
import type { RateLimit } from "../chat/rate_limit.ts";
import type { Joined, Rooms } from "../chat/rooms.ts";
import { type Batch, CursorExpired } from "../layers/layer.ts";
import { ChatError, quote, wireError } from "../protocol/errors.ts";
import type { User } from "../protocol/events.ts";
import {
  encodeEvents,
  errorFrame,
  eventsFrame,
  MAX_FRAME_BYTES,
  okFrame,
  parseRequest,
  type Request,
  SUBPROTOCOL,
} from "../protocol/frames.ts";
import { MAX_TEXT_LENGTH, parsePersonName, parseRoomName } from "../protocol/names.ts";
import { Consumer } from "./consumer.ts";

/** Rooms that one socket may have joined at a time. */
export const MAX_ROOMS = 100;

/** What a {@linkcode SessionConsumer} needs. */
export interface SessionParts {
  /** What may be done in rooms. */
  readonly rooms: Rooms;
  /** Who guests are. */
  readonly guests: Guests;
  /** How fast one may send. */
  readonly sendLimit: RateLimit;
  /** How fast one may do what costs less than a message: typing, joining. */
  readonly actionLimit: RateLimit;
  /** Messages a second that `sendLimit` allows; told to clients. 0 is no limit. */
  readonly sendRate: number;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

type RequestOf<Type extends Request["type"]> = Extract<Request, { type: Type }>;

/** One socket of `maru.v1`. Its joined rooms are the subscriptions that the connection holds, by the rooms' names. */
export class SessionConsumer extends Consumer {
  readonly #parts: SessionParts;
  #user: User | undefined;

  /**
   * Makes the consumer of one connection.
   *
   * @param parts See {@linkcode SessionParts}.
   */
  constructor(parts: SessionParts) {
    super();
    this.#parts = parts;
  }

  /** Accepts who offers the subprotocol. */
  override async connect(): Promise<void> {
    if (!this.scope.subprotocols.includes(SUBPROTOCOL)) {
      const offered = this.scope.subprotocols.join(", ");
      throw new ChatError("bad_handshake", `Cannot speak ${quote(offered)} here: offer the subprotocol ${SUBPROTOCOL}`);
    }
    await this.accept(SUBPROTOCOL);
  }

  /** One request. Only what changes who or where this socket is holds the next one back: sends follow each other at once. */
  override receiveText(text: string): Promise<void> {
    const parsed = parseRequest(text);
    if ("error" in parsed) {
      this.#refuse(parsed.id, parsed.error);
      return Promise.resolve();
    }
    return this.#answer(parsed.id, parsed.request);
  }

  /** One frame a batch, encoded once for all sockets that are at the same place. */
  override deliver(batch: Batch): void {
    this.sendText(frameOf(batch));
  }

  async #answer(id: number, request: Request): Promise<void> {
    try {
      switch (request.type) {
        case "hello":
          return this.#ok(id, await this.#hello(request));
        case "join":
          return await this.#join(request);
        case "send":
          return this.#send(request);
        case "typing":
          return this.#typing(request);
        case "leave":
          return this.#ok(id, this.#leave(request));
        case "ping":
          return this.#ok(id, this.#pong());
        default:
          return request satisfies never;
      }
    } catch (error) {
      this.#refuseAny(id, error);
    }
  }

  async #hello({ name, token }: RequestOf<"hello">): Promise<object> {
    if (this.#user !== undefined) throw new ChatError("bad_request", "Cannot say hello twice on one socket");
    const { guests, sendRate, now } = this.#parts;
    if (name === undefined && token === undefined) {
      throw new ChatError("unauthorized", "Cannot tell who is asking: say hello with a name or a token");
    }
    const known = token === undefined ? undefined : await guests.verify(token);
    const user = {
      id: known?.id ?? newGuestId(),
      name: name === undefined ? known?.name ?? "" : parsePersonName(name),
    };
    const limits = { text: MAX_TEXT_LENGTH, frame: MAX_FRAME_BYTES, rooms: MAX_ROOMS, rate: sendRate };
    const answer = { user, token: await guests.sign(user), limits, now: now() };
    this.#user = user;
    return answer;
  }

  async #join({ id, room: name, after }: RequestOf<"join">): Promise<void> {
    const user = this.#known();
    const room = parseRoomName(name);
    this.#parts.actionLimit.take(`join ${user.id}`);
    if (!this.connection.holds(room) && this.connection.held >= MAX_ROOMS) {
      throw new ChatError("forbidden", `Cannot join a room more: ${MAX_ROOMS} on one socket are the most`);
    }
    const { entries, head, recovered } = await this.#enter(room, after);
    const about = `"room":${JSON.stringify({ name: room })},"head":"${head}","recovered":${recovered}`;
    this.sendText(`{"id":${id},"ok":{${about},"events":${encodeEvents(entries)}}}`);
  }

  /** Reads what the client has not got, and subscribes behind it. Batches wait until this turn is over, so the answer comes before them. */
  async #enter(room: string, after: string | undefined): Promise<Joined> {
    const { rooms } = this.#parts;
    const joined = await rooms.join(room, after);
    const ended = (cause: unknown) => this.connection.ended(cause);
    try {
      await this.connection.hold(room, (deliver) => rooms.subscribe(room, joined.head, deliver, ended), true);
      return joined;
    } catch (error) {
      // Trimmed between the two: then the past cannot be bridged after all.
      if (!(error instanceof CursorExpired)) throw error;
      return await this.#enter(room, undefined);
    }
  }

  #send({ id, room: name, key, text }: RequestOf<"send">): void {
    const user = this.#known();
    const room = this.#joined(name);
    this.#parts.sendLimit.take(user.id);
    this.#parts.rooms.send(room, user, { key, text }).then(
      ({ cursor, at }) => this.#ok(id, { cursor, at }),
      (error) => this.#refuseAny(id, error),
    );
  }

  #typing({ id, room: name }: RequestOf<"typing">): void {
    const user = this.#known();
    const room = this.#joined(name);
    this.#parts.actionLimit.take(`typing ${user.id}`);
    this.#parts.rooms.typing(room, user).then(() => this.#ok(id, {}), (error) => this.#refuseAny(id, error));
  }

  #leave({ room: name }: RequestOf<"leave">): object {
    this.#known();
    const room = parseRoomName(name);
    this.connection.leave(room);
    return {};
  }

  #pong(): object {
    this.#known();
    return { now: this.#parts.now() };
  }

  #known(): User {
    if (this.#user === undefined) throw new ChatError("unauthorized", "Cannot do this before hello");
    return this.#user;
  }

  #joined(name: string): string {
    const room = parseRoomName(name);
    if (this.connection.holds(room)) return room;
    throw new ChatError("forbidden", `Cannot use the room ${quote(room)}: this socket has not joined it`);
  }

  #ok(id: number, ok: object): void {
    this.sendText(okFrame(id, ok));
  }

  #refuseAny(id: number, error: unknown): void {
    if (error instanceof ChatError) this.#refuse(id, error);
    else {
      this.sendText(errorFrame(id, wireError(error)));
      this.connection.ended(error);
    }
  }

  #refuse(id: number | undefined, error: ChatError): void {
    this.sendText(errorFrame(id, wireError(error)));
    this.countRefusal(error);
  }
}

const ROOM_PREFIX = "room:".length;
const frames = new WeakMap<Batch, string>();

function frameOf(batch: Batch): string {
  let frame = frames.get(batch);
  if (frame === undefined) {
    frames.set(batch, frame = eventsFrame(batch.group.slice(ROOM_PREFIX), batch.prev, batch.entries));
  }
  return frame;
}
