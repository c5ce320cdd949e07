import { SignJWT } from "jose";
import type { SignedOptions } from "../../auth/signed.ts";

const SECRET = "a host site's secret of 40 characters....";

/** How a test's host site signs. */
export const SIGNED: SignedOptions = { key: { secret: SECRET }, audience: "https://chat.test" };

/**
 * A token of a test's host site.
 *
 * @param expiresAt Milliseconds since 1970; seconds are kept.
 * @param claims What else it says, or says otherwise.
 */
export function signToken(expiresAt: number, claims: Record<string, unknown> = {}): Promise<string> {
  const exp = Math.floor(expiresAt / 1_000);
  const payload = { sub: "42", name: "민지", aud: SIGNED.audience, iat: exp - 600, exp, ...claims };
  return new SignJWT(payload).setProtectedHeader({ alg: "HS256" }).sign(new TextEncoder().encode(SECRET));
}
