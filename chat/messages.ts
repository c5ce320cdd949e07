/**
 * Saying something in a room, changing it and taking it back.
 *
 * @module
 */

import {
  type Change,
  type ChannelLayer,
  type Cursor,
  type LayerEvent,
  type PublishOptions,
  type Receipt,
  Stale,
} from "../layers/layer.ts";
import type { Caller } from "../protocol/caller.ts";
import { ChatError } from "../protocol/errors.ts";
import type { MessageEvent, User } from "../protocol/events.ts";
import { parseKey, parseText } from "../protocol/names.ts";
import { allowed, decidingAnew, writeAction } from "./allowed.ts";
import { deciding as decidingDeletion, forgetReactions } from "./deletion.ts";
import { isUnsettled, settle } from "./direct_lists.ts";
import { deciding as decidingEdit } from "./edit.ts";
import { documentKey, roomGroup } from "./keys.ts";
import { findMentions, mentionEntries } from "./mentions.ts";
import { may, require } from "./permissions.ts";
import { takeSlowTurn } from "./slow_mode.ts";
import type { Standing, Standings } from "./standings.ts";
import { readMessage, requireAlive, together } from "./stored_message.ts";
import { joinThread } from "./threads.ts";
import { type Decision, transact } from "./transact.ts";
import { Turns } from "./turns.ts";

/** What somebody says. */
export interface Draft {
  /** As it came. */
  readonly text: string;
  /** The client's key, as it came. */
  readonly key?: string | undefined;
  /** The message that it answers, as it came. */
  readonly reply?: string | undefined;
  /** The message whose thread it belongs to, as it came. */
  readonly thread?: string | undefined;
}

/** What is known of a message that was sent. */
export interface Sent {
  /** Its cursor, which is its id. */
  readonly cursor: Cursor;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** Whether it had been sent before, with the same key. */
  readonly duplicate: boolean;
}

/** What search has to hear of messages. */
export interface MessageHooks {
  /** Something was said in a room. */
  noteMessage?(room: string): void;
  /** What else has to change when a message gets another text, and mentions others. */
  extendFilter?(
    room: string,
    target: Cursor,
    text: string,
    mentions: readonly string[],
  ): Promise<Change | undefined>;
}

/** What {@linkcode Messages} is made of. */
export interface MessagesParts {
  /** Holds logs and documents. */
  readonly layer: ChannelLayer;
  /** Who is what. */
  readonly standings: Standings;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Search. */
  readonly hooks?: MessageHooks;
}

/** Codes of a refusal that may come after the same message was sent. */
const REFUSALS: ReadonlySet<string> = new Set(["forbidden", "not_found", "rate_limited"]);

/** A version that no document has. */
const NO_VERSION = "0".repeat(20);

/** Stands for all who write without having said who they are. */
const ANYBODY: Caller = { user: { id: "anybody", name: "" }, kind: "guest", isAdmin: false, credential: "" };

/** See the module. */
export class Messages {
  readonly #parts: MessagesParts;
  readonly #turns = new Turns();
  /** Plain messages on their way, by whose turn they are. */
  readonly #plain = new Map<string, Set<Promise<unknown>>>();
  /** Those of them that are decided again. Not among the turns: what came after them waits there, and waits for them. */
  readonly #again = new Turns();

  /**
   * Makes it.
   *
   * @param parts See {@linkcode MessagesParts}.
   */
  constructor(parts: MessagesParts) {
    this.#parts = parts;
  }

  /**
   * Says something in a room; resolves when it is durable. What one person says in a room is in the log in the order of calls. The usual
   * message, by somebody whom this isolate knows, costs one publish and no read.
   *
   * @param room A parsed room name.
   * @throws {ChatError} `bad_key`, `bad_request`, `bad_cursor`, `too_long`, `conflict`, `forbidden`, `not_found` (what it answers), `rate_limited`
   *   (slow mode), `unavailable`.
   */
  async send(caller: Caller, room: string, draft: Draft): Promise<Sent> {
    const parsed = parseDraft(draft);
    const { user } = caller;
    const turn = turnOf(user, room);
    const decide = () => this.#sendDecided(caller, room, parsed);
    if (isPlain(parsed) && this.#isFree(turn)) {
      const standing = this.#known(caller, room);
      if (standing !== undefined && isUsual(standing, user)) {
        return await this.#sendPlain(turn, room, this.#publish(room, user, parsed, standing), decide);
      }
    }
    return await this.#takeTurn(turn, decide);
  }

