/**
 * Decides something for all isolates of a database, once: whoever comes first writes it, everybody reads it.
 *
 * @param kv The database.
 * @param key Where it is kept.
 * @param decide What it is, if nobody has decided yet.
 * @param deadlineMs How long it is tried.
 * @throws What the database threw last, after the deadline.
 */
export async function decideOnce<T>(kv: Deno.Kv, key: Deno.KvKey, decide: () => T, deadlineMs: number): Promise<T> {
  for (const end = performance.now() + deadlineMs;;) {
    try {
      const { value } = await kv.get<T>(key);
      if (value !== null) return value;
      await kv.atomic().check({ key, versionstamp: null }).set(key, decide()).commit();
    } catch (error) {
      // "database is locked": isolates that start together open the same new file.
      if (performance.now() > end) throw error;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }
}
