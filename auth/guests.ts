/**
 * Guests: people without an account. A signed token lets one come back as the same guest, on any isolate, without
 * anything being stored.
 *
 * @module
 */

import { decideOnce } from "../layers/decide_once.ts";
import { ChatError } from "../protocol/errors.ts";
import { type User, user } from "../protocol/events.ts";

/** Signs guests' tokens, and knows them again. */
export interface Guests {
  /** A token for a guest. */
  sign(guest: User): Promise<string>;
  /**
   * The guest that a token was made for.
   *
   * @throws {ChatError} `unauthorized`: it was not made here.
   */
  verify(token: string): Promise<User>;
}

/**
 * Makes the guests of one deployment.
 *
 * @param secret The deployment's secret, at least 32 random bytes, the same on all isolates.
 */
export async function createGuests(secret: Uint8Array<ArrayBuffer>): Promise<Guests> {
  const key = await crypto.subtle.importKey("raw", secret, { name: "HMAC", hash: "SHA-256" }, false, [
    "sign",
    "verify",
  ]);
  return {
    async sign({ id, name }) {
      const payload = new TextEncoder().encode(JSON.stringify({ id, name }));
      const signature = await crypto.subtle.sign("HMAC", key, payload);
      return `${base64Url(payload)}.${base64Url(new Uint8Array(signature))}`;
    },
    async verify(token) {
      const [payload, signature, ...more] = token.split(".").map(fromBase64Url);
      const isOurs = payload !== undefined && signature !== undefined && more.length === 0 &&
        await crypto.subtle.verify("HMAC", key, signature, payload);
      if (!isOurs) {
        throw new ChatError("unauthorized", "Cannot take this token: it was not made here, or no longer holds");
      }
      return user.parse(JSON.parse(new TextDecoder().decode(payload)));
    },
  };
}

/** A new guest's id: `g_` and 16 random characters. No other kind of id begins so. */
export function newGuestId(): string {
  return `g_${base64Url(crypto.getRandomValues(new Uint8Array(12)))}`;
}

/**
 * The deployment's secret: made by whoever opens the database first. 32 bytes.
 *
 * @param deadlineMs How long it is tried.
 */
export function loadSecret(kv: Deno.Kv, deadlineMs = 5_000): Promise<Uint8Array<ArrayBuffer>> {
  return decideOnce(kv, ["secret"], newSecret, deadlineMs);
}

/** 32 random bytes. */
export function newSecret(): Uint8Array<ArrayBuffer> {
  return crypto.getRandomValues(new Uint8Array(32));
}

function base64Url(bytes: Uint8Array): string {
  return bytes.toBase64({ alphabet: "base64url", omitPadding: true });
}

function fromBase64Url(text: string): Uint8Array<ArrayBuffer> | undefined {
  try {
    const bytes = Uint8Array.fromBase64(text, { alphabet: "base64url" });
    // One spelling: padding, white space and bits that no byte has would else make many tokens of one.
    return base64Url(bytes) === text ? bytes : undefined;
  } catch {
    return undefined;
  }
}
