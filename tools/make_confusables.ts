/**
 * Makes `auth/confusables.ts`: Unicode's look-alikes (UTS #39) as ICU knows them, one prototype for each character that a name may
 * hold. Run it again with a newer ICU, and commit what changed:
 *
 * ```sh
 * deno run --allow-ffi --allow-write=auth/confusables.ts tools/make_confusables.ts /usr/lib/x86_64-linux-gnu/libicui18n.so.72
 * ```
 *
 * @module
 */

/** Characters of a line of the table. */
const LINE = 110;

/** What ICU's spoof checker says a text looks like (UTS #39 §4, `skeleton`). */
type Skeleton = (text: string) => string;

if (import.meta.main) {
  const path = Deno.args[0] ?? "/usr/lib/x86_64-linux-gnu/libicui18n.so.72";
  const table = makeTable(openIcu(path));
  const note = `Unicode's confusables, from ${path.replace(/^.*\//, "")}`;
  await Deno.writeTextFile(new URL("../auth/confusables.ts", import.meta.url), sourceOf(table, note));
}

/**
 * The table: prototype → characters that look like it, both as hexadecimal code points.
 *
 * @param skeleton ICU's, or another's.
 */
function makeTable(skeleton: Skeleton): Map<string, string[]> {
  const table = new Map<string, string[]>();
  for (let code = 0x21; code <= 0x3ffff; code++) {
    const character = String.fromCodePoint(code);
    // What names cannot hold is not needed, and what NFD takes apart is looked up by its parts.
    if (!/[\p{L}\p{M}\p{N}\p{P}\p{S}]/u.test(character) || character.normalize("NFKC") !== character) continue;
    if (character.normalize("NFD") !== character) continue;
    const looks = skeleton(character);
    if (looks === character || looks === "") continue;
    const sources = table.get(hex(looks)) ?? [];
    sources.push(hex(character));
    table.set(hex(looks), sources);
  }
  return table;
}

function openIcu(path: string): Skeleton {
  const version = /\.so\.(\d+)/.exec(path)?.[1] ?? "72";
  const icu = Deno.dlopen(path, {
    open: { name: `uspoof_open_${version}`, parameters: ["buffer"], result: "pointer" },
    skeleton: {
      name: `uspoof_getSkeletonUTF8_${version}`,
      parameters: ["pointer", "u32", "buffer", "i32", "buffer", "i32", "buffer"],
      result: "i32",
    },
  });
  const status = new Int32Array(1);
  const checker = icu.symbols.open(status);
  const out = new Uint8Array(1_024);
  return (text) => {
    const bytes = new TextEncoder().encode(text);
    status[0] = 0;
    const length = icu.symbols.skeleton(checker, 0, bytes, bytes.length, out, out.length, status);
    // Negative codes are warnings.
    if ((status[0] ?? 1) > 0) throw new Error(`ICU answered ${status[0]} for ${hex(text)}`);
    return new TextDecoder().decode(out.subarray(0, length));
  };
}

function hex(text: string): string {
  return Array.from(text, (character) => (character.codePointAt(0) ?? 0).toString(16)).join("+");
}

function sourceOf(table: Map<string, string[]>, note: string): string {
  const lines = [""];
  for (const [prototype, sources] of table) {
    const item = `${prototype}:${sources.join(",")}`;
    const last = lines.at(-1) ?? "";
    if (last !== "" && last.length + item.length >= LINE) lines.push(item);
    else lines[lines.length - 1] = last === "" ? item : `${last} ${item}`;
  }
  return `// Made by tools/make_confusables.ts: do not edit. ${note}.
// Copyright © 1991-2022 Unicode, Inc. All rights reserved. Distributed under the Terms of Use in https://www.unicode.org/copyright.html.

/**
 * Look-alikes (UTS #39): \`prototype:character,character…\`, separated by spaces and line ends, all of it as hexadecimal code points; those of one
 * prototype are joined by \`+\`. Only characters that a name in NFKC may hold, taken apart by NFD.
 */
export const CONFUSABLES = \`
${lines.join("\n")}
\`;
`;
}
