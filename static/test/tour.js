/**
 * Six steps through the protocol, each a request or two on the panes of the page.
 * @module
 */

import { isRecord } from "../client/records.js";

/** @import { Reply } from "../client/frames.js" */
/** @import { Word } from "./words.js" */

/**
 * What a step needs of a pane.
 * @typedef {object} Stage
 * @property {() => {name: string, room: string}} settings as they stand in its form
 * @property {() => boolean} isOpen
 * @property {() => string | undefined} token of the last hello
 * @property {(mode: "v1" | "room") => Promise<void>} connect without saying hello; rejects when it does not open
 * @property {(type: string, fields: Record<string, unknown>) => Promise<Reply>} ask fills it in and sends it
 * @property {(frame: Record<string, unknown>) => void} sendPlain likewise, without an answer of its own
 * @property {(text: string) => Promise<void>} hears a frame with this text; rejects when it does not come
 * @property {() => void} drop
 */
/** @typedef {{word: Word, values: Record<string, string | number>}} Outcome */
/** @typedef {{title: Word, about: Word, run: () => Promise<Outcome>}} Step */

/** A step that did not work. */
export class TourError extends Error {
  /**
   * Makes one.
   * @param {string} message the protocol's, or a word's
   */
  constructor(message) {
    super(message);
    this.name = "TourError";
  }
}

/**
 * Makes the tour. A step whose ground is missing takes the steps before it first.
 * @param {object} parts
 * @param {Stage} parts.left
 * @param {Stage} parts.right
 * @param {() => string} parts.newKey
 * @param {(of: {room: string, key: string, text: string, token: string}) => Promise<void>} parts.post says it over HTTP
 * @param {(word: Word) => string} parts.t
 * @returns {Step[]}
 */
export function createTour({ left, right, newKey, post, t }) {
  /** The message of the third step, which the next two need. */
  let said = { room: "", key: "", text: "", cursor: "" };
  let joined = "";
  let isKnown = false;

  /** @param {Reply} reply */
  function ok(reply) {
    if (reply.kind === "ok") return reply.ok;
    throw new TourError(reply.kind === "error" ? `${reply.error.code}: ${reply.error.message}` : t("tourLost"));
  }

  function lose() {
    isKnown = false;
    joined = "";
  }

  async function hello() {
    lose();
    await left.connect("v1");
    const { user } = ok(await left.ask("hello", { name: left.settings().name }));
    isKnown = true;
    const { name, id } = isRecord(user) ? user : {};
    return done("tourHelloDone", { name: String(name), id: String(id) });
  }

  async function join() {
    if (!isKnown) await hello();
    const { room } = left.settings();
    const { head } = ok(await left.ask("join", { room }));
    joined = room;
    said = { room, key: "", text: "", cursor: "" };
    return done("tourJoinDone", { room, head: String(head) });
  }

  async function send() {
    if (joined === "") await join();
    const [key, text] = [newKey(), "안녕하세요 👋"];
    const { cursor } = ok(await left.ask("send", { room: joined, key, text }));
    said = { room: joined, key, text, cursor: String(cursor) };
    return done("tourSendDone", { cursor: said.cursor });
  }

  async function again() {
    if (said.key === "") await send();
    const { room, key, text } = said;
    const { cursor } = ok(await left.ask("send", { room, key, text }));
    return done(cursor === said.cursor ? "tourAgainDone" : "tourAgainDiffers", { cursor: String(cursor) });
  }

  async function resume() {
    if (said.key === "") await send();
    const { room, cursor: after } = said;
    const token = left.token() ?? "";
    left.drop();
    lose();
    await post({ room, key: newKey(), text: t("tourMissedText"), token });
    await left.connect("v1");
    ok(await left.ask("hello", { token }));
    isKnown = true;
    const { recovered, events } = ok(await left.ask("join", { room, after }));
    joined = room;
    const messages = (Array.isArray(events) ? events : []).filter((event) =>
      isRecord(event) && event.type === "message"
    );
    return done("tourResumeDone", {
      recovered: String(recovered),
      count: messages.length,
      text: String(messages.at(-1)?.text ?? ""),
    });
  }

  async function plain() {
    if (joined === "") await join();
    await right.connect("room");
    const text = t("tourPlainText");
    const heard = left.hears(text);
    right.sendPlain({ message: text });
    await heard;
    return done("tourPlainDone", { text });
  }

  /** @type {[Word, Word, () => Promise<Outcome>][]} */
  const steps = [
    ["tourHello", "tourHelloAbout", hello],
    ["tourJoin", "tourJoinAbout", join],
    ["tourSend", "tourSendAbout", send],
    ["tourAgain", "tourAgainAbout", again],
    ["tourResume", "tourResumeAbout", resume],
    ["tourPlain", "tourPlainAbout", plain],
  ];
  /** @param {() => Promise<Outcome>} run */
  const afresh = (run) => async () => {
    // Somebody may have closed the socket in between.
    if (!left.isOpen()) lose();
    try {
      return await run();
    } catch (error) {
      // Or has opened another one by hand: the next try begins at the beginning.
      lose();
      throw error;
    }
  };
  return steps.map(([title, about, run]) => ({ title, about, run: afresh(run) }));
}

/** @type {(word: Word, values: Record<string, string | number>) => Outcome} */
function done(word, values) {
  return { word, values };
}
