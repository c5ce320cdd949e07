/**
 * `maru.v1`: many rooms on one socket, with history, resume and acknowledgement. The rules [V1]–[V28] are in
 * `docs/protocol.md`.
 *
 * @module
 */

import type { Authenticator } from "../auth/authenticator.ts";
import { addressName, type Cost, type Limits } from "../chat/limits.ts";
import { personGroup, presenceGroup, roomGroup } from "../chat/keys.ts";
import type { Joined } from "../chat/live.ts";
import type { Watch } from "../chat/watching.ts";
import { type Batch, type Cursor, CursorExpired } from "../layers/layer.ts";
import { Encoded, type Operation } from "../operations/operation.ts";
import type { Service } from "../operations/service.ts";
import { OPERATIONS } from "../operations/table.ts";
import type { Caller } from "../protocol/caller.ts";
import { CLOSE } from "../protocol/close_codes.ts";
import { ChatError, quote, wireError } from "../protocol/errors.ts";
import {
  errorFrame,
  MAX_FRAME_BYTES,
  okFrame,
  okJsonFrame,
  type OtherRequest,
  parseRequest,
  parseWith,
  type Request,
  SUBPROTOCOL,
} from "../protocol/frames.ts";
import { MAX_TEXT_LENGTH, parsePersonName, parseRoomName } from "../protocol/names.ts";
import { Consumer } from "./consumer.ts";
import { endOf, joinedFrame, lastFrames, peopleFrame, personEvents, roomBatch, roomOf } from "./session_frames.ts";

/** Rooms that one socket may have joined at a time. */
export const MAX_ROOMS = 100;

/** Operations of one socket that may be under way; the next request waits. */
const MAX_UNDER_WAY = 8;

/** `setTimeout` takes no more. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** What a {@linkcode SessionConsumer} needs. */
export interface SessionParts {
  /** What can be asked. */
  readonly service: Service;
  /** Who is asking. */
  readonly authenticator: Authenticator;
  /** How fast one may ask. */
  readonly limits: Limits;
  /** Messages a second that one may send; told to clients. 0 is no limit. */
  readonly sendRate: number;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

type RequestOf<Type extends Request["type"]> = Extract<Request, { type: Type }>;

const operations: ReadonlyMap<string, Operation> = new Map(
  OPERATIONS.filter(({ only }) => only !== "http").map((each) => [each.type, each]),
);

let lastName = 0;

/** One socket of `maru.v1`. Its joined rooms are the subscriptions that the connection holds, by the rooms' names. */
export class SessionConsumer extends Consumer {
  readonly #parts: SessionParts;
  #caller: Caller | undefined;
  /** Joined room → `Joined.since`; made with the first. */
  #rooms: Map<string, Cursor> | undefined;
  #watch: Watch | undefined;
  #expiry: ReturnType<typeof setTimeout> | undefined;
  #underWay: Set<Promise<void>> | undefined;
  /** Under which this connection and its address are counted. */
  #name: string | undefined;
  #address: string | undefined;

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
    return "other" in parsed ? this.#operate(parsed.id, parsed.other) : this.#answer(parsed.id, parsed.request);
  }

  /** One frame a batch, encoded once for all sockets that are at the same place. */
  override deliver(batch: Batch): void {
    const { group } = batch;
    if (group.startsWith("room:")) this.#hear(batch);
    else if (group.startsWith("presence:")) this.sendText(peopleFrame(batch));
    else this.#heed(batch);
  }

