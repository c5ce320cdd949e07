import { z } from "zod";
import type { Change, ChannelLayer } from "../layers/layer.ts";
import { ChatError } from "../protocol/errors.ts";
import { documentKey } from "./keys.ts";
import type { Standing } from "./standings.ts";

/** `slow <room> <person>`. */
const slowDocument = z.object({
  /** When they last wrote, in milliseconds since 1970. */
  at: z.number(),
  /** With which key. */
  key: z.string().optional(),
});

/**
 * Takes somebody's turn in a room with slow mode. It is exact over all isolates: who writes twice at once meets their own document.
 *
 * @param standing Who wants to write; of those who keep order slow mode asks nothing.
 * @param turn Who, with which key, and when.
 * @returns The change that goes with the message; undefined: nothing is to be remembered.
 * @throws {ChatError} `rate_limited`, with the time that is left.
 */
export async function takeSlowTurn(
  layer: ChannelLayer,
  { room, level }: Standing,
  turn: { readonly person: string; readonly key: string | undefined; readonly at: number },
): Promise<Change | undefined> {
  if (room.slowModeS === 0 || level !== "member") return undefined;
  const { person, key, at } = turn;
  const waitMs = room.slowModeS * 1_000;
  const slowKey = documentKey("slow", room.name, person);
  const [found] = await layer.get([slowKey]);
  if (found !== undefined) {
    const last = slowDocument.parse(found.value);
    // A retry of what was said: the layer answers it with the first one.
    if (key !== undefined && last.key === key) return undefined;
    // Another isolate's clock may be ahead, but nobody waits longer than the room says.
    const leftMs = Math.min(last.at + waitMs - at, waitMs);
    if (leftMs > 0) {
      throw new ChatError(
        "rate_limited",
        `Cannot write yet: in this room one waits ${room.slowModeS} s between two messages`,
        { retryAfterMs: leftMs },
      );
    }
  }
  return {
    checks: [{ key: slowKey, version: found?.version ?? null }],
    sets: [{ key: slowKey, value: { at, ...(key !== undefined && { key }) }, expireInMs: waitMs }],
  };
}
