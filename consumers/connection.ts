/**
 * The life of one connection: handshake, open, closed. Client frames, layer events and the end are dispatched to the
 * consumer one at a time, each behind one guard: a throw is 500 before accept and 1011 after, and never more than that.
 *
 * @module
 */

import type { Batch, ChannelLayer, Cursor, LayerEvent, Subscription } from "../layers/layer.ts";
import { CLOSE } from "../protocol/close_codes.ts";
import { ChatError, meaningOf } from "../protocol/errors.ts";
import { MAX_FRAME_BYTES } from "../protocol/frames.ts";
import { checkClose } from "./check_close.ts";
import type { Connections } from "./connections.ts";
import { Held, type Taker } from "./held.ts";
import type { Scope, Socket, SocketEvents, Upgrade } from "./socket.ts";

/** Called with what went wrong and where, for the operator. */
export type Report = (what: string, error: unknown) => void;

/** What the connection asks of its consumer. */
export interface ConnectionHandler {
  /** The handshake came. To return without accepting is to deny. */
  connect(): void | Promise<void>;
  /** A text frame came. */
  receiveText(text: string): void | Promise<void>;
  /** Entries of a group came. */
  deliver(batch: Batch): void | Promise<void>;
  /** An event on the connection's own channel came. */
  dispatch(event: LayerEvent): void | Promise<void>;
  /** The connection, once accepted, has ended: by the peer, or by a close from here, whether or not the peer answers that. Once. */
  disconnect(code: number): void | Promise<void>;
}

/** What all connections of an isolate share. */
export interface ConnectionParts {
  /** Groups and channels. */
  readonly layer: ChannelLayer;
  /** Counts the open ones. */
  readonly connections: Pick<Connections, "add" | "assign" | "delete">;
  /** Told of every throw that is not a `ChatError`. */
  readonly report: Report;
}

/** How the handshake ended. */
export type Handshake =
  | { readonly kind: "accepted"; readonly response: Response }
  | { readonly kind: "denied"; readonly error: ChatError };

/** Bytes waiting in a socket above which no turn begins, and below which turns go on. */
const MAX_BUFFERED_BYTES = 256 * 1024;
const DRAINED_BYTES = 64 * 1024;
const DRAIN_POLL_MS = 50;
/** Frames of one client that may wait for a slow consumer, or for a socket that is not read; and their characters. */
const MAX_WAITING = 1_000;
const MAX_WAITING_LENGTH = 256 * 1024;

type Task = () => void | Promise<void>;

/** See the module. */
export class Connection implements SocketEvents, Taker {
  /** Who connects, and to what. */
  readonly scope: Scope;
  readonly #handler: ConnectionHandler;
  readonly #parts: ConnectionParts;
  /** What only the handshake needs; let go of afterwards, for it holds the whole request. */
  #pending: { readonly upgrade: Upgrade; readonly answer: (handshake: Handshake) => void } | undefined;
  #state: "connecting" | "accepted" | "open" | "closing" | "closed" = "connecting";
  /** It was closed from here: what still waits comes to the consumer no more, its end excepted. */
  #isDismissed = false;
  /** The consumer was told of the end. */
  #hasEnded = false;
  #socket: Socket | undefined;
  #hasOpened: (() => void) | undefined;
  /** What waits its turn; undefined while nothing runs. */
  #inbox: Task[] | undefined;
  /** Ends the wait for a slow socket; there is one at a time, for turns are. */
  #stopDraining: (() => void) | undefined;
  /** Characters of the client's frames that wait. */
  #waitingLength = 0;
  /** Made with the first: most sockets of a benchmark have one, many have none. */
  #groups: Map<string, Held> | undefined;

  /**
   * Makes a connection that has not been asked yet.
   *
   * @param handler The consumer.
   * @param scope Who connects, and to what.
   * @param parts What all connections share.
   */
  constructor(handler: ConnectionHandler, scope: Scope, parts: ConnectionParts) {
    this.#handler = handler;
    this.scope = scope;
    this.#parts = parts;
  }

  /** Whether frames can still be sent. */
  get isOpen(): boolean {
    return this.#state === "accepted" || this.#state === "open";
  }