  /** Leaves what it was in. */
  override disconnect(): void {
    clearTimeout(this.#expiry);
    this.#watch?.stop();
    if (this.#name !== undefined) this.#parts.limits.forget(this.#name);
    for (const room of this.#rooms?.keys() ?? []) this.#gone(room);
  }

  async #answer(id: number, request: Request): Promise<void> {
    try {
      switch (request.type) {
        case "hello":
          return this.#ok(id, await this.#hello(request));
        case "refresh":
          return this.#ok(id, await this.#refresh(request));
        case "join":
          return await this.#join(request);
        case "send":
          return await this.#send(request);
        case "typing":
          return await this.#typing(request);
        case "leave":
          return this.#ok(id, this.#leave(request));
        case "watch":
          return this.#ok(id, await this.#startWatch());
        case "unwatch":
          return this.#ok(id, this.#stopWatch());
        case "ping":
          return this.#ok(id, this.#known() && { now: this.#parts.now() });
        default:
          return request satisfies never;
      }
    } catch (error) {
      this.#refuseAny(id, error);
    }
  }

  async #hello({ name, token }: RequestOf<"hello">): Promise<object> {
    if (this.#caller !== undefined) throw new ChatError("bad_request", "Cannot say hello twice on one socket");
    const { authenticator, service, limits, sendRate, now } = this.#parts;
    // Each token is looked up: guessing them is counted, too.
    limits.take("address", addressName(this.scope.address), "read");
    let caller = token === undefined ? this.scope.caller : await authenticator.findByToken(token);
    let issued = token;
    if (caller === undefined) {
      if (name === undefined) {
        throw new ChatError("unauthorized", "Cannot tell who is asking: say hello with a name or a token");
      }
      limits.take("address", addressName(this.scope.address), "costly");
      const session = await service.sessions.create(parsePersonName(name));
      [caller, issued] = [session.caller, session.token];
    } else if (name !== undefined && name !== caller.user.name && caller.kind === "guest") {
      caller = { ...caller, user: await service.people.rename(caller, name) };
      await service.members.rename(caller.user);
    }
    this.connection.countFor(caller.user.id);
    const own = personGroup(caller.user.id);
    await this.connection.join(own);
    try {
      // What ended before we listened is only to be seen now.
      if (token !== undefined) await authenticator.findByToken(token);
      else if (this.scope.caller !== undefined) await authenticator.findByHeaders(this.scope.headers);
    } catch (error) {
      this.connection.leave(own);
      throw error;
    }
    this.#identify(caller);
    return {
      user: caller.user,
      ...(issued !== undefined && { token: issued }),
      ...endOf(caller),
      limits: { text: MAX_TEXT_LENGTH, frame: MAX_FRAME_BYTES, rooms: MAX_ROOMS, rate: sendRate },
      now: now(),
    };
  }

  async #refresh({ token }: RequestOf<"refresh">): Promise<object> {
    const before = this.#known();
    const { user } = before;
    this.#count(before, "write");
    const caller = await this.#parts.authenticator.findByToken(token);
    if (caller.user.id !== user.id) {
      throw new ChatError("forbidden", "Cannot go on as somebody else: open another socket for that");
    }
    for (const room of await this.#parts.service.live.closedTo(caller, [...this.#rooms?.keys() ?? []])) {
      this.#gone(room);
      this.send({ type: "removed", room, why: "left" });
    }
    this.#identify(caller);
    if (this.#watch !== undefined) {
      this.#stopWatch();
      await this.#startWatch();
    }
    return { user: caller.user, ...endOf(caller) };
  }

  /** From now on this socket speaks for the caller, until its proof is over. */
  #identify(caller: Caller): void {
    this.#caller = caller;
    clearTimeout(this.#expiry);
    if (caller.expiresAt === undefined) return;
    const leftMs = caller.expiresAt - this.#parts.now();
    if (leftMs > MAX_TIMER_MS) return;
    this.#expiry = setTimeout(() => this.close(CLOSE.expired, "The token has expired"), Math.max(0, leftMs));
  }

  async #join({ id, room: name, after, people }: RequestOf<"join">): Promise<void> {
    const caller = this.#known();
    const room = parseRoomName(name);
    this.#count(caller, "read");
    const joined = this.#rooms ??= new Map();
    if (!joined.has(room) && joined.size >= MAX_ROOMS) {
      throw new ChatError("forbidden", `Cannot join a room more: ${MAX_ROOMS} on one socket are the most`);
    }
    const found = await this.#enter(caller, room, after, people);
    if (!joined.has(room)) this.#parts.service.presence.enter(room, caller.user);
    joined.set(room, found.since);
    this.sendText(joinedFrame(id, found));
  }

  /** Reads what the client has not got, and subscribes behind it. Batches wait until this turn is over, so the answer comes before them. */
  async #enter(caller: Caller, room: string, after: string | undefined, people = false): Promise<Joined> {
    const { live } = this.#parts.service;
    const joined = await live.join(caller, room, after);
    try {
      await this.connection.join(roomGroup(room), joined.head);
      if (people) await this.connection.join(presenceGroup(room));
      return joined;
    } catch (error) {
      // Who is refused hears nothing of the room.
      if (!this.#rooms?.has(room)) this.connection.leave(roomGroup(room));
      // Trimmed between the two: then the past cannot be bridged after all.
      if (!(error instanceof CursorExpired)) throw error;
      return await this.#enter(caller, room, undefined, people);
    }
  }