  /**
   * Says something for somebody who has no session, as plain sockets have none: in public rooms where every member may write at once.
   *
   * @param user As the socket has made them up.
   * @param room A parsed room name.
   * @param text As it came.
   * @throws {ChatError} `bad_request`, `too_long`, `forbidden`, `unavailable`.
   */
  async sendOpen(user: User, room: string, text: string): Promise<Sent> {
    const parsed = parseDraft({ text });
    const turn = turnOf(user, room);
    const decide = () =>
      transact(this.#parts.layer, async (): Promise<Decision<Sent>> => {
        const standing = await this.#parts.standings.find(ANYBODY, room, true);
        require("write", visiting(standing));
        const { event, options } = this.#compose(user, parsed, standing);
        return { group: roomGroup(room), event, options, answer: (receipt) => this.#sent(room, receipt) };
      });
    if (this.#isFree(turn)) {
      const standing = this.#known(ANYBODY, room);
      if (standing !== undefined && may("write", visiting(standing))) {
        return await this.#sendPlain(turn, room, this.#publish(room, user, parsed, standing), decide);
      }
    }
    return await this.#takeTurn(turn, decide);
  }

  /**
   * Gives one's own message another text. To give it the one that it has changes nothing.
   *
   * @param room A parsed room name.
   * @param cursor The message's, as it came.
   * @param text As it came.
   * @returns When it was last edited, in milliseconds since 1970.
   * @throws {ChatError} `bad_request`, `bad_cursor`, `too_long`, `forbidden`, `not_found`, `unavailable`.
   */
  async edit(caller: Caller, room: string, cursor: string, text: string): Promise<{ at: number }> {
    const decide = decidingEdit(this.#parts, { caller, room, cursor, text: parseText(text) });
    return await this.#turns.take(`${room} ${cursor}`, () => transact(this.#parts.layer, decide));
  }

  /**
   * Deletes a message: a tombstone without its text stays. To delete a deleted one changes nothing.
   *
   * @param room A parsed room name.
   * @param cursor The message's, as it came.
   * @throws {ChatError} `bad_cursor`, `forbidden`, `not_found`, `unavailable`.
   */
  async delete(caller: Caller, room: string, cursor: string): Promise<void> {
    const decide = decidingDeletion(this.#parts, { caller, room, cursor });
    await this.#turns.take(`${room} ${cursor}`, () => transact(this.#parts.layer, decide));
    // Nothing leads to them any more; to delete it again sweeps what a crash left here.
    await forgetReactions(this.#parts.layer, room, cursor);
  }

  /** What somebody is, if that can be said at once. Otherwise it is being read, and then known. */
  #known(caller: Caller, room: string): Standing | undefined {
    const found = this.#parts.standings.find(caller, room);
    if (!(found instanceof Promise)) return found;
    // Whoever goes on from here reads it again, and meets the same failure.
    found.catch(() => {});
    return undefined;
  }

  /** Whether nothing of theirs is on the way that has more to look up, or to be decided again, which a plain message must not overtake. */
  #isFree(turn: string): boolean {
    return !this.#turns.has(turn) && !this.#again.has(turn);
  }

  /** A plain message on its way; one that was refused for what has changed is decided again, before all that came after it. */
  #sendPlain(turn: string, room: string, published: Promise<Sent>, decide: () => Promise<Sent>): Promise<Sent> {
    const sending = published.catch((error) => {
      // Something was decided in between: a ban, a mute, other settings. It is ahead of this message in the log.
      if (!(error instanceof Stale)) throw error;
      this.#parts.standings.forget(room);
      return this.#again.take(turn, decide);
    });
    let others = this.#plain.get(turn);
    if (others === undefined) this.#plain.set(turn, others = new Set());
    const all = others.add(sending);
    const done = () => {
      all.delete(sending);
      if (all.size === 0 && this.#plain.get(turn) === all) this.#plain.delete(turn);
    };
    sending.then(done, done);
    return sending;
  }

  /** Sends what has more to look up: after all that the same person has said before. */
  #takeTurn(turn: string, decide: () => Promise<Sent>): Promise<Sent> {
    return this.#turns.take(turn, async () => {
      // One that is refused now must not come after this. None is added meanwhile: the turn is taken.
      await Promise.allSettled(this.#plain.get(turn) ?? []);
      return await decide();
    });
  }

  async #sendDecided(caller: Caller, room: string, draft: Draft): Promise<Sent> {
    try {
      return await this.#decideAndSend(caller, room, draft);
    } catch (error) {
      if (!(error instanceof ChatError) || !REFUSALS.has(error.code)) throw error;
      // Perhaps it is a retry of what was sent before that was so: what is sent is sent.
      const first = await this.#findFirst(caller.user, room, draft);
      if (first === undefined) throw error;
      return first;
    }
  }

  /** What was sent with this key before; undefined: nothing. */
  async #findFirst(user: User, room: string, draft: Draft): Promise<Sent | undefined> {
    if (draft.key === undefined) return undefined;
    // A key that was used beats a check that does not hold, and this one never does.
    const { event, options } = this.#compose(user, draft, {
      checks: [{ key: documentKey("room", room), version: NO_VERSION }],
    });
    try {
      return this.#sent(room, await this.#parts.layer.publish(roomGroup(room), event, options));
    } catch (error) {
      if (error instanceof Stale) return undefined;
      throw error;
    }
  }

  #decideAndSend(caller: Caller, room: string, draft: Draft): Promise<Sent> {
    const { layer, standings, now } = this.#parts;
    const { user } = caller;
    const decide = decidingAnew(async (isFresh): Promise<Decision<Sent>> => {
      const standing = await allowed(standings, caller, room, (info) => [writeAction(info)], isFresh);
      const answered = draft.reply === undefined ? undefined : await readMessage(layer, room, draft.reply);
      if (answered !== undefined) requireAlive(answered, "reply to");
      const at = now();
      const thread = draft.thread === undefined ? undefined : await joinThread(layer, room, draft.thread, at);
      const mentions = await findMentions(layer, room, draft.text, may("mentionRoom", standing));
      const slow = await takeSlowTurn(layer, standing, { person: user.id, key: draft.key, at });
      const settled = await settle(layer, standing, user.id, at);
      // Nobody answers what was deleted a moment ago.
      const change = together(
        { checks: standing.checks },
        answered && { checks: [answered.check] },
        thread?.change,
        slow,
        settled?.change,
      );
      const { event, options } = this.#compose(user, draft, change, at);
      if (draft.reply !== undefined) event.reply = draft.reply;
      if (thread !== undefined) Object.assign(event, { thread: draft.thread, count: thread.count });
      if (mentions.length > 0) event.mentions = mentions;
      const also = [...mentionEntries(room, mentions, user, at), ...settled?.also ?? []];
      return {
        group: roomGroup(room),
        event,
        options: { ...options, also },
        answer: (receipt) => this.#sent(room, receipt),
      };
    });
    // Replies of one thread count each other.
    if (draft.thread === undefined) return transact(layer, decide);
    return this.#turns.take(`${room} ${draft.thread}`, () => transact(layer, decide));
  }

  async #publish(room: string, user: User, draft: Draft, change: Change): Promise<Sent> {
    const { event, options } = this.#compose(user, draft, change);
    return this.#sent(room, await this.#parts.layer.publish(roomGroup(room), event, options));
  }

  #compose(
    user: User,
    draft: Draft,
    { checks, sets, deletes, amends }: Change,
    at = this.#parts.now(),
  ): { event: MessageEvent; options: PublishOptions } {
    const { key, text } = draft;
    const change: Change = sets === undefined && amends === undefined
      ? { checks: checks ?? [] }
      : { checks: checks ?? [], sets: sets ?? [], deletes: deletes ?? [], amends: amends ?? [] };
    const event: MessageEvent = { type: "message", at, user, ...(key !== undefined && { key }), text };
    if (key === undefined) return { event, options: { change } };
    return { event, options: { change, key, author: user.id, isSame: (first) => isSame(first, draft) } };
  }

  #sent(room: string, { cursor, duplicate, event }: Receipt): Sent {
    if (!duplicate) this.#parts.hooks?.noteMessage?.(room);
    // Only this class publishes with such keys, and it says when.
    return { cursor, at: event["at"] as number, duplicate };
  }
}

