/**
 * The life of one connection: handshake, open, closed. Client frames, layer events and the end are dispatched to the
 * consumer one at a time, each behind one guard: a throw is 500 before accept and 1011 after, and never more than that.
 *
 * @module
 */

import type { Batch, ChannelLayer, LayerEvent, Subscription } from "../layers/layer.ts";
import { CLOSE } from "../protocol/close_codes.ts";
import { ChatError, meaningOf } from "../protocol/errors.ts";
import { MAX_FRAME_BYTES } from "../protocol/frames.ts";
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
  /** The connection, once accepted, has ended. */
  disconnect(code: number): void | Promise<void>;
}

/** What a {@linkcode Connection} is made of. */
export interface ConnectionParts {
  /** Who connects, and to what. */
  readonly scope: Scope;
  /** Groups and channels. */
  readonly layer: ChannelLayer;
  /** Makes the socket. */
  readonly upgrade: Upgrade;
  /** Told of every throw that is not a `ChatError`. */
  readonly report: Report;
}

/** How the handshake ended. */
export type Handshake =
  | { readonly kind: "accepted"; readonly response: Response }
  | { readonly kind: "denied"; readonly error: ChatError };

/** Bytes waiting in a socket above which nothing more is read from a log for it, and below which reading goes on. */
const MAX_BUFFERED_BYTES = 256 * 1024;
const DRAINED_BYTES = 64 * 1024;
const DRAIN_POLL_MS = 50;
/** Bytes of answers that a peer may leave unread while it goes on asking. */
const MAX_UNREAD_BYTES = 1024 * 1024;
/** Frames of one client that may wait for a slow consumer. */
const MAX_WAITING = 1_000;

type Task = () => void | Promise<void>;

/** See the module. */
export class Connection implements SocketEvents {
  readonly #parts: ConnectionParts;
  readonly #handler: ConnectionHandler;
  #state: "connecting" | "accepted" | "open" | "closing" | "closed" = "connecting";
  #socket: Socket | undefined;
  #answer: ((handshake: Handshake) => void) | undefined;
  #hasOpened: (() => void) | undefined;
  /** What waits its turn; undefined while nothing runs. */
  #inbox: Task[] | undefined;
  readonly #groups = new Map<string, Promise<Subscription>>();
  #drained: Promise<void> | undefined;

  /**
   * @param handler The consumer.
   * @param parts See {@linkcode ConnectionParts}.
   */
  constructor(handler: ConnectionHandler, parts: ConnectionParts) {
    this.#handler = handler;
    this.#parts = parts;
  }

  /** Whether frames can still be sent. */
  get isOpen(): boolean {
    return this.#state === "accepted" || this.#state === "open";
  }

