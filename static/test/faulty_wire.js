/**
 * A wire that can be ill: WebSockets that hold frames back, send them twice or in another order, and break. A client that
 * is given its `WebSocket` notices nothing but what a bad network does.
 * @module
 */

import { createLane } from "./lane.js";

/** @import { Clock } from "../client/connection.js" */

/**
 * `delayMs`: how long each frame is on its way, in either direction. `duplicate`: what is sent goes out twice. `reorder`:
 * of two frames that are sent, the second goes out first.
 * @typedef {{delayMs: number, duplicate: boolean, reorder: boolean}} Faults
 */
/** @typedef {string | ArrayBuffer} Data */
/** @typedef {new (url: string, protocol?: string) => WebSocket} SocketType */
/**
 * What happens on a wire; `isNewest`: to the socket that was made last.
 * @typedef {{isNewest: boolean} & ({kind: "opened"} | {kind: "frame", direction: "in" | "out", data: Data}
 *   | {kind: "closed", code: number, reason: string, isDropped: boolean})} Report
 */
/** @typedef {ReturnType<typeof createFaultyWire>} FaultyWire */

/** How long a frame waits for the one that is to overtake it. */
const REORDER_MS = 200;
const CLOSED = 3;
/** What a browser says of a socket that just broke. */
const BROKEN = 1006;

/**
 * Makes a wire.
 * @param {object} parts
 * @param {SocketType} parts.WebSocket the sound one
 * @param {Clock} parts.clock
 * @param {() => Faults} parts.faults asked at every frame
 * @param {(report: Report) => void} parts.report frames are told as they are on the network: after the faults when they
 *   go out, before them when they come in
 */
export function createFaultyWire({ WebSocket: Sound, clock, faults, report }) {
  /** @type {FaultySocket | undefined} */
  let newest;

  /** As much of a WebSocket as our client uses. */
  class FaultySocket {
    /** @type {(() => void) | null} */
    onopen = null;
    /** @type {((event: {data: unknown}) => void) | null} */
    onmessage = null;
    /** @type {((event: {code: number, reason: string, wasClean: boolean}) => void) | null} */
    onclose = null;
    /** @type {(() => void) | null} */
    onerror = null;
    #sound;
    #out = createLane(clock);
    #in = createLane(clock);
    /** @type {{data: Data, timer: unknown} | undefined} */
    #overtaken;
    #isOver = false;

    /**
     * @param {string} url
     * @param {string} [protocol]
     */
    constructor(url, protocol) {
      newest = this;
      this.#sound = protocol === undefined ? new Sound(url) : new Sound(url, protocol);
      this.#sound.onopen = () => {
        report({ kind: "opened", isNewest: this === newest });
        this.onopen?.();
      };
      this.#sound.onmessage = ({ data }) => {
        report({ kind: "frame", direction: "in", data, isNewest: this === newest });
        this.#in.push(faults().delayMs, () => this.onmessage?.({ data }));
      };
      this.#sound.onerror = () => this.onerror?.();
      this.#sound.onclose = ({ code, reason }) => {
        this.#in.push(faults().delayMs, () => this.#end(code, reason, false));
      };
    }

    get readyState() {
      return this.#isOver ? CLOSED : this.#sound.readyState;
    }

    /** @param {Data} data */
    send(data) {
      const first = this.#overtaken;
      this.#overtaken = undefined;
      if (first !== undefined) clock.clearTimeout(first.timer);
      if (first === undefined && faults().reorder) {
        const timer = clock.setTimeout(() => {
          this.#overtaken = undefined;
          this.#dispatch(data);
        }, REORDER_MS);
        this.#overtaken = { data, timer };
        return;
      }
      // Switched off in between, nothing overtakes any more.
      if (first !== undefined && !faults().reorder) this.#dispatch(first.data);
      this.#dispatch(data);
      if (first !== undefined && faults().reorder) this.#dispatch(first.data);
    }

    /**
     * @param {number} [code]
     * @param {string} [reason]
     */
    close(code, reason) {
      this.#sound.close(code, reason);
    }

    /** Breaks: what is on the way is lost, and nobody says goodbye. */
    drop() {
      if (this.#isOver) return;
      this.#sound.onopen = this.#sound.onmessage = this.#sound.onclose = null;
      this.#sound.close();
      this.#end(BROKEN, "", true);
    }

    /** @param {Data} data */
    #dispatch(data) {
      const { delayMs, duplicate } = faults();
      const leave = () => {
        if (this.readyState !== 1) return;
        this.#sound.send(data);
        report({ kind: "frame", direction: "out", data, isNewest: this === newest });
      };
      this.#out.push(delayMs, leave);
      if (duplicate) this.#out.push(delayMs, leave);
    }

    /**
     * @param {number} code
     * @param {string} reason
     * @param {boolean} isDropped
     */
    #end(code, reason, isDropped) {
      this.#isOver = true;
      this.#out.cut();
      this.#in.cut();
      clock.clearTimeout(this.#overtaken?.timer);
      report({ kind: "closed", code, reason, isDropped, isNewest: this === newest });
      this.onclose?.({ code, reason, wasClean: code !== BROKEN });
    }
  }

  return {
    // Safe: it has of a WebSocket what `connect` and this page use, and the types of its events are narrower.
    WebSocket: /** @type {SocketType} */ (/** @type {unknown} */ (FaultySocket)),

    /** Breaks the newest socket as a lost network does. */
    drop: () => newest?.drop(),
  };
}
