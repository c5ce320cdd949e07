/**
 * Who is asking: every way to prove it, and one way to say no.
 *
 * @module
 */

import { documentKey } from "../chat/keys.ts";
import type { ChannelLayer } from "../layers/layer.ts";
import type { Caller } from "../protocol/caller.ts";
import { ChatError } from "../protocol/errors.ts";
import type { Bans } from "./bans.ts";
import type { Bots } from "./bots.ts";
import { readSessionCookie } from "./cookie.ts";
import { type PersonDocument, personDocument } from "./documents.ts";
import type { Origins } from "./origins.ts";
import { OPERATOR, type People } from "./people.ts";
import type { Sessions } from "./sessions.ts";
import type { SignedTokens } from "./signed.ts";
import { hashOf, KEY_PREFIX, SESSION_PREFIX } from "./tokens.ts";
import { refuseTokenInUrl } from "./url_tokens.ts";

/** What an {@linkcode Authenticator} asks. */
export interface AuthenticatorParts {
  /** Holds the documents. */
  readonly layer: ChannelLayer;
  /** Who was ever here. */
  readonly people: People;
  /** Sessions. */
  readonly sessions: Sessions;
  /** Bots' keys. */
  readonly bots: Bots;
  /** Who is kept out. */
  readonly bans: Bans;
  /** A host site's tokens; undefined: there is no host site. */
  readonly signed?: SignedTokens | undefined;
  /** The operator's own key; undefined: there is no operator. */
  readonly apiKey?: string | undefined;
  /** Whose pages may act for somebody by their cookie. */
  readonly origins: Origins;
}

/** Options of {@linkcode Authenticator.find}. */
export interface FindOptions {
  /**
   * Whether a cookie whose session has ended counts as none: for what anybody may ask, e.g. to sign in again, because a script cannot
   * throw away a cookie that it cannot see. Default false.
   */
  readonly forgivesCookie?: boolean;
}

/** A longer one is none of ours. */
const MAX_TOKEN_LENGTH = 4_096;

/** Three parts of base64url: a JWT in its compact form (RFC 7515 §7.1). */
const JWT = /^[\w-]+\.[\w-]+\.[\w-]+$/;

const SAFE_METHODS: readonly string[] = ["GET", "HEAD", "OPTIONS"];

/** Finds out who asks. */
export class Authenticator {
  readonly #parts: AuthenticatorParts;
  readonly #apiKeyHash: Promise<string> | undefined;

  /**
   * Makes the one of a deployment.
   *
   * @param parts See {@linkcode AuthenticatorParts}.
   */
  constructor(parts: AuthenticatorParts) {
    this.#parts = parts;
    if (parts.apiKey !== undefined) this.#apiKeyHash = hashOf(parts.apiKey);
  }

  /**
   * Who sends a request: by `Authorization: Bearer`, else by the session's cookie.
   *
   * @param request Its method, URL and headers are read.
   * @returns Undefined: nobody says.
   * @throws {ChatError} `unauthorized`: what it brings proves nothing; `forbidden`: they are banned, or the cookie comes from a foreign
   * page; `bad_request`: there is a token in the URL; `unavailable`.
   */
  async find(request: Request, options?: FindOptions): Promise<Caller | undefined> {
    const { headers, method, url } = request;
    refuseTokenInUrl(url);
    const isByCookie = headers.get("authorization") === null && readSessionCookie(headers.get("cookie")) !== undefined;
    if (isByCookie && !SAFE_METHODS.includes(method.toUpperCase())) this.#refuseForeign(headers);
    return await this.findByHeaders(headers, options);
  }

  /**
   * As {@linkcode find}, by headers alone: for a request that changes nothing, or was let in already.
   *
   * @throws As {@linkcode find}.
   */
  async findByHeaders(headers: Headers, { forgivesCookie = false }: FindOptions = {}): Promise<Caller | undefined> {
    const authorization = headers.get("authorization");
    if (authorization !== null) return await this.findByToken(bearerOf(authorization));
    const token = readSessionCookie(headers.get("cookie"));
    if (token === undefined) return undefined;
    try {
      if (!token.startsWith(SESSION_PREFIX)) throw refusal();
      return await this.findByToken(token);
    } catch (error) {
      if (forgivesCookie && error instanceof ChatError && error.code === "unauthorized") return undefined;
      throw error;
    }
  }

