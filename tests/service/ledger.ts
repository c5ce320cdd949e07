/**
 * What clients were promised, and the check of it against what can be read afterwards.
 *
 * @module
 */

import { assertEquals, assertGreater, assertLess } from "@std/assert";
import { Client, type Message, readHistory, type RoomEvent, type Sent } from "./client.ts";
import { Person } from "./http.ts";
import { everyone, type Member } from "./member.ts";

/** Items a page of history. */
const PAGE = "200";

/** One message as its author knows it. */
interface Entry {
  readonly author: string;
  /** Which message of its author, from 1. */
  readonly number: number;
  readonly text: string;
  tries: number;
  sent: Sent | undefined;
}

/** What the check found; all but the counts are to be empty. */
export interface Verdict {
  readonly acknowledged: number;
  /** Sent, and never answered; so many of them are in the log all the same. */
  readonly unacknowledged: number;
  readonly keptUnacknowledged: number;
  readonly resent: number;
  readonly lost: string[];
  readonly doubled: string[];
  readonly reordered: string[];
  /** In the log with another cursor, time or text than was promised, or from nobody. */
  readonly altered: string[];
}

/** See the module. */
export class Ledger {
  readonly faults: string[] = [];
  readonly #entries = new Map<string, Entry>();
  readonly #numbers = new Map<string, number>();

