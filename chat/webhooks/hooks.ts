import { z } from "zod";
import type { Change } from "../../layers/layer.ts";
import type { Caller } from "../../protocol/caller.ts";
import { ChatError, quote } from "../../protocol/errors.ts";
import type { User } from "../../protocol/events.ts";
import { parseJson, parseWith } from "../../protocol/frames.ts";
import { parsePersonName } from "../../protocol/names.ts";
import { audited } from "../audit.ts";
import { documentKey } from "../keys.ts";
import type { RateLimit } from "../rate_limit.ts";
import type { Decision } from "../transact.ts";
import { changeConfigured, type ConfiguredParts, readIds, requireConfigure } from "./configured.ts";
import { type HookDocument, hookDocument, MAX_PER_ROOM, newHookId } from "./documents.ts";
import { replayKey } from "./replay_key.ts";
import { newSigningSecret, refusedHook, verifyRequest } from "./signature.ts";

/** What is known of a message that was posted. */
export interface Posted {
  /** Its cursor. */
  readonly cursor: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** Whether it had been posted before, with the same key. */
  readonly duplicate: boolean;
}

/** What {@linkcode Hooks} needs. */
export interface HooksParts extends ConfiguredParts {
  /** Says something in a room on behalf of a hook, which is no member. */
  readonly send: (user: User, room: string, message: { text: string; key?: string }) => Promise<Posted>;
  /** Whether a parsed name is nobody's for good: a program does not speak in the operator's name, nor in one that somebody keeps. Default: all are. */
  readonly isFreeName?: (name: string) => Promise<boolean>;
  /** How fast one hook may post; the hook's id is the name. */
  readonly limit: Pick<RateLimit, "take">;
  /** Milliseconds since 1970. Default `Date.now`. */
  readonly now?: () => number;
}

/**
 * What is posted: ours, Slack's (`text`, `username`) or Discord's (`content`, `username`). What else those senders say (attachments,
 * icons) is left out, not refused.
 */
const posting = z.object({
  text: z.string().optional(),
  content: z.string().optional(),
  name: z.string().optional(),
  username: z.string().optional(),
  key: z.string().min(1).max(200).optional(),
});

/** Incoming webhooks: a URL and a secret with which another program says something in one room. */
export class Hooks {
  readonly #parts: HooksParts;
  readonly #now: () => number;

  /**
   * Makes it.
   *
   * @param parts See {@linkcode HooksParts}.
   */
  constructor(parts: HooksParts) {
    this.#parts = parts;
    this.#now = parts.now ?? Date.now;
  }

