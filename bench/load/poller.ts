/**
 * Waits for many sockets at once (epoll(7), level-triggered: what one read leaves is announced again).
 *
 * @module
 */

import type { Libc } from "./libc.ts";
import type { OnText, RawSocket } from "./raw_socket.ts";

const EPOLL_CTL_ADD = 1;
const EPOLLIN = 1;
/** Sockets taken in one turn; what is due to be sent is looked at between turns. */
const EVENTS = 16;
/** A server that does not read is tried again at this interval; no server should get there. */
const FLUSH_MS = 10;
/** `struct epoll_event` is packed on x86-64 only. */
const IS_PACKED = Deno.build.arch === "x86_64";
const EVENT_BYTES = IS_PACKED ? 12 : 16;
const DATA_OFFSET = IS_PACKED ? 4 : 8;

/** Sockets and who listens to them. */
export class Poller {
  readonly #libc: Libc;
  readonly #epoll: number;
  readonly #events = new Uint8Array(EVENTS * EVENT_BYTES);
  readonly #view = new DataView(this.#events.buffer);
  #flushAtMs = 0;
  readonly #watched: { readonly socket: RawSocket; readonly onText: OnText }[] = [];

  /** @param libc See {@linkcode openLibc}. */
  constructor(libc: Libc) {
    this.#libc = libc;
    this.#epoll = libc.epoll_create1(0);
  }

  /** Hands each text frame of `socket` to `onText` from the next turn on. */
  add(socket: RawSocket, onText: OnText): void {
    const event = new Uint8Array(EVENT_BYTES);
    const view = new DataView(event.buffer);
    view.setUint32(0, EPOLLIN, true);
    view.setUint32(DATA_OFFSET, this.#watched.length, true);
    this.#watched.push({ socket, onText });
    if (this.#libc.epoll_ctl(this.#epoll, EPOLL_CTL_ADD, socket.fd, event) !== 0) {
      throw new Error(`Cannot watch the file descriptor ${socket.fd}`);
    }
  }

  /** Waits until something arrives, at most `timeoutMs` (rounded up), and takes one read of each socket that has it. */
  turn(timeoutMs: number): void {
    const nowMs = performance.now();
    if (nowMs >= this.#flushAtMs) this.#flushBlocked(nowMs);
    const waitMs = Math.max(0, Math.ceil(Math.min(timeoutMs, this.#flushAtMs - nowMs)));
    const count = this.#libc.epoll_wait(this.#epoll, this.#events, EVENTS, waitMs);
    for (let i = 0; i < count; i++) {
      const watched = this.#watched[this.#view.getUint32(i * EVENT_BYTES + DATA_OFFSET, true)];
      if (watched !== undefined && !watched.socket.closed) watched.socket.receive(watched.onText);
    }
  }

  /** Takes turns until the time `untilMs` of `performance.now()`, or until `isDone` says so between two turns. */
  run(untilMs: number, isDone: () => boolean = () => false): void {
    while (!isDone()) {
      const leftMs = untilMs - performance.now();
      if (leftMs <= 0) return;
      this.turn(Math.min(leftMs, 20));
    }
  }

  #flushBlocked(nowMs: number): void {
    for (const { socket } of this.#watched) if (socket.isBlocked) socket.flush();
    this.#flushAtMs = nowMs + FLUSH_MS;
  }
}
