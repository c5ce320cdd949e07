import { CLOSE } from "../protocol/close_codes.ts";
import { ChatError } from "../protocol/errors.ts";

/** Frames that are not the protocol's, after which a connection is closed. */
const MAX_BAD_FRAMES = 3;

/** Refusals for speed after which a connection is closed, unless there was a pause between. */
const MAX_REFUSALS = 100;
const PAUSE_MS = 10_000;

/** Counts what a connection does wrong, and says when it is enough. */
export class Abuse {
  #badFrames = 0;
  #refusals = 0;
  #lastRefusalAt = -Infinity;

  /**
   * Counts one error that was answered.
   *
   * @param error The error.
   * @param now Milliseconds on a clock that never goes back.
   * @returns Why the connection has to be closed, and with which code; undefined while it may go on.
   */
  count(error: ChatError, now: number = performance.now()): { code: number; reason: string } | undefined {
    if (error.code === "bad_request" && ++this.#badFrames >= MAX_BAD_FRAMES) {
      return { code: CLOSE.policy, reason: `${MAX_BAD_FRAMES} bad frames` };
    }
    if (error.code === "rate_limited") {
      if (now - this.#lastRefusalAt > PAUSE_MS) this.#refusals = 0;
      this.#lastRefusalAt = now;
      if (++this.#refusals >= MAX_REFUSALS) return { code: CLOSE.policy, reason: "Rate limit ignored" };
    }
  }
}
