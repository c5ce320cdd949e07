import { ChatError, meaningOf, wireError } from "../protocol/errors.ts";

/**
 * An RFC 9457 problem document for anything thrown. What is not a `ChatError` becomes `internal`, without details.
 *
 * @param error What was thrown.
 * @param headers Further headers.
 */
export function problem(error: unknown, headers: Record<string, string> = {}): Response {
  const { code, message, retryAfterMs } = wireError(error);
  const { status, title } = meaningOf(code);
  const body = {
    type: "about:blank",
    title,
    status,
    detail: message,
    code,
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  };
  const retryAfter = retryAfterMs === undefined ? {} : { "retry-after": String(Math.ceil(retryAfterMs / 1_000)) };
  // RFC 9110 §11.6.1: a 401 says how to prove who one is.
  const challenge: Record<string, string> = status === 401 ? { "www-authenticate": "Bearer" } : {};
  return new Response(JSON.stringify(body), {
    status,
    headers: { "content-type": "application/problem+json", ...challenge, ...retryAfter, ...headers },
  });
}

/** The problem of a path that nothing is at. */
export function notFound(path: string): Response {
  return problem(new ChatError("not_found", `There is nothing at ${path.slice(0, 200)}`));
}
