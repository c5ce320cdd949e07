/**
 * Keeps the composer above the soft keyboard where the page is not resized for it: iOS lays the keyboard over the page
 * and tells only the visual viewport. Elsewhere `interactive-widget=resizes-content` in index.html does the same.
 * @module
 */

/** Keeps the custom property `--visible-height` at what is to be seen of the page. */
export function followSoftKeyboard() {
  const viewport = globalThis.visualViewport;
  if (!viewport) return;
  viewport.addEventListener("resize", () => {
    // Zoomed in by hand, the viewport is a window onto the page, which must keep its size.
    if (viewport.scale !== 1) return;
    document.documentElement.style.setProperty("--visible-height", `${viewport.height}px`);
    if (viewport.offsetTop > 0) scrollTo(0, 0);
  });
}
