/**
 * The table of who may do what, asked over a transport.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { type Level, LEVELS } from "../../chat/permissions.ts";
import { type Harness, type Person, SPOKEN, type Transport } from "./harness.ts";
import type { FurtherRow } from "./more_permission_rows.ts";
import type { Place } from "./permission_rows.ts";
import { ADMIN } from "./world.ts";

/** Kinds of rooms, in the order of `least`. */
export const KINDS = ["public", "private", "direct"] as const;

type Kind = typeof KINDS[number];

/** One question: what, where, by whom. */
export interface Question {
  readonly kind: Kind;
  readonly level: Level;
  readonly isArchived: boolean;
}

/** Everybody whom rooms are arranged with. */
export class Cast {
  readonly harness: Harness;
  readonly subject: Person;
  readonly #owner: Person;
  readonly #second: Person;
  readonly #member: Person;
  readonly #outsider: Person;

  private constructor(harness: Harness, people: readonly [Person, Person, Person, Person, Person]) {
    this.harness = harness;
    [this.#owner, this.#second, this.#member, this.#outsider, this.subject] = people;
  }

  /** Makes five guests. */
  static async of(harness: Harness): Promise<Cast> {
    const person = (name: string) => harness.person(name);
    return new Cast(harness, [
      await person("olivia"),
      await person("second"),
      await person("member"),
      await person("outsider"),
      await person("subject"),
    ]);
  }

  /** The token of who asks. */
  tokenOf(level: Level): string {
    return level === "admin" ? ADMIN : this.subject.token;
  }

  /** A new room where the subject is something; undefined: nobody is that in such a room. */
  async arrange({ kind, level, isArchived }: Question): Promise<Place | undefined> {
    const isIn = !["stranger", "admin"].includes(level);
    const isDirect = kind === "direct";
    if (isDirect && (isArchived || level === "moderator" || level === "owner")) return undefined;
    const [owner, subject] = [this.#owner, this.subject];
    // Two people have one room: a new person for each.
    const other = isDirect ? await this.harness.person("other") : owner;
    const { room: { name: room } } = isDirect
      ? await this.http(other.token, "open_direct", { person: isIn ? subject.id : this.#outsider.id })
      : await this.http(owner.token, "create_room", { kind, ...(kind === "public" && { name: crypto.randomUUID() }) });
    if (!isDirect) {
      const { code } = await this.http(owner.token, "create_invite", { room, uses: 0 });
      for (const { token } of [this.#second, this.#member, ...isIn ? [subject] : []]) {
        await this.http(token, "accept_invite", { code });
      }
      // So that the one who asks is not the only one.
      await this.http(owner.token, "set_role", { room, person: this.#second.id, role: "owner" });
    }
    const others = await this.#say(other, room);
    const own = isIn ? await this.#say(subject, room) : others;
    if (level === "banned") await this.http(ADMIN, "ban", { room, person: subject.id });
    if (level === "muted") await this.http(ADMIN, "mute", { room, person: subject.id });
    if (level === "moderator" || level === "owner") {
      await this.http(owner.token, "set_role", { room, person: subject.id, role: level });
    }
    if (isArchived) await this.http(owner.token, "update_room", { room, archived: true });
    const [member, outsider] = isDirect ? [other, this.#member] : [this.#member, this.#outsider];
    return { room, own, others, member: member.id, outsider: outsider.id };
  }

  /** Asks over HTTP what must be answered. */
  http(token: string, type: string, input: object): ReturnType<Harness["ok"]> {
    return this.harness.ok("http", token, type, input);
  }

  async #say({ token }: Person, room: string): Promise<string> {
    return (await this.http(token, "send", { room, key: crypto.randomUUID(), text: "a" })).cursor;
  }
}

/** Asks something in every kind of room, archived or not, as everybody that one can be there. */
export async function askEverywhere(
  cast: Cast,
  ask: (place: Place, token: string, question: Question) => Promise<void>,
  levels: readonly Level[] = LEVELS,
): Promise<void> {
  for (const kind of KINDS) {
    for (const level of levels) {
      for (const isArchived of [false, true]) {
        const question = { kind, level, isArchived };
        const place = await cast.arrange(question);
        if (place !== undefined) await ask(place, cast.tokenOf(level), question);
      }
    }
  }
}

/** Whether the table says that somebody may. */
export function mayBy(
  { least, inArchived }: Pick<FurtherRow, "least" | "inArchived">,
  { kind, level, isArchived }: Question,
): boolean {
  const lowest = least[KINDS.indexOf(kind)] ?? "-";
  return lowest !== "-" && LEVELS.indexOf(level) >= LEVELS.indexOf(lowest) && (inArchived || !isArchived);
}

/** Goes through one row. */
export async function checkRow(harness: Harness, transport: Transport, row: FurtherRow): Promise<void> {
  const cast = await Cast.of(harness);
  for (const request of row.asks) {
    await askEverywhere(
      cast,
      async (place, token, question) => {
        // Who wrote nothing there has nothing of their own to change.
        if (row.action === "changeOwn" && (question.level === "stranger" || question.level === "admin")) return;
        const [type, input] = request(place);
        const isSpoken = transport === "socket" && SPOKEN.has(type);
        // Whoever may not even read is refused when they open the room; to open a public one is to become a member of it.
        const { error: closed } = isSpoken ? await harness.ask("socket", token, "join", { room: place.room }) : {};
        const { error } = closed !== undefined ? { error: closed } : await harness.ask(transport, token, type, input);
        const isMadeMember = isSpoken && question.level === "stranger" && question.kind === "public";
        const isAllowed = mayBy(row, isMadeMember ? { ...question, level: "member" } : question);
        assertEquals(
          error?.code,
          isAllowed ? row.then : "forbidden",
          `${type} in ${describe(question)}: ${error?.message}`,
        );
      },
      LEVELS.filter((level) => !row.except?.includes(level)),
    );
  }
}

/** A question in words. */
export function describe({ kind, level, isArchived }: Question): string {
  return `a ${isArchived ? "archived " : ""}${kind} room by: ${level}`;
}
