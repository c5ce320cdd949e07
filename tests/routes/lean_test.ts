import { assert, assertEquals } from "@std/assert";
import { parse, type Token } from "acorn";
import { leanPage, leanScript, leanStyle } from "../../routes/lean.ts";

const STATIC = new URL("../../static/", import.meta.url);

for (const path of await listScripts()) {
  Deno.test(`lean, ${path} has the same tokens and means the same`, async () => {
    const source = await Deno.readTextFile(new URL(path, STATIC));
    const lean = leanScript(source);
    const [before, after] = [read(source), read(lean)];
    assertEquals(after.tokens, before.tokens);
    // A line break is no token, and can end a statement all the same.
    assertEquals(after.program, before.program);
    assert(lean.length <= source.length);
    assertEquals(leanScript(lean), lean);
  });
}

Deno.test("what looks like a comment in a string, a template or a regular expression is none, and white space in them stays", () => {
  const kept = [
    'const a = "// no  comment";',
    "const a = '/* no  comment */';",
    'const a = "\\"  // \\\\";',
    "const a = `line  one\n  // line two\n\n  ${b}  /* three */ `;",
    "const a = `${`  ${ c }  // `}  // `;",
    "const a = `${{ b: `  ` }.b}  `;",
    "const a = `\\`  // \\${  `;",
    "const a = /[/  \"'`]+  \\/\\/  /gu;",
    "const a = b.replace(/  \\/\\* /g, '');",
    "const a = () => /  [^/]  /;",
    "const a = [/  \"/, /  '/];",
    "function a() { return /  `/; }",
    "const a = b ? /  x/ : /  y/;",
    "const a = (b) / c / (d);",
    'const a = b[0] / c / 2; const d = "/";',
    "const a = b++ / c; const d = '/';",
    "const a = `${b}` / c / d;",
    "const a = b + +c - -d + ++e - --f;",
    "const a = b ++ + c;",
    "const a = b in c, d = e instanceof f, g = typeof h, i = void 0;",
    "class A { #b = 1; static #c = 2; get d() { return this.#b; } async *e() { yield* this; } static { this.#c = 3; } }",
    "const a = 1 .toString() + 1.5.toFixed() + 0x1f + 1_000n + .5;",
    'const { a = "  ", ...b } = c ?? d?.e?.[f]?.(g) ?? 한글;',
    "for (const a of b) for (const c in d) if (c) continue; else break;",
    "label: for (;;) { break label; }",
    "const a = async () => { for await (const b of c) await b; };",
    'import { a as b } from "./  c.js"; export { b as default }; export * from "./d.js";',
    "const a = import.meta.url, b = await import(`./${a}.js`);",
    "const a = b <!--c;".replace("<!--", "< ! --"),
  ];
  for (const source of kept) {
    const commented = `// before  \n${source} // behind  \n/** between */\n`;
    assertEquals(read(leanScript(commented)), read(source), source);
  }
});

Deno.test("comments and indentation are gone, names are not, and each statement of the module has a line of its own", () => {
  assertEquals(
    leanScript(`/**
 * Why.
 * @module
 */

import { find } from "./dom.js"; // for this

/** @param {string} name  who */
export function greet(name) {
  // Warmly.
  find(name).textContent = \`  \${name}  \`;
}
`),
    'import{find}from"./dom.js";\nexport function greet(name){find(name).textContent=`  ${name}  `;}',
  );
  assertEquals(
    leanStyle('/* Why. */\n\n.a,\n.b:not(.c) > .d {\n  margin: 0 auto; /* both */\n  content: "";\n}\n'),
    '.a,.b:not(.c) > .d{margin:0 auto;content:"";}',
  );
  assertEquals(
    leanPage("<!doctype html>\n<!-- Why. -->\n<html>\n  <p>\n    one\n    <b>two</b>\n  </p>\n</html>\n"),
    "<!doctype html>\n<html>\n<p>\none\n<b>two</b>\n</p>\n</html>",
  );
});

interface Read {
  readonly tokens: readonly (readonly [type: string, text: string])[];
  readonly program: unknown;
}

/** Tokens and tree of a module, without places: acorn is a parser that others rely on, and knows nothing of how ours works. */
function read(source: string): Read {
  const tokens: Token[] = [];
  const program = parse(source, { ecmaVersion: "latest", sourceType: "module", onToken: tokens });
  return {
    tokens: tokens.map(({ type, start, end }) => [type.label, source.slice(start, end)]),
    program: JSON.parse(JSON.stringify(program, withoutPlace)),
  };
}

function withoutPlace(key: string, value: unknown): unknown {
  if (key === "start" || key === "end") return undefined;
  return typeof value === "bigint" ? `${value}n` : value;
}

async function listScripts(folder: URL = STATIC): Promise<string[]> {
  const paths: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const url = new URL(isDirectory ? `${name}/` : name, folder);
    if (isDirectory) paths.push(...await listScripts(url));
    else if (name.endsWith(".js")) paths.push(url.pathname.slice(STATIC.pathname.length));
  }
  return paths.sort();
}
