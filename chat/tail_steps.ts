/**
 * What the entries of a room's log, and of what happens to a person, mean to their tails.
 *
 * @module
 */

import type { Cursor, Entry } from "../layers/layer.ts";
import { deleteEvent, editEvent, messageEvent, personEvent } from "../protocol/events.ts";
import { EVERYONE } from "./mentions.ts";
import type { Row, Tail } from "./tail.ts";

/** What an entry does to a tail. */
export type Step =
  | { readonly kind: "add"; readonly row: Row }
  | { readonly kind: "remove"; readonly target: Cursor }
  | { readonly kind: "loud"; readonly target: Cursor; readonly isLoud: boolean }
  /** Nothing that is counted; the entry that it is about reads otherwise now. */
  | { readonly kind: "touch"; readonly target: Cursor };

/** Reads one entry; undefined: it means nothing here. */
export type ReadStep = (entry: Entry) => Step | undefined;

/** A room's: its messages by author. A deleted one does not count; one for everyone is loud. */
export function roomStep({ cursor, json, transient }: Entry): Step | undefined {
  if (transient) return undefined;
  // Only `chat/` writes to a room's log, and it writes `type` first: the others need not be parsed.
  if (json.startsWith('{"type":"message"')) {
    const { at, user, mentions, deleted } = messageEvent.parse(JSON.parse(json));
    if (deleted) return { kind: "touch", target: cursor };
    return { kind: "add", row: { cursor, at, tag: user.id, isLoud: mentions?.includes(EVERYONE) ?? false } };
  }
  if (json.startsWith('{"type":"delete"')) {
    return { kind: "remove", target: deleteEvent.parse(JSON.parse(json)).target };
  }
  if (json.startsWith('{"type":"edit"')) {
    const { target, text, mentions } = editEvent.parse(JSON.parse(json));
    // One without a text was overtaken by the next change, which follows.
    if (text === undefined) return { kind: "touch", target };
    return { kind: "loud", target, isLoud: mentions?.includes(EVERYONE) ?? false };
  }
  if (json.startsWith('{"type":"react"') || json.startsWith('{"type":"pin"')) {
    const { target }: { target: string } = JSON.parse(json);
    return { kind: "touch", target };
  }
  return undefined;
}

/** A person's: who mentioned them, by room. */
export function personStep({ cursor, json, transient }: Entry): Step | undefined {
  if (transient || !json.startsWith('{"type":"mention"')) return undefined;
  const event = personEvent.parse(JSON.parse(json));
  if (event.type !== "mention") return undefined;
  return { kind: "add", row: { cursor, at: event.at, tag: event.room, isLoud: false } };
}

/** Does to a tail what a step says. @returns Whether the counts may be others now. */
export function takeStep(rows: Tail, step: Step): boolean {
  switch (step.kind) {
    case "add":
      // What came while older rows were being read is told twice.
      if (rows.last >= step.row.cursor) return false;
      rows.append(step.row);
      return true;
    case "remove":
      return rows.remove(step.target);
    case "loud":
      return rows.setLoud(step.target, step.isLoud);
    case "touch":
      return false;
    default:
      return step satisfies never;
  }
}
