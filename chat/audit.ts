/**
 * What those who keep order did: an entry in the room's audit trail, in the same step as what they did.
 *
 * @module
 */

import { z } from "zod";
import type { AlsoEntry, ChannelLayer } from "../layers/layer.ts";
import type { Caller } from "../protocol/caller.ts";
import { ChatError } from "../protocol/errors.ts";
import { role, user } from "../protocol/events.ts";
import { type CursorPage, type CursorPageOptions, readCursorPage } from "./cursor_pages.ts";
import { auditGroup } from "./keys.ts";
import { require } from "./permissions.ts";
import type { Standings } from "./standings.ts";

/** One thing that was done. */
export const auditEvent = z.object({
  type: z.literal("audit"),
  /** Milliseconds since 1970. */
  at: z.number(),
  /** Who did it. */
  user,
  action: z.enum([
    "kick",
    "ban",
    "unban",
    "mute",
    "unmute",
    "role",
    "settings",
    "archive",
    "unarchive",
    "invite",
    "revoke_invite",
    "delete",
    "resolve_report",
    "webhook",
    "revoke_person",
    "create_bot",
    "delete_bot",
  ]),
  /** To whom. */
  member: user.optional(),
  /** To what: a message's or a report's cursor, an invitation's id. */
  target: z.string().optional(),
  /** The role that was given. */
  role: role.optional(),
  reason: z.string().optional(),
  /** When it ends, in milliseconds since 1970. */
  until: z.number().optional(),
});

/** See {@linkcode auditEvent}. */
export type AuditEvent = z.infer<typeof auditEvent>;

/** What somebody did, without those fields that are undefined. */
export type Deed = { readonly [Field in Exclude<keyof AuditEvent, "type">]: AuditEvent[Field] | undefined } & {
  readonly at: number;
  readonly user: AuditEvent["user"];
  readonly action: AuditEvent["action"];
};

/** The entry that says it, to publish beside what was done. */
export function audited(room: string, deed: Partial<Deed> & Pick<Deed, "at" | "user" | "action">): AlsoEntry {
  return { group: auditGroup(room), event: { type: "audit", ...deed } };
}

/** Reads audit trails. */
export class Audit {
  readonly #layer: ChannelLayer;
  readonly #standings: Standings;

  /**
   * Makes it.
   *
   * @param layer Holds the trails.
   * @param standings Who is what.
   */
  constructor(layer: ChannelLayer, standings: Standings) {
    this.#layer = layer;
    this.#standings = standings;
  }

  /**
   * What was done in a room, newest first.
   *
   * @param room A parsed name.
   * @throws {ChatError} `forbidden`, `bad_cursor`.
   */
  async list(caller: Caller, room: string, options: CursorPageOptions): Promise<CursorPage<AuditEvent>> {
    require("moderate", await this.#standings.find(caller, room, true));
    return await readCursorPage(this.#layer, auditGroup(room), options, (event) => auditEvent.parse(event));
  }

  /**
   * What was done in the whole service, newest first: bans from it, revocations, bots.
   *
   * @throws {ChatError} `forbidden`: only for those who keep order everywhere; `bad_cursor`.
   */
  async listService(caller: Caller, options: CursorPageOptions): Promise<CursorPage<AuditEvent>> {
    if (!caller.isAdmin) throw new ChatError("forbidden", "Cannot read the service's audit trail: it takes an admin");
    return await readCursorPage(this.#layer, auditGroup(), options, (event) => auditEvent.parse(event));
  }
}
