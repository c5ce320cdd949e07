/**
 * The session's cookie: no script sees it, and no other site's form sends it.
 *
 * @module
 */

/** Its name. */
const SESSION_COOKIE_NAME = "maru_session";

/** Seconds that browsers keep it, 400 days: the most that they do. When the session ends is the server's to say. */
const MAX_AGE_S = 400 * 86_400;

/** Writes the session's cookie. */
export const sessionCookie = {
  /**
   * The `Set-Cookie` that keeps a token.
   *
   * @param token A session's.
   * @param isSecure Whether the client came by https.
   */
  set(token: string, isSecure: boolean): string {
    return cookie(token, MAX_AGE_S, isSecure);
  },
  /**
   * The `Set-Cookie` that removes it.
   *
   * @param isSecure Whether the client came by https.
   */
  clear(isSecure: boolean): string {
    return cookie("", 0, isSecure);
  },
};

/**
 * Reads the token out of a request's cookies.
 *
 * @param header `Cookie`, or null.
 * @returns Undefined: there is none. The first of several: browsers send the one with the longest path first, and ours has the shortest, so
 * that one which another page slipped in is not taken for ours but refused.
 */
export function readSessionCookie(header: string | null): string | undefined {
  for (const pair of header?.split(";") ?? []) {
    const [name, value = ""] = pair.split("=", 2);
    if (name?.trim() === SESSION_COOKIE_NAME && value.trim() !== "") return value.trim().replace(/^"(.*)"$/, "$1");
  }
  return undefined;
}

function cookie(value: string, maxAgeS: number, isSecure: boolean): string {
  const flags = `Path=/; Max-Age=${maxAgeS}; HttpOnly; SameSite=Lax`;
  return `${SESSION_COOKIE_NAME}=${value}; ${flags}${isSecure ? "; Secure" : ""}`;
}
