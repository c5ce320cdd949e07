/**
 * Delivers every webhook of the deployment, on the one isolate that holds the lease: `leases.run("webhooks", worker)`. It keeps
 * nothing that another isolate could not take up: a webhook's place is in its document.
 *
 * @module
 */

import type { Subscription } from "../../layers/layer.ts";
import { documentKey } from "../keys.ts";
import { Delivery, type DeliveryParts, isSameSetup } from "./delivery.ts";
import { type WebhookDocument, webhookDocument, WEBHOOKS_GROUP } from "./documents.ts";
import { Slots } from "./slots.ts";

/** What {@linkcode createWebhookWorker} needs: see {@linkcode DeliveryParts}. */
export interface WebhookWorkerParts extends Pick<DeliveryParts, "layer" | "posting" | "report"> {
  /** Milliseconds since 1970. Default `Date.now`. */
  readonly now?: () => number;
  /** 0 up to 1. Default `Math.random`. */
  readonly random?: () => number;
  /** Waits; rejects when the signal comes. Default: a timer. */
  readonly wait?: (ms: number, signal: AbortSignal) => Promise<void>;
  /** Milliseconds between looks at all webhooks, for when a wake-up was lost. Default 15 s. */
  readonly pollMs?: number;
  /** POSTs under way at once, at least 1. Default 100. */
  readonly maxPosts?: number;
}

/** POSTs to one host that are under way at once: one that does not answer holds each for 10 s. */
const MAX_POSTS_TO_HOST = 5;

/** Webhooks that are read at once. */
const PAGE_SIZE = 500;

interface Running {
  readonly webhook: WebhookDocument;
  readonly abort: AbortController;
  readonly done: Promise<void>;
}

/**
 * Makes the worker.
 *
 * @returns Works until the signal comes and then leaves nothing behind; rejects only when the layer was closed.
 */
export function createWebhookWorker(parts: WebhookWorkerParts): (signal: AbortSignal) => Promise<void> {
  const given: DeliveryParts = {
    now: Date.now,
    random: Math.random,
    wait: waitFor,
    ...parts,
    slots: new Slots(parts.maxPosts ?? 100, MAX_POSTS_TO_HOST),
  };
  return (signal) => new Work(given, parts.pollMs ?? 15_000, signal).run();
}

class Work {
  readonly #parts: DeliveryParts;
  readonly #pollMs: number;
  readonly #signal: AbortSignal;
  readonly #running = new Map<string, Running>();
  #subscription: Subscription | undefined;

  constructor(parts: DeliveryParts, pollMs: number, signal: AbortSignal) {
    this.#parts = parts;
    this.#pollMs = pollMs;
    this.#signal = signal;
  }

  async run(): Promise<void> {
    try {
      while (!this.#signal.aborted) {
        try {
          // Before the look at all: what comes in between is heard of.
          this.#subscription ??= await this.#listen();
          await this.#lookAtAll();
        } catch (error) {
          // Those who deliver wait by themselves; the rest is for the next round.
          if (!this.#signal.aborted) this.#parts.report("webhooks", error);
        }
        await this.#parts.wait(this.#pollMs, this.#signal).catch(() => {});
      }
    } finally {
      this.#subscription?.close();
      for (const { abort } of this.#running.values()) abort.abort();
      await Promise.all([...this.#running.values()].map(({ done }) => done));
    }
  }

  #listen(): Promise<Subscription> {
    return this.#parts.layer.subscribe(WEBHOOKS_GROUP, {
      deliver: async ({ entries }) => {
        for (const { json } of entries) {
          const { id } = JSON.parse(json);
          await this.#lookAt(String(id)).catch((error) => this.#parts.report("webhooks", error));
        }
      },
      ended: () => this.#subscription = undefined,
    });
  }

  async #lookAt(id: string): Promise<void> {
    const [document] = await this.#parts.layer.get([documentKey("webhook", id)]);
    if (document === undefined) this.#running.get(id)?.abort.abort();
    else this.#see(webhookDocument.parse(document.value));
  }

  async #lookAtAll(): Promise<void> {
    const gone = new Set(this.#running.keys());
    for (let after: string | undefined;;) {
      const page = await this.#parts.layer.list({
        prefix: ["webhook"],
        limit: PAGE_SIZE,
        ...(after !== undefined && { after }),
      });
      for (const { key, value } of page) {
        after = key.at(-1);
        const parsed = webhookDocument.safeParse(value);
        // One that a later version wrote is that version's to deliver.
        if (!parsed.success) continue;
        gone.delete(parsed.data.id);
        this.#see(parsed.data);
      }
      if (page.length < PAGE_SIZE) break;
    }
    for (const id of gone) this.#running.get(id)?.abort.abort();
  }

  /** Begins, ends or leaves alone, as the webhook is now. */
  #see(webhook: WebhookDocument): void {
    const before = this.#running.get(webhook.id);
    if (before !== undefined && !before.abort.signal.aborted && isSameSetup(before.webhook, webhook)) return;
    before?.abort.abort();
    if (webhook.state.disabled !== undefined || this.#signal.aborted) return;
    const abort = new AbortController();
    const running: Running = { webhook, abort, done: this.#deliver(webhook, abort.signal, before?.done) };
    this.#running.set(webhook.id, running);
    running.done.then(() => {
      if (this.#running.get(webhook.id) === running) this.#running.delete(webhook.id);
    });
  }

  /** Never rejects: what is amiss with one is looked at again in the next round. */
  async #deliver(webhook: WebhookDocument, signal: AbortSignal, before: Promise<void> | undefined): Promise<void> {
    await before;
    try {
      if (!signal.aborted) await new Delivery(this.#parts, webhook, signal).run();
    } catch (error) {
      this.#parts.report(`webhook ${webhook.id}`, error);
    }
  }
}

/** Waits with a timer; rejects, and leaves none, when the signal comes. */
function waitFor(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const stop = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", stop);
      resolve();
    }, Math.min(ms, 2 ** 31 - 1));
    signal.addEventListener("abort", stop, { once: true });
  });
}
