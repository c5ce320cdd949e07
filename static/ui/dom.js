/**
 * Finding and making elements, with their types. Text only ever becomes text.
 * @module
 */

/**
 * Finds an element that index.html has to have.
 * @template {Element} T
 * @param {string} id
 * @param {{new (): T}} type
 * @returns {T}
 * @throws {TypeError} when index.html holds no such element: the two have come apart
 */
export function find(id, type) {
  const element = document.getElementById(id);
  if (element instanceof type) return element;
  throw new TypeError(`Cannot start as index.html has no ${type.name} with this id: ${id}`);
}

/**
 * Makes an element.
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {string} [className]
 * @param {string} [text]
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function make(tag, className, text) {
  const element = document.createElement(tag);
  if (className !== undefined) element.className = className;
  if (text !== undefined) element.textContent = text;
  return element;
}

/**
 * Makes a button that submits nothing.
 * @param {string} word
 * @param {string} className
 * @param {() => void} onClick
 * @returns {HTMLButtonElement}
 */
export function makeButton(word, className, onClick) {
  const button = make("button", className, word);
  button.type = "button";
  button.addEventListener("click", onClick);
  return button;
}

/** @type {Map<string, Promise<void>>} */
const styles = new Map();

/**
 * Loads a stylesheet, once.
 * @param {string} href as `import.meta.resolve` gives it: of the same version as the module that asks
 * @returns {Promise<void>} when it holds; also when it could not be loaded: what is plain can be used all the same
 */
export function loadStyle(href) {
  const known = styles.get(href);
  if (known !== undefined) return known;
  /** @type {Promise<void>} */
  const loaded = new Promise((done) => {
    const link = make("link");
    link.rel = "stylesheet";
    link.href = href;
    link.addEventListener("load", () => done());
    link.addEventListener("error", () => done());
    document.head.append(link);
  });
  styles.set(href, loaded);
  return loaded;
}
