/**
 * A browser and its authenticator in a few lines: WebAuthn Level 3 with ES256 keys and attestation "none" (§6.1, §6.5, §8.7).
 *
 * @module
 */

import type { PasskeyAnswer } from "../../auth/ceremonies.ts";

const UP = 0x01;
const UV = 0x04;
const BE = 0x08;
const BS = 0x10;
const AT = 0x40;

/** What an answer can be wrong in. */
export interface Wrongs {
  /** The page's origin, as the browser says. */
  origin?: string;
  /** The domain that the authenticator hashes. */
  rpId?: string;
  /** The ceremony, as the browser says. */
  type?: string;
  /** The challenge, as the browser says. */
  challenge?: string;
  /** Whether somebody was there. */
  isPresent?: boolean;
  /** Whether the owner proved who they are. */
  isVerified?: boolean;
  /** Uses so far. */
  counter?: number;
  /** Whose the authenticator says it is. */
  userHandle?: string;
  /** The attestation's format and statement, as CBOR. */
  attestation?: { fmt: string; attStmt: Uint8Array };
  /** Whether the page was inside another site's. */
  crossOrigin?: boolean;
}

/** One passkey on one device. */
export class SoftwareAuthenticator {
  readonly id = crypto.getRandomValues(new Uint8Array(20));
  readonly #origin: string;
  #keys: CryptoKeyPair | undefined;
  #userHandle = "";

  constructor(origin: string) {
    this.#origin = origin;
  }

  /** `navigator.credentials.create`, then `toJSON()`. */
  async create(options: Record<string, unknown>, wrongs: Wrongs = {}): Promise<PasskeyAnswer> {
    this.#keys = await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, true, ["sign", "verify"]);
    this.#userHandle = String((options["user"] as { id: string }).id); // What the server under test answers.
    const point = new Uint8Array(await crypto.subtle.exportKey("raw", this.#keys.publicKey));
    const cose = cborMap([
      [cborInt(1), cborInt(2)],
      [cborInt(3), cborInt(-7)],
      [cborInt(-1), cborInt(1)],
      [cborInt(-2), cborBytes(point.slice(1, 33))],
      [cborInt(-3), cborBytes(point.slice(33))],
    ]);
    const credential = concat(new Uint8Array(16), uint16(this.id.length), this.id, cose);
    const authData = concat(await this.#head(AT, wrongs), credential);
    const { fmt, attStmt } = wrongs.attestation ?? { fmt: "none", attStmt: cborMap([]) };
    const attestationObject = cborMap([
      [cborText("fmt"), cborText(fmt)],
      [cborText("attStmt"), attStmt],
      [cborText("authData"), cborBytes(authData)],
    ]);
    return this.#answer({
      clientDataJSON: this.#clientData("webauthn.create", options, wrongs),
      attestationObject: base64(attestationObject),
      transports: ["internal"],
    });
  }

  /** `navigator.credentials.get`, then `toJSON()`. */
  async get(options: Record<string, unknown>, wrongs: Wrongs = {}): Promise<PasskeyAnswer> {
    if (this.#keys === undefined) throw new Error("Cannot sign before a passkey was made");
    const clientDataJSON = this.#clientData("webauthn.get", options, wrongs);
    const authenticatorData = await this.#head(0, wrongs);
    const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", Uint8Array.fromBase64(clientDataJSON, URL_SAFE)));
    const signed = concat(authenticatorData, hash);
    const raw = new Uint8Array(
      await crypto.subtle.sign({ name: "ECDSA", hash: "SHA-256" }, this.#keys.privateKey, signed),
    );
    return this.#answer({
      clientDataJSON,
      authenticatorData: base64(authenticatorData),
      signature: base64(derOf(raw)),
      userHandle: wrongs.userHandle ?? this.#userHandle,
    });
  }

  #answer(response: PasskeyAnswer["response"]): PasskeyAnswer {
    return { id: base64(this.id), rawId: base64(this.id), type: "public-key", response };
  }

  #clientData(type: string, options: Record<string, unknown>, wrongs: Wrongs): string {
    const { challenge = options["challenge"], origin = this.#origin, crossOrigin = false } = wrongs;
    return base64(
      new TextEncoder().encode(JSON.stringify({ type: wrongs.type ?? type, challenge, origin, crossOrigin })),
    );
  }

  async #head(flags: number, { rpId, isPresent = true, isVerified = true, counter = 0 }: Wrongs): Promise<Uint8Array> {
    const domain = new TextEncoder().encode(rpId ?? new URL(this.#origin).hostname);
    const bits = flags | BE | BS | (isPresent ? UP : 0) | (isVerified ? UV : 0);
    return concat(
      new Uint8Array(await crypto.subtle.digest("SHA-256", domain)),
      new Uint8Array([bits]),
      new Uint8Array([counter >>> 24, counter >>> 16, counter >>> 8, counter]),
    );
  }
}

const URL_SAFE = { alphabet: "base64url" } as const;

function base64(bytes: Uint8Array): string {
  return bytes.toBase64({ ...URL_SAFE, omitPadding: true });
}

function concat(...parts: Uint8Array[]): Uint8Array<ArrayBuffer> {
  return new Uint8Array(parts.flatMap((part) => [...part]));
}

function uint16(value: number): Uint8Array {
  return new Uint8Array([value >> 8, value & 0xff]);
}

/** CBOR (RFC 8949 §3): a major type and a count below 65,536. */
function cborHead(major: number, count: number): Uint8Array {
  if (count < 24) return new Uint8Array([major << 5 | count]);
  if (count < 256) return new Uint8Array([major << 5 | 24, count]);
  return concat(new Uint8Array([major << 5 | 25]), uint16(count));
}

function cborInt(value: number): Uint8Array {
  return value >= 0 ? cborHead(0, value) : cborHead(1, -1 - value);
}

/** A byte string in CBOR. */
export function cborBytes(bytes: Uint8Array): Uint8Array {
  return concat(cborHead(2, bytes.length), bytes);
}

/** A text in CBOR. */
export function cborText(text: string): Uint8Array {
  const bytes = new TextEncoder().encode(text);
  return concat(cborHead(3, bytes.length), bytes);
}

/** An array in CBOR. */
export function cborArray(items: Uint8Array[]): Uint8Array {
  return concat(cborHead(4, items.length), ...items);
}

/** A map in CBOR. */
export function cborMap(entries: [Uint8Array, Uint8Array][]): Uint8Array {
  return concat(cborHead(5, entries.length), ...entries.flat());
}

/** r and s as DER (§6.5.6 of WebAuthn): integers without leading zeros, with one where the first bit is set. */
function derOf(raw: Uint8Array): Uint8Array {
  const integer = (bytes: Uint8Array) => {
    const start = bytes.findIndex((byte) => byte !== 0);
    const short = start < 0 ? new Uint8Array([0]) : bytes.slice(start);
    const body = (short[0] ?? 0) >= 0x80 ? concat(new Uint8Array([0]), short) : short;
    return concat(new Uint8Array([0x02, body.length]), body);
  };
  const body = concat(integer(raw.slice(0, 32)), integer(raw.slice(32)));
  return concat(new Uint8Array([0x30, body.length]), body);
}
