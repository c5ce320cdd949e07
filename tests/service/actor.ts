/**
 * Somebody who sends, edits, deletes, reacts and pins, one thing after the other, whatever happens to the connection; and remembers what was
 * acknowledged, and of what it cannot know whether it was done.
 *
 * @module
 */

import { z } from "zod";
import { Client, Lost, Refused } from "./client.ts";
import type { Person } from "./http.ts";
import { pause } from "./server.ts";

/** What all actors of a room know. */
export interface Stage {
  readonly room: string;
  /** Where the service is now. */
  readonly url: () => string;
  /** At least 0, less than 1. */
  readonly random: () => number;
  /** Messages that were acknowledged, and whose. */
  readonly known: { readonly cursor: string; readonly author: string }[];
  /** Messages that begin threads: nobody deletes them. */
  readonly roots: readonly string[];
  /** Ids of those who may become moderators and members again. */
  readonly promoted: readonly string[];
}

/** The last that an actor wanted of something; `isSure`: it was acknowledged. */
interface Wish<T> {
  readonly value: T;
  readonly isSure: boolean;
}

/** Until when a message has to be acknowledged, whatever happens to servers meanwhile. */
const SEND_MS = 60_000;
const EMOJI = ["👍", "🎉", "😀"];
const edited = z.object({ at: z.number() });

/** See the module. */
export class Actor {
  readonly person: Person;
  readonly faults: string[] = [];
  /** Cursor → text, of messages that were acknowledged. */
  readonly sent = new Map<string, string>();
  /** Cursor → last text. */
  readonly edits = new Map<string, Wish<string>>();
  /** All edits that were acknowledged: message and time. */
  readonly edited: { readonly target: string; readonly at: number }[] = [];
  /** Deletions that were acknowledged. */
  readonly deleted: string[] = [];
  /** `<cursor> <emoji>` → whether it is given. */
  readonly reactions = new Map<string, Wish<boolean>>();
  /** Pins that were acknowledged. */
  readonly pinned: { readonly target: string; readonly on: boolean }[] = [];
  /** Id → role. */
  readonly roles = new Map<string, Wish<string>>();
  /** Changes that were acknowledged. */
  acknowledged = 0;
  /** Changes of which it did not hear. */
  unknown = 0;
  readonly #stage: Stage;
  readonly #rank: "owner" | "moderator" | "member";
  #client: Client | undefined;
  #isOver = false;
  readonly #running: Promise<void>;

  constructor(stage: Stage, person: Person, rank: "owner" | "moderator" | "member") {
    this.#stage = stage;
    this.person = person;
    this.#rank = rank;
    this.#running = this.#run();
  }

  /** Ends when what is under way is known; resolves when nothing of it is left. */
  async leave(): Promise<void> {
    this.#isOver = true;
    await this.#running;
    this.#client?.cut();
    await this.#client?.gone;
  }

  async #run(): Promise<void> {
    while (!this.#isOver) {
      try {
        await this.#act();
      } catch (error) {
        this.faults.push(`${this.person.id}: ${error}`);
        return;
      }
    }
  }

  async #act(): Promise<void> {
    const { random, known, roots, promoted } = this.#stage;
    const dice = random();
    const any = this.#pick(known);
    const own = this.#pick(known.filter(({ author, cursor }) => author === this.person.id && !roots.includes(cursor)));
    if (any === undefined || own === undefined || dice < 0.35) return await this.#send(dice < 0.1);
    if (dice < 0.55) return await this.#edit(own.cursor);
    if (dice < 0.62) return await this.#delete(own.cursor);
    if (dice < 0.85 || this.#rank === "member") return await this.#react(any.cursor, this.#pick(EMOJI) ?? "👍");
    if (dice < 0.95 || this.#rank === "moderator") return await this.#pin(any.cursor, random() < 0.5);
    return await this.#appoint(this.#pick(promoted) ?? "", random() < 0.5 ? "moderator" : "member");
  }

  /** Again and again until it is acknowledged: that is what keys are for. */
  async #send(inThread: boolean): Promise<void> {
    const { room, known, roots } = this.#stage;
    const text = `secret-${this.person.id} ${crypto.randomUUID()}`;
    const thread = inThread ? this.#pick(roots) : undefined;
    const input = { room, key: crypto.randomUUID(), text, ...(thread !== undefined && { thread }) };
    let sent: unknown;
    const end = performance.now() + SEND_MS;
    do {
      if (performance.now() > end) throw new Error(`Nobody acknowledged a message within ${SEND_MS} ms`);
      sent = await this.#try("send", input);
    } while (sent === undefined);
    const { cursor } = z.object({ cursor: z.string() }).parse(sent);
    this.sent.set(cursor, text);
    known.push({ cursor, author: this.person.id });
  }

  async #edit(cursor: string): Promise<void> {
    const text = `secret-${this.person.id} edited ${crypto.randomUUID()}`;
    this.edits.set(cursor, { value: text, isSure: false });
    const done = await this.#try("edit", { room: this.#stage.room, cursor, text });
    if (done === undefined || done === "refused") return;
    this.edits.set(cursor, { value: text, isSure: true });
    this.edited.push({ target: cursor, at: edited.parse(done).at });
  }

  async #delete(cursor: string): Promise<void> {
    const done = await this.#try("delete", { room: this.#stage.room, cursor });
    if (done !== undefined && done !== "refused") this.deleted.push(cursor);
  }

  async #react(cursor: string, emoji: string): Promise<void> {
    const on = this.#stage.random() < 0.6;
    this.reactions.set(`${cursor} ${emoji}`, { value: on, isSure: false });
    const done = await this.#try(on ? "react" : "unreact", { room: this.#stage.room, cursor, emoji });
    if (done === undefined || done === "refused") return;
    this.reactions.set(`${cursor} ${emoji}`, { value: on, isSure: true });
  }

  async #pin(cursor: string, on: boolean): Promise<void> {
    const done = await this.#try(on ? "pin" : "unpin", { room: this.#stage.room, cursor });
    if (done !== undefined && done !== "refused" && on) this.pinned.push({ target: cursor, on });
  }

  async #appoint(person: string, role: string): Promise<void> {
    this.roles.set(person, { value: role, isSure: false });
    const done = await this.#try("set_role", { room: this.#stage.room, person, role });
    if (done !== undefined && done !== "refused") this.roles.set(person, { value: role, isSure: true });
  }

  /** The answer; `"refused"`: it was not to be done; undefined: nobody knows. */
  async #try(type: string, input: object): Promise<unknown> {
    let isAsked = false;
    try {
      const client = await this.#connected();
      isAsked = true;
      const answer = await client.do(type, input);
      this.acknowledged++;
      return answer;
    } catch (error) {
      if (error instanceof Refused && ["not_found", "forbidden"].includes(error.code)) return "refused";
      if (!(error instanceof Lost) && !(error instanceof Refused && error.code === "unavailable")) throw error;
      if (isAsked) this.unknown++;
      const client = this.#client;
      this.#client = undefined;
      client?.cut();
      this.faults.push(...client?.faults ?? []);
      await client?.gone;
      await pause(40);
      return undefined;
    }
  }

  async #connected(): Promise<Client> {
    if (this.#client !== undefined) return this.#client;
    const client = this.#client = new Client(this.#stage.url());
    const greeting = client.hello({ token: this.person.token });
    const joining = client.join(this.#stage.room);
    joining.catch(() => {});
    await greeting;
    await joining;
    return client;
  }

  #pick<T>(items: readonly T[]): T | undefined {
    return items[Math.floor(this.#stage.random() * items.length)];
  }
}