  /** Notes a message before it is sent for the first time. @returns Its key and text. */
  note(author: string, padding = ""): { key: string; text: string } {
    const number = (this.#numbers.get(author) ?? 0) + 1;
    this.#numbers.set(author, number);
    const key = crypto.randomUUID();
    const text = `${author} ${number} ${padding}`;
    this.#entries.set(key, { author, number, text, tries: 0, sent: undefined });
    return { key, text };
  }

  /** Notes that it goes out, for the first time or again. */
  tried(key: string): void {
    const entry = this.#entries.get(key);
    if (entry !== undefined) entry.tries++;
  }

  /** Notes the server's promise. [V12] A second one has to be the same. */
  promised(key: string, sent: Sent): void {
    const entry = this.#entries.get(key);
    if (entry === undefined) this.faults.push(`${key} was acknowledged and never sent`);
    else if (entry.sent === undefined) entry.sent = sent;
    else if (entry.sent.cursor !== sent.cursor || entry.sent.at !== sent.at) {
      this.faults.push(
        `[V12] ${brief(entry.text)} was promised ${JSON.stringify(entry.sent)}, then ${JSON.stringify(sent)}`,
      );
    }
  }

  /** Holds the log against the promises. */
  judge(log: readonly Message[]): Verdict {
    const lost: string[] = [];
    const doubled: string[] = [];
    const reordered: string[] = [];
    const altered: string[] = [];
    const found = new Map<string, Message>();
    const newest = new Map<string, number>();
    let last = "";
    for (const message of log) {
      const { cursor, key = "", text } = message;
      if (cursor <= last) reordered.push(`${brief(text)}: ${cursor} after ${last}`);
      last = cursor;
      const entry = this.#entries.get(key);
      if (entry === undefined) altered.push(`${brief(text)}: nobody sent it`);
      else if (found.has(key)) doubled.push(brief(text));
      else {
        if (text !== entry.text) altered.push(`${brief(entry.text)} is ${brief(text)}`);
        if (entry.number < (newest.get(entry.author) ?? 0)) {
          reordered.push(`${brief(text)}: after ${entry.author} ${newest.get(entry.author)}`);
        }
        newest.set(entry.author, entry.number);
      }
      found.set(key, message);
    }
    let [unacknowledged, keptUnacknowledged, resent] = [0, 0, 0];
    for (const [key, { text, tries, sent }] of this.#entries) {
      const kept = found.get(key);
      resent += Math.max(0, tries - 1);
      if (sent === undefined) {
        unacknowledged++;
        if (kept !== undefined) keptUnacknowledged++;
      } else if (kept === undefined) lost.push(brief(text));
      else if (kept.cursor !== sent.cursor || kept.at !== sent.at) {
        altered.push(`${brief(text)} was promised ${JSON.stringify(sent)}, and is ${kept.cursor} at ${kept.at}`);
      }
    }
    const acknowledged = this.#entries.size - unacknowledged;
    return { acknowledged, unacknowledged, keptUnacknowledged, resent, lost, doubled, reordered, altered };
  }
}

/** A room of a service. */
export interface Where {
  readonly http: string;
  readonly url: string;
  readonly room: string;
}

/** What a client that lived through it all saw. */
export interface View {
  readonly name: string;
  readonly messages: readonly Message[];
  readonly faults: readonly string[];
}

/**
 * The whole check: a fresh reader's history, forwards and backwards, a fresh join, every view and every promise. Fails on
 * the first thing that is not as it was promised.
 *
 * @param where The service, and the room.
 * @param views Of clients that were there from the first message on.
 */
export async function check(
  where: Where,
  ledger: Ledger,
  views: readonly View[],
): Promise<Verdict> {
  const reader = await Person.signIn(where.http, "checker");
  const log = await readWholeHistory(reader, where.room);
  const verdict = ledger.judge(log);
  const { lost, doubled, reordered, altered } = verdict;
  assertEquals({ lost, doubled, reordered, altered }, { lost: [], doubled: [], reordered: [], altered: [] });
  assertEquals(ledger.faults, []);
  assertSameLog(await readByJoin(where.url, where.room, log[0]), log, "a fresh join");
  for (const { name, messages, faults } of views) {
    assertEquals(faults, [], `${name} was told what must not be`);
    assertSameLog(messages, log, name);
  }
  return verdict;
}

/** {@linkcode check} with members: once they have stopped to write, were acknowledged, and have seen it all. */
export async function checkTogether(where: Where, ledger: Ledger, members: readonly Member[]): Promise<Verdict> {
  for (const member of members) member.finish();
  await everyone(members, ({ pending }) => pending === 0, "was acknowledged");
  const reader = await Person.signIn(where.http, "last");
  const last = (await readHistory(reader, where.room, { limit: "1" })).items.at(-1)?.cursor ?? "";
  await everyone(members, (member) => member.hasReached(last), `has come to ${last}`);
  return await check(where, ledger, members);
}

/** Author and number: a text is long. */
function brief(text: string): string {
  return text.slice(0, 30).trimEnd();
}

/** Fails with the first difference, not with two logs. */
export function assertSameLog(seen: readonly Message[], log: readonly Message[], who: string): void {
  for (let i = 0; i < Math.max(seen.length, log.length); i++) {
    if (isSame(seen[i], log[i])) continue;
    const around = (list: readonly Message[]) =>
      list.slice(Math.max(0, i - 2), i + 3).map(({ cursor, text }) => `${cursor} ${brief(text)}`);
    assertEquals(
      { of: seen.length, around: around(seen) },
      { of: log.length, around: around(log) },
      `${who} differs from the log at ${i}`,
    );
    assertEquals(seen[i], log[i], `${who} differs from the log at ${i}`);
  }
}

function isSame(a: Message | undefined, b: Message | undefined): boolean {
  return a !== undefined && b !== undefined && a.cursor === b.cursor && a.key === b.key && a.text === b.text &&
    a.at === b.at && a.user.id === b.user.id;
}

/** [H2] All of a room, page by page from the newest, and once more from the oldest. */
export async function readWholeHistory(reader: Person, room: string): Promise<Message[]> {
  const pages: (readonly Message[])[] = [];
  let page = await readHistory(reader, room, { limit: PAGE });
  while (true) {
    pages.unshift(page.items);
    const first = page.items[0];
    assertEquals(page.hasBefore && first === undefined, false, "an empty page says that there is more before it");
    if (!page.hasBefore || first === undefined) break;
    page = await readHistory(reader, room, { before: first.cursor, limit: PAGE });
    assertLess(page.items.at(-1)?.cursor ?? "", first.cursor, "a page before a message does not end before it");
  }
  const log = pages.flat();
  const again = log.slice(0, 1);
  for (let last = again[0]; last !== undefined;) {
    const next = await readHistory(reader, room, { after: last.cursor, limit: PAGE });
    assertGreater(next.items[0]?.cursor ?? "~", last.cursor, "a page after a message does not begin after it");
    again.push(...next.items);
    last = next.hasAfter ? next.items.at(-1) : undefined;
  }
  assertSameLog(again, log, "the history read forwards");
  return log;
}

/** [V7] All of a room, by a new client's joins: the first message that `first` is, and what comes after it. */
async function readByJoin(url: string, room: string, first: Message | undefined): Promise<Message[]> {
  const client = new Client(url);
  try {
    await client.hello({ name: "fresh" });
    const newest = await client.join(room);
    const last = newest.events.at(-1)?.cursor;
    const seen = first === undefined || last === undefined
      ? messagesOf(newest.events)
      : [first, ...await readOn(client, room, first.cursor, last)];
    assertEquals(client.faults, []);
    return seen;
  } finally {
    await client.close();
  }
}

/** [V7] Joins with `after`, and takes what comes until it has seen `last`. */
export async function readOn(client: Client, room: string, after: string, last: string): Promise<Message[]> {
  const seen: Message[] = [];
  const caughtUp = Promise.withResolvers<void>();
  const take = (events: readonly RoomEvent[], at: string) => {
    seen.push(...messagesOf(events));
    if (at >= last) caughtUp.resolve();
  };
  const { recovered } = await client.join(room, after, {
    joined: ({ events, head }) => take(events, head),
    events: (events) => take(events, events.at(-1)?.cursor ?? ""),
  });
  assertEquals(recovered, true, `could not read on from ${after}`);
  const timer = setTimeout(() => {
    caughtUp.reject(new Error(`From ${after} came ${seen.length} messages, up to ${client.at(room)}, then no more`));
  }, 20_000);
  await caughtUp.promise.finally(() => clearTimeout(timer));
  return seen;
}

/** The messages among events. */
export function messagesOf(events: readonly RoomEvent[]): Message[] {
  return events.flatMap(({ message }) => message ?? []);
}
