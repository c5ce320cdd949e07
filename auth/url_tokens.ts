import { ChatError } from "../protocol/errors.ts";

/** Names that tokens go by in other services' URLs. */
const NAMES = new Set(
  "token access_token accesstoken auth_token authtoken id_token refresh_token auth authorization bearer jwt session session_id sessionid sid key api_key apikey secret password ticket"
    .split(" "),
);

/** What a token of any kind looks like, wherever it stands. */
const TOKEN = /maru_[sk]_[\w-]{20,}|whsec_[\w+/=-]{20,}|eyJ[\w-]{8,}\.[\w-]+\.[\w-]*/;

/**
 * Refuses a token in a URL: it would stand in logs, in histories and in the Referer of whatever the page opens.
 *
 * @param url Absolute, as in `Request.url`.
 * @throws {ChatError} `bad_request`; its message does not hold the token.
 */
export function refuseTokenInUrl(url: string): void {
  const start = url.indexOf("?");
  if (start >= 0) {
    for (const name of new URLSearchParams(url.slice(start)).keys()) {
      if (NAMES.has(name.toLowerCase())) throw refusal();
    }
  }
  if (TOKEN.test(url)) throw refusal();
}

function refusal(): ChatError {
  return new ChatError("bad_request", "Cannot take a token in a URL: send it as Authorization: Bearer, or in hello");
}
