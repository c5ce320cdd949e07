/**
 * Where everything is: the groups that are logs, and the documents that they fold to. Nobody else spells a key.
 *
 * ```text
 * groups
 *   room:<room>       everything that happens in a room (protocol/events.ts: AnyRoomEvent)
 *   presence:<room>   who comes and goes; transient
 *   person:<id>       what happens to a person (PersonEvent)
 *   audit:<room>      what those who keep order did; `audit:` alone is the service's
 *   reports:<room>    what was reported
 *
 * documents
 *   room <room>                         RoomDocument     a room; absent: one that nobody has used yet
 *   public <room>                       RoomInfo         public rooms that are not archived, to be listed
 *   member <room> <person>              MemberDocument   somebody's standing in a room
 *   ban_of <room> <person>              BanDocument      bans, to be listed; the member document says which hold
 *   membership <person> <room>          MembershipDocument   the rooms that a person is in, and what they chose for them
 *   unlisted <person> <room>            ""               direct rooms that a person is in and does not have in their list
 *   asked <person> <room>               AskedDocument    direct rooms that a person opened and whose other one has not written yet
 *   message <room> <cursor>             MessageDocument  what became of a message, besides its form in the log
 *   reaction <room> <cursor> <emoji> <person>   {user, at}
 *   slow <room> <person>                {at, key?}       when somebody last wrote in a room with slow mode
 *   named <room> <folded name> <person> ""               members by name, for mentions
 *   invite <hash of code>               InviteDocument   and  invite_of <room> <id> → hash
 *   read <person> <room>                cursor           read marker
 *   person <id>                         PersonDocument
 *   seen <person>                       at               when their last device left
 *   here <room> <person>                HereDocument     presence: which isolates have them; one counts while its lease holds
 *   here_of <isolate> <person> <room>   the user         whom an isolate has
 *   lease <name>                        LeaseDocument    who does a piece of background work now; `isolate.<id>` is an isolate's life
 *   segment <room> <first cursor>       SegmentDocument  search: what a stretch of the log may contain
 *   erasure <person>                    ErasureDocument  how far the erasure of a person has come
 *   session <hash of token>             SessionDocument      auth/documents.ts, as the rest of these; and  session_of <person> <credential> → hash
 *   name <hash of skeleton>             NameDocument         whose name it is for good
 *   passkey <hash of id>                PasskeyDocument      and  passkey_of <person> <hash of id> → ""
 *   challenge <challenge>               ChallengeDocument    a ceremony of WebAuthn that has begun
 *   key <hash of key>                   KeyDocument          a bot's key; and  key_of <bot> → hash
 *   ban <person>                        BanDocument          from the whole service
 *   revoked <person>                    RevokedDocument      a host site's tokens that no longer hold
 *   webhooks keep: hook <id>, webhook <id>; hook_of <room> → ids, webhook_of <room> → ids,
 *     webhook_by <person> → ids (chat/webhooks/documents.ts)
 * ```
 *
 * @module
 */

import type { DocumentKey } from "../layers/layer.ts";

/** The group that is a room's log. */
export function roomGroup(room: string): string {
  return `room:${room}`;
}

/** The group of a room's presence. */
export function presenceGroup(room: string): string {
  return `presence:${room}`;
}

/** The group of what happens to a person. */
export function personGroup(id: string): string {
  return `person:${id}`;
}

/** The group of what those who keep order did in a room; without a room: everywhere. */
export function auditGroup(room = ""): string {
  return `audit:${room}`;
}

/** The group of what was reported in a room. */
export function reportsGroup(room: string): string {
  return `reports:${room}`;
}

/** A document's key: its kind, and what it is of. */
export function documentKey(kind: DocumentKind, ...parts: string[]): DocumentKey {
  return [kind, ...parts];
}

/** The first part of every document's key. See the module. */
export type DocumentKind =
  | "room"
  | "public"
  | "member"
  | "ban_of"
  | "membership"
  | "unlisted"
  | "asked"
  | "message"
  | "reaction"
  | "slow"
  | "named"
  | "invite"
  | "invite_of"
  | "read"
  | "person"
  | "seen"
  | "here"
  | "here_of"
  | "lease"
  | "segment"
  | "erasure"
  | "hook"
  | "hook_of"
  | "webhook"
  | "webhook_of"
  | "webhook_by"
  | "session"
  | "session_of"
  | "name"
  | "passkey"
  | "passkey_of"
  | "challenge"
  | "key"
  | "key_of"
  | "ban"
  | "revoked";
