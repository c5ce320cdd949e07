/**
 * What the tab is called: the room, and how much was said in it while the tab was hidden.
 * @module
 */

/**
 * Takes over the title of the document.
 * @param {() => string} titleOf the room's title; empty: none is open
 */
export function createTabTitle(titleOf) {
  let unseen = 0;

  function show() {
    const room = titleOf();
    const title = room === "" ? "Maru" : `${room} · Maru`;
    document.title = unseen > 0 ? `(${unseen}) ${title}` : title;
  }

  function seen() {
    unseen = 0;
    show();
  }

  document.addEventListener("visibilitychange", seen);
  return {
    show,
    seen,

    /** @param {number} messages that have come */
    count(messages) {
      if (document.hidden) unseen += messages;
      show();
    },
  };
}
