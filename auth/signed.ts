/**
 * People whom a host site vouches for, with a JWT (RFC 7519) that it signs. The checks follow RFC 8725: the algorithms are ours to say, never
 * the token's; `aud` and `exp` must be there.
 *
 * @module
 */

import {
  createRemoteJWKSet,
  customFetch,
  errors,
  type JWTPayload,
  jwtVerify,
  type JWTVerifyGetKey,
  type JWTVerifyOptions,
} from "jose";
import { z } from "zod";
import { ChatError } from "../protocol/errors.ts";
import type { User } from "../protocol/events.ts";
import { parsePersonName, parseRoomName } from "../protocol/names.ts";
import { hashOf } from "./tokens.ts";

/** How a host site's tokens are checked. */
export interface SignedOptions {
  /** The secret of HS256, at least 32 characters; or the address of a JWKS (RS256, ES256, EdDSA). */
  readonly key: { readonly secret: string } | { readonly jwks: string };
  /** The `aud` that they must have. */
  readonly audience: string;
  /** The `iss` that they must have; undefined: any. */
  readonly issuer?: string | undefined;
  /** Milliseconds since 1970. Default `Date.now`. */
  readonly now?: () => number;
  /** Milliseconds after which a JWKS is fetched again for a key that it did not have. Default 30,000. */
  readonly jwksCooldownMs?: number;
}

/** What a token proves. */
export interface Signed {
  /** `s_` and the token's `sub`, and its `name`. */
  readonly user: User;
  /** Whether its `role` is `admin`. */
  readonly isAdmin: boolean;
  /** The only rooms that they may use, where it has `rooms`. */
  readonly rooms?: readonly string[];
  /** Names the token without telling it: made of `sub` and `jti`, or of the token. */
  readonly credential: string;
  /** Its `exp`, in milliseconds since 1970. */
  readonly expiresAt: number;
  /** Its `iat`, in seconds since 1970. */
  readonly issuedAt?: number;
}

/** Checks a host site's tokens. */
export interface SignedTokens {
  /**
   * Checks a token.
   *
   * @throws {ChatError} `unauthorized`: it proves nothing, and why, never with the token or what it says; `unavailable`: the JWKS cannot be
   * reached.
   */
  verify(token: string): Promise<Signed>;
}

/** Clocks of two machines differ. */
const TOLERANCE_S = 5;

/** Milliseconds that a JWKS may take to come. */
const JWKS_TIMEOUT_MS = 3_000;

/** Rooms that a token may name. */
const MAX_ROOMS = 100;

const claims = z.object({
  // What a log or a terminal would obey is in no id.
  sub: z.string().min(1).max(128).refine((sub) =>
    sub.length <= 128 && sub.isWellFormed() && !/[\p{C}\p{Zl}\p{Zp}]/u.test(sub)
  ),
  name: z.string(),
  exp: z.number().max(1e11),
  iat: z.number().optional(),
  jti: z.string().max(512).optional(),
  // Host sites have roles of their own: what is none of ours gives no power.
  role: z.unknown().optional(),
  rooms: z.array(z.string()).max(MAX_ROOMS).optional(),
});

/**
 * Makes the check.
 *
 * @param options See {@linkcode SignedOptions}.
 */
export function createSigned(options: SignedOptions): SignedTokens {
  const { key, audience, issuer, now = Date.now } = options;
  const algorithms = "secret" in key ? ["HS256"] : ["RS256", "ES256", "EdDSA"];
  const findKey = keyFinder(options);
  return {
    async verify(token) {
      try {
        const payload = await payloadOf(token, findKey, {
          algorithms,
          audience,
          ...(issuer !== undefined && { issuer }),
          requiredClaims: ["sub", "exp"],
          clockTolerance: TOLERANCE_S,
          currentDate: new Date(now()),
        });
        return await readClaims(payload, token);
      } catch (error) {
        throw refusal(error);
      }
    },
  };
}

/** What a token says that one of the keys has signed: of several that may have, while a site changes its key and names none, the first that did. */
async function payloadOf(token: string, findKey: JWTVerifyGetKey, options: JWTVerifyOptions): Promise<JWTPayload> {
  try {
    return (await jwtVerify(token, findKey, options)).payload;
  } catch (error) {
    if (!(error instanceof errors.JWKSMultipleMatchingKeys)) throw error;
    for await (const key of error) {
      try {
        return (await jwtVerify(token, key, options)).payload;
      } catch (cause) {
        if (!(cause instanceof errors.JWSSignatureVerificationFailed)) throw cause;
      }
    }
    throw error;
  }
}

function keyFinder({ key, jwksCooldownMs = 30_000 }: SignedOptions): JWTVerifyGetKey {
  if ("secret" in key) {
    const secret = new TextEncoder().encode(key.secret);
    return () => secret;
  }
  return createRemoteJWKSet(new URL(key.jwks), {
    timeoutDuration: JWKS_TIMEOUT_MS,
    cooldownDuration: jwksCooldownMs,
    [customFetch]: fetchKeys,
  });
}

/** jose does not read what comes with another status than 200, which would hold the connection. */
async function fetchKeys(url: string, init: RequestInit): Promise<Response> {
  const response = await fetch(url, init);
  if (response.status === 200) return response;
  await response.body?.cancel();
  return new Response(null, { status: response.status });
}

async function readClaims(payload: JWTPayload, token: string): Promise<Signed> {
  const parsed = claims.safeParse(payload);
  if (!parsed.success) {
    const claim = String(parsed.error.issues[0]?.path[0] ?? "sub");
    throw new ChatError("unauthorized", `Cannot take this token: its claim "${claim}" is missing or not valid`);
  }
  const { sub, name, exp, iat, jti, role, rooms } = parsed.data;
  return {
    user: { id: `s_${sub}`, name: parseClaim("name", () => parsePersonName(name)) },
    isAdmin: role === "admin",
    ...(rooms !== undefined && { rooms: parseClaim("rooms", () => rooms.map(parseRoomName)) }),
    credential: `t_${await hashOf(JSON.stringify(jti === undefined ? [token] : [sub, jti]))}`,
    expiresAt: exp * 1_000,
    ...(iat !== undefined && { issuedAt: iat }),
  };
}

function parseClaim<T>(claim: string, parse: () => T): T {
  try {
    return parse();
  } catch (cause) {
    throw new ChatError("unauthorized", `Cannot take this token: its claim "${claim}" is missing or not valid`, {
      cause,
    });
  }
}

function refusal(error: unknown): unknown {
  if (error instanceof ChatError) return error;
  const refuse = (why: string) => new ChatError("unauthorized", `Cannot take this token: ${why}`, { cause: error });
  if (error instanceof errors.JWTExpired) return refuse("it has expired");
  if (error instanceof errors.JWTClaimValidationFailed) {
    return refuse(`its claim "${error.claim}" is missing or not ours`);
  }
  if (error instanceof errors.JWKSTimeout || !(error instanceof errors.JOSEError) || isUnreachable(error)) {
    return new ChatError(
      "unavailable",
      "Cannot check this token: the keys of the site that signed it cannot be reached",
      {
        cause: error,
      },
    );
  }
  return refuse("it was not signed for this service");
}

/** jose says this of a JWKS whose address does not answer 200, or with JSON that is none. */
function isUnreachable(error: errors.JOSEError): boolean {
  return error.code === "ERR_JOSE_GENERIC" || error instanceof errors.JWKSInvalid;
}
