/**
 * Channels on top of groups. A connection's channel is a group whose entries are taken by whoever deletes them first; a
 * worker channel is the backend's queue.
 *
 * @module
 */

import { type Cursor, stampOf } from "./cursor.ts";
import { decodeEvent } from "./event.ts";
import type { Jobs } from "./jobs.ts";
import {
  type Batch,
  ChannelFull,
  type ChannelLayer,
  type Entry,
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
  /** Deletes the entries that one commit wrote to a group; false when somebody else did. */
  readonly take: (group: string, stamp: string) => Promise<boolean>;
  /** The workers' side. */
  readonly jobs: Pick<Jobs, "send">;
  /** The beginning of all logs. */
  readonly origin: Cursor;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** `send`, `receive` and `newChannel` of a layer. */
export class Channels {
  readonly #parts: ChannelsParts;
  readonly #isolate = crypto.randomUUID().slice(0, 8);
  readonly #sending = new Map<string, number>();

  /** @param parts See {@linkcode ChannelsParts}. */
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
    // Those on their way count as waiting: a hundred callers at once must not each find room for one more.
    const sending = this.#sending.get(channel) ?? 0;
    this.#sending.set(channel, sending + 1);
    try {
      const waiting = sending + await this.#countWaiting(channel);
      if (waiting >= CHANNEL_CAPACITY) {
        throw new ChannelFull(`Cannot send to ${channel}: ${waiting} events wait there already`);
      }
      const expiresAt = this.#parts.now() + CHANNEL_EXPIRY_MS;
      await this.#parts.publishFor(groupOf(channel), { type: "channel", expiresAt, event }, {
        expireInMs: CHANNEL_EXPIRY_MS,
      });
    } finally {
      const left = (this.#sending.get(channel) ?? 1) - 1;
      if (left > 0) this.#sending.set(channel, left);
      else this.#sending.delete(channel);
    }
  }

  /** See {@linkcode ChannelLayer.receive}. */
  receive(channel: string, handle: (event: LayerEvent) => void | Promise<void>): Promise<Subscription> {
    const deliver = async (batch: Batch) => {
      for (const [stamp, entries] of byCommit(batch.entries)) {
        if (!await this.#parts.take(batch.group, stamp)) continue;
        for (const entry of entries) {
          const event = this.#unwrap(entry);
          if (event !== undefined) await handle(event);
        }
      }
    };
    return this.#parts.layer.subscribe(groupOf(channel), { after: this.#parts.origin, deliver });
  }

  async #countWaiting(channel: string): Promise<number> {
    let count = 0;
    let after = this.#parts.origin;
    while (count < CHANNEL_CAPACITY) {
      const page = await this.#parts.layer.read(groupOf(channel), { after, limit: CHANNEL_CAPACITY });
      for (const entry of page.entries) if (this.#unwrap(entry) !== undefined) count++;
      if (!page.more) break;
      after = page.head;
    }
    return count;
  }

  /** The event, unless its time is over: a store removes late, and reads do not filter. */
  #unwrap(entry: Entry): LayerEvent | undefined {
    // `send` above is the only writer of these groups.
    const { event, expiresAt } = decodeEvent(entry.json) as LayerEvent & { event: LayerEvent; expiresAt: number };
    return expiresAt > this.#parts.now() ? event : undefined;
  }
}

function groupOf(channel: string): string {
  return `channel:${channel}`;
}

function byCommit(entries: readonly Entry[]): Map<string, Entry[]> {
  const commits = new Map<string, Entry[]>();
  for (const entry of entries) {
    const stamp = stampOf(entry.cursor);
    const commit = commits.get(stamp);
    if (commit === undefined) commits.set(stamp, [entry]);
    else commit.push(entry);
  }
  return commits;
}
