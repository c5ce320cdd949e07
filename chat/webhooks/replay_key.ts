/** Headers that say which message this is, where nothing but the secret itself proves who says so; the first that is there counts. */
const KEY_HEADERS = ["idempotency-key", "webhook-id", "x-github-delivery"];

/**
 * What an incoming message is known by when it comes again. Of a signed one only what is signed counts: whoever has recorded it could
 * else post it once more, with another header.
 *
 * @param headers The request's, verified by `verifyRequest`.
 * @param inBody The key in the body, which each signature covers.
 * @returns Undefined: it says none, and each time is another message.
 */
export function replayKey(headers: Headers, inBody: string | undefined): string | undefined {
  if (inBody !== undefined) return inBody;
  // In the order in which `verifyRequest` looks: what is there has been verified.
  const isSigned = !/^Bearer +[^ ]+$/i.test(headers.get("authorization") ?? "") && headers.has("webhook-signature");
  const names = isSigned ? ["webhook-id"] : KEY_HEADERS;
  return names.map((name) => headers.get(name) ?? "").find((value) => value !== "");
}
