/**
 * Operations over the socket [V25]: each is a question with one answer.
 * @module
 */

/** @import { Connection } from "./connection.js" */
/** @import { ProtocolError } from "./frames.js" */
/** @import { Request } from "./requests.js" */

/** @typedef {{fields: Request, done: PromiseWithResolvers<Record<string, unknown>>}} Question */
/** @typedef {(type: string, input?: Readonly<Record<string, unknown>>) => Promise<Record<string, unknown>>} Ask */

/**
 * Makes an empty set of questions.
 * @param {Pick<Connection, "request">} connection
 */
export function createQuestions(connection) {
  /** What waits for a hello, in the order in which it was asked. @type {Set<Question>} */
  const waiting = new Set();
  let isOnline = false;
  /** Why nothing is asked any more. @type {ProtocolError | undefined} */
  let refusal;

  /** @param {Question} question */
  function put(question) {
    connection.request(question.fields, (reply) => {
      if (reply.kind === "ok") question.done.resolve(reply.ok);
      else if (reply.kind === "error") question.done.reject(reply.error);
      // It never left, so it can wait for the next connection.
      else if (reply.unsent) waiting.add(question);
      else question.done.reject({ code: "lost", message: "the connection went before the answer came" });
    });
  }

  return {
    /** @type {Ask} */
    ask(type, input = {}) {
      /** @type {Question} */
      const question = { fields: Object.assign({ type }, input, { type }), done: Promise.withResolvers() };
      // Who does not care for the answer shall not meet an unhandled rejection.
      question.done.promise.catch(() => {});
      if (refusal !== undefined) question.done.reject(refusal);
      else if (isOnline) put(question);
      else waiting.add(question);
      return question.done.promise;
    },

    /** The connection is there, a new one: what waited is asked. */
    resume() {
      isOnline = true;
      const all = [...waiting];
      waiting.clear();
      all.forEach(put);
    },

    /** The connection is gone; another will come. */
    lost() {
      isOnline = false;
      refusal = undefined;
    },

    /** No connection will come, unless somebody asks for one. @param {ProtocolError} reason */
    close(reason) {
      isOnline = false;
      refusal = reason;
      for (const { done } of waiting) done.reject(reason);
      waiting.clear();
    },
  };
}
