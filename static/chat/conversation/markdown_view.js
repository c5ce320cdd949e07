/**
 * Shows what `parse` has made of a message (docs/markdown.md). Text only ever becomes text.
 * @module
 */

import { parse } from "../../shared/markdown.js";
import { nameFinder } from "../../shared/mentions.js";
import { make, makeButton } from "../../ui/dom.js";

/** @import { Block, Code, Inline, List } from "../../shared/markdown.js" */
/** @import { I18n } from "../../ui/i18n.js" */

/** How long a button says that it has copied. */
const DONE_MS = 1_500;

/** @type {Readonly<Record<"bold" | "italic" | "strike", "strong" | "em" | "s">>} */
const EMPHASIS = { bold: "strong", italic: "em", strike: "s" };

/**
 * What a message's Markdown looks like.
 * @param {string} text
 * @param {object} about
 * @param {readonly string[]} about.mentioned the names of those whom it mentions, without `@`
 * @param {readonly string[]} about.me those of them that mean me
 * @param {I18n} about.i18n
 * @returns {HTMLElement[]} blocks, each with a direction of its own
 */
export function renderMarkdown(text, { mentioned, me, i18n }) {
  const isMe = nameFinder(me);
  /** @param {string} name with its `@` */
  const mention = (name) => make("span", isMe(name.slice(1)) > 0 ? "mention self" : "mention", name);

  /** @param {Block} block @returns {HTMLElement} */
  function blockOf(block) {
    switch (block.type) {
      case "paragraph":
        return written(make("p"), block.children);
      case "quote": {
        const quote = make("blockquote");
        quote.append(...block.children.map(blockOf));
        return quote;
      }
      case "list":
        return listOf(block);
      case "code":
        return codeBlock(block, i18n);
    }
  }

  /** @param {List} list */
  function listOf({ start, items }) {
    const list = make(start === undefined ? "ul" : "ol");
    if (list instanceof HTMLOListElement && start !== undefined) list.start = start;
    list.append(...items.map((item) => written(make("li"), item)));
    return list;
  }

  /**
   * @template {HTMLElement} Element
   * @param {Element} element
   * @param {readonly Inline[]} nodes
   */
  function written(element, nodes) {
    element.dir = "auto";
    element.append(...nodes.map(inlineOf));
    return element;
  }

  /** @param {Inline} node @returns {Node | string} */
  function inlineOf(node) {
    switch (node.type) {
      case "text":
        return node.text;
      case "break":
        // The bubble keeps white space, so this is one; and what is copied has it too.
        return "\n";
      case "code":
        return make("code", undefined, node.text);
      case "mention":
        return mention(node.text);
      case "link":
        return linkOf(node.href, node.children.map(inlineOf), textOf(node.children));
      default: {
        const element = make(EMPHASIS[node.type]);
        element.append(...node.children.map(inlineOf));
        return element;
      }
    }
  }

  return parse(text, nameFinder(mentioned)).map(blockOf);
}

/**
 * @param {string} href
 * @param {readonly (Node | string)[]} children
 * @param {string} said what it is called
 */
function linkOf(href, children, said) {
  const link = make("a");
  link.append(...children);
  link.href = href;
  // What leads to a room or a message of this page stays in it.
  if (!href.startsWith(`${location.origin}${location.pathname}#`)) link.target = "_blank";
  link.rel = "noopener noreferrer nofollow";
  // An address reads from left to right whatever stands around it; a name reads as it does.
  link.dir = /^https?:\/\//i.test(said) ? "ltr" : "auto";
  // What is called otherwise says where it leads.
  if (link.dir === "auto") link.title = href;
  return link;
}

/** @param {readonly Inline[]} nodes @returns {string} */
function textOf(nodes) {
  return nodes.map((node) => "text" in node ? node.text : "children" in node ? textOf(node.children) : " ").join("");
}

/**
 * Scrolls sideways by itself; by keyboard too, so it takes the focus.
 * @param {Code} code
 * @param {I18n} i18n
 */
function codeBlock({ text, language }, i18n) {
  const block = make("div", "code-block");
  const pre = make("pre");
  const code = make("code", undefined, text);
  if (language !== undefined) block.dataset.language = language;
  pre.tabIndex = 0;
  pre.dir = "ltr";
  pre.append(code);
  const copy = makeButton("", "copy-code", async () => {
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      // Not allowed here, or there is none without TLS: it is selected, and can be copied by hand.
      return void getSelection()?.selectAllChildren(code);
    }
    copy.dataset.done = "true";
    copy.ariaLabel = copy.title = i18n.t("copied");
    setTimeout(() => {
      delete copy.dataset.done;
      copy.ariaLabel = copy.title = i18n.t("copyCode");
    }, DONE_MS);
  });
  copy.ariaLabel = copy.title = i18n.t("copyCode");
  block.append(pre, copy);
  return block;
}
