/**
 * A room as server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html). It is a subscription like any other:
 * a cursor, held while the reader is slow. An event's id is its cursor, so `Last-Event-ID` is where to read on.
 *
 * @module
 */

import { personGroup, roomGroup } from "../chat/keys.ts";
import type { Connections } from "../consumers/connections.ts";
import { type Batch, type ChannelLayer, CursorExpired, type Entry, type Subscription } from "../layers/layer.ts";
import type { Caller } from "../protocol/caller.ts";
import { memberEvent, personEvent } from "../protocol/events.ts";
import { encodeWithCursor } from "../protocol/frames.ts";

/** What {@linkcode openEventStream} needs. */
export interface EventStreamParts {
  /** Groups. */
  readonly layer: ChannelLayer;
  /** Counts it while it is open. */
  readonly connections: Pick<Connections, "add" | "delete">;
  /** The reader's address; `""` where it is not known. */
  readonly address: string;
  /** Who reads. */
  readonly caller: Caller;
  /** A parsed room name. */
  readonly room: string;
  /** Where to read on; absent: from now on. */
  readonly after: string | undefined;
  /** Refuses who may not read. Called when nothing that ends the permission can be missed any more. */
  readonly permit: () => Promise<void>;
  /** Milliseconds between two comments. Default 15 s. */
  readonly pingMs?: number;
  /** Milliseconds since 1970. Default `Date.now`. */
  readonly now?: () => number;
}

/** Bytes that wait for the reader before the subscription is held; one batch more may come on top. */
const MAX_WAITING_BYTES = 64 * 1024;
/** The newest events, after a gap. */
const RESET_LIMIT = 50;
/** What the browser waits before it connects again. */
const RETRY_MS = 2_000;
const MAX_TIMER_MS = 2 ** 31 - 1;
/** What ends somebody's reading; a reconnect decides whether they may go on. */
const DEPARTURES: readonly string[] = ["kicked", "banned", "left"];

/**
 * Opens a stream. It ends with the reader, the credential, the membership, the drain, or the layer.
 *
 * @throws {ChatError} What `permit` throws; `rate_limited` (too many are open), `bad_cursor`, `unavailable`.
 */
export async function openEventStream(parts: EventStreamParts): Promise<ReadableStream<Uint8Array<ArrayBuffer>>> {
  const stream = new EventStream(parts);
  try {
    await stream.open();
    return stream.body;
  } catch (error) {
    stream.close();
    throw error;
  }
}

class EventStream {
  readonly body: ReadableStream<Uint8Array<ArrayBuffer>>;
  readonly #parts: EventStreamParts;
  readonly #group: string;
  readonly #subscriptions = new Set<Subscription>();
  readonly #timers: ReturnType<typeof setTimeout>[] = [];
  #controller: ReadableStreamDefaultController<Uint8Array<ArrayBuffer>> | undefined;
  /** Lets the subscription go on. */
  #goOn: (() => void) | undefined;
  #isClosed = false;

  constructor(parts: EventStreamParts) {
    this.#parts = parts;
    this.#group = roomGroup(parts.room);
    const strategy: QueuingStrategy<Uint8Array<ArrayBuffer>> = {
      highWaterMark: MAX_WAITING_BYTES,
      size: (chunk) => chunk?.length ?? 0,
    };
    this.body = new ReadableStream({
      start: (controller) => void (this.#controller = controller),
      pull: () => this.#goOn?.(),
      cancel: () => this.close(),
    }, strategy);
  }

  async open(): Promise<void> {
    const { caller, address, after, permit, connections, pingMs = 15_000, now = Date.now } = this.#parts;
    await this.#subscribe(personGroup(caller.user.id), undefined, ({ entries }) => {
      if (entries.some((entry) => endsCredential(entry, caller))) this.close();
    });
    this.#send(encoder.encode(`retry: ${RETRY_MS}\n\n`));
    if (after === undefined) await this.#begin();
    else await this.#follow(after);
    // Nothing has been handed out yet: whoever is refused here has read nothing.
    await permit();
    if (this.#isClosed) return;
    connections.add(this, { address, person: caller.user.id });
    this.#timers.push(setInterval(() => this.#ping(), pingMs));
    const { expiresAt } = caller;
    if (expiresAt === undefined) return;
    this.#timers.push(setTimeout(() => this.close(), Math.min(Math.max(0, expiresAt - now()), MAX_TIMER_MS)));
  }

