/**
 * Events: what a room's log holds and what `events` frames carry.
 *
 * @module
 */

import { z } from "zod";

/** Who said something, as others see it. */
export const user = z.object({
  /** Unique; a guest's begins with `g_`. */
  id: z.string(),
  /** 1 to 32 characters in NFKC. */
  name: z.string(),
});

/** See {@linkcode user}. */
export type User = z.infer<typeof user>;

/** A message; lasting. */
export const messageEvent = z.object({
  type: z.literal("message"),
  /** Milliseconds since 1970, by the server's clock; never orders anything. */
  at: z.number(),
  user,
  /** The client's key, where it gave one. */
  key: z.string().optional(),
  /** 1 to 4,000 characters. */
  text: z.string(),
});

/** See {@linkcode messageEvent}. */
export type MessageEvent = z.infer<typeof messageEvent>;

/** Somebody is typing; transient. */
export const typingEvent = z.object({
  type: z.literal("typing"),
  /** Milliseconds since 1970. */
  at: z.number(),
  user,
});

/** See {@linkcode typingEvent}. */
export type TypingEvent = z.infer<typeof typingEvent>;
