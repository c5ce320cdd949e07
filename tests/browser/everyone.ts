/**
 * What stands in somebody's way on a page, found by looking at it as it is laid out. Each runs in the page.
 *
 * @module
 */

/**
 * Finds what is wider than the window, and controls that cannot be brought into sight or lie below something else.
 *
 * @returns A line for each.
 */
export function findUnreachable(): string[] {
  const nameOf = (element: Element) =>
    `${element.localName}#${element.id}.${element.className} ${
      element.getAttribute("aria-label") ?? element.textContent?.trim().slice(0, 20)
    }`;
  const found: string[] = [];
  const { scrollWidth, clientWidth } = document.documentElement;
  if (scrollWidth > clientWidth) found.push(`the page is ${scrollWidth} wide, the window ${clientWidth}`);
  // What lies over the rest is what one has to do with.
  const over = [
    ...document.querySelectorAll("dialog:modal, :popover-open, .compose:has([role=listbox]:not([hidden]))"),
  ];
  const modal = over.at(-1) ?? document.body;
  for (const control of modal.querySelectorAll("a[href], button, input, select, textarea, summary")) {
    if (
      !control.checkVisibility({ visibilityProperty: true }) || control.closest(".visually-hidden, .skip, .emoji-grid")
    ) continue;
    control.scrollIntoView({ block: "center", inline: "nearest", behavior: "instant" });
    const { left, right, top, bottom, width, height } = control.getBoundingClientRect();
    if (width === 0 || height === 0) continue;
    if (left < -1 || right > innerWidth + 1 || top < -1 || top > innerHeight || bottom < 0) {
      found.push(`${nameOf(control)} is out of the window: ${[left, right, top, bottom].map(Math.round)}`);
      continue;
    }
    const hit = document.elementFromPoint(left + width / 2, Math.min((top + bottom) / 2, innerHeight - 2));
    const isHit = hit !== null &&
      (control.contains(hit) || hit.closest("label")?.contains(control) || hit.contains(control));
    if (!isHit) found.push(`${nameOf(control)} is below ${hit && nameOf(hit)}`);
  }
  return found;
}

/**
 * Finds what moves, or would: animations, transitions, smooth scrolling of more than a millisecond.
 *
 * @returns A line for each.
 */
export function findMoving(): string[] {
  const found = new Set<string>();
  const isLong = (durations: string) =>
    durations.split(",").some((each) => parseFloat(each) * (each.trim().endsWith("ms") ? 1 : 1_000) > 1);
  for (const element of document.querySelectorAll("*")) {
    for (const pseudo of [undefined, "::before", "::after", "::backdrop"]) {
      const style = getComputedStyle(element, pseudo);
      const name = `${element.localName}.${element.className}${pseudo ?? ""}`;
      if (style.animationName !== "none" && isLong(style.animationDuration)) found.add(`${name} is animated`);
      if (isLong(style.transitionDuration)) found.add(`${name} has a transition`);
      if (pseudo === undefined && style.scrollBehavior === "smooth") found.add(`${name} scrolls smoothly`);
    }
  }
  for (const animation of document.getAnimations()) {
    const { activeDuration } = animation.effect?.getComputedTiming() ?? {};
    if (Number(activeDuration) > 1) found.add(`an animation runs for ${activeDuration} ms`);
  }
  return [...found];
}

/**
 * Finds text from right to left that is not kept apart from what is around it, and parts of the page that it has turned.
 *
 * @returns A line for each.
 */
export function findTurning(): string[] {
  const found: string[] = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const { textContent, parentElement: element } = walker.currentNode;
    if (!/\p{Script=Hebrew}/u.test(textContent ?? "") || !element?.checkVisibility()) continue;
    // A sign of one letter, in a box of its own.
    if (element.matches(".avatar")) continue;
    const apart = element.closest("bdi, [dir=auto]");
    if (apart === null || !/isolate|plaintext/.test(getComputedStyle(apart).unicodeBidi)) {
      found.push(`${element.localName}.${element.className} ${textContent}`);
    }
  }
  for (const element of document.querySelectorAll("li.message, .meta, .body, #side, dialog, .top")) {
    if (getComputedStyle(element).direction === "rtl") found.push(`${element.className} was turned`);
  }
  return found;
}
