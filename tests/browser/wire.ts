/**
 * A hand on the wire between a page and its server: frames can be looked at, changed and kept back.
 *
 * @module
 */

import type { Page, WebSocketRoute } from "playwright-core";

/** A frame, parsed. Its fields are read by tests that know which ones it has. */
export type Frame = Readonly<Record<string, unknown>>;

/** What becomes of a frame: another text in its place, or nothing at all. */
export type Verdict = string | undefined;

/** What a test does on the wire; what is left out lets every frame pass. */
export interface Wire {
  /** A frame that the page sends. */
  readonly out?: (frame: Frame, text: string, socket: WebSocketRoute) => Verdict;
  /** A frame that the server sends. */
  readonly in?: (frame: Frame, text: string, socket: WebSocketRoute) => Verdict;
}

/**
 * Puts a hand on every `/ws` of a page. To be called before the page is opened.
 *
 * @param page The page.
 * @param wire What to do with the frames.
 */
export async function holdWire(page: Page, wire: Wire): Promise<void> {
  await page.routeWebSocket(/\/ws$/, (socket) => {
    const server = socket.connectToServer();
    socket.onMessage((message) => {
      const text = String(message);
      const verdict = wire.out === undefined ? text : wire.out(parse(text), text, socket);
      if (verdict !== undefined) server.send(verdict);
    });
    server.onMessage((message) => {
      const text = String(message);
      const verdict = wire.in === undefined ? text : wire.in(parse(text), text, socket);
      if (verdict !== undefined) socket.send(verdict);
    });
  });
}

/**
 * A knife on the wire of a page. To be called before the page is opened.
 *
 * @param page The page.
 * @returns Cuts every `/ws` that is open now, as a network that is gone does.
 */
export async function cutting(page: Page): Promise<() => Promise<void>> {
  const open = new Set<WebSocketRoute>();
  await page.routeWebSocket(/\/ws$/, (socket) => {
    socket.connectToServer();
    open.add(socket);
  });
  return async () => {
    const sockets = [...open];
    open.clear();
    // 1006 cannot be said; this one, too, is a loss after which a client comes back.
    await Promise.all(sockets.map((socket) => socket.close({ code: 4_100, reason: "cut" })));
  };
}

/**
 * The frames of a type that a page sends, collected from now on. To be called before the page is opened.
 *
 * @param page The page.
 * @param type Such as `send`.
 */
export function framesSent(page: Page, type: string): readonly Frame[] {
  const frames: Frame[] = [];
  page.on("websocket", (socket) => {
    socket.on("framesent", ({ payload }) => {
      const frame = parse(String(payload));
      if (frame["type"] === type) frames.push(frame);
    });
  });
  return frames;
}

/** The cursor that an answer to `send` carries. */
export function ackOf(frame: Frame): unknown {
  const { ok } = frame;
  return typeof ok === "object" && ok !== null ? Reflect.get(ok, "cursor") : undefined;
}

function parse(text: string): Frame {
  // The page and the server speak JSON objects and nothing else.
  return JSON.parse(text) as Frame;
}
