/**
 * The channel layer's contract. A group is an append-only log: publishing is appending, receiving is reading.
 *
 * The rules, each with tests of its number in `tests/layers/contract.ts` that run on every implementation:
 *
 * - [L1] `publish` resolves with the entry's cursor once the backend holds it durably; it never acknowledges what could be lost.
 * - [L2] All subscribers of a group, on all isolates, see the same entries in the same order.
 * - [L3] From `after` on nothing is missing and nothing comes twice; a cursor older than what is kept, or of another epoch,
 *   is a {@linkcode CursorExpired}, said aloud.
 * - [L4] The same client key publishes once: the second call gets the first one's cursor; different content is a {@linkcode Conflict}.
 * - [L5] One author's entries keep the order in which they were published.
 * - [L6] Transient entries reach live subscribers in order with the rest, and are not replayed.
 * - [L7] `send(channel, event)` reaches exactly one receiver; a full channel is a {@linkcode ChannelFull}; expired events are not delivered.
 * - [L8] A slow or throwing subscriber delays nobody else.
 * - [L9] When the backend fails, `publish` rejects with {@linkcode LayerUnavailable} within its deadline, and subscriptions catch
 *   up without a gap when it returns.
 * - [L10] `close` leaves no timer, watch or promise behind.
 * - [L11] An entry may carry entries of other groups and a {@linkcode Change} of documents: all of it takes effect in one step, or
 *   none of it. A document that is not what a check says is a {@linkcode Stale}, and costs nobody else's entry anything; what the same
 *   author has published behind it to the same group with checks of its own may be refused with it, so that to try again in order is to keep it [L5].
 * - [L12] What was amended reads as its amendment, at its old place; what was erased is gone from the log and from what live readers
 *   that are late still get, and whoever subscribes is told so, of what was trimmed, too. Cursors stay what they were.
 *
 * @module
 */

import { ChatError, type ChatErrorOptions } from "../protocol/errors.ts";
import type { Cursor } from "./cursor.ts";

export type { Cursor } from "./cursor.ts";

/** What is published: a JSON object with a `type`. Keys with the value `undefined` are left out, as JSON does. */
export interface LayerEvent {
  /** What happened, e.g. `"message"`; consumers dispatch on it. */
  readonly type: string;
  /** Anything that JSON holds. */
  readonly [field: string]: unknown;
}

/** One entry as it is read from a log. */
export interface Entry {
  /** The entry's place. */
  readonly cursor: Cursor;
  /** The event as one JSON object, exactly as it was encoded when it was published; never encoded again. */
  readonly json: string;
  /** Whether the entry is transient: live only, not in the log. */
  readonly transient: boolean;
}

/**
 * Consecutive entries of one group. Subscribers that are at the same place get the same object, so whatever is made from
 * it (an encoded frame) can be made once and kept in a WeakMap.
 */
export interface Batch {
  /** The group. */
  readonly group: string;
  /** The cursor that the subscriber held before `entries`. */
  readonly prev: Cursor;
  /** In the log's order; at least one. */
  readonly entries: readonly Entry[];
  /** The last entry's cursor. */
  readonly head: Cursor;
}

/** Options of {@linkcode ChannelLayer.publish}. */
export interface PublishOptions {
  /** The client's key, 1 to 64 characters: publishing it again is answered with the first entry. Ignored for transient entries. */
  readonly key?: string;
  /** Whose key it is, at most 200 characters: keys of two authors never meet. Default `""`. */
  readonly author?: string;
  /**
   * Whether an entry that was published with this key before says the same. Default: it has the same JSON.
   * Give it when the event carries something that differs from try to try, such as a time.
   */
  readonly isSame?: (first: LayerEvent) => boolean;
  /** Live only: handed to subscribers in order, never kept. Default false. */
  readonly transient?: boolean;
  /** Entries of this group or of others that appear in the same step, behind this one; at most 100, with it at most 62,000 bytes. Not for a duplicate. */
  readonly also?: readonly AlsoEntry[];
  /** Documents that change in the same step. Not for a duplicate. */
  readonly change?: Change;
}

/** An entry that appears together with another. */
export interface AlsoEntry {
  /** Its group, 1 to 200 characters. */
  readonly group: string;
  /** At most 60,000 bytes as JSON. */
  readonly event: LayerEvent;
  /** Live only. Default false. */
  readonly transient?: boolean;
}

/** A document's key. Keys sort by their parts, and those as UTF-8 does; at most 1,000 bytes together. */
export type DocumentKey = readonly [string, ...string[]];

/** A document as it was read. */
export interface Document<T = unknown> {
  /** Its key. */
  readonly key: DocumentKey;
  /** Plain data: what JSON holds, and Uint8Array. At most 60,000 bytes. */
  readonly value: T;
  /** Changes with each set; opaque. */
  readonly version: string;
}

