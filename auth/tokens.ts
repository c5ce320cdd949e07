/**
 * Opaque tokens: random, told once, kept as their hash. Their prefixes are for secret scanners, and say which kind one is.
 *
 * @module
 */

/** What a session's token begins with. */
export const SESSION_PREFIX = "maru_s_";

/** What a bot's key begins with. */
export const KEY_PREFIX = "maru_k_";

/** Random bytes. */
export type Random = (length: number) => Uint8Array;

/** Random bytes of the platform. */
export const randomBytes: Random = (length) => crypto.getRandomValues(new Uint8Array(length));

/** A new token: the prefix and 43 random characters (32 bytes). */
export function newToken(prefix: typeof SESSION_PREFIX | typeof KEY_PREFIX, random: Random = randomBytes): string {
  return prefix + base64Url(random(32));
}

/** A new public id: the prefix and 16 random characters (12 bytes). */
export function newId(prefix: "g_" | "b_" | "c_", random: Random = randomBytes): string {
  return prefix + base64Url(random(12));
}

/**
 * What a secret is looked up by. No salt: there is nothing to guess in 32 random bytes.
 *
 * @returns SHA-256 in base64url, 43 characters.
 */
export async function hashOf(secret: string): Promise<string> {
  return base64Url(new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(secret))));
}

/** Bytes in base64url without padding. */
export function base64Url(bytes: Uint8Array): string {
  return bytes.toBase64({ alphabet: "base64url", omitPadding: true });
}
