/**
 * What members tell those who keep order. The room's others do not see it.
 *
 * @module
 */

import { z } from "zod";
import type { ChannelLayer, Cursor } from "../layers/layer.ts";
import type { Caller } from "../protocol/caller.ts";
import { ChatError, quote } from "../protocol/errors.ts";
import { messageEvent, user } from "../protocol/events.ts";
import { audited } from "./audit.ts";
import { type CursorPage, type CursorPageOptions, findEntry, readCursorPage } from "./cursor_pages.ts";
import { reportsGroup, roomGroup } from "./keys.ts";
import { require } from "./permissions.ts";
import type { RoomParts } from "./room_state.ts";
import { MAX_TOPIC_LENGTH, parseLine } from "./room_texts.ts";
import type { Standings } from "./standings.ts";

/** Somebody reported a message. */
export const reportEvent = z.object({
  type: z.literal("report"),
  /** Milliseconds since 1970. */
  at: z.number(),
  /** Who reported it. */
  user,
  /** The message's cursor. */
  target: z.string(),
  /** Who wrote it. */
  author: user,
  reason: z.string(),
  /** Who dealt with it, and when. */
  resolved: z.object({ at: z.number(), user }).optional(),
});

/** See {@linkcode reportEvent}. */
export type ReportEvent = z.infer<typeof reportEvent>;

/** See the module. */
export class Reports {
  readonly #layer: ChannelLayer;
  readonly #standings: Standings;
  readonly #now: () => number;

  /**
   * Makes it.
   *
   * @param parts See {@linkcode RoomParts}.
   */
  constructor({ layer, standings, now = Date.now }: RoomParts) {
    this.#layer = layer;
    this.#standings = standings;
    this.#now = now;
  }

  /**
   * Reports a message. Who reports it again has done so already.
   *
   * @param room A parsed name.
   * @param target The message's cursor.
   * @param reason 1 to 500 characters.
   * @throws {ChatError} `forbidden`, `bad_request`, `too_long`, `bad_cursor`; `not_found`: there is no such message.
   */
  async report(caller: Caller, room: string, target: Cursor, reason: string): Promise<void> {
    require("report", await this.#standings.find(caller, room, true));
    const why = parseLine("reason", reason, MAX_TOPIC_LENGTH);
    if (why === undefined) throw new ChatError("bad_request", "Cannot report without a reason: say what is wrong");
    const entry = await findEntry(this.#layer, roomGroup(room), target);
    const message = messageEvent.safeParse(JSON.parse(entry?.json ?? "null"));
    if (!message.success || message.data.deleted) {
      throw new ChatError("not_found", `Cannot report ${quote(target)}: there is no such message in ${quote(room)}`);
    }
    const event: ReportEvent = {
      type: "report",
      at: this.#now(),
      user: caller.user,
      target,
      author: message.data.user,
      reason: why,
    };
    await this.#layer.publish(reportsGroup(room), event, { key: target, author: caller.user.id, isSame: () => true });
  }

  /**
   * What was reported in a room, newest first.
   *
   * @param room A parsed name.
   * @param isOpen Only what nobody has dealt with. A page may then be short.
   * @throws {ChatError} `forbidden`, `bad_cursor`.
   */
  async list(
    caller: Caller,
    room: string,
    { isOpen = false, ...options }: CursorPageOptions & { isOpen?: boolean | undefined },
  ): Promise<CursorPage<ReportEvent>> {
    require("moderate", await this.#standings.find(caller, room, true));
    return await readCursorPage(this.#layer, reportsGroup(room), options, (event) => {
      const report = reportEvent.parse(event);
      return isOpen && report.resolved !== undefined ? undefined : report;
    });
  }

  /**
   * Notes that a report was dealt with. The first one who does so is named.
   *
   * @param room A parsed name.
   * @param report The report's cursor.
   * @throws {ChatError} `forbidden`, `bad_cursor`; `not_found`: there is no such report.
   */
  async resolve(caller: Caller, room: string, report: Cursor): Promise<void> {
    const { user } = caller;
    const group = reportsGroup(room);
    require("moderate", await this.#standings.find(caller, room, true));
    const entry = await findEntry(this.#layer, group, report);
    if (entry === undefined) {
      throw new ChatError("not_found", `Cannot resolve ${quote(report)}: there is no such report in ${quote(room)}`);
    }
    const { resolved, ...before } = reportEvent.parse(JSON.parse(entry.json));
    if (resolved !== undefined) return;
    const at = this.#now();
    const event: ReportEvent = { ...before, resolved: { at, user } };
    const deed = audited(room, { at, user, action: "resolve_report", target: report, member: before.author });
    // By its key one of two at once is first, and what the other one would change does not happen.
    await this.#layer.publish(deed.group, deed.event, {
      key: report,
      author: "reports",
      isSame: () => true,
      change: { amends: [{ group, cursor: report, event }] },
    });
  }
}
