/**
 * Finds text that is hard to read.
 *
 * @module
 */

/**
 * The texts in view whose colour and ground have a contrast under 4.5 : 1 (WCAG 2.2, 1.4.3). Runs in a page, so it must
 * hold everything that it needs.
 *
 * @returns Element, colour, ground and contrast, as one line each.
 */
export function findFaint(): string[] {
  const parse = (colour: string): [number, number, number, number] => {
    const [r = 0, g = 0, b = 0, a = 1] = (colour.match(/[\d.]+/g) ?? []).map(Number);
    // `color-mix` comes out as `color(srgb …)`, from 0 to 1.
    return colour.startsWith("color(") ? [r * 255, g * 255, b * 255, a] : [r, g, b, a];
  };
  const luminance = (colour: readonly number[]) => {
    const [r = 0, g = 0, b = 0] = colour.slice(0, 3).map((value) => {
      const share = value / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const groundOf = (element: Element) => {
    for (let each: Element | null = element; each !== null; each = each.parentElement) {
      const ground = parse(getComputedStyle(each).backgroundColor);
      if (ground[3] === 1) return ground;
    }
    return [255, 255, 255];
  };
  const faint = new Set<string>();
  for (const element of document.querySelectorAll("body *")) {
    const hasText = element.matches("input, textarea, select") ||
      [...element.childNodes].some(({ nodeType, textContent }) => nodeType === Node.TEXT_NODE && textContent?.trim());
    if (!hasText || !element.checkVisibility({ visibilityProperty: true, opacityProperty: true })) continue;
    if (element.getBoundingClientRect().width < 2) continue;
    const colour = parse(getComputedStyle(element).color);
    if (colour[3] === 0) continue;
    const ground = groundOf(element);
    const [light = 0, dark = 0] = [luminance(colour), luminance(ground)].sort((a, b) => b - a);
    const contrast = (light + 0.05) / (dark + 0.05);
    if (contrast < 4.5) {
      faint.add(
        `${element.id || element.className || element.tagName}: ${colour} on ${ground} is ${contrast.toFixed(2)}`,
      );
    }
  }
  return [...faint];
}
