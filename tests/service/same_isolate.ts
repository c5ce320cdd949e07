import { Client, Refused } from "./client.ts";

const MAX_ISOLATES = 8;

/** A guest's token: so that all clients are one, whom each isolate allows so many joins. */
export async function tokenOf(url: string): Promise<string> {
  const client = new Client(url);
  try {
    return (await client.hello({ name: "the crowd" })).token;
  } finally {
    await client.close();
  }
}

/** What is asked again and again: `join` is refused after 200 times and again after 50 ms, `search` after 20 and again after a second. */
export type Probe = "join" | "search";

/** Somebody with a connection. */
export interface Seated {
  readonly client: Client | undefined;
}

/**
 * Who sits together. From outside an isolate shows in one thing only: each counts by itself how often somebody asks. So
 * one client asks until it is refused; whoever is refused now as well, being the same guest, is on the same isolate. So all
 * have to be one person, and the service's limits must be on (`RATE_SCALE` not 0).
 */
export async function groupByIsolate<T extends Seated>(members: readonly T[], probe: Probe = "join"): Promise<T[][]> {
  const groups: T[][] = [];
  for (let rest = [...members]; rest.length > 0 && groups.length < MAX_ISOLATES;) {
    const first = rest[0]!;
    const together = new Set([first]);
    // Joins: one more passes every 50 ms, and who slipped through is asked again. Searches are too few for that on the other isolates.
    for (let tries = probe === "join" ? 3 : 1; tries > 0; tries--) {
      for (
        let left = 100;
        left > 0 && !(await areRefused([first, first, first, first, first], probe)).includes(true);
        left--
      );
      const refused = await areRefused(rest, probe);
      for (const [i, member] of rest.entries()) if (refused[i]) together.add(member);
    }
    groups.push([...together]);
    rest = rest.filter((member) => !together.has(member));
  }
  return groups;
}

function areRefused(members: readonly Seated[], probe: Probe): Promise<boolean[]> {
  return Promise.all(members.map(async ({ client }) => {
    try {
      await (probe === "join" ? client?.join("probe") : client?.do("search", { q: "probe" }));
      return false;
    } catch (error) {
      if (error instanceof Refused && error.code === "rate_limited") return true;
      throw error;
    }
  }));
}
