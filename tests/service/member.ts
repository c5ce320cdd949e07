/**
 * Somebody who stays in a room whatever happens to the connection: comes back, says hello, joins where it was, sends again
 * what was not acknowledged, with the same keys, and remembers all that it saw.
 *
 * @module
 */

import {
  Client,
  type Closed,
  type Joined,
  Lost,
  type Message,
  Refused,
  type RoomEvent,
  type RoomListener,
} from "./client.ts";
import type { Ledger, View } from "./ledger.ts";
import { type Connect, connectWebSocket } from "./link.ts";
import { pause, within } from "./server.ts";

/** Until when a message has to be acknowledged, whatever happens to connections meanwhile. */
const SAY_MS = 60_000;

/** What a member is. */
export interface MemberOptions {
  readonly name: string;
  readonly room: string;
  /** Where the service is now. */
  readonly url: () => string;
  readonly ledger: Ledger;
  /** How it connects, each time anew. Default: the platform's WebSocket. */
  readonly connect?: Connect;
  /** Messages that it has on the way at a time once it writes. Default 1. */
  readonly window?: number;
  /** Characters after each message's name and number. */
  readonly padding?: () => string;
  /** Whether it sends again what was not acknowledged, or gives it up. Default true. */
  readonly resends?: boolean;
  /** Says who it is from the beginning. Default: a new guest, the same one on all connections. */
  readonly token?: string;
  /** Milliseconds before it comes back. Default: 5 to 25. */
  readonly backoffMs?: () => number;
  /** Called with events as they come, live and caught up. */
  readonly onEvents?: (events: readonly RoomEvent[]) => void;
}

interface Unsent {
  readonly key: string;
  readonly text: string;
}

/** See the module. Remembers only what it saw itself, in the order in which that came. */
export class Member implements View, RoomListener {
  readonly messages: Message[] = [];
  readonly faults: string[] = [];
  /** How often it has connected. */
  connections = 0;
  /** How often it has joined. */
  joins = 0;
  /** How the connections ended on which it had joined. */
  readonly closes: Closed[] = [];
  /** The cursor that it holds. */
  at: string | undefined;
  readonly #options: MemberOptions;
  /** What is not acknowledged, oldest first. */
  readonly #outbox: Unsent[] = [];
  readonly #running: Promise<void>;
  #client: Client | undefined;
  #token: string | undefined;
  #isWriting = false;
  #isLeaving = false;
  #isIn = false;
  #changed: (() => void)[] = [];

  constructor(options: MemberOptions) {
    this.#options = options;
    this.#token = options.token;
    this.#running = this.#run();
  }

  get name(): string {
    return this.#options.name;
  }

  /** Whether it is in the room, on a connection that works as far as it knows. */
  get isIn(): boolean {
    return this.#isIn;
  }

  /** The connection of the moment. */
  get client(): Client | undefined {
    return this.#client;
  }

