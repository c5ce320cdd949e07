/**
 * What one publish appends: its entry, and those of other groups that appear with it.
 *
 * @module
 */

import { ChatError } from "../protocol/errors.ts";
import { encodeEvent } from "./event.ts";
import type { LayerEvent, PublishOptions } from "./layer.ts";
import { checkNames } from "./names.ts";

/** Bytes of one value that events may fill; the rest is for what goes around them. */
export const MAX_VALUE_BYTES = 62_000;

/** Entries that may appear together with another. */
const MAX_ALSO = 100;

/** An entry on its way into a log. */
export interface Append {
  /** Its group. */
  readonly group: string;
  /** Its event. */
  readonly json: string;
  /** What that takes in the store. */
  readonly bytes: number;
  /** See `Entry`. */
  readonly transient: boolean;
}

/** An entry, and those that appear with it. */
export type Appends = readonly [Append, ...Append[]];

/**
 * Encodes what one publish appends, the entry itself first.
 *
 * @throws {RangeError} A name is empty or too long, or there are more than 100 others.
 * @throws {ChatError} `too_long`: one is, or all together are over what one value in the store holds.
 */
export function prepareAppends(group: string, event: LayerEvent, options: PublishOptions = {}): Appends {
  const { transient = false, also } = options;
  const first: Append = { group, ...encodeEvent(event), transient };
  if (also === undefined || also.length === 0) return [first];
  if (also.length > MAX_ALSO) {
    throw new RangeError(`Cannot publish ${also.length} entries with another: at most ${MAX_ALSO}`);
  }
  const appends: [Append, ...Append[]] = [first];
  for (const entry of also) {
    checkNames(entry.group);
    appends.push({ group: entry.group, ...encodeEvent(entry.event), transient: entry.transient ?? false });
  }
  // All of them may have to share a feed's value.
  let bytes = 0;
  for (const append of appends) bytes += append.bytes + groupBytes(append.group);
  if (bytes <= MAX_VALUE_BYTES) return appends;
  throw new ChatError("too_long", `Cannot publish ${bytes} bytes in one step: at most ${MAX_VALUE_BYTES}`);
}

/** Bytes that a group takes in a feed's value beside its events. */
export function groupBytes(group: string): number {
  return 2 * group.length + 16;
}
