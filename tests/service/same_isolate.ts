import { Client, Refused } from "./client.ts";
import type { Member } from "./member.ts";

const MAX_ISOLATES = 8;

/** A guest's token: so that all clients are one, whom each isolate allows so many joins. */
export async function tokenOf(url: string): Promise<string> {
  const client = new Client(url);
  try {
    return (await client.hello({ name: "everyone" })).token;
  } finally {
    await client.close();
  }
}

/**
 * Who sits together. From outside an isolate shows in one thing only: each counts by itself how often somebody joins. So
 * one client joins until it is refused; whoever is refused now as well, being the same guest, is on the same isolate.
 */
export async function groupByIsolate(members: readonly Member[]): Promise<Member[][]> {
  const groups: Member[][] = [];
  for (let rest = [...members]; rest.length > 0 && groups.length < MAX_ISOLATES;) {
    const first = rest[0]!;
    const together = new Set([first]);
    // The limit lets one more pass every 50 ms: who slipped through is asked again.
    for (let tries = 0; tries < 3; tries++) {
      for (let left = 100; left > 0 && !(await areRefused([first, first, first, first, first])).includes(true); left--);
      const refused = await areRefused(rest);
      for (const [i, member] of rest.entries()) if (refused[i]) together.add(member);
    }
    groups.push([...together]);
    rest = rest.filter((member) => !together.has(member));
  }
  return groups;
}

function areRefused(members: readonly Member[]): Promise<boolean[]> {
  return Promise.all(members.map(async ({ client }) => {
    try {
      await client?.join("probe");
      return false;
    } catch (error) {
      if (error instanceof Refused && error.code === "rate_limited") return true;
      throw error;
    }
  }));
}
