import type { Quota } from "../chat/limits.ts";

/**
 * `RateLimit-Policy` and `RateLimit` as draft-ietf-httpapi-ratelimit-headers-11 writes them: `"write-person";q=50;w=10` and
 * `"write-person";r=49;t=1`. `w` and `t` are seconds; a bucket is full again after `t`, and gives single tokens before.
 *
 * @param quotas What limits the request; undefined is no limit.
 * @returns No headers when there is no limit.
 */
export function rateHeaders(quotas: readonly (Quota | undefined)[]): Record<string, string> {
  const counted = quotas.filter((quota) => quota !== undefined);
  if (counted.length === 0) return {};
  return {
    "ratelimit-policy": counted.map(({ policy, burst, windowS }) => `"${policy}";q=${burst};w=${windowS}`).join(", "),
    "ratelimit": counted.map(({ policy, remaining, fullInMs }) =>
      `"${policy}";r=${remaining};t=${Math.ceil(fullInMs / 1_000)}`
    ).join(", "),
  };
}
