/**
 * Threads: the first message of one counts its replies, in the same step in which one comes or goes.
 *
 * @module
 */

import type { Change, ChannelLayer } from "../layers/layer.ts";
import { ChatError, quote } from "../protocol/errors.ts";
import { amended, readMessage, requireAlive } from "./stored_message.ts";

/** What a reply changes. */
export interface ThreadChange {
  /** The first message with another count. */
  readonly change: Change;
  /** How many replies there are then. */
  readonly count: number;
}

/**
 * Counts a reply that comes.
 *
 * @param first The thread's first message, as it came.
 * @param at When it comes, in milliseconds since 1970.
 * @throws {ChatError} `bad_cursor`; `not_found`: there is no such message, or it was deleted; `bad_request`: it is a reply itself.
 */
export async function joinThread(
  layer: ChannelLayer,
  room: string,
  first: string,
  at: number,
): Promise<ThreadChange> {
  const stored = await readMessage(layer, room, first);
  requireAlive(stored, "write in the thread of");
  const { event } = stored;
  if (event.thread !== undefined) {
    throw new ChatError("bad_request", `Cannot begin a thread at ${quote(first)}: it belongs to one already`);
  }
  const count = (event.replies?.count ?? 0) + 1;
  return { count, change: amended(stored, { ...event, replies: { count, at } }) };
}

/**
 * Counts a reply that goes.
 *
 * @param first The thread's first message.
 * @returns Undefined when there is nothing left to count for.
 */
export async function leaveThread(layer: ChannelLayer, room: string, first: string): Promise<ThreadChange | undefined> {
  try {
    const stored = await readMessage(layer, room, first);
    const { replies, ...event } = stored.event;
    if (replies === undefined) return undefined;
    const count = replies.count - 1;
    return { count, change: amended(stored, count === 0 ? event : { ...event, replies: { ...replies, count } }) };
  } catch (error) {
    // It is no longer kept.
    if (error instanceof ChatError && error.code === "not_found") return undefined;
    throw error;
  }
}
