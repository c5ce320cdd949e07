/**
 * What `auth/` keeps. Secrets are in none of them: a token is kept as its hash, a passkey as its public half.
 *
 * @module
 */

import { z } from "zod";
import { user } from "../protocol/events.ts";

/** `person <id>`: everybody who was ever here, but the operator. */
export const personDocument = z.object({
  /** As others see them. */
  user,
  /** See `Caller.kind`. */
  kind: z.enum(["guest", "claimed", "signed", "bot"]),
  /** When they first came, in milliseconds since 1970. */
  createdAt: z.number(),
  /** Of the token that named a signed person last, in seconds since 1970: an older one does not name them back. */
  issuedAt: z.number().optional(),
  /** They were erased, or are being erased. */
  erased: z.literal(true).optional(),
});

/** See {@linkcode personDocument}. */
export type PersonDocument = z.infer<typeof personDocument>;

/** `session <hash of token>`. */
export const sessionDocument = z.object({
  /** Whose. */
  person: z.string(),
  /** Its public name; random. */
  credential: z.string(),
  /** Milliseconds since 1970. */
  createdAt: z.number(),
  /** When it was last used, a day late at most. */
  usedAt: z.number(),
  /** When it ends unless it is used. */
  expiresAt: z.number(),
});

/** See {@linkcode sessionDocument}. */
export type SessionDocument = z.infer<typeof sessionDocument>;

/** `name <hash of skeleton>`. */
export const nameDocument = z.object({ person: z.string() });

/** `key <hash of key>`. */
export const keyDocument = z.object({ bot: z.string(), credential: z.string(), createdAt: z.number() });

/** See {@linkcode keyDocument}. */
export type KeyDocument = z.infer<typeof keyDocument>;

/** `passkey <hash of id>`. */
export const passkeyDocument = z.object({
  /** Whose. */
  person: z.string(),
  /** As the authenticator named it, base64url. */
  id: z.string(),
  /** COSE. */
  publicKey: z.instanceof(Uint8Array),
  /** Counts its uses; stays 0 with most passkeys that are kept in several places. */
  counter: z.number(),
  /** How a browser reaches it, as browsers name the ways. */
  transports: z.array(z.string()),
  /** The domain that it was made for. */
  rpId: z.string(),
  /** Whether its owner's provider keeps copies. */
  isBackedUp: z.boolean(),
  /** Milliseconds since 1970. */
  createdAt: z.number(),
  /** Milliseconds since 1970. */
  usedAt: z.number().optional(),
});

/** See {@linkcode passkeyDocument}. */
export type PasskeyDocument = z.infer<typeof passkeyDocument>;

/** `challenge <challenge>`: used up by the first answer, whatever it is worth. */
export const challengeDocument = z.object({
  /** Who registers; absent: somebody signs in. */
  person: z.string().optional(),
  /** The origin whose page asked. */
  origin: z.string(),
  /** Milliseconds since 1970. */
  expiresAt: z.number(),
});

/** See {@linkcode challengeDocument}. */
export type ChallengeDocument = z.infer<typeof challengeDocument>;

/** `ban <person>`. */
export const banDocument = z.object({
  /** Milliseconds since 1970; absent: until it is lifted. */
  until: z.number().optional(),
  /** What the banned person is told. */
  reason: z.string().optional(),
  /** Who banned them. */
  by: user,
  /** Milliseconds since 1970. */
  at: z.number(),
});

/** See {@linkcode banDocument}. */
export type BanDocument = z.infer<typeof banDocument>;

/** `revoked <person>`. */
export const revokedDocument = z.object({
  /** Milliseconds since 1970: what was issued up to then no longer holds. */
  before: z.number(),
});
