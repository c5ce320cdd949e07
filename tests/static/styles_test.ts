import { assertEquals } from "@std/assert";

const STATIC = new URL("../../static/", import.meta.url);

/** A right-to-left page has the rule of this selector, with sides changed, behind this. */
const MIRROR = ":root:dir(rtl) ";

/** What runs from left to right in every language, as code does; its stylesheet says `direction: ltr`. */
const ALWAYS_LTR = /^\.copy-code\b/;

const ONE_SIDE = /^(?:left|right|(?:margin|padding|border|scroll-margin|scroll-padding)-(?:left|right)(?:-\w+)?)$/;
const CORNER = /^border-(?:top|bottom)-(?:left|right)-radius$/;
const FOUR_SIDES = /^(?:margin|padding|inset|border-(?:width|color|style)|scroll-margin|scroll-padding)$/;

interface Declaration {
  readonly selector: string;
  readonly property: string;
  readonly value: string;
}

Deno.test("styles name no left and no right, or say how it is where pages run to the left", async () => {
  for (const [path, source] of await readStyles()) assertEquals(findLopsided(source), [], path);
});

Deno.test("what is lopsided is found, and its mirror excuses it", () => {
  const lopsided = [
    "margin-left: 1px",
    "left: 0",
    "text-align: right",
    "float: left",
    "padding: 0 1px 0 2px",
    "inset: 0 auto auto 0",
    "border-top-left-radius: 1px",
    "border-radius: 1px 2px 2px 1px",
    "translate: -50% 0",
    "box-shadow: inset 3px 0 0 red",
  ];
  for (const declaration of lopsided) {
    assertEquals(findLopsided(`.a { ${declaration}; }`).length, 1, declaration);
    assertEquals(findLopsided(`@media print { .a { ${declaration}; } }`).length, 1, declaration);
  }
  const even = [
    "margin-inline-start: 1px",
    "text-align: end",
    "padding: 0 1px 3px",
    "padding: 0 max(1px, env(safe-area-inset-right)) 0 max(1px, env(safe-area-inset-left))",
    "border-radius: 1px 1px 0 0",
    "translate: 0 1px",
    "box-shadow: 0 1px 3px red",
  ];
  for (const declaration of even) assertEquals(findLopsided(`.a { ${declaration}; }`), [], declaration);
  const pairs = [
    ["padding: 0 1px 0 2px", "padding: 0 2px 0 1px"],
    ["border-radius: 1px 2px 3px 4px", "border-radius: 2px 1px 4px 3px"],
    ["translate: -50% 0", "translate: 50% 0"],
    ["box-shadow: inset 3px 0 0 red", "box-shadow: inset -3px 0 0 red"],
  ];
  for (const [one, other] of pairs) {
    assertEquals(findLopsided(`.a { ${one}; } ${MIRROR}.a { ${other}; }`), [], one);
    assertEquals(findLopsided(`.a { ${one}; } ${MIRROR}.a { ${one}; }`).length, 1, one);
    assertEquals(findLopsided(`.a { ${one}; } ${MIRROR}.b { ${other}; }`).length, 1, one);
  }
});

async function readStyles(folder: URL = STATIC): Promise<[path: string, source: string][]> {
  const styles: [string, string][] = [];
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const url = new URL(isDirectory ? `${name}/` : name, folder);
    if (isDirectory) styles.push(...await readStyles(url));
    else if (name.endsWith(".css")) {
      styles.push([url.pathname.slice(STATIC.pathname.length), await Deno.readTextFile(url)]);
    }
  }
  return styles;
}

function findLopsided(source: string): string[] {
  const all = declarationsOf(source);
  return all.filter(({ selector, property, value }) => {
    if (selector.startsWith(MIRROR) || ALWAYS_LTR.test(selector)) return false;
    if (ONE_SIDE.test(property) || CORNER.test(property)) return true;
    if (/^(?:text-align|float|clear)$/.test(property)) return /^(?:left|right)$/.test(value);
    const mirrored = mirror(property, value);
    if (mirrored === value) return false;
    return !all.some((other) =>
      other.selector === MIRROR + selector && other.property === property && other.value === mirrored
    );
  }).map(({ selector, property, value }) => `${selector} { ${property}: ${value} }`);
}

/** The same with left and right changed. */
function mirror(property: string, value: string): string {
  // The place beside a camera stays where it is, whichever way one reads.
  const parts = partsOf(value.replaceAll(/safe-area-inset-(?:left|right)/g, "safe-area-inset-side"));
  const [top = "", right = top, bottom = top, left = right] = parts;
  if (FOUR_SIDES.test(property)) return right === left ? value : [top, left, bottom, right].join(" ");
  if (property === "border-radius") {
    return top === right && bottom === left ? value : [right, top, left, bottom].join(" ");
  }
  if (property === "translate") return [negate(top), ...parts.slice(1)].join(" ");
  if (property !== "box-shadow") return value;
  const x = parts.findIndex((part) => /^-?[\d.]/.test(part));
  return parts.map((part, index) => index === x ? negate(part) : part).join(" ");
}

function negate(length: string): string {
  if (/^(?:0|none)$/.test(length)) return length;
  return length.startsWith("-") ? length.slice(1) : `-${length}`;
}

/** What white space parts, outside of parentheses. */
function partsOf(value: string): string[] {
  return value.match(/(?:[^\s()]|\((?:[^()]|\([^()]*\))*\))+/g) ?? [];
}

/** Of the innermost rules; our styles nest in at-rules only. */
function declarationsOf(source: string): Declaration[] {
  const rules = source.replaceAll(/\/\*[\s\S]*?\*\//g, "").matchAll(/([^{};]+)\{([^{}]*)\}/g);
  return [...rules].flatMap(([, selector = "", body = ""]) =>
    body.split(";").flatMap((declaration) => {
      const [property = "", ...value] = declaration.split(":");
      if (value.length === 0) return [];
      return { selector: clean(selector), property: clean(property), value: clean(value.join(":")) };
    })
  );
}

function clean(text: string): string {
  return text.trim().replaceAll(/\s+/g, " ");
}
