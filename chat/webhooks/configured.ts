/**
 * What incoming and outgoing webhooks have in common: whoever may configure a room sees and changes them, and a document says which there are.
 *
 * @module
 */

import type { ChannelLayer, Document, DocumentKey } from "../../layers/layer.ts";
import type { Caller } from "../../protocol/caller.ts";
import { require } from "../permissions.ts";
import type { Standing, Standings } from "../standings.ts";
import { type Decision, transact } from "../transact.ts";
import { idList } from "./documents.ts";

/** What both need. */
export interface ConfiguredParts {
  /** Documents and logs. */
  readonly layer: ChannelLayer;
  /** Who may configure a room. */
  readonly standings: Pick<Standings, "find">;
}

/** The ids of what there is, as they were read. */
export interface IdList {
  /** Oldest first. */
  readonly ids: readonly string[];
  /** What a change of them has to check. */
  readonly check: { readonly key: DocumentKey; readonly version: string | null };
}

/**
 * How somebody stands in a room that they may configure. Always reads.
 *
 * @param room A parsed name.
 * @throws {ChatError} `forbidden`.
 */
export async function requireConfigure(
  { standings }: ConfiguredParts,
  caller: Caller,
  room: string,
): Promise<Standing> {
  const standing = await standings.find(caller, room, true);
  require("configure", standing);
  return standing;
}

/**
 * Changes what is kept of a room's webhooks.
 *
 * @param room A parsed name.
 * @param decide See {@linkcode transact}; what it decides has to rest on the standing's `checks`.
 * @throws {ChatError} `forbidden`, and what `transact` throws.
 */
export function changeConfigured<T>(
  parts: ConfiguredParts,
  caller: Caller,
  room: string,
  decide: (standing: Standing) => Promise<Decision<T>>,
): Promise<T> {
  return transact(parts.layer, async () => decide(await requireConfigure(parts, caller, room)));
}

/**
 * Reads a list of ids.
 *
 * @param key Where it is kept.
 * @param found What is kept there; undefined: nothing yet.
 */
export function readIds(key: DocumentKey, found: Document | undefined): IdList {
  return { ids: idList.parse(found?.value ?? []), check: { key, version: found?.version ?? null } };
}
