/**
 * Messages that are pinned in a room.
 *
 * @module
 */

import { parseCursor } from "../layers/cursor.ts";
import type { ChannelLayer, Cursor, Entry } from "../layers/layer.ts";
import type { Caller } from "../protocol/caller.ts";
import { ChatError } from "../protocol/errors.ts";
import type { PinEvent } from "../protocol/events.ts";
import { allowed } from "./allowed.ts";
import { documentKey, roomGroup } from "./keys.ts";
import type { Standings } from "./standings.ts";
import { amended, findMessage, readMessage, requireAlive, type StoredMessage, together } from "./stored_message.ts";
import { type Decision, transact } from "./transact.ts";

/** Messages that a room may have pinned. */
export const MAX_PINS = 50;

/** What {@linkcode Pins} is made of. */
export interface PinsParts {
  /** Holds logs and documents. */
  readonly layer: ChannelLayer;
  /** Who is what. */
  readonly standings: Standings;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** See the module. */
export class Pins {
  readonly #parts: PinsParts;

  /**
   * Makes it.
   *
   * @param parts See {@linkcode PinsParts}.
   */
  constructor(parts: PinsParts) {
    this.#parts = parts;
  }

  /**
   * Pins a message or takes the pin out; what is so already is not said again.
   *
   * @param room A parsed room name.
   * @param cursor The message's, as it came.
   * @param on Whether it shall be pinned.
   * @throws {ChatError} `bad_cursor`, `not_found`, `unavailable`; `forbidden`, also when 50 are pinned already.
   */
  async pin(caller: Caller, room: string, cursor: string, on: boolean): Promise<void> {
    const { layer, standings, now } = this.#parts;
    const target = parseCursor(cursor);
    await transact(layer, async (): Promise<Decision<void>> => {
      // Anew each time: "it is so already" and "there are too many" are answers that no commit checks.
      const { document, checks } = await allowed(standings, caller, room, () => ["pin"], true);
      const pins = document?.pins ?? [];
      const stored = await this.#find(room, target, on);
      if (on && stored !== undefined) requireAlive(stored, "pin");
      if (pins.includes(target) === on) return { answer: undefined };
      if (document === undefined) {
        throw new ChatError("forbidden", "Cannot pin here: nobody has become a member of this room yet");
      }
      if (on && pins.length >= MAX_PINS) {
        throw new ChatError("forbidden", `Cannot pin another message: ${MAX_PINS} are pinned already`);
      }
      const event: PinEvent = { type: "pin", at: now(), user: caller.user, target, on };
      const then = on ? [...pins, target] : pins.filter((pin) => pin !== target);
      const change = together(
        { checks, sets: [{ key: documentKey("room", room), value: { ...document, pins: then } }] },
        stored && amended(stored, withPin(stored, on)),
      );
      return { group: roomGroup(room), event, options: { change }, answer: () => undefined };
    });
  }

  /**
   * The pinned messages, in the order of pinning; without those that are no longer kept.
   *
   * @param room A parsed room name.
   * @throws {ChatError} `forbidden`, `unavailable`.
   */
  async list(caller: Caller, room: string): Promise<Entry[]> {
    const { layer, standings } = this.#parts;
    const { document } = await allowed(standings, caller, room, () => ["read"], true);
    const found = await Promise.all((document?.pins ?? []).map((pin) => unlessGone(findMessage(layer, room, pin))));
    return found.filter((entry) => entry !== undefined);
  }

  /** A message that is no longer kept can still be unpinned. */
  #find(room: string, cursor: Cursor, on: boolean): Promise<StoredMessage | undefined> {
    const reading = readMessage(this.#parts.layer, room, cursor);
    return on ? reading : unlessGone(reading);
  }
}

function withPin({ event }: StoredMessage, on: boolean): StoredMessage["event"] {
  const { pinned: _, ...rest } = event;
  return on ? { ...rest, pinned: true } : rest;
}

async function unlessGone<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof ChatError && error.code === "not_found") return undefined;
    throw error;
  }
}
