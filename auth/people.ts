import { documentKey, personGroup } from "../chat/keys.ts";
import { transact } from "../chat/transact.ts";
import type { ChannelLayer, Document } from "../layers/layer.ts";
import { type Caller, OPERATOR_ID } from "../protocol/caller.ts";
import { ChatError } from "../protocol/errors.ts";
import type { PersonEvent, User } from "../protocol/events.ts";
import { parsePersonName } from "../protocol/names.ts";
import { type PersonDocument, personDocument } from "./documents.ts";
import { claimName, freeName } from "./names.ts";
import type { AuthParts } from "./sessions.ts";

/** The user that the deployment's own key speaks for. */
export const OPERATOR: User = { id: OPERATOR_ID, name: OPERATOR_ID };

/** Everybody who was ever here. */
export class People {
  readonly #layer: ChannelLayer;
  readonly #now: () => number;

  /**
   * Makes the people of a deployment.
   *
   * @param parts See {@linkcode AuthParts}.
   */
  constructor({ layer, now = Date.now }: AuthParts) {
    this.#layer = layer;
    this.#now = now;
  }

  /** Finds somebody by their id, also when they were erased; the operator is always there. */
  async find(id: string): Promise<PersonDocument | { user: User; kind: "operator"; erased?: never } | undefined> {
    if (id === OPERATOR.id) return { user: OPERATOR, kind: "operator" };
    const [document] = await this.#layer.get([documentKey("person", id)]);
    return document && personDocument.parse(document.value);
  }

  /**
   * Calls somebody otherwise from now on. A name that was theirs for good is free again, and the new one is theirs.
   *
   * @param caller Who.
   * @param name As they wrote it.
   * @throws {ChatError} `bad_name`, `name_taken`; `forbidden`: others say how they are called; `unavailable`.
   */
  rename({ user: { id }, kind }: Caller, name: string): Promise<User> {
    const user = { id, name: parsePersonName(name) };
    if (kind === "signed" || kind === "operator") {
      const who = kind === "signed" ? "the site that you came from" : "this service";
      throw new ChatError("forbidden", `Cannot call you otherwise: ${who} says your name`);
    }
    return transact(this.#layer, async () => {
      const [document] = await this.#layer.get([documentKey("person", id)]);
      if (document === undefined) {
        throw new ChatError("not_found", "Cannot call you otherwise: you are no longer known");
      }
      const person = personDocument.parse(document.value);
      if (person.erased) throw new ChatError("not_found", "Cannot call you otherwise: you are no longer known");
      if (person.user.name === user.name) return { answer: user };
      const claim = await claimName(this.#layer, user.name, id);
      const keeps = person.kind !== "guest";
      const free = keeps ? await freeName(this.#layer, person.user.name, id) : { checks: [], deletes: [] };
      const kept = new Set(claim.keys.map(String));
      return {
        group: personGroup(id),
        event: { type: "renamed", at: this.#now(), user } satisfies PersonEvent,
        options: {
          transient: true,
          change: {
            checks: [
              { key: document.key, version: document.version },
              ...claim.checks,
              ...free.checks.filter(({ key }) => !kept.has(String(key))),
            ],
            sets: [{ key: document.key, value: { ...person, user } }, ...keeps ? claim.sets : []],
            // Case alone may have changed: then the old name's documents are the new one's.
            deletes: free.deletes.filter((key) => !kept.has(String(key))),
          },
        },
        answer: () => user,
      };
    });
  }

  /**
   * Notes how a host site calls somebody, when that is news.
   *
   * @param user As a token says.
   * @param issuedAt When it was issued, in seconds since 1970.
   * @param known What is known of them.
   */
  async note(user: User, issuedAt: number, known: Document | undefined): Promise<void> {
    const person = known && personDocument.parse(known.value);
    if (
      person !== undefined && !person.erased && (person.user.name === user.name || issuedAt < (person.issuedAt ?? 0))
    ) return;
    const now = this.#now();
    const value: PersonDocument = { user, kind: "signed", createdAt: person?.createdAt ?? now, issuedAt };
    const event: PersonEvent = { type: "renamed", at: now, user };
    const change = {
      checks: [{ key: documentKey("person", user.id), version: known?.version ?? null }],
      sets: [{ key: documentKey("person", user.id), value }],
    };
    await this.#layer.publish(personGroup(user.id), event, { transient: true, change });
  }
}
