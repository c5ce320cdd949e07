/**
 * Requests that wait for their answers on one connection [V1].
 * @module
 */

/** @import { Clock } from "./connection.js" */
/** @import { Reply } from "./frames.js" */

/** @typedef {Readonly<Record<string, unknown>>} Request everything but the `id`; holds its `type` */

/** No sign of life for so long: the line is doubted, and a ping that meets the same has its answer. */
const DOUBT_MS = 5_000;
/** An answer that does not come while others do: only a fresh connection tells what became of the request. */
const ANSWER_MS = 20_000;

/**
 * Makes an empty set of requests.
 * @param {object} parts
 * @param {Clock} parts.clock
 * @param {(text: string) => boolean} parts.send whether it could be sent
 * @param {() => number} parts.heard counts the frames that came in
 * @param {() => void} parts.onDoubt somebody waits, and nothing at all is heard
 * @param {() => void} parts.onGiveUp the connection is of no use
 */
export function createRequests({ clock, send, heard, onDoubt, onGiveUp }) {
  /** @type {Map<number, {settle: (reply: Reply) => void, deadline: unknown}>} */
  const waiting = new Map();
  let nextId = 1;

  /**
   * Hands an answer to its request. Within the frame's own callback, so that a join's answer is worked through before
   * the events that follow it.
   * @param {number} id
   * @param {Reply} reply
   */
  function settle(id, reply) {
    const request = waiting.get(id);
    if (request === undefined) return;
    waiting.delete(id);
    clock.clearTimeout(request.deadline);
    request.settle(reply);
  }

  return {
    settle,

    /**
     * Asks the server.
     * @param {Request} fields
     * @param {(reply: Reply) => void} onReply called once, `lost` when the connection goes first; before this returns,
     *   and `unsent`, when there is none to take the request
     */
    ask(fields, onReply) {
      const id = nextId++;
      const before = heard();
      // First for the reader of the frame log, and last so that no field can take its place.
      if (!send(JSON.stringify(Object.assign({ id }, fields, { id })))) return onReply({ kind: "lost", unsent: true });
      const pingLate = () => {
        // A ping queues behind a backlog of events on a slow line: any frame is a sign of life.
        if (heard() > before) settle(id, { kind: "lost" });
        else onGiveUp();
      };
      const doubt = () => {
        request.deadline = clock.setTimeout(onGiveUp, ANSWER_MS - DOUBT_MS);
        if (heard() === before) onDoubt();
      };
      const request = {
        settle: onReply,
        deadline: clock.setTimeout(fields.type === "ping" ? pingLate : doubt, DOUBT_MS),
      };
      waiting.set(id, request);
    },

    /** The connection is gone. */
    lose() {
      for (const id of [...waiting.keys()]) settle(id, { kind: "lost" });
    },
  };
}
