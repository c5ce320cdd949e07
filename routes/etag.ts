/**
 * Whether a client has what it asks for: `If-None-Match` names its ETag. Compared weakly, as RFC 9110 §13.1.2 says: a proxy that
 * compresses an answer makes its ETag weak, and that is the one that comes back.
 *
 * @param headers The request's.
 * @param etag The strong one that it would get, with its quotes.
 */
export function hasEtag(headers: Headers, etag: string): boolean {
  const given = headers.get("if-none-match");
  if (given === null) return false;
  return given.split(",").some((one) => one.trim() === "*" || one.trim().replace(/^W\//, "") === etag);
}
