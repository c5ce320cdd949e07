/**
 * One socket without a client: what one sends is what goes out. It matches answers to requests, and counts them.
 * @module
 */

import { parseFrame } from "../client/frames.js";
import { isRecord, parseRecord } from "../client/records.js";

/** @import { Reply } from "../client/frames.js" */
/** @import { Data, SocketType } from "./faulty_wire.js" */

/** @typedef {{ok: number, refused: Map<string, number>}} Answers how many, and how many of each error's code */
/** @typedef {ReturnType<typeof openRawSocket>} RawSocket */

/**
 * Opens one.
 * @param {object} parts
 * @param {string} parts.url
 * @param {string | undefined} parts.protocol none in the plain mode
 * @param {SocketType} parts.WebSocket
 * @param {() => void} parts.onOpen
 * @param {(code: number, reason: string) => void} parts.onClose
 * @param {(ok: Record<string, unknown>) => void} parts.onOk what an answer or the server unasked has told
 * @param {() => void} parts.onCount an answer was counted
 */
export function openRawSocket({ url, protocol, WebSocket, onOpen, onClose, onOk, onCount }) {
  const socket = protocol === undefined ? new WebSocket(url) : new WebSocket(url, protocol);
  /** @type {Map<number, (reply: Reply) => void>} */
  const waiting = new Map();
  /** @type {Answers} */
  const answers = { ok: 0, refused: new Map() };
  let nextId = 1;

  socket.onopen = onOpen;
  socket.onmessage = ({ data }) => take(String(data));
  socket.onclose = ({ code, reason }) => {
    for (const settle of waiting.values()) settle({ kind: "lost" });
    waiting.clear();
    onClose(code, reason);
  };

  /** @param {string} text */
  function take(text) {
    const frame = parseFrame(text);
    if (frame.kind === "answer") {
      if (frame.reply.kind === "ok") onOk(frame.reply.ok);
      count(frame.reply.kind === "error" ? frame.reply.error.code : undefined);
      waiting.get(frame.id)?.(frame.reply);
      waiting.delete(frame.id);
      return;
    }
    if (frame.kind === "events") onOk({ events: frame.events });
    const code = unaskedErrorOf(text);
    // Whatever comes on a plain socket is as good as an answer.
    if (code !== undefined || protocol === undefined) count(code);
  }

  /** @param {string | undefined} code undefined: it was no refusal */
  function count(code) {
    if (code === undefined) answers.ok += 1;
    else answers.refused.set(code, (answers.refused.get(code) ?? 0) + 1);
    onCount();
  }

  /**
   * @param {Data} data
   * @returns {boolean} whether it was open
   */
  function send(data) {
    if (socket.readyState !== 1) return false;
    socket.send(data);
    const id = typeof data === "string" ? parseRecord(data)?.id : undefined;
    if (typeof id === "number" && Number.isSafeInteger(id)) nextId = Math.max(nextId, id + 1);
    return true;
  }

  return {
    answers,
    send,

    /** One more than the largest that was sent. */
    get nextId() {
      return nextId;
    },

    /**
     * @param {Record<string, unknown>} fields everything but the `id`
     * @returns {boolean} whether it was open
     */
    request: (fields) => send(JSON.stringify({ id: nextId, ...fields })),

    /**
     * @param {number} id
     * @returns {Promise<Reply>} `lost` when the socket goes first
     */
    answerTo: (id) => new Promise((settle) => waiting.set(id, settle)),

    close: () => socket.close(),
  };
}

/**
 * The code of `{"type": "error", "error": {"code"}}`.
 * @param {string} text
 */
function unaskedErrorOf(text) {
  const frame = parseRecord(text);
  if (frame?.type !== "error" || !isRecord(frame.error)) return undefined;
  return typeof frame.error.code === "string" ? frame.error.code : undefined;
}
