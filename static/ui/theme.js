/**
 * Light or dark: the system's choice until somebody makes another.
 * @module
 */

import { find } from "./dom.js";

/** @import { Storage } from "./storage.js" */

/** @typedef {"system" | "light" | "dark"} ThemeChoice */
/** @typedef {ReturnType<typeof createTheme>} Theme */

/**
 * Makes the theme, with the button at the door that changes it.
 * @param {{t: (word: "themeToDark" | "themeToLight") => string}} i18n
 * @param {Storage} storage
 */
export function createTheme(i18n, storage) {
  const button = find("theme", HTMLButtonElement);
  const root = document.documentElement;
  const systemDark = matchMedia("(prefers-color-scheme: dark)");
  const isDark = () => (root.dataset.theme ?? (systemDark.matches ? "dark" : "light")) === "dark";

  function show() {
    button.ariaLabel = button.title = i18n.t(isDark() ? "themeToLight" : "themeToDark");
    const paper = getComputedStyle(document.body).backgroundColor;
    for (const meta of document.querySelectorAll("meta[name=theme-color]")) meta.setAttribute("content", paper);
  }

  /** @param {string | undefined} choice */
  function apply(choice) {
    if (choice === "light" || choice === "dark") root.dataset.theme = choice;
    else delete root.dataset.theme;
    show();
  }

  /** @param {ThemeChoice} choice */
  function choose(choice) {
    storage.set("theme", choice === "system" ? undefined : choice);
    apply(choice);
  }

  button.addEventListener("click", () => {
    const chosen = isDark() ? "light" : "dark";
    // Back at the system's choice it is followed again, at dusk too.
    choose((chosen === "dark") === systemDark.matches ? "system" : chosen);
  });
  systemDark.addEventListener("change", show);
  return {
    translate: show,
    choose,
    /** Another tab has chosen. */
    read: () => apply(storage.get("theme")),
    /** @returns {ThemeChoice} */
    get choice() {
      const { theme } = root.dataset;
      return theme === "light" || theme === "dark" ? theme : "system";
    },
  };
}