  /**
   * Whose a token is: a session's, a host site's, a bot's key or the operator's. Its form says which.
   *
   * @throws {ChatError} `unauthorized`: it proves nothing; `forbidden`: they are banned; `unavailable`. No message holds the token.
   */
  async findByToken(token: string): Promise<Caller> {
    if (token.length > MAX_TOKEN_LENGTH) throw refusal();
    const hash = await hashOf(token);
    // Hashes are compared: how long that takes tells nothing of the key.
    if (hash === await this.#apiKeyHash) {
      return { user: OPERATOR, kind: "operator", isAdmin: true, credential: "operator" };
    }
    if (token.startsWith(SESSION_PREFIX)) return await this.#bySession(hash);
    if (token.startsWith(KEY_PREFIX)) return await this.#byKey(hash);
    const { signed } = this.#parts;
    if (signed !== undefined && JWT.test(token)) return await this.#bySignature(signed, token);
    throw refusal();
  }

  async #bySession(hash: string): Promise<Caller> {
    const session = await this.#parts.sessions.find(hash);
    if (session === undefined) throw refusal();
    const { user, kind } = await this.#admit(session.person);
    return { user, kind, isAdmin: false, credential: session.credential, expiresAt: session.expiresAt };
  }

  async #byKey(hash: string): Promise<Caller> {
    const key = await this.#parts.bots.find(hash);
    if (key === undefined) throw refusal();
    const { user } = await this.#admit(key.bot);
    return { user, kind: "bot", isAdmin: false, credential: key.credential };
  }

  async #bySignature(signed: SignedTokens, token: string): Promise<Caller> {
    const { layer, bans, people } = this.#parts;
    const { user, isAdmin, rooms, credential, expiresAt, issuedAt } = await signed.verify(token);
    const kinds = ["ban", "revoked", "person"] as const;
    const [ban, revoked, known] = await layer.get(kinds.map((kind) => documentKey(kind, user.id)));
    bans.refuseBanned(ban);
    bans.refuseRevoked(revoked, issuedAt);
    try {
      await people.note(user, issuedAt ?? 0, known);
    } catch (error) {
      // Another request notes it, or the next one: what the token proves does not depend on it.
      if (!(error instanceof ChatError)) throw error;
    }
    return { user, kind: "signed", isAdmin, ...(rooms && { rooms }), credential, expiresAt };
  }

  /** The person whom a credential of ours names, unless they are banned or gone. */
  async #admit(id: string): Promise<PersonDocument> {
    const [ban, person] = await this.#parts.layer.get([documentKey("ban", id), documentKey("person", id)]);
    this.#parts.bans.refuseBanned(ban);
    const known = person && personDocument.parse(person.value);
    if (known === undefined || known.erased) throw refusal();
    return known;
  }

  /** A browser adds cookies to whatever any page sends: so it must say that the page is ours (CSRF). */
  #refuseForeign(headers: Headers): void {
    const origin = headers.get("origin");
    if (
      origin !== null
        ? this.#parts.origins.allows(origin, headers.get("host"))
        : headers.get("sec-fetch-site") === "same-origin"
    ) {
      return;
    }
    throw new ChatError(
      "forbidden",
      "Cannot take a cookie from this page: send Authorization: Bearer, or ask from an allowed origin",
    );
  }
}

function bearerOf(authorization: string): string {
  const token = /^bearer +(\S+)\s*$/i.exec(authorization)?.[1];
  if (token === undefined) {
    throw new ChatError("unauthorized", "Cannot take this Authorization: it is Bearer and a token");
  }
  return token;
}

/** The same for all that proves nothing: which part was wrong is nobody's business. */
function refusal(): ChatError {
  return new ChatError("unauthorized", "Cannot take this token: it is not one of ours, or no longer holds");
}
