/**
 * What a browser knows about its network before a socket does.
 * @module
 */

/** @typedef {"online" | "offline" | "visible"} Wake */

/**
 * The part of a window that is listened to; no part of it exists in every runtime.
 * @typedef {{addEventListener?: Listen, removeEventListener?: Listen, document?: Listenable, navigator?: {onLine?: boolean}}} Surroundings
 * @typedef {(type: string, listener: () => void) => void} Listen
 * @typedef {{visibilityState: string, addEventListener: Listen, removeEventListener: Listen}} Listenable
 */

// Safe: every property is optional, and is what the DOM says where there is a DOM.
const surroundings = /** @type {Surroundings} */ (/** @type {unknown} */ (globalThis));

/**
 * Calls `wake` when the network comes or goes, the page becomes visible, returns from the back/forward cache, or goes on
 * after it was frozen. Without a window it does nothing.
 * @param {(why: Wake) => void} wake
 * @returns {() => void} stops it
 */
export function listenForWakes(wake) {
  const { document } = surroundings;
  const online = () => wake("online");
  const offline = () => wake("offline");
  const visible = () => {
    if (document === undefined || document.visibilityState === "visible") wake("visible");
  };
  surroundings.addEventListener?.("online", online);
  surroundings.addEventListener?.("offline", offline);
  surroundings.addEventListener?.("pageshow", visible);
  document?.addEventListener("visibilitychange", visible);
  document?.addEventListener("resume", visible);
  return () => {
    surroundings.removeEventListener?.("online", online);
    surroundings.removeEventListener?.("offline", offline);
    surroundings.removeEventListener?.("pageshow", visible);
    document?.removeEventListener("visibilitychange", visible);
    document?.removeEventListener("resume", visible);
  };
}

/**
 * Whether there is a network as far as the browser knows. A hint for words on the screen, not a reason to stop trying:
 * virtual adapters make browsers wrong in both directions.
 * @returns {boolean}
 */
export function hasNetwork() {
  return surroundings.navigator?.onLine !== false;
}
