import { documentKey } from "../chat/keys.ts";
import { transact } from "../chat/transact.ts";
import { type AlsoEntry, type Change, type ChannelLayer, type Document, Stale } from "../layers/layer.ts";
import type { Caller } from "../protocol/caller.ts";
import { ChatError } from "../protocol/errors.ts";
import { parsePersonName } from "../protocol/names.ts";
import { type PersonDocument, type SessionDocument, sessionDocument } from "./documents.ts";
import { type EndedWhy, publishEnded } from "./ended.ts";
import { claimName } from "./names.ts";
import { hashOf, newId, newToken, type Random, randomBytes, SESSION_PREFIX } from "./tokens.ts";

/** Milliseconds that a session holds without being used: 90 days. */
export const SESSION_MS = 90 * 86_400_000;

/** Milliseconds after which it is written down that a session was used. */
const TOUCH_MS = 86_400_000;

/** Sessions of one person that one step ends. */
const STEP = 150;

/** What sessions and their like are made of. */
export interface AuthParts {
  /** Holds the documents, and tells sockets. */
  readonly layer: ChannelLayer;
  /** Milliseconds since 1970. Default `Date.now`. */
  readonly now?: () => number;
  /** Random bytes. Default the platform's. */
  readonly random?: Random;
}

/** A session that has just begun. */
export interface NewSession {
  /** Who has it. */
  readonly caller: Caller;
  /** The secret; told once. */
  readonly token: string;
  /** Its public name. */
  readonly credential: string;
  /** When it ends unless it is used, in milliseconds since 1970. */
  readonly expiresAt: number;
}

/** A session as its owner sees it. */
export type Session = Omit<SessionDocument, "person">;

/** Sessions of guests, and of those whose name a passkey keeps. Nothing is kept in memory: one read a request is 0.15 ms. */
export class Sessions {
  readonly #layer: ChannelLayer;
  readonly #now: () => number;
  readonly #random: Random;

  /**
   * Makes the sessions of a deployment.
   *
   * @param parts See {@linkcode AuthParts}.
   */
  constructor({ layer, now = Date.now, random = randomBytes }: AuthParts) {
    this.#layer = layer;
    this.#now = now;
    this.#random = random;
  }

  /**
   * Makes a guest and a session for them.
   *
   * @param name How they want to be called.
   * @throws {ChatError} `bad_name`, `name_taken`, `unavailable`.
   */
  create(name: string): Promise<NewSession> {
    const id = newId("g_", this.#random);
    const person: PersonDocument = { user: { id, name: parsePersonName(name) }, kind: "guest", createdAt: this.#now() };
    return transact(this.#layer, async () => {
      const { checks } = await claimName(this.#layer, person.user.name, id);
      const { session, sets } = await this.prepare(person);
      const change = { checks, sets: [{ key: documentKey("person", id), value: person }, ...sets ?? []] };
      return { change, answer: session };
    });
  }

  /**
   * Prepares a session: it begins when `sets` are committed.
   *
   * @param person Whose.
   */
  async prepare({ user, kind }: PersonDocument): Promise<{ session: NewSession; sets: NonNullable<Change["sets"]> }> {
    const [token, credential, now] = [newToken(SESSION_PREFIX, this.#random), newId("c_", this.#random), this.#now()];
    const expiresAt = now + SESSION_MS;
    const document: SessionDocument = { person: user.id, credential, createdAt: now, usedAt: now, expiresAt };
    const caller = { user, kind, isAdmin: false, credential, expiresAt };
    return { session: { caller, token, credential, expiresAt }, sets: setsOf(await hashOf(token), document) };
  }

  /**
   * Finds a session that holds, and notes about once a day that it was used, which makes it hold on.
   *
   * @param hash Of its token.
   */
  async find(hash: string): Promise<SessionDocument | undefined> {
    const [document] = await this.#layer.get([documentKey("session", hash)]);
    if (document === undefined) return undefined;
    const session = sessionDocument.parse(document.value);
    const now = this.#now();
    if (session.expiresAt <= now) return undefined;
    return now - session.usedAt < TOUCH_MS ? session : await this.#touch(hash, document, session);
  }

  /** A person's sessions that hold, the one that was used last first; at most 1,000. */
  async list(person: string): Promise<Session[]> {
    const hashes = await this.#layer.list<string>({ prefix: ["session_of", person], limit: 1_000 });
    const found = await this.#layer.get(hashes.map(({ value }) => documentKey("session", value)));
    const sessions = found.filter((document) => document !== undefined).map(({ value }) =>
      sessionDocument.parse(value)
    );
    return sessions.filter(({ expiresAt }) => expiresAt > this.#now())
      .map(({ person: _, ...session }) => session)
      .sort((a, b) => b.usedAt - a.usedAt);
  }

  /**
   * Ends one session and closes its sockets.
   *
   * @throws {ChatError} `not_found`: this person has none of that name; `unavailable`.
   */
  async end(person: string, credential: string, why: EndedWhy = "signed_out"): Promise<void> {
    const key = documentKey("session_of", person, credential);
    const [document] = await this.#layer.get<string>([key]);
    if (document === undefined) throw new ChatError("not_found", "Cannot end this session: you have none of that name");
    const deletes = [key, documentKey("session", document.value)];
    await publishEnded(this.#layer, { person, credential, why, at: this.#now() }, { deletes });
  }

  /**
   * Ends all of a person's sessions, and closes all of their sockets, whatever they came with.
   *
   * @param change What else changes in the same step.
   * @param also What is written down of it.
   */
  async endAll(person: string, why: EndedWhy, change: Change = {}, also: readonly AlsoEntry[] = []): Promise<void> {
    for (;;) {
      const documents = await this.#layer.list<string>({ prefix: ["session_of", person], limit: STEP });
      const deletes = documents.flatMap(({ key, value }) => [key, documentKey("session", value)]);
      if (documents.length === STEP) {
        await this.#layer.commit({ deletes });
        continue;
      }
      const all = { ...change, deletes: [...change.deletes ?? [], ...deletes] };
      return await publishEnded(this.#layer, { person, why, at: this.#now() }, all, also);
    }
  }

  async #touch(hash: string, { key, version }: Document, session: SessionDocument): Promise<SessionDocument> {
    const now = this.#now();
    const touched = { ...session, usedAt: now, expiresAt: now + SESSION_MS };
    try {
      // Checked: a session that was ended meanwhile must not come back.
      await this.#layer.commit({ checks: [{ key, version }], sets: setsOf(hash, touched) });
      return touched;
    } catch (error) {
      // Another request noted it, or ended it, and the next one sees which. A database that cannot be written does not make it invalid.
      if (error instanceof Stale || error instanceof ChatError) return session;
      throw error;
    }
  }
}

function setsOf(hash: string, document: SessionDocument): NonNullable<Change["sets"]> {
  const expireInMs = SESSION_MS;
  return [
    { key: documentKey("session", hash), value: document, expireInMs },
    { key: documentKey("session_of", document.person, document.credential), value: hash, expireInMs },
  ];
}