function parseDraft({ text, key, reply, thread }: Draft): Draft {
  return { text: parseText(text), key: key === undefined ? undefined : parseKey(key), reply, thread };
}

function isPlain({ text, reply, thread }: Draft): boolean {
  return reply === undefined && thread === undefined && !text.includes("@");
}

/** Whether somebody may say something plain at once. */
function isUsual(standing: Standing, { id }: User): boolean {
  const { room, level } = standing;
  return (room.slowModeS === 0 || level !== "member") && may(writeAction(room), standing) && !isUnsettled(standing, id);
}

/** Whether a retry says what the first try said. It has another time; and what the first one became since cannot be compared. */
function isSame(first: LayerEvent, { text, reply, thread }: Draft): boolean {
  if (first["edited"] !== undefined || first["deleted"] !== undefined) return true;
  return first["text"] === text && first["reply"] === reply && first["thread"] === thread;
}

function turnOf(user: User, room: string): string {
  return `${room}\n${user.id}`;
}

/**
 * What somebody is who has no session, for one message: a member of a public room. They leave no trace among the members, so where
 * something is to be remembered of who writes (slow mode, who may), they stay outside.
 */
function visiting(standing: Standing): Standing {
  const { room } = standing;
  const isOpen = room.write === "members" && room.slowModeS === 0 && may("enter", standing);
  return isOpen ? { ...standing, level: "member" } : standing;
}
