/**
 * Webhooks as they are kept.
 *
 * @module
 */

import { z } from "zod";
import { user } from "../../protocol/events.ts";

/** Webhooks, and hooks, that a room may have. */
export const MAX_PER_ROOM = 20;

/** Webhooks that one person may have made, in all rooms together: rooms are made freely, and each webhook costs its share of the delivery. */
export const MAX_PER_CREATOR = 100;

/** What an outgoing webhook may ask for: everything lasting that happens in a room. */
export const webhookEventType = z.enum(["message", "edit", "delete", "react", "pin", "member", "room"]);

/** See {@linkcode webhookEventType}. */
export type WebhookEventType = z.infer<typeof webhookEventType>;

/** How the delivery goes. All times in milliseconds since 1970. */
export const webhookState = z.object({
  /** When something last arrived. */
  lastDeliveredAt: z.number().optional(),
  /** What the last try that failed met, at most 300 characters. */
  lastError: z.string().optional(),
  /** Since when every try has failed; absent: the last one did not. */
  failingSince: z.number().optional(),
  /** How many tries have failed since. */
  failures: z.number().optional(),
  /** Not before this is it tried again. */
  nextTryAt: z.number().optional(),
  /** The last cursor of the batch that failed: it is tried again as it was cut. */
  trying: z.string().optional(),
  /** When events were left out, because the log no longer kept them. */
  missedAt: z.number().optional(),
  /** Why nothing is delivered any more, until somebody enables it again. */
  disabled: z.string().optional(),
});

/** See {@linkcode webhookState}. */
export type WebhookState = z.infer<typeof webhookState>;

/** `webhook <id>`: outgoing. Room → ids is `webhook_of <room>`. */
export const webhookDocument = z.object({
  id: z.string(),
  room: z.string(),
  url: z.string(),
  /** Readable, for it signs. */
  secret: z.string(),
  events: z.array(webhookEventType),
  /** Everything up to here has arrived, or was not asked for. */
  cursor: z.string(),
  createdBy: user,
  /** Milliseconds since 1970. */
  createdAt: z.number(),
  state: webhookState,
});

/** See {@linkcode webhookDocument}. */
export type WebhookDocument = z.infer<typeof webhookDocument>;

/** `hook <id>`: incoming. Room → ids is `hook_of <room>`. */
export const hookDocument = z.object({
  id: z.string(),
  room: z.string(),
  /** Under which it posts, unless a message says another. */
  name: z.string(),
  /** Readable, for it verifies signatures. */
  secret: z.string(),
  createdBy: user,
  /** Milliseconds since 1970. */
  createdAt: z.number(),
});

/** See {@linkcode hookDocument}. */
export type HookDocument = z.infer<typeof hookDocument>;

/** `webhook_of <room>`, `hook_of <room>` and `webhook_by <person>`: ids, oldest first. One document, so that the limit holds whoever comes at once. */
export const idList = z.array(z.string());

/** The group on which the worker hears of webhooks that came, changed or went. Transient entries only. */
export const WEBHOOKS_GROUP = "webhooks";

/** A new id of 16 characters. */
export function newHookId(): string {
  return crypto.getRandomValues(new Uint8Array(12)).toBase64({ alphabet: "base64url", omitPadding: true });
}
