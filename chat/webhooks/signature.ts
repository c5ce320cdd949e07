/**
 * Secrets and signatures after the Standard Webhooks specification 1.0 (symmetric, `v1`), and GitHub's older way.
 *
 * A secret must be readable to sign with, so these are kept as they are and not as a hash: whoever reads the database can sign. They
 * open nothing but the one webhook.
 *
 * @module
 */

import { ChatError } from "../../protocol/errors.ts";

const PREFIX = "whsec_";
const SECRET_BYTES = 32;

/** Milliseconds that a signature's time may be off: an older message could be a recorded one. */
const TOLERANCE_MS = 5 * 60_000;

/** A new secret: `whsec_` and 32 random bytes in Base64. */
export function newSigningSecret(): string {
  return PREFIX + crypto.getRandomValues(new Uint8Array(SECRET_BYTES)).toBase64();
}

/** What is signed, apart from the body. */
export interface SignedHead {
  /** The message's id, the same in each try; without a full stop. */
  readonly id: string;
  /** When this try is made, in milliseconds since 1970. */
  readonly at: number;
}

/**
 * The three headers of a signed message.
 *
 * @param secret See {@linkcode newSigningSecret}.
 */
export async function signedHeaders(
  secret: string,
  body: string,
  { id, at }: SignedHead,
): Promise<Record<"webhook-id" | "webhook-timestamp" | "webhook-signature", string>> {
  const timestamp = String(Math.floor(at / 1_000));
  const signature = await crypto.subtle.sign("HMAC", await keyOf(bytesOf(secret), "sign"), signed(id, timestamp, body));
  return {
    "webhook-id": id,
    "webhook-timestamp": timestamp,
    "webhook-signature": `v1,${new Uint8Array(signature).toBase64()}`,
  };
}

/**
 * Finds out who has signed or said a secret: by `Authorization: Bearer`, by Standard Webhooks' headers or by GitHub's
 * `X-Hub-Signature-256`, whichever is there, in this order.
 *
 * @param body As it came.
 * @param now Milliseconds since 1970.
 * @throws {ChatError} `unauthorized`: nothing is there, it is wrong, or its time is more than five minutes off.
 */
export async function verifyRequest(secret: string, headers: Headers, body: string, now: number): Promise<void> {
  const bearer = /^Bearer +([^ ]+)$/i.exec(headers.get("authorization") ?? "")?.[1];
  const github = headers.get("x-hub-signature-256");
  const standard = headers.get("webhook-signature");
  const isGood = bearer !== undefined
    ? await isSame(bearer, secret)
    : standard !== null
    ? await isSigned(secret, headers, standard, body, now)
    : github !== null && await isHubSigned(secret, github, body);
  if (!isGood) throw refusedHook();
}

/** What is said to whoever cannot prove that a hook is theirs, word for word the same when there is no such hook. */
export function refusedHook(): ChatError {
  return new ChatError("unauthorized", "Cannot post here: neither its secret nor a signature with it was given");
}

async function isSigned(
  secret: string,
  headers: Headers,
  signatures: string,
  body: string,
  now: number,
): Promise<boolean> {
  const id = headers.get("webhook-id");
  const timestamp = headers.get("webhook-timestamp");
  if (id === null || timestamp === null || !/^\d{1,12}$/.test(timestamp)) return false;
  if (Math.abs(now - Number(timestamp) * 1_000) > TOLERANCE_MS) return false;
  const key = await keyOf(bytesOf(secret), "verify");
  // Several, while a sender changes its secret.
  for (const signature of signatures.split(" ").slice(0, 10)) {
    const bytes = signature.startsWith("v1,") ? decoded(() => Uint8Array.fromBase64(signature.slice(3))) : undefined;
    if (bytes && await crypto.subtle.verify("HMAC", key, bytes, signed(id, timestamp, body))) return true;
  }
  return false;
}

/** GitHub keys its HMAC with the secret as it was typed in: all of its characters. */
async function isHubSigned(secret: string, header: string, body: string): Promise<boolean> {
  const bytes = header.startsWith("sha256=") ? decoded(() => Uint8Array.fromHex(header.slice(7))) : undefined;
  return bytes !== undefined &&
    await crypto.subtle.verify(
      "HMAC",
      await keyOf(new TextEncoder().encode(secret), "verify"),
      bytes,
      new TextEncoder().encode(body),
    );
}

/** Compares digests: how long that takes says nothing about the secret. */
async function isSame(given: string, secret: string): Promise<boolean> {
  const digest = async (text: string) =>
    new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text))).toHex();
  return await digest(given) === await digest(secret);
}

function signed(id: string, timestamp: string, body: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(`${id}.${timestamp}.${body}`);
}

function bytesOf(secret: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.fromBase64(secret.slice(PREFIX.length));
}

function keyOf(bytes: Uint8Array<ArrayBuffer>, use: "sign" | "verify"): Promise<CryptoKey> {
  return crypto.subtle.importKey("raw", bytes, { name: "HMAC", hash: "SHA-256" }, false, [use]);
}

function decoded(decode: () => Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> | undefined {
  try {
    return decode();
  } catch {
    return undefined;
  }
}
