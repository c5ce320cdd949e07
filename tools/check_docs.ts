/**
 * Fails when an export has no docstring: `deno doc --lint` over the modules that others read, for its `missing-jsdoc`
 * alone. Its other findings are about types that zod and Hono infer, which we want inferred.
 *
 * ```sh
 * deno task docs
 * ```
 *
 * @module
 */

/** The folders whose exports others read; tests, bench and docs explain themselves. */
const FOLDERS = [
  "auth",
  "chat",
  "consumers",
  "layers",
  "operations",
  "protocol",
  "routes",
  "static",
  "std_assert",
  "testing",
  "tools",
];

/**
 * The places that `deno doc --lint` found without a docstring.
 *
 * @param output What it printed, without colours.
 * @returns As `path:line:column`, in the order printed.
 */
export function undocumented(output: string): string[] {
  const found = output.matchAll(/^error\[missing-jsdoc\]: .*\n\s*--> (?<place>.+)$/gm);
  return [...found].map(({ groups }) => groups?.place ?? "").sort();
}

/**
 * Whether `deno doc --lint` did its work, whatever it found: one that could not read a module finds nothing either.
 *
 * @param code Its exit code.
 * @param output What it printed, without colours.
 */
export function didLint(code: number, output: string): boolean {
  return code === 0 || /^error: Found \d+ documentation lint errors?\.$/m.test(output);
}

/** The modules under a folder, without its tests. */
function* modulesOf(folder: string, deep = true): Generator<string> {
  for (const { name, isDirectory, isFile } of Deno.readDirSync(folder)) {
    if (isDirectory && deep) yield* modulesOf(`${folder}/${name}`);
    if (isFile && /\.[jt]s$/.test(name) && !/_(test|bench)\.[jt]s$/.test(name)) yield `${folder}/${name}`;
  }
}

function isFolder(path: string): boolean {
  try {
    return Deno.statSync(path).isDirectory;
  } catch {
    return false;
  }
}

if (import.meta.main) {
  const modules = [...modulesOf(".", false), ...FOLDERS.filter(isFolder).flatMap((folder) => [...modulesOf(folder)])];
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["doc", "--lint", ...modules.sort()],
    env: { NO_COLOR: "1" },
  }).output();
  const output = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
  if (!didLint(code, output)) {
    console.error(output);
    Deno.exit(1);
  }
  const places = undocumented(output);
  for (const place of places) console.error(`No line of summary on this export: ${place}`);
  console.log(`${modules.length} modules, ${places.length} exports without a docstring`);
  Deno.exit(places.length === 0 ? 0 : 1);
}
