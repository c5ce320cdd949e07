import type { Bans } from "../auth/bans.ts";
import type { Bots } from "../auth/bots.ts";
import type { Passkeys } from "../auth/passkeys.ts";
import type { People } from "../auth/people.ts";
import type { Sessions } from "../auth/sessions.ts";
import type { Audit } from "../chat/audit.ts";
import type { Direct } from "../chat/direct.ts";
import type { Erasures } from "../chat/erasure.ts";
import type { History } from "../chat/history.ts";
import type { Invites } from "../chat/invites.ts";
import type { Live } from "../chat/live.ts";
import type { Members } from "../chat/members.ts";
import type { Messages } from "../chat/messages.ts";
import type { Moderation } from "../chat/moderation.ts";
import type { MyRooms } from "../chat/my_rooms.ts";
import type { Pins } from "../chat/pins.ts";
import type { Presence } from "../chat/presence.ts";
import type { Reactions } from "../chat/reactions.ts";
import type { Reading } from "../chat/reading.ts";
import type { Reports } from "../chat/reports.ts";
import type { Rooms } from "../chat/rooms.ts";
import type { RoomPeople } from "../chat/room_people.ts";
import type { Standings } from "../chat/standings.ts";
import type { Watching } from "../chat/watching.ts";
import type { Finder } from "../chat/search/finder.ts";
import type { Hooks } from "../chat/webhooks/hooks.ts";
import type { Webhooks } from "../chat/webhooks/webhooks.ts";

/** What operations work on: every part of the service. Made in `app.ts`. */
export interface Service {
  /** Who was ever here. */
  readonly people: People;
  /** Sessions of guests, and of those whose name a passkey keeps. */
  readonly sessions: Sessions;
  /** Passkeys. */
  readonly passkeys: Passkeys;
  /** Bots. */
  readonly bots: Bots;
  /** Who is kept out of the service. */
  readonly bans: Bans;
  /** What people are in rooms. */
  readonly standings: Standings;
  /** Rooms as sockets have them open. */
  readonly live: Live;
  /** Sends, edits and deletes messages. */
  readonly messages: Messages;
  /** A room's messages, as they have become. */
  readonly history: History;
  /** Emoji that people give to messages. */
  readonly reactions: Reactions;
  /** Messages that are pinned. */
  readonly pins: Pins;
  /** Who is here. */
  readonly presence: Presence;
  /** Who is here, for those who may know. */
  readonly roomPeople: RoomPeople;
  /** How far people have read. */
  readonly reading: Reading;
  /** People's own lists of rooms. */
  readonly myRooms: MyRooms;
  /** Sockets that hear of all rooms of their person. */
  readonly watching: Watching;
  /** Incoming webhooks. */
  readonly hooks: Hooks;
  /** Outgoing webhooks. */
  readonly webhooks: Webhooks;
  /** Rooms. */
  readonly rooms: Rooms;
  /** Who is in them. */
  readonly members: Members;
  /** Rooms of two people. */
  readonly direct: Direct;
  /** Invitations. */
  readonly invites: Invites;
  /** Kick, ban, mute. */
  readonly moderation: Moderation;
  /** What members tell those who keep order. */
  readonly reports: Reports;
  /** What those who keep order did. */
  readonly audit: Audit;
  /** Finds messages for those who may read them. */
  readonly finder: Finder;
  /** Erases people. */
  readonly erasures: Erasures;
}