  /** Holds the next request back only while it has to be looked up who may write: so one's messages keep their order. */
  async #send({ id, room: name, ...message }: RequestOf<"send">): Promise<void> {
    const caller = this.#known();
    const room = this.#joined(name);
    const { service } = this.#parts;
    this.#count(caller, "send");
    const known = service.standings.find(caller, room);
    if (known instanceof Promise) await known;
    service.messages.send(caller, room, message).then(
      ({ cursor, at }) => this.#ok(id, { cursor, at }),
      (error) => this.#refuseAny(id, error),
    );
  }

  async #typing({ id, room: name, on = true }: RequestOf<"typing">): Promise<void> {
    const caller = this.#known();
    const room = this.#joined(name);
    this.#count(caller, "read");
    await this.#parts.service.live.typing(caller, room, on);
    this.#ok(id, {});
  }

  #leave({ room: name }: RequestOf<"leave">): object {
    this.#known();
    const room = parseRoomName(name);
    this.#gone(room);
    return {};
  }

  /** The room is no longer open here. */
  #gone(room: string): void {
    if (!this.#rooms?.delete(room)) return;
    this.connection.leave(roomGroup(room));
    this.connection.leave(presenceGroup(room));
    if (this.#caller !== undefined) this.#parts.service.presence.leave(room, this.#caller.user);
  }

  async #startWatch(): Promise<object> {
    const caller = this.#known();
    this.#count(caller, "read");
    this.#watch ??= await this.#parts.service.watching.start(caller, {
      send: (frame) => this.sendText(frame),
      isFull: () => this.connection.isFull,
    });
    return {};
  }

  #stopWatch(): object {
    this.#known();
    this.#watch?.stop();
    this.#watch = undefined;
    return {};
  }

  /** An operation: answered when it is done; the next request need not wait for it. */
  async #operate(id: number, { type, input }: OtherRequest): Promise<void> {
    try {
      const operation = operations.get(type);
      if (operation === undefined) {
        throw new ChatError("bad_request", `Cannot take "type": nothing is called ${quote(type)}`);
      }
      if (this.#caller === undefined) throw new ChatError("unauthorized", `Cannot ${type} before hello`);
      const parsed = parseWith(input, operation.input);
      this.#count(this.#caller, operation.cost);
      const call = { caller: this.#caller, address: this.scope.address, origin: this.scope.origin };
      const done = operation.run(this.#parts.service, call, parsed).then(
        (output) =>
          output instanceof Encoded ? this.sendText(okJsonFrame(id, output.json)) : this.#ok(id, output ?? {}),
        (error) => this.#refuseAny(id, error),
      );
      await this.#holdBack(done);
    } catch (error) {
      this.#refuseAny(id, error);
    }
  }

  /** Waits when too many are under way. */
  async #holdBack(done: Promise<void>): Promise<void> {
    const underWay = this.#underWay ??= new Set();
    underWay.add(done);
    done.then(() => underWay.delete(done));
    if (underWay.size >= MAX_UNDER_WAY) await Promise.race(underWay);
  }

  #hear(batch: Batch): void {
    const { frame, removed } = roomBatch(batch);
    const since = removed && this.#rooms?.get(roomOf(batch)) || "";
    const removal = removed?.get(this.#caller?.user.id ?? "")?.find(({ cursor }) => cursor > since);
    if (removal === undefined) return this.sendText(frame);
    this.#gone(roomOf(batch));
    for (const last of lastFrames(batch, removal)) this.sendText(last);
  }

  /** Something happened to whoever this socket speaks for. */
  #heed(batch: Batch): void {
    for (const event of personEvents(batch)) {
      if (event.type === "renamed" && this.#caller !== undefined) {
        this.#caller = { ...this.#caller, user: event.user };
        this.#parts.service.presence.rename(event.user);
      }
      if (event.type !== "ended") continue;
      if (event.credential !== undefined && event.credential !== this.#caller?.credential) continue;
      const close = () => this.close(event.why === "banned" ? CLOSE.banned : CLOSE.ended, event.why);
      const isOwn = event.why === "signed_out" || event.why === "erased";
      // Whoever ends their own session hears first that it was done.
      if (isOwn && this.#underWay !== undefined) Promise.allSettled(this.#underWay).then(close);
      else close();
      return;
    }
  }

  #known(): Caller {
    if (this.#caller === undefined) throw new ChatError("unauthorized", "Cannot do this before hello");
    return this.#caller;
  }

  #joined(name: string): string {
    const room = parseRoomName(name);
    if (this.#rooms?.has(room)) return room;
    throw new ChatError("forbidden", `Cannot use the room ${quote(room)}: this socket has not joined it`);
  }

  /** Counts what is asked for; refuses who asks too fast. */
  #count(caller: Caller, cost: Cost): void {
    const { limits } = this.#parts;
    limits.take("address", this.#address ??= addressName(this.scope.address), cost);
    limits.take("connection", this.#name ??= `${++lastName}`, cost);
    limits.take("person", caller.user.id, cost);
  }

  #ok(id: number, ok: unknown): void {
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