  /** Ends it; what waits is still sent. May be called again. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#parts.connections.delete(this);
    for (const subscription of this.#subscriptions) subscription.close();
    for (const timer of this.#timers) clearTimeout(timer);
    this.#goOn?.();
    try {
      this.#controller?.close();
    } catch {
      // The reader has cancelled it.
    }
  }

  /** From now on. Says at once where that is: who is cut off before the first event would else have no place to read on from. */
  async #begin(): Promise<void> {
    const { head } = await this.#parts.layer.read(this.#group, { limit: 1 });
    this.#send(encoder.encode(`id: ${head}\n\n`));
    await this.#follow(head);
  }

  async #follow(after: string): Promise<void> {
    try {
      await this.#subscribe(this.#group, after, (batch) => this.#take(batch));
    } catch (error) {
      if (!(error instanceof CursorExpired)) throw error;
      await this.#reset();
    }
  }

  /** The past cannot be bridged: says so, and goes on with the newest. */
  async #reset(): Promise<void> {
    const { entries, head } = await this.#parts.layer.read(this.#group, { limit: RESET_LIMIT });
    // Without an id: who is cut off before the first of the newest comes back with the old place, and hears it again.
    const newest = entries.map(encodeEvent).join("") || `id: ${head}\n\n`;
    this.#send(encoder.encode(`event: reset\ndata: {"head":"${head}"}\n\n${newest}`));
    await this.#subscribe(this.#group, head, (batch) => this.#take(batch));
  }

  async #subscribe(
    group: string,
    after: string | undefined,
    deliver: (batch: Batch) => void | Promise<void>,
  ): Promise<void> {
    const subscription = await this.#parts.layer.subscribe(group, {
      ...(after !== undefined && { after }),
      deliver,
      // Also when the log's end has overtaken a slow reader: who comes back is asked again who they are, and told of the gap.
      ended: () => this.close(),
    });
    if (this.#isClosed) subscription.close();
    else this.#subscriptions.add(subscription);
  }

  /** Handed to the reader at once; the promise holds the subscription until the reader has taken most of it. */
  #take(batch: Batch): void | Promise<void> {
    if (this.#isClosed) return;
    const { bytes, departures } = encodeBatch(batch);
    const departure = departures.get(this.#parts.caller.user.id);
    if (departure !== undefined) {
      // What was said behind it is no longer theirs.
      this.#send(encodeEntries(batch.entries.slice(0, departure + 1)));
      return this.close();
    }
    this.#send(bytes);
    if ((this.#controller?.desiredSize ?? 1) > 0) return;
    return new Promise((resolve) => this.#goOn = resolve);
  }

  #ping(): void {
    // Who has something to read needs no sign of life.
    if ((this.#controller?.desiredSize ?? 0) === MAX_WAITING_BYTES) this.#send(PING);
  }

  #send(bytes: Uint8Array<ArrayBuffer>): void {
    if (!this.#isClosed) this.#controller?.enqueue(bytes);
  }
}

const encoder = new TextEncoder();
const PING = encoder.encode(":\n\n");

/** Readers that are at the same place get the same batch, and so the same bytes. */
const encoded = new WeakMap<Batch, EncodedBatch>();

interface EncodedBatch {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Who was put out, or went → the index of the first entry that says so. */
  readonly departures: ReadonlyMap<string, number>;
}

function encodeBatch(batch: Batch): EncodedBatch {
  let made = encoded.get(batch);
  if (made === undefined) {
    const departures = new Map<string, number>();
    for (const [index, { json }] of batch.entries.entries()) {
      const id = departureOf(JSON.parse(json));
      if (id !== undefined && !departures.has(id)) departures.set(id, index);
    }
    encoded.set(batch, made = { bytes: encodeEntries(batch.entries), departures });
  }
  return made;
}

function encodeEntries(entries: readonly Entry[]): Uint8Array<ArrayBuffer> {
  return encoder.encode(entries.map(encodeEvent).join(""));
}

/** JSON has no line ends of its own. A transient event has no id: it is no place to read on from. */
function encodeEvent(entry: Entry): string {
  const id = entry.transient ? "" : `id: ${entry.cursor}\n`;
  return `${id}event: ${String(JSON.parse(entry.json).type)}\ndata: ${encodeWithCursor(entry)}\n\n`;
}

function departureOf(event: unknown): string | undefined {
  const { data } = memberEvent.safeParse(event);
  return data !== undefined && DEPARTURES.includes(data.change) ? data.member.id : undefined;
}

function endsCredential(entry: Entry, caller: Caller): boolean {
  const { data } = personEvent.safeParse(JSON.parse(entry.json));
  return data?.type === "ended" && (data.credential === undefined || data.credential === caller.credential);
}
