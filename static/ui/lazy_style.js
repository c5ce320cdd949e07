/**
 * Stylesheets of what is not there at first sight.
 * @module
 */

/** @type {Map<string, Promise<void>>} */
const loaded = new Map();

/**
 * Loads a stylesheet once.
 * @param {string} href such as `/static/chat/composer/emoji_picker.css`
 * @returns {Promise<void>} resolves when it holds, and also when it cannot be loaded: plain is better than not at all
 */
export function loadStyle(href) {
  const found = loaded.get(href);
  if (found !== undefined) return found;
  const { promise, resolve } = Promise.withResolvers();
  const link = document.createElement("link");
  link.rel = "stylesheet";
  link.href = href;
  link.addEventListener("load", () => resolve(undefined));
  link.addEventListener("error", () => {
    loaded.delete(href);
    link.remove();
    resolve(undefined);
  });
  document.head.append(link);
  loaded.set(href, promise);
  return promise;
}
