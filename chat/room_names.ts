/**
 * Names that are given, not taken: those of private and direct rooms.
 *
 * @module
 */

import { ChatError, quote } from "../protocol/errors.ts";
import type { RoomInfo } from "../protocol/events.ts";
import { parseRoomName } from "../protocol/names.ts";

/** What a direct room is called. */
const DIRECT = /^d-[0-9a-z]{20}$/;

/** 36^20 names, 103 bits: nobody guesses one, and no two meet. */
const GIVEN = /^[pd]-[0-9a-z]{20}$/;
const DIGITS = 36n;
const LENGTH = 20;

/** Fills bytes with chance, as `crypto.getRandomValues` does. */
export type RandomBytes = (bytes: Uint8Array<ArrayBuffer>) => void;

/** The system's own chance. */
const cryptoBytes: RandomBytes = (bytes) => {
  crypto.getRandomValues(bytes);
};

/** What a room is that nobody has used yet. A name of the given form that nobody was given looks like one that others are in. */
export function unusedRoom(name: string): RoomInfo {
  const kind = !GIVEN.test(name) ? "public" : name.startsWith("p") ? "private" : "direct";
  return { name, kind, write: "members", slowModeS: 0, retentionDays: 0, archived: false };
}

/** Whether a name is that of a room of two people. */
export function isDirectName(name: string): boolean {
  return DIRECT.test(name);
}

/**
 * Parses the name that somebody chose for a public room.
 *
 * @returns See `parseRoomName`.
 * @throws {ChatError} `bad_room`.
 */
export function parsePublicName(value: string): string {
  const name = parseRoomName(value);
  if (!GIVEN.test(name)) return name;
  throw new ChatError("bad_room", `Cannot use ${quote(name)} as a room: names of this form are given to private rooms`);
}

/** A name for a private room. */
export function newPrivateName(random: RandomBytes = cryptoBytes): string {
  return `p-${newWord(random)}`;
}

/** The name of the room of two people, whoever of them asks. */
export async function directName(one: string, other: string): Promise<string> {
  const ids = new TextEncoder().encode(JSON.stringify([one, other].sort()));
  return `d-${wordOf(new Uint8Array(await crypto.subtle.digest("SHA-256", ids)))}`;
}

/** 20 of [0-9a-z] by chance. */
export function newWord(random: RandomBytes = cryptoBytes): string {
  const bytes = new Uint8Array(32);
  random(bytes);
  return wordOf(bytes);
}

/** 20 of [0-9a-z] from 32 bytes: so many more than are needed that none is likelier than another. */
function wordOf(bytes: Uint8Array): string {
  let number = BigInt(`0x${bytes.toHex()}`);
  let word = "";
  while (word.length < LENGTH) {
    word += (number % DIGITS).toString(36);
    number /= DIGITS;
  }
  return word;
}
