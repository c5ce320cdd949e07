import { quote } from "../protocol/errors.ts";

const MAX_REASON_BYTES = 123;

/**
 * A socket that cannot send its close stays open: what no frame can carry is the caller's fault, at once (RFC 6455 §5.5, §7.4).
 *
 * @throws {RangeError} No close frame can carry these.
 */
export function checkClose(code: number, reason: string): void {
  const isSendable = Number.isInteger(code) &&
    ((code >= 1000 && code <= 1014 && !(code >= 1004 && code <= 1006)) || (code >= 3000 && code <= 4999));
  if (!isSendable) throw new RangeError(`Cannot close with code ${code}: a code is 1000 to 1014 or 3000 to 4999`);
  if (new TextEncoder().encode(reason).length > MAX_REASON_BYTES) {
    throw new RangeError(`Cannot close with a reason over ${MAX_REASON_BYTES} bytes: ${quote(reason)}`);
  }
}
