/**
 * The Markdown subset of messages (docs/markdown.md), defined once for the server and for the page. What comes out is a tree; nobody's
 * message becomes markup. Every step takes time in proportion to the text, however hostile it is.
 * @module
 */

/** @typedef {{type: "text", text: string}} Text */
/** @typedef {{type: "code", text: string, language?: string}} Code inline, or as a block */
/** @typedef {{type: "bold" | "italic" | "strike", children: Inline[]}} Emphasis */
/** @typedef {{type: "link", href: string, children: Inline[]}} Link `href` is http, https or mailto */
/** @typedef {{type: "mention", text: string}} Mention with its `@` */
/** @typedef {Text | Code | Emphasis | Link | Mention | {type: "break"}} Inline */
/** @typedef {{type: "paragraph", children: Inline[]}} Paragraph */
/** @typedef {{type: "quote", children: Block[]}} Quote */
/** @typedef {{type: "list", start?: number, items: Inline[][]}} List `start`: of a numbered one */
/** @typedef {Paragraph | Quote | List | Code} Block */

/**
 * Says how many UTF-16 units of what follows an `@` are a name; 0: none.
 * @callback FindName
 * @param {string} rest
 * @returns {number}
 */

/** Quotes in quotes. */
const MAX_DEPTH = 5;
/** `@` signs of a text that may be mentions. */
const MAX_MENTIONS = 50;

const FENCE = /^ {0,3}(`{3,})([^`]*)$/;
const LANGUAGE = /^[\w+#.-]{1,20}$/;
const QUOTE = /^ {0,3}> ?/;
const ITEM = /^ {0,3}(?:[-*+]|(\d{1,3})[.)]) +(?=\S)/;
const SPECIAL = /[\\`*_~[\]@\n]|https?:\/\//giu;
const ADDRESS = /[^\s<>"'`[\]|\u2066-\u2069\u202a-\u202e]+/uy;
// With brackets one deep: https://ko.wikipedia.org/wiki/마루_(건축)
const TARGET = /\(([^\s()]+(?:\([^\s()]*\)[^\s()]*)*)\)/uy;
// Punctuation that ends a sentence rather than an address, Korean and Chinese too; and ends of emphasis.
const TRAILING = ".,:;!?…。、，！？)}»”’*_~";
/** @type {Readonly<Record<string, "bold" | "italic" | "strike">>} */
const EMPHASIS = { "**": "bold", "*": "italic", "_": "italic", "~~": "strike" };

/**
 * Parses a message's text.
 * @param {string} text
 * @param {FindName} [findName] which names are mentions; without it none is
 * @returns {Block[]}
 */
export function parse(text, findName = () => 0) {
  return parseBlocks(text.split(/\r\n?|\n/), 0, { findName, sites: 0 });
}

/** @typedef {{findName: FindName, sites: number}} Context */

/**
 * @param {string[]} lines
 * @param {number} depth
 * @param {Context} context
 */