  /** Whether the peer does not keep up: what is state, not history, had better wait. */
  get isFull(): boolean {
    return (this.#socket?.bufferedAmount ?? 0) > MAX_BUFFERED_BYTES;
  }

  /**
   * Asks the consumer.
   *
   * @param upgrade Makes the socket, if it accepts.
   * @param groups Joined before it is asked.
   */
  handshake(upgrade: Upgrade, groups: readonly string[]): Promise<Handshake> {
    return new Promise((answer) => {
      this.#pending = { upgrade, answer };
      this.#perform(async () => {
        for (const group of groups) await this.join(group);
        await this.#handler.connect();
        if (this.#state === "connecting") {
          this.#deny(new ChatError("forbidden", "Cannot connect: the consumer did not accept"));
        }
      });
    });
  }

  /** Accepts the handshake; resolves when the socket is open, or never will be. */
  accept(options: { protocol?: string; headers?: HeadersInit } = {}): Promise<void> {
    const pending = this.#pending;
    if (pending === undefined) throw new TypeError(`Cannot accept a connection that is ${this.#state} already`);
    // Refused before there is a socket: with a status that says why.
    this.#parts.connections.add(this, { address: this.scope.address, person: this.scope.caller?.user.id });
    let upgraded;
    try {
      upgraded = pending.upgrade(this, options);
    } catch (error) {
      this.#parts.connections.delete(this);
      throw error;
    }
    const { socket, response } = upgraded;
    this.#pending = undefined;
    this.#socket = socket;
    this.#state = "accepted";
    const opened = new Promise<void>((resolve) => this.#hasOpened = resolve);
    pending.answer({ kind: "accepted", response });
    return opened;
  }

  /**
   * Counts the connection as somebody's; closes it with 1008 when they have too many.
   *
   * @throws {ChatError} `rate_limited`.
   */
  countFor(person: string): void {
    try {
      this.#parts.connections.assign(this, person);
    } catch (error) {
      this.close(CLOSE.policy, "Too many connections are open");
      throw error;
    }
  }

  /** Sends one frame; nothing when the connection is not open. */
  send(text: string): void {
    if (this.isOpen) this.#socket?.send(text);
  }

  /**
   * Denies the handshake (403), or closes the socket.
   *
   * @throws {RangeError} A code or a reason that no close frame can carry.
   */
  close(code: number = CLOSE.normal, reason = ""): void {
    if (this.#state === "connecting") this.#deny(new ChatError("forbidden", reason || "Cannot connect: not allowed"));
    else if (this.isOpen) {
      checkClose(code, reason);
      this.#state = "closing";
      this.#isDismissed = true;
      this.#leaveAll();
      this.#socket?.close(code, reason);
      // A peer that does not answer the close may stay for ever, and whoever was put out is not here until then.
      this.#tellEnd(code);
    }
  }

  /**
   * Joins a group.
   *
   * @param after Where to read on. Default: from now on, and nothing when it has joined already. When it is given the new subscription takes
   * the place of the old one, which stays when the new one cannot be made.
   */
  async join(group: string, after?: Cursor): Promise<void> {
    await this.#hold(group, after, (held) => this.#parts.layer.subscribe(group, held));
  }

  /** Listens to a channel of one's own, until the end. */
  async listen(channel: string): Promise<void> {
    await this.#hold(channel, undefined, () => this.#parts.layer.receive(channel, (event) => this.dispatch(event)));
  }

  async #hold(
    name: string,
    after: Cursor | undefined,
    subscribe: (held: Held) => Promise<Subscription>,
  ): Promise<void> {
    const groups = this.#groups ??= new Map<string, Held>();
    const before = groups.get(name);
    if (before !== undefined && after === undefined) return void await before.subscription;
    const held = new Held(this, after);
    groups.set(name, held);
    if (before !== undefined) before.isHeld = false;
    try {
      held.subscription = subscribe(held);
      held.subscription = await held.subscription;
    } catch (error) {
      if (groups.get(name) === held) groups.delete(name);
      if (before === undefined) throw error;
      before.isHeld = this.isOpen;
      if (before.isHeld) groups.set(name, before);
      else before.close();
      throw error;
    }
    before?.close();
    // It came while the connection went.
    if (this.#state === "closing" || this.#state === "closed") this.leave(name);
  }

  /** Whether there is a subscription of that name. */
  holds(name: string): boolean {
    return this.#groups?.has(name) ?? false;
  }

  /** How many subscriptions there are. */
  get held(): number {
    return this.#groups?.size ?? 0;
  }

  /** Leaves a group; nothing when it has not joined. */
  leave(name: string): void {
    const held = this.#groups?.get(name);
    this.#groups?.delete(name);
    held?.close();
  }

  /** See {@linkcode Taker}. */
  take(batch: Batch, held: Held): void | Promise<void> {
    return this.#perform(() => this.#deliver(batch, held));
  }

  /** Takes an event of the connection's own channel for the consumer. */
  dispatch(event: LayerEvent): void | Promise<void> {
    return this.#perform(() => this.#turn(() => this.#handler.dispatch(event)));
  }

  /** See {@linkcode Taker}. */
  ended(cause: unknown): void {
    if (this.isOpen || this.#state === "connecting") this.#fail(cause);
  }

  /** See {@linkcode SocketEvents}. */
  opened(): void {
    if (this.#state === "accepted") this.#state = "open";
    this.#hasOpened?.();
    this.#hasOpened = undefined;
  }

  /** See {@linkcode SocketEvents}. */
  received(data: unknown): void {
    if (!this.isOpen) return;
    if (typeof data !== "string") return this.close(CLOSE.unsupported, "Frames are text");
    // A character is one to three bytes; only what lies between has to be measured.
    if (3 * data.length > MAX_FRAME_BYTES && byteLength(data) > MAX_FRAME_BYTES) {
      return this.close(CLOSE.tooBig, `A frame has at most ${MAX_FRAME_BYTES} bytes`);
    }
    if ((this.#inbox?.length ?? 0) >= MAX_WAITING || this.#waitingLength > MAX_WAITING_LENGTH) {
      return this.close(CLOSE.policy, "Too many frames are waiting");
    }
    this.#waitingLength += data.length;
    this.#perform(() => {
      this.#waitingLength -= data.length;
      return this.#turn(() => this.#handler.receiveText(data));
    });
  }

  /** See {@linkcode SocketEvents}. */
  closed(code: number): void {
    if (this.#state === "closed") return;
    this.#state = "closed";
    this.#hasOpened?.();
    this.#stopDraining?.();
    this.#parts.connections.delete(this);
    this.#leaveAll();
    this.#tellEnd(code);
  }

  #tellEnd(code: number): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#perform(() => this.#handler.disconnect(code));
  }

  /** A turn of the consumer. It begins when the socket has room for what comes of it: what a peer does not read is not made. */
  #turn(task: Task): void | Promise<void> {
    if (this.#isDismissed) return;
    if (!this.isFull || !this.isOpen) return task();
    return this.#drain().then(() => this.#turn(task));
  }

  /** As {@linkcode #turn}. It is what happens most often: a closure less for each socket of a room. */
  #deliver(batch: Batch, held: Held): void | Promise<void> {
    // While it waited for its turn its group may have been left, or joined anew from another place.
    if (this.#isDismissed || !held.isHeld) return;
    if (!this.isFull || !this.isOpen) return this.#handler.deliver(batch);
    return this.#drain().then(() => this.#deliver(batch, held));
  }

  #deny(error: ChatError): void {
    this.#state = "closed";
    this.#leaveAll();
    this.#pending?.answer({ kind: "denied", error });
    this.#pending = undefined;
  }

  #leaveAll(): void {
    for (const name of [...this.#groups?.keys() ?? []]) this.leave(name);
  }

  /** Runs a task when its turn comes. Returns nothing when it is done already, else a promise that never rejects. */
  #perform(task: Task): void | Promise<void> {
    if (this.#inbox !== undefined) {
      const inbox = this.#inbox;
      return new Promise((resolve) =>
        inbox.push(() => {
          const done = this.#guard(task);
          if (done === undefined) resolve();
          else return done.then(resolve);
        })
      );
    }
    this.#inbox = [];
    const done = this.#guard(task);
    if (done !== undefined) return done.then(() => this.#next());
    this.#next();
  }

  /** Runs what waited meanwhile, in order. */
  #next(): void {
    for (let task = this.#inbox?.shift(); task !== undefined; task = this.#inbox?.shift()) {
      const done = task();
      if (done !== undefined) {
        done.then(() => this.#next());
        return;
      }
    }
    this.#inbox = undefined;
  }

  /** The one place where consumers' throws end. */
  #guard(task: Task): void | Promise<void> {
    try {
      return task()?.catch((error) => this.#fail(error));
    } catch (error) {
      this.#fail(error);
    }
  }

  #fail(error: unknown): void {
    const isExpected = error instanceof ChatError;
    if (!isExpected) this.#parts.report(`consumer on ${this.scope.path}`, error);
    if (this.#state === "connecting") {
      this.#deny(isExpected ? error : new ChatError("internal", "Something went wrong on our side", { cause: error }));
      return;
    }
    const close = isExpected ? meaningOf(error.code).close : undefined;
    this.close(close ?? CLOSE.internal, isExpected ? error.message.slice(0, 40) : "");
  }

  /** Resolves when the socket has drained, or is closed. A socket cannot tell when it has drained; it has to be asked. */
  #drain(): Promise<void> {
    return new Promise((resolve) => {
      const look = () => {
        if (!this.isOpen || (this.#socket?.bufferedAmount ?? 0) <= DRAINED_BYTES) stop();
      };
      const timer = setInterval(look, DRAIN_POLL_MS);
      const stop = this.#stopDraining = () => {
        clearInterval(timer);
        this.#stopDraining = undefined;
        resolve();
      };
    });
  }
}

const encoder = new TextEncoder();

function byteLength(text: string): number {
  return encoder.encode(text).length;
}
