/**
 * The rest of `permission_rows.ts`: requests that need the whole application.
 *
 * @module
 */

import type { ErrorCode } from "../../protocol/errors.ts";
import type { Row } from "./permission_rows.ts";

/** A row whose requests name something that there is not, so that nothing happens when they are allowed. */
export interface FurtherRow extends Row {
  /** What those who may are answered; undefined: it is done. */
  readonly then?: ErrorCode;
}

const CONFIGURE = { action: "configure", least: ["owner", "owner", "-"], inArchived: false } as const;

/** See the module. */
export const FURTHER_ROWS: readonly FurtherRow[] = [
  {
    action: "read",
    asks: [
      ({ room, others }) => ["thread", { room, cursor: others }],
      ({ room }) => ["people", { room }],
    ],
    least: ["stranger", "muted", "muted"],
    inArchived: true,
  },
  {
    action: "belong",
    asks: [
      ({ room, others }) => ["mark_read", { room, cursor: others }],
      ({ room, member }) => ["last_seen", { room, person: member }],
    ],
    least: ["muted", "muted", "muted"],
    inArchived: true,
  },
  {
    action: "write",
    asks: [({ room }) => ["typing", { room }]],
    least: ["member", "member", "member"],
    inArchived: false,
  },
  {
    action: "react",
    asks: [({ room, others }) => ["unreact", { room, cursor: others, emoji: "👍" }]],
    least: ["member", "member", "member"],
    inArchived: false,
  },
  {
    action: "pin",
    asks: [({ room, others }) => ["unpin", { room, cursor: others }]],
    least: ["moderator", "moderator", "member"],
    inArchived: false,
  },
  {
    action: "moderate",
    asks: [({ room, others }) => ["resolve_report", { room, report: others }]],
    least: ["moderator", "moderator", "admin"],
    inArchived: true,
    then: "not_found",
  },
  {
    ...CONFIGURE,
    asks: [
      ({ room }) => ["create_hook", { room, name: "build" }],
      ({ room }) => ["list_hooks", { room }],
      ({ room }) => ["delete_hook", { room, hook: "none" }],
      ({ room }) => ["create_webhook", { room, url: "http://127.0.0.1:1/hook" }],
      ({ room }) => ["list_webhooks", { room }],
      ({ room }) => ["delete_webhook", { room, webhook: "none" }],
    ],
  },
  {
    ...CONFIGURE,
    asks: [
      ({ room }) => ["update_webhook", { room, webhook: "none", enabled: false }],
      ({ room }) => ["test_webhook", { room, webhook: "none" }],
    ],
    then: "not_found",
  },
];
