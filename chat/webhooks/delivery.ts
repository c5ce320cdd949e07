/**
 * The delivery of one webhook: a subscriber of its room whose `deliver` is a POST. While that is under way the subscription is held
 * at its cursor, so nothing is queued, however slow the receiver; the log is the queue.
 *
 * @module
 */

import { type ChannelLayer, CursorExpired, type Entry } from "../../layers/layer.ts";
import { encodeEvents } from "../../protocol/frames.ts";
import { documentKey, roomGroup } from "../keys.ts";
import { transact } from "../transact.ts";
import { type WebhookDocument, webhookDocument, type WebhookState } from "./documents.ts";
import { type Answer, post, PostError, type PostOptions } from "./post.ts";
import { signedHeaders } from "./signature.ts";
import type { Slots } from "./slots.ts";

/** Pauses between tries, in milliseconds; each is doubled, up to the last. */
const FIRST_PAUSE_MS = 1_000;
const LAST_PAUSE_MS = 10 * 60_000;
/** Milliseconds after which it is given up. */
const MAX_FAILING_MS = 3 * 24 * 60 * 60_000;
/** The longest that a receiver may ask us to stay away. */
const MAX_RETRY_AFTER_MS = 24 * 60 * 60_000;
/** What one POST carries at the most: events, and characters of them. */
const MAX_EVENTS = 100;
const MAX_LENGTH = 64 * 1024;
/** Milliseconds between two saves of a cursor that only passed what nobody asked for. */
const SKIP_SAVE_MS = 10_000;

/** What deliveries share. */
export interface DeliveryParts {
  /** Logs and documents. */
  readonly layer: ChannelLayer;
  /** How it is posted. */
  readonly posting: PostOptions;
  /** How many post at once, by host. */
  readonly slots: Slots;
  /** Told of faults that are ours. */
  readonly report: (what: string, error: unknown) => void;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** 0 up to 1. */
  readonly random: () => number;
  /** Waits; rejects when the signal comes. */
  readonly wait: (ms: number, signal: AbortSignal) => Promise<void>;
}

/** It was deleted, disabled or changed: there is nothing more to do under this configuration. */
class Over extends Error {}

/** One webhook's delivery, with one configuration. */
export class Delivery {
  readonly #parts: DeliveryParts;
  readonly #id: string;
  /** As it was read last; only the state and the cursor change under way. */
  #webhook: WebhookDocument;
  readonly #signal: AbortSignal;
  #skipSavedAt: number;

  /**
   * Makes one that has not begun.
   *
   * @param webhook As it was read.
   * @param signal Ends it; what is under way is cut off.
   */
  constructor(parts: DeliveryParts, webhook: WebhookDocument, signal: AbortSignal) {
    this.#parts = parts;
    this.#id = webhook.id;
    this.#webhook = webhook;
    this.#signal = signal;
    this.#skipSavedAt = parts.now();
  }