/** What changes in one step. At most 80 checks and 400 sets, deletes, amends and erases together; KV Connect allows 8 checks. */
export interface Change {
  /** Documents that must be as they were read: `version` null means that there is none. Otherwise a {@linkcode Stale}. */
  readonly checks?: readonly { readonly key: DocumentKey; readonly version: string | null }[];
  /** Documents to write. `expireInMs`: it may be forgotten after that time, some 60 s late; check a deadline of your own. */
  readonly sets?: readonly { readonly key: DocumentKey; readonly value: unknown; readonly expireInMs?: number }[];
  /** Documents to forget. */
  readonly deletes?: readonly DocumentKey[];
  /** Lasting entries that read as this event from now on. */
  readonly amends?: readonly { readonly group: string; readonly cursor: Cursor; readonly event: LayerEvent }[];
  /** Lasting entries that are replaced by this event, which is no longer than what it replaces (by 8 bytes at most); what it was cannot be read any more. */
  readonly erases?: readonly { readonly group: string; readonly cursor: Cursor; readonly event: LayerEvent }[];
}

/** Which documents {@linkcode ChannelLayer.list} lists. */
export interface ListOptions {
  /** Their keys begin with these parts, and have more. */
  readonly prefix: readonly [string, ...string[]];
  /** Only those whose next part is greater. */
  readonly after?: string;
  /** Only those whose next part is less. */
  readonly before?: string;
  /** From the last one down. Default false. */
  readonly reverse?: boolean;
  /** Most documents, 1 to 1,000. */
  readonly limit: number;
}

/** What {@linkcode ChannelLayer.publish} resolves with. */
export interface Receipt {
  /** The entry's cursor. */
  readonly cursor: Cursor;
  /** True when the key had been published before: `cursor` and `event` are then the first one's. */
  readonly duplicate: boolean;
  /** The event that is in the log. */
  readonly event: LayerEvent;
}

/** Options of {@linkcode ChannelLayer.subscribe}. The layer keeps the object itself, and calls its methods on it. */
export interface SubscribeOptions {
  /** Where to read on from. Default: from now on. */
  readonly after?: Cursor;
  /**
   * Takes one batch, in order. A promise holds the subscription at the end of that batch until it settles: what is
   * published meanwhile is not queued but read from the log afterwards. To throw or to reject ends the subscription.
   */
  readonly deliver: (batch: Batch) => void | Promise<void>;
  /**
   * Called at most once, when the layer ends the subscription: `deliver` failed, the place is no longer kept
   * ({@linkcode CursorExpired}), or the layer was closed ({@linkcode LayerUnavailable}).
   */
  readonly ended?: (cause: unknown) => void;
  /** Called when something of the group was erased or trimmed, or may have been: what is remembered of it may no longer be in the log. */
  readonly rewritten?: () => void;
}

/** A place in a group that reads on by itself. */
export interface Subscription {
  /** Ends it: no `deliver` is called after this returns. May be called again. */
  close(): void;
}

/** Which entries {@linkcode ChannelLayer.read} reads: at most one of `after` and `before`; neither means the newest. */
export interface ReadOptions {
  /** The first entries after this cursor. */
  readonly after?: Cursor;
  /** The last entries before this cursor. */
  readonly before?: Cursor;
  /** None before this cursor: the page is whole when it comes so far. Not together with `after`, which reads the other way. */
  readonly downTo?: Cursor;
  /** Most entries, 1 to 1,000. A page also ends after 64 Ki characters, but never before one entry. */
  readonly limit: number;
}

/** What {@linkcode ChannelLayer.read} read. */
export interface Page {
  /** Oldest first. */
  readonly entries: readonly Entry[];
  /** Whether there are more in the direction of reading. */
  readonly more: boolean;
  /** Where a subscriber that has this page reads on: the last entry's cursor; of an empty page `after`, else the beginning of what is kept. */
  readonly head: Cursor;
}

/** Options of {@linkcode ChannelLayer.send}. */
export interface SendOptions {
  /** Milliseconds until it may be delivered, 0 to 30 days; worker channels only. Default 0. */
  readonly delayMs?: number;
}

/** Does one job; called again after a throw, with growing pauses. */
export type JobHandler = (event: LayerEvent, attempt: number) => void | Promise<void>;

/** A job that failed for good. */
export interface FailedJob {
  /** Unique, sortable by time of failure. */
  readonly id: string;
  /** The worker channel. */
  readonly channel: string;
  /** The job. */
  readonly event: LayerEvent;
  /** How often it was tried. */
  readonly attempts: number;
  /** The last try's message. */
  readonly error: string;
  /** Milliseconds since 1970. */
  readonly failedAt: number;
}

