/**
 * The house rules that a machine can keep, as a plugin of `deno lint` (`lint.plugins` in deno.json):
 *
 * - `maru/direction`: `main -> app -> routes -> consumers -> chat -> layers -> protocol`, never backwards.
 * - `maru/implementation`: only the root, tests, bench and docs name an implementation of the layer.
 * - `maru/env-in-config`: `config.ts` is the only reader of the environment.
 * - `maru/as-needs-why`: no `as` without a comment that says why it is safe; `as const` is none.
 * - `maru/file-length`: past 400 lines, split by responsibility.
 *
 * @module
 */

import { type Area, areaOf, forbiddenImport, forbiddenLibrary, forbiddenName, resolveImport } from "./lint/areas.ts";

/** Lines of a file, at most. */
const MAX_LINES = 400;

/** Who may read the environment: the config, and what is no part of the service. */
const READS_ENV: readonly Area[] = ["config", "tests", "bench", "docs", "tools"];

/** The plugin; deno.json names this file. */
const plugin: Deno.lint.Plugin = {
  name: "maru",
  rules: {
    "direction": {
      create: (context) =>
        onImports(context.filename, (from, source) => {
          const to = resolveImport(from, source.value);
          const why = to === undefined ? forbiddenLibrary(from, source.value) : forbiddenImport(from, to);
          if (why !== undefined) context.report({ node: source.node, message: why });
        }),
    },
    "implementation": {
      create: (context) =>
        onImports(context.filename, (from, source) => {
          const to = resolveImport(from, source.value);
          const why = to === undefined ? undefined : forbiddenName(from, to);
          if (why !== undefined) context.report({ node: source.node, message: why });
        }),
    },
    "env-in-config": { create: envInConfig },
    "as-needs-why": { create: asNeedsWhy },
    "file-length": { create: fileLength },
  },
};

export default plugin;

interface Source {
  node: Deno.lint.Node;
  value: string;
}

/** Calls back for each specifier of `import`, `export … from` and `import()` that can be read off the text. */
function onImports(filename: string, check: (from: string, source: Source) => void): Deno.lint.LintVisitor {
  const see = (node: Deno.lint.Node | null) => {
    if (node?.type === "Literal" && typeof node.value === "string") check(filename, { node, value: node.value });
  };
  return {
    ImportDeclaration: ({ source }) => see(source),
    ExportNamedDeclaration: ({ source }) => see(source),
    ExportAllDeclaration: ({ source }) => see(source),
    ImportExpression: ({ source }) => see(source),
  };
}

function envInConfig(context: Deno.lint.RuleContext): Deno.lint.LintVisitor {
  if (READS_ENV.includes(areaOf(context.filename))) return {};
  return {
    MemberExpression(node) {
      if (nameOf(node.property) !== "env") return;
      const owner = node.object.type === "MemberExpression" ? node.object.property : node.object;
      const name = nameOf(owner);
      if (name !== "Deno" && name !== "process") return;
      context.report({
        node,
        message: `Only config.ts reads the environment, not ${name}.env here`,
        hint: "Give the value to this code as a parameter, from the Config.",
      });
    },
  };
}

function nameOf(node: Deno.lint.Node): string | undefined {
  if (node.type === "Identifier") return node.name;
  return node.type === "Literal" && typeof node.value === "string" ? node.value : undefined;
}

function asNeedsWhy(context: Deno.lint.RuleContext): Deno.lint.LintVisitor {
  const { text } = context.sourceCode;
  const check = (node: Deno.lint.TSAsExpression | Deno.lint.TSTypeAssertion) => {
    const type = node.typeAnnotation;
    if (type.type === "TSTypeReference" && nameOf(type.typeName) === "const") return;
    const [first, last] = linesOf(text, node);
    const said = context.sourceCode.getAllComments().some((comment) => {
      const [from, to] = linesOf(text, comment);
      return to >= first - 1 && from <= last && isInWords(comment.value);
    });
    if (said) return;
    context.report({
      node,
      message: "This type assertion does not say why it is safe",
      hint:
        "Say it in a comment on the same line or the one before, or let a check, a zod schema or `satisfies` prove it.",
    });
  };
  return { TSAsExpression: check, TSTypeAssertion: check };
}

/** The first and the last line of a node, from 0. */
function linesOf(text: string, node: { range: Deno.lint.Range }): [number, number] {
  const lineAt = (offset: number) => text.slice(0, offset).split("\n").length - 1;
  return [lineAt(node.range[0]), lineAt(node.range[1])];
}

/** An order to a tool is no reason. */
function isInWords(comment: string): boolean {
  return /\p{L}{2}/u.test(comment.replace(/(deno-lint|deno-fmt|@ts)-[\w-]+( [a-z-]+)*/g, ""));
}

function fileLength(context: Deno.lint.RuleContext): Deno.lint.LintVisitor {
  return {
    Program(node) {
      const lines = context.sourceCode.text.replace(/\n$/, "").split("\n").length;
      if (lines <= MAX_LINES) return;
      context.report({
        node,
        message: `A file holds at most ${MAX_LINES} lines: this one has ${lines}`,
        hint: "Split it by responsibility.",
      });
    },
  };
}
