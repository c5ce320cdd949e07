/**
 * Icons that are made where they are needed.
 * @module
 */

const SVG = "http://www.w3.org/2000/svg";

/**
 * Makes an icon of one line.
 * @param {string} path on a field of 24 × 24
 */
export function makeIcon(path) {
  const icon = document.createElementNS(SVG, "svg");
  icon.setAttribute("viewBox", "0 0 24 24");
  icon.setAttribute("aria-hidden", "true");
  const line = document.createElementNS(SVG, "path");
  line.setAttribute("d", path);
  icon.append(line);
  return icon;
}
