/**
 * Light or dark: the system's choice until somebody makes another.
 * @module
 */

import { find } from "./dom.js";

/** @import { I18n } from "./i18n.js" */
/** @import { Storage } from "./storage.js" */

/**
 * Takes over the button that changes the theme.
 * @param {I18n} i18n
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

  button.addEventListener("click", () => {
    const chosen = isDark() ? "light" : "dark";
    const isSystems = (chosen === "dark") === systemDark.matches;
    // Back at the system's choice it is followed again, at dusk too.
    if (isSystems) delete root.dataset.theme;
    else root.dataset.theme = chosen;
    storage.set("theme", isSystems ? undefined : chosen);
    show();
  });
  systemDark.addEventListener("change", show);
  return { translate: show };
}
