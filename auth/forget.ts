import { documentKey } from "../chat/keys.ts";
import { transact } from "../chat/transact.ts";
import type { ChannelLayer } from "../layers/layer.ts";
import { type PersonDocument, personDocument } from "./documents.ts";
import { freeName } from "./names.ts";
import type { Sessions } from "./sessions.ts";

/** What {@linkcode forgetPerson} needs. */
export interface ForgetParts {
  /** Holds the documents. */
  readonly layer: ChannelLayer;
  /** What ends. */
  readonly sessions: Sessions;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/**
 * Ends all that proves that somebody is this person, closes their sockets, and frees their name: `auth/`'s part of an erasure. May be done
 * again. A ban stays, and of a host site's person the tokens issued until now no longer hold.
 *
 * @param person Their id.
 * @param isLast Whether nothing needs their name any more: then it is forgotten, too.
 * @throws {ChatError} `unavailable`.
 */
export async function forgetPerson(
  { layer, sessions, now }: ForgetParts,
  person: string,
  isLast: boolean,
): Promise<void> {
  await transact<void>(layer, async () => {
    const [document, key] = await layer.get([documentKey("person", person), documentKey("key_of", person)]);
    const known = document && personDocument.parse(document.value);
    const passkeys = await layer.list({ prefix: ["passkey_of", person], limit: 100 });
    const free = known ? await freeName(layer, known.user.name, person) : { checks: [], deletes: [] };
    const sets = person.startsWith("s_") ? [{ key: documentKey("revoked", person), value: { before: now() } }] : [];
    await sessions.endAll(person, "erased", {
      // Whoever adds a passkey or takes another name meanwhile changes their document.
      checks: [...document ? [{ key: document.key, version: document.version }] : [], ...free.checks],
      sets: [...sets, ...document && known ? [{ key: document.key, value: forgotten(known, isLast) }] : []],
      deletes: [
        ...free.deletes,
        ...passkeys.flatMap(({ key }) => [key, documentKey("passkey", key[2] ?? "")]),
        ...key ? [key.key, documentKey("key", String(key.value))] : [],
      ],
    });
    return { answer: undefined };
  });
}

function forgotten({ user, kind, createdAt }: PersonDocument, isLast: boolean): PersonDocument {
  // Without a passkey nobody is claimed.
  const left = kind === "claimed" ? "guest" : kind;
  return { user: isLast ? { id: user.id, name: "" } : user, kind: left, createdAt, erased: true };
}
