import { documentKey, personGroup } from "../chat/keys.ts";
import { transact } from "../chat/transact.ts";
import type { ChannelLayer } from "../layers/layer.ts";
import type { Caller } from "../protocol/caller.ts";
import { ChatError } from "../protocol/errors.ts";
import type { PersonEvent, User } from "../protocol/events.ts";
import type { Bans } from "./bans.ts";
import { Ceremonies, type PasskeyAnswer, type PasskeyOptions } from "./ceremonies.ts";
import { type PasskeyDocument, passkeyDocument, personDocument } from "./documents.ts";
import { claimName, freeName } from "./names.ts";
import type { AuthParts, NewSession, Sessions } from "./sessions.ts";
import { hashOf } from "./tokens.ts";

/** Passkeys of one person. */
const MAX_PASSKEYS = 20;

/** What {@linkcode Passkeys} needs. */
export interface PasskeyParts extends AuthParts {
  /** What one gets for a passkey. */
  readonly sessions: Sessions;
  /** Who gets none. */
  readonly bans: Bans;
  /** The service's origin as browsers see it; undefined: what each request says. */
  readonly publicUrl?: string | undefined;
}

/** A passkey as its owner sees it. */
export interface Passkey {
  /** Public; not the authenticator's own id. */
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  /** Milliseconds since 1970. */
  readonly usedAt?: number;
  /** Whether its owner's provider keeps copies. */
  readonly isBackedUp: boolean;
}

/** Passkeys (WebAuthn): by one a guest keeps their name for good, and comes back as the same person from anywhere. */
export class Passkeys {
  readonly #layer: ChannelLayer;
  readonly #now: () => number;
  readonly #sessions: Sessions;
  readonly #bans: Bans;
  readonly #ceremonies: Ceremonies;

  /**
   * Makes the passkeys of a deployment.
   *
   * @param parts See {@linkcode PasskeyParts}.
   */
  constructor(parts: PasskeyParts) {
    this.#layer = parts.layer;
    this.#now = parts.now ?? Date.now;
    this.#sessions = parts.sessions;
    this.#bans = parts.bans;
    this.#ceremonies = new Ceremonies(parts);
  }

