/**
 * Leaves out of a page's files what only their readers need: comments, and white space between tokens. Names and statements stay as they
 * are, so what a browser's tools show is our source, and no build stands between a file and the page.
 *
 * @module
 */

/** Behind one of these words a `/` begins a regular expression; behind any other word it divides. */
const BEFORE_REGEX = new Set(
  "await case delete do else in instanceof new of return throw typeof void yield".split(" "),
);
/** What follows a `}` on a line of its own; `from`, `else` and `)` go on with what it ended. */
const BEGINS_STATEMENT = new Set(
  "async await class const export for function if import let switch throw try while".split(" "),
);
const WORD = /[\p{ID_Continue}$\u200c\u200d]/u;
/** Characters that would become another token when they touched. */
const CLASHING = ["++", "--", "//", "/*", "<!", "->"];

/**
 * Makes JavaScript lean. It relies on what `deno fmt` does: every statement ends with its semicolon. `tests/routes/lean_test.ts` compares all our
 * modules, token by token, before and after.
 *
 * @param source A module, or a script.
 * @returns The same tokens. A line for each statement of the module's own level, so that an error's place can be found.
 */
export function leanScript(source: string): string {
  let lean = "";
  let index = 0;
  let depth = 0;
  /** Open braces: true, where `}` goes on with a template. */
  const braces: boolean[] = [];
  /** The last token, and whether white space has been since. */
  let last = "";

  while (index < source.length) {
    const rest = source[index] ?? "";
    if (/\s/.test(rest)) {
      index++;
    } else if (source.startsWith("//", index)) {
      index = endOf("\n", index);
    } else if (source.startsWith("/*", index)) {
      index = endOf("*/", index + 2) + 2;
    } else {
      const isOuter = depth === 0;
      const token = readToken();
      if (isOuter && (last === ";" || (last === "}" && BEGINS_STATEMENT.has(token)))) lean += "\n";
      else if (mustPart(last, token)) lean += " ";
      lean += token;
      last = token;
      index += token.length;
    }
  }
  return lean;

  function endOf(end: string, from: number): number {
    const found = source.indexOf(end, from);
    return found === -1 ? source.length : found;
  }

  function readToken(): string {
    const first = source[index] ?? "";
    if (first === '"' || first === "'") return readString(first);
    if (first === "`") return readTemplate();
    if (first === "/" && isRegexHere()) return readRegex();
    if (first === "{" || first === "(" || first === "[") {
      depth++;
      if (first === "{") braces.push(false);
    } else if (first === "}" || first === ")" || first === "]") {
      depth--;
      if (first === "}" && braces.pop()) return readTemplate();
    }
    return /^[\p{ID_Continue}$\u200c\u200d#@]+/u.exec(source.slice(index, index + 200))?.[0] ?? first;
  }

  function readString(quote: string): string {
    let end = index + 1;
    while (end < source.length && source[end] !== quote) end += source[end] === "\\" ? 2 : 1;
    return source.slice(index, end + 1);
  }

  /** From a `` ` ``, or from the `}` that ends a part of it, to the next `${` or the end. */
  function readTemplate(): string {
    let end = index + 1;
    while (end < source.length && source[end] !== "`" && !source.startsWith("${", end)) {
      end += source[end] === "\\" ? 2 : 1;
    }
    if (source[end] === "`") return source.slice(index, end + 1);
    depth++;
    braces.push(true);
    return source.slice(index, end + 2);
  }

  function isRegexHere(): boolean {
    if (last === "") return true;
    if (BEFORE_REGEX.has(last)) return true;
    const end = last.at(-1) ?? "";
    return !(WORD.test(end) || end === ")" || end === "]" || end === "}" || end === "`" || end === '"' || end === "'");
  }

  function readRegex(): string {
    let end = index + 1;
    let isClass = false;
    for (; end < source.length && (isClass || source[end] !== "/"); end++) {
      if (source[end] === "\\") end++;
      else if (source[end] === "[") isClass = true;
      else if (source[end] === "]") isClass = false;
    }
    const flags = /^\p{ID_Continue}*/u.exec(source.slice(end + 1, end + 12))?.[0] ?? "";
    return source.slice(index, end + 1) + flags;
  }

  function mustPart(left: string, right: string): boolean {
    const [a, b] = [left.at(-1) ?? "", right[0] ?? ""];
    const touch = source[index - 1] === a;
    if (isWordLike(a) && isWordLike(b)) return !touch || WORD.test(a) && WORD.test(b);
    // `1 .toFixed()`: together they would be a number with a fraction.
    if (b === "." && /^\d+$/.test(left)) return !touch;
    // Parts of one operator touch in the source, too.
    return !touch && CLASHING.includes(a + b);
  }
}

/**
 * Makes a stylesheet lean.
 *
 * @param source CSS without comment signs or line breaks in its strings.
 */
export function leanStyle(source: string): string {
  return source.replace(/\/\*[\s\S]*?\*\//g, "").replace(/\s*\n\s*/g, "\n").replace(/([{;,])\n/g, "$1").replace(
    /\n\}/g,
    "}",
  )
    .replace(/: /g, ":").replace(/ \{/g, "{").trim();
}

/**
 * Makes a page lean: without comments and indentation. Line breaks stay, and with them the space between words.
 *
 * @param source HTML without `<pre>`.
 */
export function leanPage(source: string): string {
  return source.replace(/<!--[\s\S]*?-->/g, "").replace(/\s*\n\s*/g, "\n").trim();
}

function isWordLike(character: string): boolean {
  return WORD.test(character) || character === "#" || character === "@";
}
