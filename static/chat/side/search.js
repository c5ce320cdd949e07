/**
 * Search, in the open room or in all of mine: results come as one types.
 * @module
 */

import { make, makeButton } from "../../ui/dom.js";
import { createKeyedList } from "../../ui/keyed_list.js";
import { problemText } from "../dialogs/problem.js";
import { formatRoute } from "../route.js";
import { createFound, formatWanted, parseWanted } from "./found.js";
import { makeMessageLink, moveByArrows } from "./message_link.js";

/** @import { Found } from "../../client/operations.js" */
/** @import { Page } from "../app.js" */
/** @import { Wanted } from "./found.js" */
/** @import { Panel } from "./side.js" */

const TIMERS = {
  /** @param {() => void} run @param {number} ms */
  setTimeout: (run, ms) => setTimeout(run, ms),
  // Safe: it gets back what the line above returned.
  clearTimeout: (/** @type {unknown} */ timer) => clearTimeout(/** @type {number | undefined} */ (timer)),
};

/**
 * Makes the panel.
 * @param {Page} page
 * @param {string} [of] what is looked for, as `formatWanted` writes it
 * @returns {Panel}
 */
export function createPanel(page, of) {
  const { i18n, client, room } = page;
  const found = createFound({ room, ask: (query) => client.search(query), timers: TIMERS });
  const element = make("search", "search");
  const { box, where, from } = makeQuestion(page);
  const state = make("p", "hint");
  state.role = "status";
  const list = make("ol", "rows");
  const more = makeButton(i18n.t("moreFound"), "quiet wide", () => found.more());
  element.append(box, where.element, from.element, state, list, more);
  /** @type {ReturnType<typeof createKeyedList<Found>>} */
  const rows = createKeyedList(list, {
    keyOf: ({ room, cursor }) => `${room} ${cursor}`,
    make: () => make("li"),
    fill(row, message) {
      const shown = JSON.stringify([found.wanted.text, found.wanted.isEverywhere, message.text]);
      if (row.dataset.shown === shown) return;
      row.dataset.shown = shown;
      const link = makeMessageLink(page, message, { query: found.wanted.text, hasRoom: found.wanted.isEverywhere });
      // Going back from the message leads to what was found, also on a phone, where the one hides the other.
      link.addEventListener("click", () => history.replaceState(null, "", addressOf(found.wanted)));
      row.replaceChildren(link);
    },
  });

  /** @param {Wanted} wanted */
  function addressOf(wanted) {
    const of = formatWanted(wanted);
    return formatRoute({ kind: "room", room, side: { panel: "search", ...(of !== undefined && { of }) } });
  }

  function show() {
    const { status, items, hasMore, wanted } = found;
    rows.show(items);
    list.ariaBusy = String(status === "searching");
    more.hidden = !(status === "failed" || (status === "ready" && hasMore));
    more.textContent = i18n.t(status === "failed" ? "tryAgain" : "moreFound");
    if (status === "empty") state.textContent = i18n.t("searchHint");
    else if (status === "failed") {
      state.textContent = problemText(i18n, found.failure, { bad_request: "searchRefused" });
    } else if (status === "searching") state.textContent = items.length === 0 ? i18n.t("searching") : "";
    else if (items.length === 0) state.textContent = hasMore ? i18n.t("nothingYet") : i18n.t("nothingFound");
    else state.textContent = hasMore ? i18n.count("foundMore", items.length) : i18n.count("found", items.length);
    from.show(wanted.from);
  }

  /** @param {{isTyped?: boolean, isComposing?: boolean}} [how] */
  function want(how) {
    found.want({ text: box.value, isEverywhere: where.isEverywhere, from: from.id }, how);
  }

  /** @param {string | undefined} next */
  function turn(next) {
    if (next === formatWanted(found.wanted)) return;
    const wanted = parseWanted(next);
    box.value = wanted.text;
    where.choose(wanted.isEverywhere);
    found.want(wanted);
    box.focus();
  }

  box.addEventListener(
    "input",
    (event) => want({ isTyped: true, isComposing: event instanceof InputEvent && event.isComposing }),
  );
  box.addEventListener("compositionend", () => want({ isTyped: true }));
  box.addEventListener("keydown", (event) => {
    // Enter that ends a syllable is the input method's.
    if (event.key !== "Enter" || event.isComposing) return;
    event.preventDefault();
    want();
    list.querySelector("a")?.focus();
  });
  where.element.addEventListener("change", () => want());
  from.onClear(() => {
    found.want({ text: box.value, isEverywhere: where.isEverywhere });
    box.focus();
  });
  moveByArrows(element, box, list);
  found.on("change", show);
  show();
  turn(of);
  return { title: i18n.t("search"), element, focus: box, turn, closed: found.stop };
}

/** @param {Page} page */
function makeQuestion({ i18n, standing, presence, client }) {
  const box = make("input", "filter");
  box.type = "search";
  box.dir = "auto";
  box.maxLength = 200;
  box.enterKeyHint = "search";
  box.placeholder = box.ariaLabel = i18n.t("searchBox");
  const place = make("fieldset", "choices");
  place.ariaLabel = i18n.t("searchWhere");
  const [here, everywhere] = [false, true].map((isEverywhere) => {
    const label = make("label");
    const radio = make("input");
    radio.type = "radio";
    radio.name = "search-where";
    radio.checked = !isEverywhere;
    label.append(radio, make("span", undefined, i18n.t(isEverywhere ? "searchAll" : "searchHere")));
    place.append(label);
    return radio;
  });
  const chip = make("p", "chip");
  const who = make("span");
  const clear = makeButton("×", "icon-button", () => {});
  clear.ariaLabel = i18n.t("fromAnybody");
  chip.append(who, clear);
  /** @type {string | undefined} */
  let from;

  /** @param {string} id */
  async function nameOf(id) {
    const here = [...standing.info?.people ?? [], ...presence.people].find((each) => each.id === id);
    if (here !== undefined) return here.name;
    const { user } = await client.ask("get_person", { person: id });
    return typeof user === "object" && user !== null && "name" in user ? String(user.name) : id;
  }

  return {
    box,
    where: {
      element: place,
      get isEverywhere() {
        return everywhere?.checked === true;
      },
      /** @param {boolean} isEverywhere */
      choose(isEverywhere) {
        const radio = isEverywhere ? everywhere : here;
        if (radio !== undefined) radio.checked = true;
      },
    },
    from: {
      element: chip,
      get id() {
        return from;
      },
      /** @param {string | undefined} id */
      async show(id) {
        chip.hidden = id === undefined;
        if (id === from || id === undefined) return void (from = id);
        from = id;
        const name = await nameOf(id).catch(() => "…");
        if (from === id) i18n.fill(who, "fromPerson", { name });
      },
      /** @param {() => void} run */
      onClear: (run) => clear.addEventListener("click", run),
    },
  };
}
