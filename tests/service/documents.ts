/**
 * The keys of a kind of document, as they are in the database's file: what a process that has ended left behind.
 *
 * @param path The file.
 * @param kind E.g. `lease`.
 */
export async function documents(path: string, kind: string): Promise<string[]> {
  using kv = await Deno.openKv(path);
  const keys: string[] = [];
  for await (const { key } of kv.list({ prefix: ["doc", kind] })) keys.push(key.join(" "));
  return keys;
}