  /** Asks the consumer. @param groups Joined before it is asked. */
  handshake(groups: readonly string[]): Promise<Handshake> {
    return new Promise((resolve) => {
      this.#answer = resolve;
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
    if (this.#state !== "connecting") throw new TypeError(`Cannot accept a connection that is ${this.#state} already`);
    const { socket, response } = this.#parts.upgrade(this, options);
    this.#socket = socket;
    this.#state = "accepted";
    const opened = new Promise<void>((resolve) => this.#hasOpened = resolve);
    this.#answer?.({ kind: "accepted", response });
    return opened;
  }

  /** Sends one frame; nothing when the connection is not open. */
  send(text: string): void {
    if (this.isOpen) this.#socket?.send(text);
  }

  /** Denies the handshake (403), or closes the socket. */
  close(code: number = CLOSE.normal, reason = ""): void {
    if (this.#state === "connecting") this.#deny(new ChatError("forbidden", reason || "Cannot connect: not allowed"));
    else if (this.isOpen) {
      this.#state = "closing";
      this.#leaveAll();
      this.#socket?.close(code, reason);
    }
  }

  /** Joins a group, from now on; nothing when it has joined already. */
  async join(group: string): Promise<void> {
    await this.hold(group, () =>
      this.#parts.layer.subscribe(group, {
        deliver: (batch) => this.deliver(batch),
        ended: (cause) => this.ended(cause),
      }));
  }

  /** Keeps a subscription under a name until {@linkcode leave} or the end; nothing when there is one of that name. */
  async hold(name: string, subscribe: () => Promise<Subscription>): Promise<void> {
    let subscription = this.#groups.get(name);
    if (subscription === undefined) {
      subscription = subscribe();
      this.#groups.set(name, subscription);
    }
    try {
      await subscription;
    } catch (error) {
      if (this.#groups.get(name) === subscription) this.#groups.delete(name);
      throw error;
    }
  }

  /** Leaves a group; nothing when it has not joined. */
  leave(name: string): void {
    const subscription = this.#groups.get(name);
    this.#groups.delete(name);
    subscription?.then((joined) => joined.close(), () => {});
  }

  /** Takes a batch for the consumer. A promise holds the subscription: until its turn is over, and until a slow socket has drained. */
  deliver(batch: Batch): void | Promise<void> {
    const handled = this.#perform(() => this.#handler.deliver(batch));
    if (this.#socket === undefined || this.#socket.bufferedAmount <= MAX_BUFFERED_BYTES) return handled;
    return Promise.all([handled, this.#drain()]).then(() => {});
  }

  /** Takes an event of the connection's own channel for the consumer. */
  dispatch(event: LayerEvent): void | Promise<void> {
    return this.#perform(() => this.#handler.dispatch(event));
  }

  /** The layer ended a subscription by itself. */
  ended(cause: unknown): void {
    if (this.isOpen || this.#state === "connecting") this.#fail(cause);
  }

  /** See {@linkcode SocketEvents}. */
  opened(): void {
    if (this.#state === "accepted") this.#state = "open";
    this.#hasOpened?.();
  }

  /** See {@linkcode SocketEvents}. */
  received(data: unknown): void {
    if (!this.isOpen) return;
    if (typeof data !== "string") return this.close(CLOSE.unsupported, "Frames are text");
    // A character is one to three bytes; only what lies between has to be measured.
    if (3 * data.length > MAX_FRAME_BYTES && byteLength(data) > MAX_FRAME_BYTES) {
      return this.close(CLOSE.tooBig, `A frame has at most ${MAX_FRAME_BYTES} bytes`);
    }
    if ((this.#inbox?.length ?? 0) >= MAX_WAITING || (this.#socket?.bufferedAmount ?? 0) > MAX_UNREAD_BYTES) {
      return this.close(CLOSE.policy, "Too many frames are waiting");
    }
    this.#perform(() => this.#handler.receiveText(data));
  }

  /** See {@linkcode SocketEvents}. */
  closed(code: number): void {
    if (this.#state === "closed") return;
    this.#state = "closed";
    this.#hasOpened?.();
    this.#leaveAll();
    this.#perform(() => this.#handler.disconnect(code));
  }

  #deny(error: ChatError): void {
    this.#state = "closed";
    this.#leaveAll();
    this.#answer?.({ kind: "denied", error });
  }

  #leaveAll(): void {
    for (const name of [...this.#groups.keys()]) this.leave(name);
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
    if (!isExpected) this.#parts.report(`consumer on ${this.#parts.scope.path}`, error);
    if (this.#state === "connecting") {
      this.#deny(isExpected ? error : new ChatError("internal", "Something went wrong on our side", { cause: error }));
      return;
    }
    const close = isExpected ? meaningOf(error.code).close : undefined;
    this.close(close ?? CLOSE.internal, isExpected ? error.message.slice(0, 40) : "");
  }

  /** One wait for all subscriptions of this socket. A socket cannot tell when it has drained; it has to be asked. */
  #drain(): Promise<void> {
    return this.#drained ??= new Promise((resolve) => {
      const look = () => {
        if (this.isOpen && (this.#socket?.bufferedAmount ?? 0) > DRAINED_BYTES) {
          setTimeout(look, DRAIN_POLL_MS);
          return;
        }
        this.#drained = undefined;
        resolve();
      };
      setTimeout(look, DRAIN_POLL_MS);
    });
  }
}

const encoder = new TextEncoder();

function byteLength(text: string): number {
  return encoder.encode(text).length;
}
