// Runs before the first paint, so that a chosen theme or language does not flash by, and asks at once for what will be
// needed: imports would find it out one after the other. It stands before the stylesheets, for which scripts behind them
// wait. Anything else waits for the modules.
{
  const root = document.documentElement;
  /** @param {string} key */
  const stored = (key) => {
    try {
      return localStorage.getItem(`maru.${key}`);
    } catch {
      // No storage: the system's choices it is.
      return null;
    }
  };
  const theme = stored("theme");
  if (theme === "light" || theme === "dark") root.dataset.theme = theme;
  // A page that does not tell which languages there are has its own words, and finds out itself.
  const languages = root.dataset.languages?.split(" ");
  const wanted = [stored("language") ?? "", ...navigator.languages].map((tag) => tag.toLowerCase().replace(/-.*/, ""));
  root.lang = wanted.find((tag) => tag !== "" && (languages?.includes(tag) ?? true)) ?? "en";
  const { currentScript } = document;
  const base = currentScript instanceof HTMLScriptElement ? currentScript.src : location.href;
  /** @param {string} path below static/ */
  const makePreload = (path) => {
    const link = document.createElement("link");
    link.rel = "modulepreload";
    link.href = new URL(`../${path}`, base).href;
    return link;
  };
  if (languages !== undefined) {
    // No link of the page's own: browsers read ahead, and would ask for a language that nobody speaks.
    const words = makePreload(`i18n/${root.lang}.js`);
    words.fetchPriority = "high";
    document.head.append(words);
  }
  const chat = document.getElementById("chat-files");
  if (chat instanceof HTMLTemplateElement) {
    for (const list of chat.content.querySelectorAll("[data-modules]")) {
      list.replaceWith(...(list.getAttribute("data-modules") ?? "").split(" ").map(makePreload));
    }
    if (stored("name") !== null) document.head.append(chat.content);
  }
}
