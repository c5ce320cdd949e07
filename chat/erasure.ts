/**
 * Erasing a person: their right, and an operator's duty. It takes a while, so it is a job of small steps, each safe to do twice, with a document
 * that says how far it has come: a crash costs a step.
 *
 * What goes: their sessions, passkeys and kept name; their memberships, read markers and what else is kept under their id; their own log; the
 * text of every message and edit of theirs, in every room, also in archived ones; their reactions; the reasons that they gave; the titles and
 * topics that they gave, unless somebody else gave others since; their name wherever a log says it: in the rooms, in what was reported and in
 * audit trails.
 *
 * What stays, because the rest would make no sense without it: that there was a message (a tombstone), who came, left or was put out, and when,
 * with their id and an empty name; others' texts, also where they quote or mention them or say a room's title again; bans, under the id; mentions in others' own logs, which
 * say their name until those are trimmed. The id is random for guests; for a host site's people it is the site's own, to be forgotten there.
 *
 * Deno KV's file keeps deleted values until it is vacuumed.
 *
 * @module
 */

import { z } from "zod";
import type { ChannelLayer, Cursor, Entry } from "../layers/layer.ts";
import type { Caller } from "../protocol/caller.ts";
import { ChatError } from "../protocol/errors.ts";
import { beginningOf } from "./beginning.ts";
import { blanked } from "./blank.ts";
import { eraseBans, eraseDescription, eraseMembership, eraseNameInRoom, eraseTraces } from "./erasure_documents.ts";
import { allRooms } from "./exports.ts";
import { auditGroup, documentKey, personGroup, reportsGroup, roomGroup } from "./keys.ts";
import { pause } from "./pause.ts";
import { scanForward } from "./search/forward_scan.ts";
import { personQuery } from "./search/query.ts";
import { parseEvent } from "./search/segments.ts";

/** Entries that are rewritten in one step. */
const STEP = 50;

/** People whose erasure goes on in one round. */
const MAX_PEOPLE = 100;

/** `erasure <person>`: as long as it is under way. */
export const erasureDocument = z.object({
  /** Milliseconds since 1970. */
  startedAt: z.number(),
  /** The last room in which all is done; `""`: none. */
  after: z.string(),
  /** In the next room: up to where all is done. */
  place: z.string().optional(),
});

/** See {@linkcode erasureDocument}. */
export type ErasureDocument = z.infer<typeof erasureDocument>;

/** What others do for an erasure. Each may be called again after a crash, and then has less to do. */
export interface ErasureHooks {
  /**
   * Ends what proves that somebody is this person, closes their sockets, forgets passkeys and frees their name. Called first; and last, when
   * `isLast`: then their document becomes one without a name that says `erased`.
   */
  forgetPerson(person: string, isLast: boolean): Promise<void>;
  /** Deletes a message: `Messages.delete`. */
  deleteMessage(caller: Caller, room: string, cursor: Cursor): Promise<void>;
  /** Takes a reaction back: `Reactions.react` with `on` false. */
  unreact(caller: Caller, room: string, cursor: Cursor, emoji: string): Promise<unknown>;
}

/** Options of {@linkcode Erasures}. */
export interface ErasuresOptions {
  /** Milliseconds between looks for what was begun elsewhere or interrupted. Default 30,000. */
  readonly everyMs?: number;
  /** Milliseconds since 1970. Default `Date.now`. */
  readonly now?: () => number;
  /** Told what went wrong; the erasure goes on in the next round. */
  readonly failed?: (person: string, error: unknown) => void;
}

/** See the module. */
export class Erasures {
  readonly #layer: ChannelLayer;
  readonly #hooks: ErasureHooks;
  readonly #everyMs: number;
  readonly #now: () => number;
  readonly #failed: (person: string, error: unknown) => void;
  #wake: () => void = () => {};

  /**
   * Makes it with nothing to do.
   *
   * @param layer Holds everything.
   */
  constructor(layer: ChannelLayer, hooks: ErasureHooks, options: ErasuresOptions = {}) {
    this.#layer = layer;
    this.#hooks = hooks;
    this.#everyMs = options.everyMs ?? 30_000;
    this.#now = options.now ?? Date.now;
    this.#failed = options.failed ?? (() => {});
  }