/** Groups, channels and workers. */
export interface ChannelLayer {
  /**
   * Appends an event to a group's log. The order of calls is the order of entries.
   *
   * @param group Name, 1 to 200 characters.
   * @param event At most 60,000 bytes as JSON.
   * @throws {Conflict} The key was used for something else.
   * @throws {LayerUnavailable} Not durable within the deadline. It may still become so: retry with the same key.
   * @throws {Stale} A document of `change` is not what a check says.
   * @throws {ChatError} `too_long`.
   * @throws {RangeError} A name is empty or too long.
   */
  publish(group: string, event: LayerEvent, options?: PublishOptions): Promise<Receipt>;

  /**
   * Reads a group on and on, from `after` or from now.
   *
   * @throws {CursorExpired} `after` is older than what is kept, or of another database.
   * @throws {ChatError} `bad_cursor`.
   * @throws {LayerUnavailable} The backend cannot be reached.
   */
  subscribe(group: string, options: SubscribeOptions): Promise<Subscription>;

  /**
   * Reads one page of a group's log; transient entries are not in it.
   *
   * @throws As {@linkcode subscribe}.
   */
  read(group: string, options: ReadOptions): Promise<Page>;

  /**
   * Changes documents without an entry; resolves when that is durable.
   *
   * @throws As {@linkcode publish}.
   */
  commit(change: Change): Promise<void>;

  /**
   * Reads documents, in the order of `keys`; undefined where there is none. What was committed before is seen.
   *
   * @throws {LayerUnavailable} The backend cannot be reached.
   */
  get<T = unknown>(keys: readonly DocumentKey[]): Promise<(Document<T> | undefined)[]>;

  /**
   * Lists documents in the order of their keys.
   *
   * @throws {LayerUnavailable} The backend cannot be reached.
   */
  list<T = unknown>(options: ListOptions): Promise<Document<T>[]>;

  /** Forgets the entries up to and with `upTo`; cursors before it are then expired. Their keys stay used. */
  trim(group: string, upTo: Cursor): Promise<void>;

  /** The name of a channel that nobody else has: `<prefix>.<isolate>!<random>`. */
  newChannel(prefix?: string): string;

  /**
   * Sends to exactly one receiver, at most once. A name with `!` is a connection's channel ({@linkcode receive}): at most 100 events
   * wait there, for at most 60 s. Any other name is a worker channel ({@linkcode work}): at least once, retried, durable.
   *
   * @throws {ChannelFull} 100 events wait already.
   * @throws {LayerUnavailable} As with `publish`, or workers are off.
   */
  send(channel: string, event: LayerEvent, options?: SendOptions): Promise<void>;

  /** Receives what is sent to a connection's channel, in order, what waits there already included. */
  receive(channel: string, handle: (event: LayerEvent) => void | Promise<void>): Promise<Subscription>;

  /**
   * Becomes a worker for these channels. A job is done at least once, by one worker at a time unless it takes over 60 s (Deno KV hands it out again then); after its last try it is kept
   * as a {@linkcode FailedJob}. Called at most once a layer.
   *
   * @returns Whether this backend has queues: false means that workers are off, and nothing else.
   */
  work(handlers: Readonly<Record<string, JobHandler>>): boolean;

  /** Jobs that failed for good, oldest first, at most `limit`. */
  failedJobs(options?: { readonly limit?: number }): Promise<FailedJob[]>;

  /** Resolves when the backend answers. @throws {LayerUnavailable} */
  ping(): Promise<void>;

  /** Resolves when everything that was published before this call has been acknowledged or refused. */
  flush(): Promise<void>;

  /** Flushes, ends every subscription, and leaves nothing running. The backend itself (a `Deno.Kv`) stays its owner's. */
  close(): Promise<void>;
}

/** A cursor whose past is no longer kept, or that belongs to another database. */
export class CursorExpired extends ChatError {
  /**
   * Makes one.
   *
   * @param message Which cursor and why.
   */
  constructor(message: string) {
    super("cursor_expired", message);
    this.name = "CursorExpired";
  }
}

/** A key that was used for something else. */
export class Conflict extends ChatError {
  /**
   * Makes one.
   *
   * @param message Which key.
   */
  constructor(message: string) {
    super("conflict", message);
    this.name = "Conflict";
  }
}

/** A document that is no longer what it was when it was read: read again, decide again, try again. */
export class Stale extends ChatError {
  /**
   * Makes one.
   *
   * @param message Which document.
   */
  constructor(message: string) {
    super("unavailable", message);
    this.name = "Stale";
  }
}

/** A channel whose receiver does not keep up. */
export class ChannelFull extends ChatError {
  /**
   * Makes one.
   *
   * @param message Which channel, and how many wait.
   */
  constructor(message: string) {
    super("unavailable", message);
    this.name = "ChannelFull";
  }
}

/** A backend that does not answer in time, or a layer that was closed. */
export class LayerUnavailable extends ChatError {
  /**
   * Makes one.
   *
   * @param message What could not be done.
   * @param options The cause.
   */
  constructor(message: string, options: ChatErrorOptions = {}) {
    super("unavailable", message, options);
    this.name = "LayerUnavailable";
  }
}