  /** Resolves when something happened. */
  change(): Promise<void> {
    return new Promise((resolve) => this.#changed.push(resolve));
  }

  /** Writes from now on: as fast as it is acknowledged. */
  write(): void {
    this.#isWriting = true;
    this.#pump();
  }

  /** Says nothing new from now on. */
  finish(): void {
    this.#isWriting = false;
  }

  /** How many messages it said that were not acknowledged yet. */
  get pending(): number {
    return this.#outbox.length;
  }

  /** Whether it has seen everything up to a cursor. */
  hasReached(cursor: string): boolean {
    return this.at !== undefined && this.at >= cursor;
  }

  /** Says one message more; resolves when it was acknowledged. */
  async say(padding = ""): Promise<void> {
    const unsent = this.#options.ledger.note(this.name, padding);
    this.#outbox.push(unsent);
    if (this.#isIn) this.#send(unsent);
    const end = performance.now() + SAY_MS;
    while (this.#outbox.includes(unsent)) {
      const leftMs = end - performance.now();
      if (leftMs <= 0) throw new Error(`${this.name}: not acknowledged within ${SAY_MS} ms; ${this.faults[0]}`);
      await within(this.change(), leftMs);
    }
  }

  /** Breaks the connection; it will come back. */
  cut(): void {
    this.#client?.cut();
  }

  /** Leaves for good; resolves when nothing of it is left. */
  async leave(): Promise<void> {
    this.#isLeaving = true;
    this.#isWriting = false;
    this.#client?.cut();
    await this.#running;
  }

  joined({ events, recovered }: Joined): void {
    if (this.at !== undefined && !recovered) this.faults.push(`[V7] ${this.name}: not recovered from ${this.at}`);
    this.events(events);
  }

  events(events: readonly RoomEvent[]): void {
    for (const { message } of events) if (message !== undefined) this.messages.push(message);
    this.at = events.at(-1)?.cursor ?? this.at;
    this.#options.onEvents?.(events);
    this.#tell();
  }

  async #run(): Promise<void> {
    const { url, connect = connectWebSocket, backoffMs = () => 5 + 20 * Math.random() } = this.#options;
    while (!this.#isLeaving) {
      this.connections++;
      const client = this.#client = new Client(url(), connect);
      try {
        await this.#live(client);
      } catch (error) {
        if (!(error instanceof Lost)) this.#fault(error);
      }
      this.#isIn = false;
      client.cut();
      this.faults.push(...client.faults);
      await client.gone;
      if (this.#options.resends === false) this.#outbox.length = 0;
      this.#tell();
      if (!this.#isLeaving) await pause(backoffMs());
    }
  }

  async #live(client: Client): Promise<void> {
    const { name, room } = this.#options;
    // Nothing waits for an answer that need not: requests are taken in the order in which they arrive, V4.
    const greeting = client.hello(this.#token === undefined ? { name } : { token: this.#token });
    const joining = client.join(room, this.at, this);
    joining.catch(() => {});
    this.#token = (await greeting).token;
    const { head } = await joining;
    if (this.at === undefined) this.at = head;
    this.joins++;
    this.#isIn = true;
    for (const unsent of this.#outbox) this.#send(unsent);
    this.#pump();
    this.#tell();
    this.closes.push(await client.closed);
  }

  #pump(): void {
    const { window = 1, ledger, padding = () => "" } = this.#options;
    while (this.#isIn && this.#isWriting && this.#outbox.length < window) {
      const unsent = ledger.note(this.name, padding());
      this.#outbox.push(unsent);
      this.#send(unsent);
    }
  }

  #send(unsent: Unsent): void {
    const { room, ledger } = this.#options;
    ledger.tried(unsent.key);
    this.#client?.send(room, unsent.key, unsent.text).then((sent) => {
      ledger.promised(unsent.key, sent);
      const index = this.#outbox.indexOf(unsent);
      if (index >= 0) this.#outbox.splice(index, 1);
      this.#pump();
      this.#tell();
    }, (error) => {
      // Sent again on the next connection; a drain and an outage say `unavailable`.
      if (error instanceof Refused && error.code === "unavailable") this.#client?.cut();
      else if (!(error instanceof Lost)) this.#fault(error);
    });
  }

  #fault(error: unknown): void {
    // Whoever comes back very often is told to slow down.
    if (error instanceof Refused && (error.code === "rate_limited" || error.code === "unavailable")) return;
    this.faults.push(`${this.name}: ${error}`);
  }

  #tell(): void {
    for (const resolve of this.#changed.splice(0)) resolve();
  }
}

/** Waits until something holds for all of them, and says for whom it does not. */
export async function everyone(
  members: readonly Member[],
  is: (member: Member) => boolean,
  what: string,
  timeoutMs = 20_000,
): Promise<void> {
  let isLate = false;
  const waiting = Promise.all(members.map(async (member) => {
    while (!is(member) && !isLate) await member.change();
  }));
  await within(waiting, timeoutMs);
  isLate = true;
  const missing = members.filter((member) => !is(member));
  if (missing.length === 0) return;
  const names = missing.map(({ name, at, faults }) => `${name} (at ${at}${faults.length > 0 ? `, ${faults[0]}` : ""})`);
  throw new Error(`Still not so after ${timeoutMs} ms, for ${names.join(", ")}: ${what}`);
}
