import { audited } from "../chat/audit.ts";
import { documentKey } from "../chat/keys.ts";
import { transact } from "../chat/transact.ts";
import type { ChannelLayer, Document } from "../layers/layer.ts";
import { ChatError } from "../protocol/errors.ts";
import type { User } from "../protocol/events.ts";
import { type BanDocument, banDocument, revokedDocument } from "./documents.ts";
import { publishEnded } from "./ended.ts";
import { OPERATOR, type People } from "./people.ts";
import type { AuthParts, Sessions } from "./sessions.ts";

/** What {@linkcode Bans} needs. */
export interface BanParts extends AuthParts {
  /** Who can be banned. */
  readonly people: People;
  /** What ends then. */
  readonly sessions: Sessions;
}

/** How somebody is banned. */
export interface BanOptions {
  /** Milliseconds since 1970; undefined: until it is lifted. */
  readonly until?: number | undefined;
  /** What they are told. */
  readonly reason?: string | undefined;
}

/** Who is kept out of the whole service, and whose tokens no longer hold. */
export class Bans {
  readonly #layer: ChannelLayer;
  readonly #now: () => number;
  readonly #people: People;
  readonly #sessions: Sessions;

  /**
   * Makes the bans of a deployment.
   *
   * @param parts See {@linkcode BanParts}.
   */
  constructor({ layer, now = Date.now, people, sessions }: BanParts) {
    this.#layer = layer;
    this.#now = now;
    this.#people = people;
    this.#sessions = sessions;
  }

  /**
   * Bans somebody, and closes their sockets. What proves who they are is refused, with the reason, until the ban is over, and then holds again.
   *
   * @param by Who does it.
   * @param person Whose id.
   * @throws {ChatError} `not_found`; `forbidden`: the operator; `bad_request`: the end is past; `unavailable`.
   */
  async ban(by: User, person: string, { until, reason }: BanOptions = {}): Promise<BanDocument> {
    const at = this.#now();
    if (until !== undefined && until <= at) {
      throw new ChatError("bad_request", `Cannot ban somebody until ${until}: it is past`);
    }
    const member = await this.#require(person);
    const ban = { by, at, ...(until !== undefined && { until }), ...(reason !== undefined && { reason }) };
    const expireInMs = until === undefined ? {} : { expireInMs: until - at };
    await publishEnded(this.#layer, { person, why: "banned", at }, {
      sets: [{ key: documentKey("ban", person), value: ban, ...expireInMs }],
    }, [audited("", { at, user: by, action: "ban", member, reason, until })]);
    return ban;
  }

  /**
   * Lifts a ban; one that is not banned stays so.
   *
   * @param by Who does it.
   * @param person Whose id.
   * @throws {ChatError} `not_found`; `unavailable`.
   */
  async unban(by: User, person: string): Promise<void> {
    const member = await this.#require(person);
    const key = documentKey("ban", person);
    await transact<void>(this.#layer, async () => {
      const [document] = await this.#layer.get([key]);
      if (document === undefined) return { answer: undefined };
      const { group, event } = audited("", { at: this.#now(), user: by, action: "unban", member });
      const change = { checks: [{ key, version: document.version }], deletes: [key] };
      return { group, event, options: { change }, answer: () => undefined };
    });
  }

  /**
   * Makes everything that proves who somebody is, but a bot's key, no longer hold: sessions, and a host site's tokens issued until now.
   *
   * @param by Who does it.
   * @param person Whose id.
   * @throws {ChatError} `not_found`; `forbidden`: the operator; `unavailable`.
   */
  async revoke(by: User, person: string): Promise<void> {
    const member = await this.#require(person);
    const at = this.#now();
    const sets = [{ key: documentKey("revoked", person), value: { before: at } }];
    const also = [audited("", { at, user: by, action: "revoke_person", member })];
    await this.#sessions.endAll(person, "revoked", person.startsWith("s_") ? { sets } : {}, also);
  }

  /**
   * Refuses whoever is banned.
   *
   * @param document Their `ban`, as it was read.
   * @throws {ChatError} `forbidden`.
   */
  refuseBanned(document: Document | undefined): void {
    if (document === undefined) return;
    const { until, reason } = banDocument.parse(document.value);
    if (until !== undefined && until <= this.#now()) return;
    const when = until === undefined ? "Banned" : `Banned until ${new Date(until).toISOString()}`;
    throw new ChatError("forbidden", reason === undefined ? when : `${when}: ${reason}`);
  }

  /**
   * Refuses a token that was revoked.
   *
   * @param document Its person's `revoked`, as it was read.
   * @param issuedAt When it was issued, in seconds since 1970; undefined: it does not say.
   * @throws {ChatError} `unauthorized`.
   */
  refuseRevoked(document: Document | undefined, issuedAt: number | undefined): void {
    if (document === undefined) return;
    const { before } = revokedDocument.parse(document.value);
    // The same second may have been before or after: a new token costs little.
    if (issuedAt !== undefined && issuedAt * 1_000 > before) return;
    throw new ChatError("unauthorized", "Cannot take this token: it was revoked");
  }

  async #require(person: string): Promise<User> {
    if (person === OPERATOR.id) throw new ChatError("forbidden", "Cannot keep the operator out");
    const found = await this.#people.find(person);
    if (found !== undefined) return found.user;
    // Somebody whom a host site alone knows can be kept out before they come.
    if (person.startsWith("s_")) return { id: person, name: person.slice(2) };
    throw new ChatError("not_found", "Cannot find this person");
  }
}
