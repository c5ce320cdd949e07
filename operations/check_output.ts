import { Encoded, type Operation } from "./operation.ts";

/**
 * Checks an output against its operation's schema, which is what the documentation says. For tests: it reads all of it.
 *
 * @param operation Whose output.
 * @param output What it answered.
 * @throws {TypeError} It is something else, or has a key that the schema does not know.
 */
export function checkOutput({ type, output: schema }: Operation, output: unknown): void {
  const value: unknown = JSON.parse(output instanceof Encoded ? output.json : JSON.stringify(output) ?? "null");
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw new TypeError(`The output of ${type} is not as documented: ${parsed.error.message}`);
  const extra = findUnknown(value, parsed.data, "");
  if (extra !== undefined) throw new TypeError(`The output of ${type} has a key that is not documented: ${extra}`);
}

/** The first key that a schema, which drops what it does not know, has dropped. */
function findUnknown(value: unknown, known: unknown, path: string): string | undefined {
  if (typeof value !== "object" || value === null || typeof known !== "object" || known === null) return undefined;
  for (const [key, inner] of Object.entries(value)) {
    if (!Object.hasOwn(known, key)) return `${path}${key}`;
    const found = findUnknown(inner, Reflect.get(known, key), `${path}${key}.`);
    if (found !== undefined) return found;
  }
  return undefined;
}
