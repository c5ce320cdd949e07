import { audited } from "../chat/audit.ts";
import { documentKey } from "../chat/keys.ts";
import { transact } from "../chat/transact.ts";
import type { ChannelLayer } from "../layers/layer.ts";
import { ChatError } from "../protocol/errors.ts";
import type { User } from "../protocol/events.ts";
import { parsePersonName } from "../protocol/names.ts";
import { type KeyDocument, keyDocument, type PersonDocument, personDocument } from "./documents.ts";
import { publishEnded } from "./ended.ts";
import { claimName, freeName } from "./names.ts";
import type { AuthParts } from "./sessions.ts";
import { hashOf, KEY_PREFIX, newId, newToken, type Random, randomBytes } from "./tokens.ts";

/** A bot as the operator sees it. */
export interface Bot {
  /** As others see it. */
  readonly user: User;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
}

/** Bots: people with a key, and a name for good. */
export class Bots {
  readonly #layer: ChannelLayer;
  readonly #now: () => number;
  readonly #random: Random;

  /**
   * Makes the bots of a deployment.
   *
   * @param parts See {@linkcode AuthParts}.
   */
  constructor({ layer, now = Date.now, random = randomBytes }: AuthParts) {
    this.#layer = layer;
    this.#now = now;
    this.#random = random;
  }

  /**
   * Makes a bot.
   *
   * @param by Who does it.
   * @param name How it is called.
   * @returns `key` is told once.
   * @throws {ChatError} `bad_name`, `name_taken`, `unavailable`.
   */
  async create(by: User, name: string): Promise<{ bot: User; key: string }> {
    const bot = { id: newId("b_", this.#random), name: parsePersonName(name) };
    const [key, createdAt] = [newToken(KEY_PREFIX, this.#random), this.#now()];
    const person: PersonDocument = { user: bot, kind: "bot", createdAt };
    const document: KeyDocument = { bot: bot.id, credential: newId("c_", this.#random), createdAt };
    const hash = await hashOf(key);
    return await transact<{ bot: User; key: string }>(this.#layer, async () => {
      const { checks, sets } = await claimName(this.#layer, bot.name, bot.id);
      const own = [
        { key: documentKey("person", bot.id), value: person },
        { key: documentKey("key", hash), value: document },
        { key: documentKey("key_of", bot.id), value: hash },
      ];
      const { group, event } = audited("", { at: createdAt, user: by, action: "create_bot", member: bot });
      return { group, event, options: { change: { checks, sets: [...sets, ...own] } }, answer: () => ({ bot, key }) };
    });
  }

  /** Bots whose keys hold, in the order of their ids; at most 1,000. */
  async list(): Promise<Bot[]> {
    const keys = await this.#layer.list({ prefix: ["key_of"], limit: 1_000 });
    const people = await this.#layer.get(keys.map(({ key }) => documentKey("person", key[1] ?? "")));
    return people.filter((document) => document !== undefined).map(({ value }) => personDocument.parse(value))
      .map(({ user, createdAt }) => ({ user, createdAt }));
  }

  /**
   * Ends a bot: its key no longer holds, its sockets close, its name is free. What it said stays.
   *
   * @param by Who does it.
   * @param id Its id.
   * @throws {ChatError} `not_found`, `unavailable`.
   */
  async delete(by: User, id: string): Promise<void> {
    await transact<void>(this.#layer, async () => {
      const [of, person] = await this.#layer.get([documentKey("key_of", id), documentKey("person", id)]);
      if (of === undefined || person === undefined) {
        throw new ChatError("not_found", "Cannot delete this bot: there is none of that id");
      }
      const { user } = personDocument.parse(person.value);
      const free = await freeName(this.#layer, user.name, id);
      const [hash, at] = [String(of.value), this.#now()];
      await publishEnded(this.#layer, { person: id, why: "revoked", at }, {
        checks: [{ key: of.key, version: of.version }, ...free.checks],
        deletes: [of.key, documentKey("key", hash), ...free.deletes],
      }, [audited("", { at, user: by, action: "delete_bot", member: user })]);
      return { answer: undefined };
    });
  }

  /**
   * Finds whose a key is.
   *
   * @param hash Of the key.
   */
  async find(hash: string): Promise<KeyDocument | undefined> {
    const [document] = await this.#layer.get([documentKey("key", hash)]);
    return document && keyDocument.parse(document.value);
  }
}
