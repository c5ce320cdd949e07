import type { Change } from "../../layers/layer.ts";
import type { Caller } from "../../protocol/caller.ts";
import { ChatError, quote } from "../../protocol/errors.ts";
import type { User } from "../../protocol/events.ts";
import { audited } from "../audit.ts";
import { documentKey, roomGroup } from "../keys.ts";
import type { Decision } from "../transact.ts";
import { changeConfigured, type ConfiguredParts, readIds, requireConfigure } from "./configured.ts";
import {
  MAX_PER_CREATOR,
  MAX_PER_ROOM,
  newHookId,
  type WebhookDocument,
  webhookDocument,
  type WebhookEventType,
  webhookEventType,
  WEBHOOKS_GROUP,
} from "./documents.ts";
import { parseTarget, post, PostError, type PostOptions } from "./post.ts";
import { newSigningSecret, signedHeaders } from "./signature.ts";

/** What {@linkcode Webhooks} needs. */
export interface WebhooksParts extends ConfiguredParts {
  /** How it is posted. */
  readonly posting: PostOptions;
  /** Milliseconds since 1970. Default `Date.now`. */
  readonly now?: () => number;
}

/** What can be chosen for a webhook. */
export interface WebhookSettings {
  /** Where to post: see {@linkcode parseTarget}. */
  readonly url?: string | undefined;
  /** What to post, at least one type. */
  readonly events?: readonly WebhookEventType[] | undefined;
  /** Whether it delivers; true after it was disabled: from where it stopped. */
  readonly enabled?: boolean | undefined;
}

/** How a test went. */
export interface TestResult {
  /** Whether it was taken: any 2xx. */
  readonly ok: boolean;
  /** HTTP's status, when there was an answer. */
  readonly status?: number;
  /** Why there was no answer. */
  readonly error?: string;
}

/** The outgoing webhooks of rooms, as those who may configure a room see them. The worker (`worker.ts`) delivers. */
export class Webhooks {
  readonly #parts: WebhooksParts;
  readonly #now: () => number;

  /**
   * Makes it.
   *
   * @param parts See {@linkcode WebhooksParts}.
   */
  constructor(parts: WebhooksParts) {
    this.#parts = parts;
    this.#now = parts.now ?? Date.now;
  }

