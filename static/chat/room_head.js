/**
 * What stands above the conversation: the room's name and topic, who is there, and the ways to what can stand beside it.
 * @module
 */

import { find } from "../ui/dom.js";
import { roomTitle } from "./rooms/room_title.js";
import { formatRoute } from "./route.js";

/** @import { Page } from "./app.js" */
/** @import { Side } from "./route.js" */

/** How long the button says that the link was copied. */
const DONE_MS = 1_500;

/**
 * Takes over the top of the page in index.html.
 * @param {Page} page
 */
export function createRoomHead(page) {
  const { i18n, standing, presence, rooms } = page;
  const name = find("room-name", HTMLElement);
  const topic = find("topic", HTMLElement);
  const here = find("here", HTMLElement);
  const elsewhere = find("elsewhere", HTMLElement);
  const share = find("share", HTMLButtonElement);
  /** @type {HTMLAnchorElement[]} */
  const sides = [...document.querySelectorAll("a[data-side]")].filter((link) => link instanceof HTMLAnchorElement);

  const title = () => standing.info === undefined ? page.room : roomTitle(standing.info, page.me.id);

  function show() {
    name.textContent = title();
    name.parentElement?.setAttribute("data-kind", standing.info?.kind ?? "public");
    topic.textContent = standing.info?.topic ?? "";
    here.textContent = presence.count > 0 ? String(presence.count) : "";
    // What is seen in it has to be in what is said of it.
    here.parentElement?.setAttribute("aria-label", `${i18n.t("people")} ${here.textContent}`.trim());
  }

  /** What waits in other rooms, for the one pane of a phone. */
  function showElsewhere() {
    const { mentions } = rooms.waiting;
    elsewhere.textContent = String(mentions);
    elsewhere.hidden = mentions === 0;
    const told = mentions === 0 ? "" : `, ${i18n.count("mentionCount", mentions)}`;
    elsewhere.parentElement?.setAttribute("aria-label", i18n.t("openRooms") + told);
  }

  share.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(new URL(formatRoute({ kind: "room", room: page.room }), location.href).href);
      page.announcer.say(i18n.t("linkCopied"));
      share.dataset.done = "true";
      setTimeout(() => delete share.dataset.done, DONE_MS);
    } catch {
      // Not allowed here: the address bar shows the link as well.
    }
  });
  standing.on("change", show);
  presence.on("change", show);
  rooms.on("change", showElsewhere);

  return {
    /** What the room is called. @returns {string} */
    get title() {
      return title();
    },

    translate() {
      show();
      showElsewhere();
    },

    /** @param {Side | undefined} open what stands beside the room */
    show(open) {
      for (const link of sides) {
        const panel = link.dataset.side ?? "";
        const isOpen = open?.panel === panel;
        // Pressed again it closes what it has opened.
        link.href = formatRoute({ kind: "room", room: page.room, ...(!isOpen && { side: { panel } }) });
        link.setAttribute("aria-expanded", String(isOpen));
      }
      show();
    },
  };
}
