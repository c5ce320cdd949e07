/**
 * Channels on top of groups. A connection's channel is a group whose entries are taken by whoever deletes them first; a
 * worker channel is the backend's queue.
 *
 * @module
 */

import { type Cursor, stampOf } from "./cursor.ts";
import { decodeEvent, encodeEvent } from "./event.ts";
import type { Jobs } from "./jobs.ts";
import { checkNames } from "./names.ts";
import {
  type Batch,
  ChannelFull,
  type ChannelLayer,
  type LayerEvent,
  type PublishOptions,
  type Receipt,
  type SendOptions,
  type Subscription,
} from "./layer.ts";

/** Events that may wait in a connection's channel, as in Channels. */
export const CHANNEL_CAPACITY = 100;

/** Milliseconds that an event waits in a connection's channel, as in Channels. */
export const CHANNEL_EXPIRY_MS = 60_000;

/** What {@linkcode Channels} is made of. */
export interface ChannelsParts {
  /** Reads and subscribes. */
  readonly layer: Pick<ChannelLayer, "read" | "subscribe">;
  /** Publishes something that the log need not keep longer than `expireInMs`. */
  readonly publishFor: (
    group: string,
    event: LayerEvent,
    options: PublishOptions & { readonly expireInMs: number },
  ) => Promise<Receipt>;
  /** Deletes the entries that one commit wrote to a group, and returns their JSON; none when somebody else did. */
  readonly take: (group: string, stamp: string) => Promise<readonly string[]>;
  /** The workers' side. */
  readonly jobs: Pick<Jobs, "send">;
  /** The beginning of all logs. */
  readonly origin: Cursor;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** The sends of this isolate to one channel, while there are any. */
interface Lane {
  /** Whose turn it is comes after this. */
  turn: Promise<unknown>;
  /** Events that the channel takes before it has to be counted again. */
  room: number;
  /** What was sent and is not durable yet, so that counting would miss it. */
  readonly onTheWay: Set<Promise<unknown>>;
  /** Why the channel could not be counted; whoever has its turn then has waited long enough, too. */
  failure?: { readonly cause: unknown };
  senders: number;
}

/** `send`, `receive` and `newChannel` of a layer. */
export class Channels {
  readonly #parts: ChannelsParts;
  readonly #isolate = crypto.randomUUID().slice(0, 8);
  readonly #lanes = new Map<string, Lane>();

  /**
   * Makes the channels of one isolate.
   *
   * @param parts See {@linkcode ChannelsParts}.
   */
  constructor(parts: ChannelsParts) {
    this.#parts = parts;
  }

  /** See {@linkcode ChannelLayer.newChannel}. */
  newChannel(prefix = "specific"): string {
    return `${prefix}.${this.#isolate}!${crypto.randomUUID().replaceAll("-", "")}`;
  }

  /** See {@linkcode ChannelLayer.send}. */
  async send(channel: string, event: LayerEvent, options: SendOptions = {}): Promise<void> {
    if (!channel.includes("!")) return await this.#parts.jobs.send(channel, event, options.delayMs ?? 0);
    checkNames(channel);
    const asSent = decodeEvent(encodeEvent(event).json);
    let lane = this.#lanes.get(channel);
    if (lane === undefined) {
      lane = { turn: Promise.resolve(), room: 0, onTheWay: new Set(), senders: 0 };
      this.#lanes.set(channel, lane);
    }
    lane.senders++;
    // One after the other, for the order and the count: a hundred callers at once must not each find room for one more.
    const sent = lane.turn.then(() => this.#append(channel, asSent, lane));
    lane.turn = sent.catch(() => {});
    try {
      await (await sent).receipt;
    } finally {
      if (--lane.senders === 0) this.#close(channel, lane);
    }
  }

  /** See {@linkcode ChannelLayer.receive}. */
  async receive(channel: string, handle: (event: LayerEvent) => void | Promise<void>): Promise<Subscription> {
    let isClosed = false;
    const deliver = async (batch: Batch) => {
      // By commits, each taken whole: a page may hold a part of one.
      for (const stamp of new Set(batch.entries.map(({ cursor }) => stampOf(cursor)))) {
        if (isClosed) return;
        for (const json of await this.#parts.take(batch.group, stamp)) {
          const event = this.#unwrap(json);
          if (event !== undefined && !isClosed) await handle(event);
        }
      }
    };
    const subscription = await this.#parts.layer.subscribe(groupOf(channel), { after: this.#parts.origin, deliver });
    return {
      close() {
        isClosed = true;
        subscription.close();
      },
    };
  }

  /** Appends an event if there is room; the receipt is in an object, so that nobody's turn waits for it. */
  async #append(channel: string, event: LayerEvent, lane: Lane): Promise<{ receipt: Promise<Receipt> }> {
    if (lane.failure !== undefined) throw lane.failure.cause;
    if (lane.room === 0) {
      await Promise.allSettled(lane.onTheWay);
      const waiting = await this.#countWaiting(channel).catch((cause) => {
        lane.failure = { cause };
        this.#close(channel, lane);
        throw cause;
      });
      if (waiting >= CHANNEL_CAPACITY) {
        throw new ChannelFull(`Cannot send to ${channel}: ${waiting} events wait there already`);
      }
      lane.room = CHANNEL_CAPACITY - waiting;
    }
    lane.room--;
    const expiresAt = this.#parts.now() + CHANNEL_EXPIRY_MS;
    const receipt = this.#parts.publishFor(groupOf(channel), { type: "channel", expiresAt, event }, {
      expireInMs: CHANNEL_EXPIRY_MS,
    });
    lane.onTheWay.add(receipt);
    const done = () => lane.onTheWay.delete(receipt);
    receipt.then(done, done);
    return { receipt };
  }

  #close(channel: string, lane: Lane): void {
    if (this.#lanes.get(channel) === lane) this.#lanes.delete(channel);
  }

  async #countWaiting(channel: string): Promise<number> {
    let count = 0;
    let after = this.#parts.origin;
    while (count < CHANNEL_CAPACITY) {
      const page = await this.#parts.layer.read(groupOf(channel), { after, limit: CHANNEL_CAPACITY });
      for (const { json } of page.entries) if (this.#unwrap(json) !== undefined) count++;
      if (!page.more) break;
      after = page.head;
    }
    return count;
  }

  /** The event, unless its time is over: a store removes late, and reads do not filter. */
  #unwrap(json: string): LayerEvent | undefined {
    // `send` above is the only writer of these groups.
    const { event, expiresAt } = decodeEvent(json) as LayerEvent & { event: LayerEvent; expiresAt: number };
    return expiresAt > this.#parts.now() ? event : undefined;
  }
}

function groupOf(channel: string): string {
  return `channel:${channel}`;
}