function parseBlocks(lines, depth, context) {
  /** @type {Block[]} */
  const blocks = [];
  /** @type {string[]} */
  let paragraph = [];
  const endParagraph = () => {
    if (paragraph.length > 0) blocks.push({ type: "paragraph", children: parseInline(paragraph.join("\n"), context) });
    paragraph = [];
  };
  /** @param {number} from @param {(line: string) => boolean} holds */
  const endOf = (from, holds) => {
    let end = from;
    while (end < lines.length && holds(lines[end] ?? "")) end++;
    return end;
  };
  for (let i = 0; i < lines.length;) {
    const line = lines[i] ?? "";
    const fence = FENCE.exec(line);
    const item = ITEM.exec(line);
    if (fence === null && item === null && !(QUOTE.test(line) && depth < MAX_DEPTH)) {
      if (line.trim() === "") endParagraph();
      else paragraph.push(line);
      i++;
      continue;
    }
    endParagraph();
    if (fence !== null) {
      const [, marks = "", about = ""] = fence;
      const language = about.trim();
      const end = endOf(i + 1, (each) => !(each.trim().startsWith(marks) && /^`+$/.test(each.trim())));
      const rows = lines.slice(i + 1, end);
      // What is no language's name is code that begins in the first line: nothing of a text is lost.
      if (language !== "" && !LANGUAGE.test(language)) rows.unshift(about);
      const text = rows.join("\n");
      blocks.push(LANGUAGE.test(language) ? { type: "code", text, language } : { type: "code", text });
      i = end + 1;
    } else if (item !== null) {
      const end = endOf(i, (each) => isNumbered(ITEM.exec(each)) === isNumbered(item));
      const items = lines.slice(i, end).map((each) => parseInline(each.replace(ITEM, ""), context));
      blocks.push(item[1] === undefined ? { type: "list", items } : { type: "list", start: Number(item[1]), items });
      i = end;
    } else {
      const end = endOf(i, (each) => QUOTE.test(each));
      const inner = lines.slice(i, end).map((each) => each.replace(QUOTE, ""));
      blocks.push({ type: "quote", children: parseBlocks(inner, depth + 1, context) });
      i = end;
    }
  }
  endParagraph();
  return blocks;
}

/**
 * @param {string} text
 * @param {Context} context
 */
function parseInline(text, context) {
  /** @type {Inline[]} */
  const nodes = [];
  /** What is open: a mark → its node. At most one of each kind, the last: so this never grows. @type {Map<string, number>} */
  const open = new Map();
  const ticks = findTicks(text);
  let end = 0;
  /** @param {Inline} node @param {number} from @param {number} to */
  const put = (node, from, to) => {
    if (from > end) nodes.push({ type: "text", text: text.slice(end, from) });
    nodes.push(node);
    SPECIAL.lastIndex = end = to;
  };
  /** @param {string} mark @param {(children: Inline[]) => Inline} wrap */
  const close = (mark, wrap) => {
    const at = open.get(mark) ?? 0;
    nodes.push(wrap(nodes.splice(at).slice(1)));
    for (const [other, index] of open) if (index >= at) open.delete(other);
  };
  SPECIAL.lastIndex = 0;
  for (let match = SPECIAL.exec(text); match !== null; match = SPECIAL.exec(text)) {
    const [mark] = match;
    const at = match.index;
    const before = text[at - 1] ?? " ";
    if (mark === "\n") put({ type: "break" }, at, at + 1);
    else if (mark === "\\") {
      if (/^[!-/:-@[-`{-~]/.test(text.slice(at + 1, at + 2))) {
        put({ type: "text", text: text[at + 1] ?? "" }, at, at + 2);
      }
    } else if (mark === "`") {
      const run = runAt(text, at);
      const closing = ticks(run, at);
      if (closing === undefined) SPECIAL.lastIndex = at + run;
      else put({ type: "code", text: trimCode(text.slice(at + run, closing)) }, at, closing + run);
    } else if (mark === "[") {
      put({ type: "text", text: "[" }, at, at + 1);
      open.set("[", nodes.length - 1);
    } else if (mark === "]") {
      TARGET.lastIndex = at + 1;
      const target = open.has("[") && text[at + 1] === "(" ? TARGET.exec(text) : null;
      const href = target === null ? undefined : findHref(target[1] ?? "", /^(?:https?|mailto):$/);
      if (target === null || href === undefined) {
        open.delete("[");
        continue;
      }
      put({ type: "text", text: "" }, at, TARGET.lastIndex);
      close("[", (children) => {
        const inner = withoutLinks(children);
        return { type: "link", href, children: inner.length > 0 ? inner : [{ type: "text", text: target[1] ?? "" }] };
      });
    } else if (mark === "@") {
      if (/\w/.test(before) || ++context.sites > MAX_MENTIONS) continue;
      const length = context.findName(text.slice(at + 1, at + 129));
      if (length > 0) put({ type: "mention", text: text.slice(at, at + 1 + length) }, at, at + 1 + length);
    } else if (mark.length > 1) {
      ADDRESS.lastIndex = at;
      const raw = ADDRESS.exec(text)?.[0] ?? "";
      const address = trimAddress(raw);
      const href = /\w/.test(before) ? undefined : findHref(address, /^https?:$/);
      // What is none is passed over as a whole: to look at each part of it again would take the square of its length.
      if (href === undefined) SPECIAL.lastIndex = at + raw.length;
      else put({ type: "link", href, children: [{ type: "text", text: address }] }, at, at + address.length);
    } else {
      let run = runAt(text, at);
      const after = text[at + run] ?? " ";
      SPECIAL.lastIndex = at + run;
      if (run > 3 || (run > 2 && mark !== "*") || (mark === "_" && run > 1) || (mark === "~" && run < 2)) continue;
      const [canOpen, canClose] = [/\S/.test(after), /\S/.test(before)];
      const isInWord = /[a-z0-9]/i.test(before) && /[a-z0-9]/i.test(after);
      for (let from = at; run > 0;) {
        // `***` opens as `**` and `*`, and closes the inner one first.
        const [one, two] = [open.get(mark) ?? -1, open.get(mark + mark) ?? -1];
        const isShort = run === 1 || (run === 3 && canClose && one > two);
        const kind = isShort ? mark : mark + mark;
        const type = EMPHASIS[kind];
        if (type === undefined) break;
        const isWord = isShort && isInWord;
        if (canClose && open.has(kind) && !isWord) {
          put({ type: "text", text: "" }, from, from + kind.length);
          close(kind, (children) => ({ type, children: withText(children) }));
        } else if (canOpen && !isWord) {
          put({ type: "text", text: kind }, from, from + kind.length);
          open.set(kind, nodes.length - 1);
        }
        from += kind.length;
        run -= kind.length;
        SPECIAL.lastIndex = from;
      }
    }
  }
  if (end < text.length) nodes.push({ type: "text", text: text.slice(end) });
  return withText(nodes);
}

/** Joins texts that follow each other. @param {Inline[]} nodes */
function withText(nodes) {
  /** @type {Inline[]} */
  const joined = [];
  for (const node of nodes) {
    const last = joined.at(-1);
    if (node.type === "text" && node.text === "") continue;
    if (node.type === "text" && last?.type === "text") {
      joined[joined.length - 1] = { type: "text", text: last.text + node.text };
    } else joined.push(node);
  }
  return joined;
}

/** @param {Inline[]} nodes @returns {Inline[]} */
function withoutLinks(nodes) {
  return withText(nodes.flatMap((node) => {
    if (node.type === "link") return node.children;
    return "children" in node ? [{ ...node, children: withoutLinks(node.children) }] : [node];
  }));
}

/** @param {RegExpExecArray | null} item @returns {boolean | undefined} undefined: it is none */
function isNumbered(item) {
  return item === null ? undefined : item[1] !== undefined;
}

/** @param {string} text @param {number} at */
function runAt(text, at) {
  let end = at;
  while (text[end] === text[at]) end++;
  return end - at;
}

/** Where runs of backticks of some length are; each is looked at once. @param {string} text */
function findTicks(text) {
  /** @type {Map<number, number[]>} */
  const runs = new Map();
  for (const { 0: { length }, index } of text.matchAll(/`+/g)) {
    const places = runs.get(length);
    if (places === undefined) runs.set(length, [index]);
    else places.push(index);
  }
  for (const places of runs.values()) places.reverse();
  /** @param {number} length @param {number} after */
  return (length, after) => {
    const places = runs.get(length) ?? [];
    while (places.length > 0 && (places.at(-1) ?? 0) <= after) places.pop();
    return places.at(-1);
  };
}

/** @param {string} code */
function trimCode(code) {
  return /^[ \n].*\S.*[ \n]$/s.test(code) ? code.slice(1, -1) : code;
}

/** @param {string} raw */
function trimAddress(raw) {
  let end = raw.length;
  let unopened = 0;
  for (const letter of raw) unopened += letter === ")" ? 1 : letter === "(" ? -1 : 0;
  for (; end > 0 && TRAILING.includes(raw[end - 1] ?? " "); end--) {
    if (raw[end - 1] !== ")") continue;
    if (unopened <= 0) break;
    unopened--;
  }
  return raw.slice(0, end);
}

/** @param {string} address @param {RegExp} schemes */
function findHref(address, schemes) {
  if (!URL.canParse(address)) return undefined;
  const { protocol, href } = new URL(address);
  return schemes.test(protocol) ? href : undefined;
}
