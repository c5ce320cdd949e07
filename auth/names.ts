/**
 * Whose name is whose. A name is taken when somebody keeps it for good, by a passkey or as a bot; then it and all that look like it are theirs.
 * Guests among themselves, and a host site's people, may be called alike.
 *
 * @module
 */

import { documentKey } from "../chat/keys.ts";
import type { Change, ChannelLayer, Document, DocumentKey } from "../layers/layer.ts";
import { ChatError, quote } from "../protocol/errors.ts";
import { nameDocument } from "./documents.ts";
import { skeletonsOf } from "./look_alikes.ts";
import { hashOf } from "./tokens.ts";

/** Names of the service itself and of everyone at once, whatever stands around them: `@room` is nobody's. */
const RESERVED = [
  ..."maru admin administrator moderator operator owner root system server service support security bot official".split(
    " ",
  ),
  ..."room everyone everybody here all channel me you null undefined anonymous deleted".split(" "),
  ..."마루 관리자 운영자 운영진 시스템 공지 모두 전체".split(" "),
];

let reserved: Set<string> | undefined;

/** What a name relies on and, where it is to be kept for good, what keeps it. */
export interface NameClaim {
  /** Nobody else has it. */
  readonly checks: NonNullable<Change["checks"]>;
  /** Makes it theirs. */
  readonly sets: NonNullable<Change["sets"]>;
  /** Its documents. */
  readonly keys: readonly DocumentKey[];
}

/**
 * Finds out whether somebody may have a name.
 *
 * @param name A parsed name.
 * @param person Who wants it.
 * @throws {ChatError} `name_taken`.
 */
export async function claimName(layer: ChannelLayer, name: string, person: string): Promise<NameClaim> {
  if (isReserved(name)) throw new ChatError("name_taken", `Cannot use ${quote(name)} as a name: it is reserved`);
  const keys = await nameKeys(name);
  const found = await layer.get(keys);
  if (found.some((document) => document !== undefined && ownerOf(document) !== person)) {
    throw new ChatError("name_taken", `Cannot use ${quote(name)} as a name: it is somebody else's, or looks like it`);
  }
  return {
    keys,
    checks: keys.map((key, i) => ({ key, version: found[i]?.version ?? null })),
    sets: keys.map((key) => ({ key, value: { person } })),
  };
}

/**
 * What frees a name that somebody keeps. Those of its documents that are not theirs stay.
 *
 * @param name A parsed name.
 * @param person Whose it was.
 */
export async function freeName(
  layer: ChannelLayer,
  name: string,
  person: string,
): Promise<{ checks: NonNullable<Change["checks"]>; deletes: DocumentKey[] }> {
  const found = await layer.get(await nameKeys(name));
  const own = found.filter((document) => document !== undefined).filter((document) => ownerOf(document) === person);
  return { checks: own.map(({ key, version }) => ({ key, version })), deletes: own.map(({ key }) => key) };
}

/**
 * Whether a name is nobody's for good, and may be said by something that is nobody, such as a webhook.
 *
 * @param name A parsed name.
 */
export async function isFreeName(layer: ChannelLayer, name: string): Promise<boolean> {
  try {
    // Nobody has the id "".
    await claimName(layer, name, "");
    return true;
  } catch (error) {
    if (error instanceof ChatError && error.code === "name_taken") return false;
    throw error;
  }
}

/** Whether a name is one that nobody may have. What is neither letter nor digit does not make it another. */
export function isReserved(name: string): boolean {
  reserved ??= new Set(RESERVED.flatMap(skeletonsOf));
  return skeletonsOf(name.replace(/[^\p{L}\p{M}\p{N}]/gu, "")).some((skeleton) => reserved?.has(skeleton));
}

/** Hashed: a skeleton may be longer than a key. */
async function nameKeys(name: string): Promise<DocumentKey[]> {
  const hashes = await Promise.all(skeletonsOf(name).map(hashOf));
  return hashes.map((hash) => documentKey("name", hash));
}

function ownerOf(document: Document): string {
  return nameDocument.parse(document.value).person;
}