  /**
   * Makes a webhook that delivers from now on.
   *
   * @param caller Who; must be one who may configure the room.
   * @param room A parsed room name.
   * @returns It, with the secret that signs: this is the only time that it is told.
   * @throws {ChatError} `forbidden` (also past 20 of them in the room, or 100 of the caller's), `bad_request`: not a URL that may be posted to.
   */
  async create(
    caller: Caller,
    room: string,
    { url, events = webhookEventType.options }: { url: string; events?: readonly WebhookEventType[] | undefined },
  ): Promise<WebhookDocument> {
    const target = this.#target(url);
    return await changeConfigured(this.#parts, caller, room, async (standing) => {
      const [ofRoom, ofCreator] = await this.#lists(room, caller.user.id);
      if (ofRoom.ids.length >= MAX_PER_ROOM) {
        throw new ChatError("forbidden", `Cannot make another webhook: a room has at most ${MAX_PER_ROOM}`);
      }
      if (ofCreator.ids.length >= MAX_PER_CREATOR) {
        throw new ChatError("forbidden", `Cannot make another webhook: you have made ${MAX_PER_CREATOR}, the most`);
      }
      const { head } = await this.#parts.layer.read(roomGroup(room), { limit: 1 });
      const webhook: WebhookDocument = {
        id: newHookId(),
        room,
        url: target,
        secret: newSigningSecret(),
        events: [...new Set(events)],
        cursor: head,
        createdBy: caller.user,
        createdAt: this.#now(),
        state: {},
      };
      return changed(caller.user, "webhook made", webhook, this.#now(), {
        checks: [...standing.checks, ofRoom.check, ofCreator.check],
        sets: [
          { key: ofRoom.check.key, value: [...ofRoom.ids, webhook.id] },
          { key: ofCreator.check.key, value: [...ofCreator.ids, webhook.id] },
          { key: documentKey("webhook", webhook.id), value: webhook },
        ],
      });
    });
  }

  /**
   * The webhooks of a room, oldest first, secrets included: leave them out of what is told.
   *
   * @throws {ChatError} `forbidden`.
   */
  async list(caller: Caller, room: string): Promise<WebhookDocument[]> {
    await requireConfigure(this.#parts, caller, room);
    const key = documentKey("webhook_of", room);
    const [list] = await this.#parts.layer.get([key]);
    const keys = readIds(key, list).ids.map((id) => documentKey("webhook", id));
    const found = keys.length === 0 ? [] : await this.#parts.layer.get(keys);
    return found.flatMap((document) => document === undefined ? [] : [webhookDocument.parse(document.value)]);
  }

  /**
   * Changes one. A new URL, and enabling it, forget what failed before.
   *
   * @throws {ChatError} `forbidden`, `not_found`, `bad_request`.
   */
  async update(caller: Caller, room: string, id: string, settings: WebhookSettings): Promise<WebhookDocument> {
    const url = settings.url === undefined ? undefined : this.#target(settings.url);
    return await changeConfigured(this.#parts, caller, room, async (standing) => {
      const { before, check } = await this.#find(room, id);
      const isReset = settings.enabled === true || (url !== undefined && url !== before.url);
      const { lastDeliveredAt, disabled } = before.state;
      const webhook: WebhookDocument = {
        ...before,
        ...(url !== undefined && { url }),
        ...(settings.events !== undefined && { events: [...new Set(settings.events)] }),
        state: settings.enabled === false
          ? { ...before.state, disabled: "it was switched off" }
          : isReset
          ? { ...(lastDeliveredAt && { lastDeliveredAt }), ...(disabled && !settings.enabled && { disabled }) }
          : before.state,
      };
      return changed(caller.user, "webhook changed", webhook, this.#now(), {
        checks: [...standing.checks, check],
        sets: [{ key: check.key, value: webhook }],
      });
    });
  }

  /**
   * Deletes one; what is being delivered is cut off. One that is gone already is no error.
   *
   * @throws {ChatError} `forbidden`.
   */
  async delete(caller: Caller, room: string, id: string): Promise<void> {
    await changeConfigured<WebhookDocument | undefined>(this.#parts, caller, room, async (standing) => {
      const found = await this.#find(room, id).catch((error) => {
        if (error instanceof ChatError && error.code === "not_found") return undefined;
        throw error;
      });
      if (found === undefined) return { answer: undefined };
      const { before, check } = found;
      const lists = await this.#lists(room, before.createdBy.id);
      return changed(caller.user, "webhook deleted", before, this.#now(), {
        checks: [...standing.checks, check, ...lists.map(({ check }) => check)],
        sets: lists.map(({ ids, check: { key } }) => ({ key, value: ids.filter((other) => other !== id) })),
        deletes: [check.key],
      });
    });
  }

  /**
   * Posts a `ping` event now, signed as any other, whatever the webhook's state, and says what came of it.
   *
   * @throws {ChatError} `forbidden`, `not_found`.
   */
  async test(caller: Caller, room: string, id: string): Promise<TestResult> {
    await requireConfigure(this.#parts, caller, room);
    const { before } = await this.#find(room, id);
    const at = this.#now();
    const body = JSON.stringify({ webhook: id, room, events: [{ type: "ping", at, user: caller.user }] });
    const headers = await signedHeaders(before.secret, body, { id: `ping_${newHookId()}`, at });
    try {
      const { status } = await post(before.url, { headers, body }, this.#parts.posting);
      return { ok: status >= 200 && status <= 299, status };
    } catch (error) {
      if (!(error instanceof PostError)) throw error;
      return { ok: false, error: error.message };
    }
  }

  #target(url: string): string {
    try {
      return parseTarget(url, this.#parts.posting.allowPrivate).href;
    } catch (error) {
      if (!(error instanceof PostError)) throw error;
      throw new ChatError("bad_request", `Cannot post to ${quote(url)}: ${error.message}`);
    }
  }

  async #find(room: string, id: string) {
    const key = documentKey("webhook", id);
    const [document] = await this.#parts.layer.get([key]);
    const before = document && webhookDocument.parse(document.value);
    // Another room's is not there: its id tells nothing.
    if (before?.room !== room) throw new ChatError("not_found", `There is no webhook ${quote(id)} in ${quote(room)}`);
    return { before, check: { key, version: document?.version ?? null } };
  }

  /** The webhooks of a room, and those that somebody made. */
  async #lists(room: string, person: string) {
    const keys = [documentKey("webhook_of", room), documentKey("webhook_by", person)] as const;
    const [ofRoom, ofCreator] = await this.#parts.layer.get(keys);
    return [readIds(keys[0], ofRoom), readIds(keys[1], ofCreator)] as const;
  }
}

/** Into the audit trail, and to the worker, with the documents. */
function changed(
  user: User,
  action: string,
  webhook: WebhookDocument,
  at: number,
  change: Change,
): Decision<WebhookDocument> {
  const { id, room, url } = webhook;
  return {
    ...audited(room, { at, user, action: "webhook", target: id, reason: `${action}: ${new URL(url).host}` }),
    options: {
      change,
      also: [{ group: WEBHOOKS_GROUP, event: { type: "webhook", id }, transient: true }],
    },
    answer: () => webhook,
  };
}
