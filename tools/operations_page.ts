/**
 * Writes the table of operations into docs/protocol.md, between its two marks; a test says when it is out of date.
 *
 * ```sh
 * deno run --allow-read=docs --allow-write=docs tools/operations_page.ts
 * ```
 *
 * @module
 */

import { OPERATIONS } from "../operations/table.ts";

const BEGIN = "<!-- operations: written by tools/operations_page.ts -->\n";
const END = "<!-- end of operations -->\n";

/**
 * Puts the table where the marks are.
 *
 * @param page The page as it is.
 * @returns The page as it has to be.
 * @throws {TypeError} It has no marks.
 */
export function withOperations(page: string): string {
  const [before, rest] = split(page, BEGIN);
  const [, after] = split(rest, END);
  return before + BEGIN + table() + END + after;
}

function split(text: string, mark: string): [string, string] {
  const at = text.indexOf(mark);
  if (at < 0) throw new TypeError(`Cannot write the operations: the page has no line ${mark.trim()}`);
  return [text.slice(0, at), text.slice(at + mark.length)];
}

function table(): string {
  const rows = OPERATIONS.map(({ type, method, path, summary, only, isOpen, input }) => {
    const fields = Object.keys(input.def.type === "object" && "shape" in input ? Object(input.shape) : {});
    const where = only === "http" ? ["HTTP only"] : only === "socket" ? ["sockets only"] : [];
    const how = [...where, ...isOpen ? ["open"] : []].join(", ");
    const http = only === "socket" ? "–" : `\`${method.toUpperCase()} ${path}\``;
    return [`\`${type}\``, http, fields.map((field) => `\`${field}\``).join(" "), summary.replaceAll("|", "\\|"), how];
  });
  const head = ["operation", "HTTP", "input", "does", ""];
  const widths = head.map((title, i) => Math.max(title.length, 3, ...rows.map((row) => [...row[i] ?? ""].length)));
  const line = (cells: readonly string[]) => `| ${cells.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join(" | ")} |\n`;
  return "\n" + line(head) + line(widths.map((width) => "-".repeat(width))) + rows.map(line).join("") + "\n";
}

if (import.meta.main) {
  const file = new URL("../docs/protocol.md", import.meta.url);
  const page = await Deno.readTextFile(file);
  await Deno.writeTextFile(file, withOperations(page));
}