  /**
   * What a browser's `navigator.credentials.create` takes, to make a passkey for a guest or another for whoever has one.
   *
   * @param caller For whom.
   * @param origin The page's.
   * @throws {ChatError} `forbidden`: they are no guest, or have 20; `name_taken`; `bad_request`: passkeys do not work at this origin;
   * `unavailable`.
   */
  async startRegistration(caller: Caller, origin: string): Promise<PasskeyOptions> {
    const { user } = this.#guest(caller);
    await claimName(this.#layer, user.name, user.id);
    const own = await this.#ofPerson(user.id);
    refuseMore(own.length);
    return await this.#ceremonies.startRegistration(user, own, origin);
  }

  /**
   * Takes the passkey that a browser made. With the first one the guest's name becomes theirs for good.
   *
   * @param caller Whose.
   * @param answer What `navigator.credentials.create` gave.
   * @param origin The page's.
   * @throws {ChatError} `unauthorized`: it proves nothing; `conflict`: it is known already; otherwise as {@linkcode startRegistration}.
   */
  async register(caller: Caller, answer: PasskeyAnswer, origin: string): Promise<{ user: User; passkey: Passkey }> {
    const { user: { id } } = this.#guest(caller);
    const passkey: PasskeyDocument = {
      ...await this.#ceremonies.finishRegistration(id, answer, origin),
      person: id,
      createdAt: this.#now(),
    };
    const hash = await hashOf(passkey.id);
    const keys = [documentKey("person", id), documentKey("passkey", hash)] as const;
    return await transact(this.#layer, async () => {
      const [document, known] = await this.#layer.get(keys);
      if (known !== undefined) throw new ChatError("conflict", "Cannot add this passkey: it is known already");
      if (document === undefined) throw new ChatError("not_found", "Cannot add a passkey: you are no longer known");
      const person = personDocument.parse(document.value);
      if (person.erased) throw new ChatError("not_found", "Cannot add a passkey: you are no longer known");
      const claim = await claimName(this.#layer, person.user.name, id);
      // Counted again: several may have been begun at once. Whoever adds one changes the person's document, which is checked.
      refuseMore((await this.#layer.list({ prefix: ["passkey_of", id], limit: MAX_PASSKEYS })).length);
      return {
        change: {
          checks: [{ key: keys[0], version: document.version }, { key: keys[1], version: null }, ...claim.checks],
          sets: [
            { key: keys[0], value: { ...person, kind: "claimed" } },
            { key: keys[1], value: passkey },
            { key: documentKey("passkey_of", id, hash), value: "" },
            ...claim.sets,
          ],
        },
        answer: { user: person.user, passkey: seenFrom(hash, passkey) },
      };
    });
  }

  /**
   * What a browser's `navigator.credentials.get` takes. Nobody says who they are: the browser shows which passkeys it has.
   *
   * @param origin The page's.
   * @throws {ChatError} `bad_request`: passkeys do not work at this origin; `unavailable`.
   */
  startSignIn(origin: string): Promise<PasskeyOptions> {
    return this.#ceremonies.startSignIn(origin);
  }

  /**
   * Begins a session for whoever owns a passkey.
   *
   * @param answer What `navigator.credentials.get` gave.
   * @param origin The page's.
   * @throws {ChatError} `unauthorized`: it proves nothing; `forbidden`: they are banned; `unavailable`.
   */
  async signIn(answer: PasskeyAnswer, origin: string): Promise<NewSession> {
    const hash = await hashOf(answer.id);
    const key = documentKey("passkey", hash);
    const [first] = await this.#layer.get([key]);
    const passkey = first && passkeyDocument.parse(first.value);
    const uses = await this.#ceremonies.finishSignIn(passkey, answer, origin);
    return await transact(this.#layer, async () => {
      const [document] = await this.#layer.get([key]);
      // Taken away meanwhile, or used twice at once with a counter that says so.
      if (
        passkey === undefined || document === undefined ||
        passkeyDocument.parse(document.value).counter !== passkey.counter
      ) {
        throw new ChatError("unauthorized", "Cannot take this passkey: it is not known here");
      }
      const id = passkey.person;
      const [ban, person] = await this.#layer.get([documentKey("ban", id), documentKey("person", id)]);
      this.#bans.refuseBanned(ban);
      if (person === undefined) throw new ChatError("unauthorized", "Cannot take this passkey: its owner is gone");
      const { session, sets } = await this.#sessions.prepare(personDocument.parse(person.value));
      const checks = [document, person].map(({ key, version }) => ({ key, version }));
      return {
        change: { checks, sets: [{ key, value: { ...passkey, ...uses, usedAt: this.#now() } }, ...sets] },
        answer: session,
      };
    });
  }

  /** A person's passkeys, oldest first. */
  async list(person: string): Promise<Passkey[]> {
    const documents = await this.#ofPerson(person);
    const passkeys = await Promise.all(documents.map(async (each) => seenFrom(await hashOf(each.id), each)));
    return passkeys.sort((a, b) => a.createdAt - b.createdAt);
  }

  /**
   * Takes a passkey away. With the last one the name is free again and its owner a guest: nobody could ever come back for it.
   *
   * @param person Whose.
   * @param hash The passkey's public id.
   * @returns Whether the name is still theirs.
   * @throws {ChatError} `not_found`: this person has none of that id; `unavailable`.
   */
  delete(person: string, hash: string): Promise<{ isClaimed: boolean }> {
    const keys = [documentKey("passkey_of", person, hash), documentKey("person", person)] as const;
    return transact<{ isClaimed: boolean }>(this.#layer, async () => {
      const [of, document] = await this.#layer.get(keys);
      if (of === undefined || document === undefined) {
        throw new ChatError("not_found", "Cannot delete this passkey: you have none of that id");
      }
      const deletes = [keys[0], documentKey("passkey", hash)];
      // Who adds or takes another one at the same time changes this document, too.
      const checks = [of, document].map(({ key, version }) => ({ key, version }));
      const known = personDocument.parse(document.value);
      const left = await this.#layer.list({ prefix: ["passkey_of", person], limit: 2 });
      if (left.length > 1) {
        return { change: { checks, deletes, sets: [{ key: keys[1], value: known }] }, answer: { isClaimed: true } };
      }
      const free = await freeName(this.#layer, known.user.name, person);
      return {
        group: personGroup(person),
        event: { type: "renamed", at: this.#now(), user: known.user } satisfies PersonEvent,
        options: {
          transient: true,
          change: {
            checks: [...checks, ...free.checks],
            sets: [{ key: keys[1], value: { ...known, kind: "guest" } }],
            deletes: [...deletes, ...free.deletes],
          },
        },
        answer: () => ({ isClaimed: false }),
      };
    });
  }

  #guest(caller: Caller): Caller {
    if (caller.kind === "guest" || caller.kind === "claimed") return caller;
    throw new ChatError("forbidden", "Cannot add a passkey: only guests keep their names by one");
  }

  async #ofPerson(person: string): Promise<PasskeyDocument[]> {
    const keys = await this.#layer.list({ prefix: ["passkey_of", person], limit: 1_000 });
    const found = await this.#layer.get(keys.map(({ key }) => documentKey("passkey", key[2] ?? "")));
    return found.filter((document) => document !== undefined).map(({ value }) => passkeyDocument.parse(value));
  }
}

/** @param count Passkeys that somebody has. */
function refuseMore(count: number): void {
  if (count < MAX_PASSKEYS) return;
  throw new ChatError("forbidden", `Cannot add a passkey: ${MAX_PASSKEYS} are the most`);
}

function seenFrom(id: string, { createdAt, usedAt, isBackedUp }: PasskeyDocument): Passkey {
  return { id, createdAt, ...(usedAt !== undefined && { usedAt }), isBackedUp };
}
