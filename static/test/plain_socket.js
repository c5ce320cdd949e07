/**
 * A socket of the plain mode (docs/protocol.md, "Plain mode"), for the frame log.
 * @module
 */

/** @typedef {{note: string} | {direction: "in" | "out", text: string}} PlainReport */

/**
 * Opens a socket of the plain mode.
 * @param {string} path such as `/ws/chat/`
 * @param {(report: PlainReport) => void} onReport
 * @param {() => void} onChange when it has opened or closed
 * @param {(word: "opened" | "ended", code: number) => string} words
 */
export function openPlainSocket(path, onReport, onChange, words) {
  const socket = new WebSocket(new URL(path, location.href.replace(/^http/, "ws")));
  socket.onopen = () => {
    onReport({ note: words("opened", 0) });
    onChange();
  };
  socket.onmessage = ({ data }) => onReport({ direction: "in", text: String(data) });
  socket.onclose = ({ code }) => {
    onReport({ note: words("ended", code) });
    onChange();
  };
  return {
    path,
    close: () => socket.close(),

    /** @returns {boolean} */
    get isOpen() {
      return socket.readyState === WebSocket.OPEN;
    },

    /**
     * @param {string} text
     * @returns {boolean} whether it was open
     */
    send(text) {
      if (socket.readyState !== WebSocket.OPEN) return false;
      socket.send(text);
      onReport({ direction: "out", text });
      return true;
    },
  };
}
