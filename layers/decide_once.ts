import { withDeadline } from "./deadline.ts";

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
  const end = performance.now() + deadlineMs;
  const what = `read ${JSON.stringify(key)}`;
  for (;;) {
    try {
      const { value } = await withDeadline(kv.get<T>(key), end - performance.now(), what);
      if (value !== null) return value;
      const deciding = kv.atomic().check({ key, versionstamp: null }).set(key, decide()).commit();
      await withDeadline(deciding, end - performance.now(), what);
    } catch (error) {
      // "database is locked": isolates that start together open the same new file.
      if (performance.now() >= end) throw error;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }
}