  /**
   * Makes a hook.
   *
   * @param caller Who; must be one who may configure the room.
   * @param room A parsed room name.
   * @param name Under which it posts; see `parsePersonName`.
   * @returns It, with its secret: this is the only time that it is told.
   * @throws {ChatError} `forbidden` (also past 20 of them), `bad_name`: also one that is reserved or somebody's for good.
   */
  async create(caller: Caller, room: string, name: string): Promise<HookDocument> {
    const parsedName = parsePersonName(name);
    if (!await this.#isFree(parsedName)) {
      throw new ChatError(
        "bad_name",
        `Cannot use ${quote(parsedName)} for a hook: it is reserved, or somebody's, or looks like it`,
      );
    }
    return await changeConfigured(this.#parts, caller, room, async (standing) => {
      const { ids, check } = await this.#ids(room);
      if (ids.length >= MAX_PER_ROOM) {
        throw new ChatError("forbidden", `Cannot make another hook: a room has at most ${MAX_PER_ROOM}`);
      }
      const hook: HookDocument = {
        id: newHookId(),
        room,
        name: parsedName,
        secret: newSigningSecret(),
        createdBy: caller.user,
        createdAt: this.#now(),
      };
      return this.#changed(caller.user, "hook made", hook, {
        checks: [...standing.checks, check],
        sets: [{ key: check.key, value: [...ids, hook.id] }, { key: documentKey("hook", hook.id), value: hook }],
      });
    });
  }

  /**
   * The hooks of a room, oldest first, secrets included: leave them out of what is told.
   *
   * @throws {ChatError} `forbidden`.
   */
  async list(caller: Caller, room: string): Promise<HookDocument[]> {
    await requireConfigure(this.#parts, caller, room);
    const { ids } = await this.#ids(room);
    const found = ids.length === 0 ? [] : await this.#parts.layer.get(ids.map((id) => documentKey("hook", id)));
    return found.flatMap((document) => document === undefined ? [] : [hookDocument.parse(document.value)]);
  }

  /**
   * Deletes one; what it has posted stays. One that is gone already is no error.
   *
   * @throws {ChatError} `forbidden`.
   */
  async delete(caller: Caller, room: string, id: string): Promise<void> {
    await changeConfigured<HookDocument | undefined>(this.#parts, caller, room, async (standing) => {
      const { ids, check } = await this.#ids(room);
      const hook = ids.includes(id) ? await this.#find(id) : undefined;
      if (hook === undefined) return { answer: undefined };
      return this.#changed(caller.user, "hook deleted", hook, {
        checks: [...standing.checks, check],
        sets: [{ key: check.key, value: ids.filter((other) => other !== id) }],
        deletes: [documentKey("hook", id)],
      });
    });
  }

  /**
   * Takes what another program posts. Where it gives a name that is reserved or somebody's for good, the hook's own stands.
   *
   * @param id The hook's, from the URL.
   * @param headers The request's.
   * @param body Its body, at most 64 KiB.
   * @throws {ChatError} `unauthorized`, word for word the same for a hook that is not there; `rate_limited`, `bad_request`, and what
   * `send` throws.
   */
  async receive(id: string, headers: Headers, body: string): Promise<Posted> {
    const hook = await this.#find(id);
    if (hook === undefined) throw refusedHook();
    await verifyRequest(hook.secret, headers, body, this.#now());
    // Only those who know the secret use it up.
    this.#parts.limit.take(id);
    const { text, content, name, username, key } = parseWith(parseJson(body), posting);
    const said = text ?? content;
    if (said === undefined) throw new ChatError("bad_request", 'Cannot post this: it has no "text" (or "content")');
    const user = { id: `h_${id}`, name: await this.#nameOf(hook, name ?? username) };
    const given = replayKey(headers, key);
    const message = given === undefined ? { text: said } : { text: said, key: await keyOf(given) };
    return await this.#parts.send(user, hook.room, message);
  }

  async #nameOf(hook: HookDocument, given: string | undefined): Promise<string> {
    if (given === undefined) return hook.name;
    const name = parsePersonName(given);
    return name === hook.name || await this.#isFree(name) ? name : hook.name;
  }

  async #isFree(name: string): Promise<boolean> {
    return await this.#parts.isFreeName?.(name) ?? true;
  }

  async #find(id: string): Promise<HookDocument | undefined> {
    if (!/^[A-Za-z0-9_-]{16}$/.test(id)) return undefined;
    const [document] = await this.#parts.layer.get([documentKey("hook", id)]);
    return document && hookDocument.parse(document.value);
  }

  async #ids(room: string) {
    const key = documentKey("hook_of", room);
    const [document] = await this.#parts.layer.get([key]);
    return readIds(key, document);
  }

  #changed(user: User, action: string, hook: HookDocument, change: Change): Decision<HookDocument> {
    const { id, room, name } = hook;
    return {
      ...audited(room, { at: this.#now(), user, action: "webhook", target: id, reason: `${action}: ${name}` }),
      options: { change },
      answer: () => hook,
    };
  }
}

/** Others' keys may be longer than ours, and hold anything: then their hash is the key. */
async function keyOf(given: string): Promise<string> {
  if (given.length <= 64 && given.isWellFormed()) return given;
  const hash = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(given));
  return new Uint8Array(hash).toHex();
}