  /**
   * Begins to erase a person: when this resolves they are signed out, and the rest is certain to follow. To begin it again changes nothing.
   *
   * @param person Their id.
   * @throws {ChatError} `not_found`: nobody has that id; `unavailable`.
   */
  async begin(person: string): Promise<void> {
    const key = documentKey("erasure", person);
    const [known, under] = await this.#layer.get([documentKey("person", person), key]);
    if (under === undefined) {
      if (known === undefined) throw new ChatError("not_found", "Cannot erase this person: nobody has this id");
      const value: ErasureDocument = { startedAt: this.#now(), after: "" };
      await this.#layer.commit({ sets: [{ key, value }] });
    }
    await this.#hooks.forgetPerson(person, false);
    this.#wake();
  }

  /** Goes on with what was begun, again and again, until the signal is aborted. Work for a lease. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const woken = new AbortController();
      this.#wake = () => woken.abort();
      const begun = await this.#layer.list({ prefix: ["erasure"], limit: MAX_PEOPLE });
      for (const { key: [, person = ""] } of begun) {
        try {
          await this.finish(person, signal);
        } catch (error) {
          this.#failed(person, error);
        }
      }
      await pause(this.#everyMs, AbortSignal.any([signal, woken.signal]));
    }
  }

  /**
   * Goes on with one erasure up to its end.
   *
   * @param signal Ends it between two steps.
   * @throws {ChatError} `unavailable`.
   */
  async finish(person: string, signal: AbortSignal): Promise<void> {
    const key = documentKey("erasure", person);
    const [found] = await this.#layer.get([key]);
    if (found === undefined) return;
    let state = erasureDocument.parse(found.value);
    await this.#hooks.forgetPerson(person, false);
    // Every room there is: whoever left one leaves no document that says so. The index knows whether they ever wrote there.
    for await (const room of allRooms(this.#layer, state.after)) {
      // First: what they said of it is blanked below.
      await eraseDescription(this.#layer, room, person, this.#now());
      // Before the log is gone through: behind this nothing of theirs is published any more, not even by a request that was let in before.
      await eraseMembership(this.#layer, room, person, this.#now());
      for await (const { found, reached } of scanForward(this.#layer, room, personQuery(person), state.place)) {
        if (signal.aborted) return;
        if (found.length === 0) continue;
        for (const entry of found) await this.#takeBack(person, room, entry);
        await this.#rewrite(roomGroup(room), person, found.map(({ cursor }) => cursor));
        state = { ...state, place: reached };
        await this.#layer.commit({ sets: [{ key, value: state }] });
      }
      await eraseNameInRoom(this.#layer, room, person);
      await eraseTraces(this.#layer, room, person);
      for (const group of [reportsGroup(room), auditGroup(room)]) await this.#rewriteAll(group, person);
      if (signal.aborted) return;
      state = { startedAt: state.startedAt, after: room };
      await this.#layer.commit({ sets: [{ key, value: state }] });
    }
    await this.#rewriteAll(auditGroup(), person);
    await eraseBans(this.#layer, person);
    await this.#forgetOwn(person);
    await this.#hooks.forgetPerson(person, true);
    await this.#layer.commit({ deletes: [key] });
  }

  /** Says in the log that a message, or a reaction, is gone: as its owner would. */
  async #takeBack(person: string, room: string, { cursor, json }: Entry): Promise<void> {
    const { type, user, target, emoji, deleted, on } = parseEvent(json);
    const isTheirs = typeof user === "object" && user !== null && "id" in user && user.id === person;
    if (!isTheirs) return;
    // May do what any owner may, also where nothing can be said any more; named by nobody.
    const nobody = { id: person, name: "" };
    const caller: Caller = { user: nobody, kind: "operator", isAdmin: true, credential: "erasure", isErasure: true };
    try {
      if (type === "message" && deleted !== true) await this.#hooks.deleteMessage(caller, room, cursor);
      if (type === "react" && on === true && typeof target === "string" && typeof emoji === "string") {
        await this.#hooks.unreact(caller, room, target, emoji);
      }
    } catch (error) {
      // What it was said of may be gone: what was said is erased all the same.
      if (!(error instanceof ChatError) || (error.code !== "forbidden" && error.code !== "not_found")) throw error;
      if (type === "react" && typeof target === "string" && typeof emoji === "string") {
        await this.#layer.commit({ deletes: [documentKey("reaction", room, target, emoji, person)] });
      }
    }
  }

  /** Takes their words and their name out of these entries, as they are now. */
  async #rewrite(group: string, person: string, cursors: readonly Cursor[]): Promise<void> {
    const wanted = new Set(cursors);
    const first = cursors[0];
    const last = cursors.at(-1);
    if (first === undefined || last === undefined) return;
    for (let [after, more] = [await this.#placeBefore(group, first), true]; more && after < last;) {
      const page = await this.#layer.read(group, { after, limit: 256 });
      await this.#erase(group, person, page.entries.filter(({ cursor }) => wanted.has(cursor)));
      [after, more] = [page.head, page.more];
    }
  }

  async #rewriteAll(group: string, person: string): Promise<void> {
    for (let [after, more] = [await beginningOf(this.#layer, group), true]; more;) {
      const page = await this.#layer.read(group, { after, limit: 256 });
      await this.#erase(group, person, page.entries);
      [after, more] = [page.head, page.more];
    }
  }

  async #erase(group: string, person: string, entries: readonly Entry[]): Promise<void> {
    const rewrites = entries.flatMap(({ cursor, json }) => {
      const event = blanked(parseEvent(json), person);
      return event === undefined ? [] : [{ group, cursor, event }];
    });
    for (let i = 0; i < rewrites.length; i += STEP) {
      const step = rewrites.slice(i, i + STEP);
      // That a report was dealt with came later: there is no room for it in what was published, but beside that.
      const amends = step.filter(({ event }) => event["resolved"] !== undefined);
      const erases = step.map(({ event: { resolved: _, ...event }, ...place }) => ({ ...place, event }));
      await this.#layer.commit({ erases });
      if (amends.length > 0) await this.#layer.commit({ amends });
    }
  }

  async #placeBefore(group: string, cursor: Cursor): Promise<Cursor> {
    return (await this.#layer.read(group, { before: cursor, limit: 1 })).head;
  }

  /** What is kept under their id alone. */
  async #forgetOwn(person: string): Promise<void> {
    for (const kind of ["membership", "unlisted", "asked", "read"] as const) {
      for (;;) {
        const found = await this.#layer.list({ prefix: [kind, person], limit: STEP });
        if (found.length > 0) await this.#layer.commit({ deletes: found.map(({ key }) => key) });
        if (found.length < STEP) break;
      }
    }
    await this.#layer.commit({ deletes: [documentKey("seen", person)] });
    const group = personGroup(person);
    const { entries, head } = await this.#layer.read(group, { limit: 1 });
    if (entries.length > 0) await this.#layer.trim(group, head);
  }
}