  /** Delivers until the signal comes, or the webhook is disabled or gone. Rejects only with faults of ours. */
  async run(): Promise<void> {
    try {
      while (!this.#signal.aborted) {
        try {
          const { trying, disabled } = this.#webhook.state;
          if (disabled !== undefined) return;
          if (trying !== undefined) await this.#retry(trying);
          await this.#follow();
        } catch (error) {
          if (!(error instanceof CursorExpired)) throw error;
          await this.#skipPast();
        }
      }
    } catch (error) {
      if (!(error instanceof Over) && !this.#signal.aborted) throw error;
    }
  }

  /** Subscribes, until that ends; then throws why, or returns when the signal came. */
  async #follow(): Promise<void> {
    const { promise: ended, resolve: end } = Promise.withResolvers<unknown>();
    let working: Promise<void> = Promise.resolve();
    const subscription = await this.#parts.layer.subscribe(roomGroup(this.#webhook.room), {
      after: this.#webhook.cursor,
      deliver: ({ entries, head }) => working = this.#take(entries, head),
      ended: end,
    });
    const stop = () => end(undefined);
    this.#signal.addEventListener("abort", stop);
    try {
      if (this.#signal.aborted) return;
      const cause = await ended;
      if (cause !== undefined) throw cause;
    } finally {
      this.#signal.removeEventListener("abort", stop);
      subscription.close();
      await working.catch(() => {});
    }
  }

  async #take(entries: readonly Entry[], head: string): Promise<void> {
    // What one POST carries is told by its end: what it says is read when it goes out.
    let [count, length, last] = [0, 0, ""];
    for (const entry of entries) {
      if (!this.#isWanted(entry)) continue;
      if (count === MAX_EVENTS || (count > 0 && length + entry.json.length > MAX_LENGTH)) {
        await this.#deliver(last);
        [count, length] = [0, 0];
      }
      count++;
      length += entry.json.length;
      last = entry.cursor;
    }
    if (count > 0) await this.#deliver(last);
    const now = this.#parts.now();
    if (count === 0 && now - this.#skipSavedAt > SKIP_SAVE_MS) {
      this.#skipSavedAt = now;
      // A transient entry's place is one to read on from, too.
      await this.#save({ cursor: head });
    }
  }

  #isWanted(entry: Entry): boolean {
    if (entry.transient) return false;
    return this.#webhook.events.some((type) => type === typeOf(entry));
  }

  /** Posts what comes after the webhook's cursor, up to this one, and is wanted; again and again until it arrived. */
  async #deliver(upTo: string): Promise<void> {
    if (await this.#attempt(upTo) !== undefined) await this.#retry(upTo);
  }

  /** Goes on with what failed before. */
  async #retry(upTo: string): Promise<void> {
    for (;;) {
      const { nextTryAt = 0 } = this.#webhook.state;
      await this.#parts.wait(Math.max(0, nextTryAt - this.#parts.now()), this.#signal);
      if (await this.#attempt(upTo) === undefined) return;
    }
  }

  async #readUpTo(upTo: string): Promise<Entry[]> {
    const found: Entry[] = [];
    let after = this.#webhook.cursor;
    for (let more = true; more && after < upTo;) {
      const page = await this.#parts.layer.read(roomGroup(this.#webhook.room), { after, limit: MAX_EVENTS });
      found.push(...page.entries.filter((entry) => entry.cursor <= upTo && this.#isWanted(entry)));
      ({ head: after, more } = page);
    }
    return found;
  }

  /** One try. @returns Undefined when it arrived. @throws {Over} It is disabled now. */
  async #attempt(upTo: string): Promise<string | undefined> {
    let answer: Answer | undefined;
    let failure: string | undefined;
    try {
      answer = await this.#post(upTo);
      if (answer.status < 200 || answer.status > 299) failure = `HTTP ${answer.status}`;
    } catch (error) {
      if (!(error instanceof PostError)) throw error;
      failure = error.message;
    }
    // What was cut off has not failed; what arrived has, even if somebody else is about to take over.
    this.#signal.throwIfAborted();
    if (failure === undefined) await this.#save({ cursor: upTo, state: { lastDeliveredAt: this.#parts.now() } });
    else await this.#save({ state: this.#failed(failure, answer, upTo) });
    return failure;
  }

  async #post(upTo: string): Promise<Answer> {
    const { id, room, url, secret, cursor } = this.#webhook;
    const release = await this.#parts.slots.take(new URL(url).hostname, this.#signal);
    try {
      // As the log has it now: what was erased while this waited, for its turn or behind what failed, is not sent.
      const entries = await this.#readUpTo(upTo);
      if (entries.length === 0) return { status: 204 };
      const body = `{"webhook":"${id}","room":${JSON.stringify(room)},"events":${encodeEvents(entries)}}`;
      const headers = await signedHeaders(secret, body, {
        id: await messageId(id, cursor, upTo),
        at: this.#parts.now(),
      });
      return await post(url, { headers, body }, this.#parts.posting, this.#signal);
    } finally {
      release();
    }
  }

  #failed(lastError: string, answer: Answer | undefined, trying: string): WebhookState {
    const now = this.#parts.now();
    const { failingSince = now, failures = 0, lastDeliveredAt } = this.#webhook.state;
    const pause = Math.min(LAST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(failures, 20));
    // Between half and all of it, so that those who failed together do not come back together.
    const jittered = pause * (0.5 + this.#parts.random() / 2);
    const nextTryAt = Math.ceil(now + Math.max(jittered, Math.min(answer?.retryAfterMs ?? 0, MAX_RETRY_AFTER_MS)));
    const disabled = answer?.status === 410
      ? "the receiver said that it is gone for good (410)"
      : now - failingSince >= MAX_FAILING_MS
      ? `it failed for ${MAX_FAILING_MS / 3_600_000} hours`
      : undefined;
    return {
      ...(lastDeliveredAt !== undefined && { lastDeliveredAt }),
      lastError: lastError.slice(0, 300),
      failingSince,
      failures: failures + 1,
      nextTryAt,
      trying,
      ...(disabled !== undefined && { disabled }),
    };
  }

  /** The log has been trimmed past our place: goes on from the newest, and says so. */
  async #skipPast(): Promise<void> {
    const { head } = await this.#parts.layer.read(roomGroup(this.#webhook.room), { limit: 1 });
    const { lastDeliveredAt, lastError } = this.#webhook.state;
    await this.#save({
      isJump: true,
      cursor: head,
      state: {
        ...(lastDeliveredAt !== undefined && { lastDeliveredAt }),
        ...(lastError !== undefined && { lastError }),
        missedAt: this.#parts.now(),
      },
    });
  }

  /** Writes down where we are; what somebody changed meanwhile ends this delivery, and the worker begins another. */
  async #save(to: { cursor?: string; state?: WebhookState; isJump?: boolean }): Promise<void> {
    const key = documentKey("webhook", this.#id);
    await transact(this.#parts.layer, async () => {
      this.#signal.throwIfAborted();
      const [document] = await this.#parts.layer.get([key]);
      const found = document && webhookDocument.parse(document.value);
      if (document === undefined || found === undefined || !isSameSetup(found, this.#webhook)) throw new Over();
      // Who delivered before us may have come further, if it lost its lease without noticing. A place of another database is no place.
      const cursor = to.cursor !== undefined && (to.isJump || to.cursor > found.cursor) ? to.cursor : found.cursor;
      const { missedAt } = found.state;
      const state = to.state === undefined ? found.state : { ...(missedAt !== undefined && { missedAt }), ...to.state };
      const webhook = { ...found, cursor, state };
      const change = { checks: [{ key, version: document.version }], sets: [{ key, value: webhook }] };
      return { change, answer: this.#webhook = webhook };
    });
    if (this.#webhook.state.disabled !== undefined) throw new Over();
  }
}

/** Webhooks of one room are handed the same entries. */
const types = new WeakMap<Entry, unknown>();

function typeOf(entry: Entry): unknown {
  if (!types.has(entry)) types.set(entry, JSON.parse(entry.json).type);
  return types.get(entry);
}

/** Whether a webhook is to be delivered in the same way. */
export function isSameSetup(one: WebhookDocument, other: WebhookDocument): boolean {
  return one.url === other.url && one.secret === other.secret && one.events.join() === other.events.join() &&
    one.state.disabled === other.state.disabled;
}

/** The same for each try of a batch: it is from where to where, and whose. No full stop in it. */
async function messageId(id: string, after: string, upTo: string): Promise<string> {
  const hash = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(`${id} ${after} ${upTo}`));
  return `msg_${new Uint8Array(hash).toBase64({ alphabet: "base64url", omitPadding: true }).slice(0, 27)}`;
}
