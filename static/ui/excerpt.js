/**
 * A message in one line: for quotes, for lists, and for those who hear it. No DOM.
 * @module
 */

import { parse } from "../shared/markdown.js";

/** @import { Block, Inline } from "../shared/markdown.js" */

const MAX_LENGTH = 140;

/**
 * What a message says, without its marks and line breaks.
 * @param {string} text
 * @param {number} [max] UTF-16 units
 */
export function excerptOf(text, max = MAX_LENGTH) {
  // Four times as much as is shown is enough to know how it begins.
  const said = parse(text.slice(0, max * 4)).map(sayBlock).join(" ").replace(/\s+/gu, " ").trim();
  return said.length <= max ? said : `${said.slice(0, max - 1).trimEnd().toWellFormed()}…`;
}

/** @param {Block} block @returns {string} */
function sayBlock(block) {
  switch (block.type) {
    case "code":
      return block.text;
    case "quote":
      return block.children.map(sayBlock).join(" ");
    case "list":
      return block.items.map(sayInline).join(" ");
    default:
      return sayInline(block.children);
  }
}

/** @param {readonly Inline[]} nodes @returns {string} */
function sayInline(nodes) {
  return nodes.map((node) => "text" in node ? node.text : "children" in node ? sayInline(node.children) : " ").join("");
}
