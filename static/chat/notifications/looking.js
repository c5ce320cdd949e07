/**
 * Which tab notifies, and whether anybody looks at one of them: by locks, which all tabs of an origin share and which end with their tab.
 * @module
 */

/** Held by the one tab that notifies. */
const NOTIFIER = "maru.notifier";
/** Held, together with others, by each tab that is looked at. */
const LOOKING = "maru.looking";

/** Whether somebody looks at this tab. */
const isLooked = () => document.visibilityState === "visible" && document.hasFocus();

/**
 * Begins to say whether this tab is looked at, and to wait for its turn to notify.
 * @param {() => void} onTurn this tab is the one that notifies, until it closes
 */
export function shareTabs(onTurn) {
  // Notifications need a secure page, and there are locks wherever that is.
  const { locks } = navigator;
  /** @type {(() => void) | undefined} */
  let lookAway;

  function look() {
    if (isLooked() === (lookAway !== undefined)) return;
    lookAway?.();
    lookAway = undefined;
    if (isLooked()) locks.request(LOOKING, { mode: "shared" }, () => new Promise((away) => lookAway = () => away(0)));
  }

  for (const type of ["focus", "blur", "pageshow"]) addEventListener(type, look);
  document.addEventListener("visibilitychange", look);
  look();
  locks.request(NOTIFIER, () => {
    onTurn();
    return new Promise(() => {});
  });

  return {
    /** Whether somebody looks at this page, in any tab. @returns {Promise<boolean>} */
    async isLookedAt() {
      const { held = [] } = await locks.query();
      return isLooked() || held.some(({ name }) => name === LOOKING);
    },
  };
}
