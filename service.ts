/**
 * The service: every part of it, made and connected; what runs in the background; and how it ends.
 *
 * @module
 */

import { type Auth, createAuth } from "./auth/auth.ts";
import { isFreeName } from "./auth/names.ts";
import type { Origins } from "./auth/origins.ts";
import type { SignedOptions } from "./auth/signed.ts";
import { allowed } from "./chat/allowed.ts";
import { Audit } from "./chat/audit.ts";
import { Direct } from "./chat/direct.ts";
import { Erasures } from "./chat/erasure.ts";
import { exportPerson, exportRoom, type Lines } from "./chat/exports.ts";
import { History } from "./chat/history.ts";
import { Invites } from "./chat/invites.ts";
import { Leases } from "./chat/leases.ts";
import type { Limits } from "./chat/limits.ts";
import { Live } from "./chat/live.ts";
import { Members } from "./chat/members.ts";
import { Messages } from "./chat/messages.ts";
import { Moderation } from "./chat/moderation.ts";
import { MyRooms } from "./chat/my_rooms.ts";
import { Pins } from "./chat/pins.ts";
import { Presence } from "./chat/presence.ts";
import { RateLimit } from "./chat/rate_limit.ts";
import { Reactions } from "./chat/reactions.ts";
import { Reading } from "./chat/reading.ts";
import { Reports } from "./chat/reports.ts";
import { keepRetention } from "./chat/retention.ts";
import { Rooms } from "./chat/rooms.ts";
import { RoomPeople } from "./chat/room_people.ts";
import { Finder } from "./chat/search/finder.ts";
import { Search } from "./chat/search/search.ts";
import { Standings } from "./chat/standings.ts";
import { Watching } from "./chat/watching.ts";
import { Hooks } from "./chat/webhooks/hooks.ts";
import { Webhooks } from "./chat/webhooks/webhooks.ts";
import { createWebhookWorker } from "./chat/webhooks/worker.ts";
import type { Report } from "./consumers/connection.ts";
import type { ChannelLayer } from "./layers/layer.ts";
import type { Service } from "./operations/service.ts";
import type { Caller } from "./protocol/caller.ts";
import type { User } from "./protocol/events.ts";

/** What a service is made of. */
export interface ServiceParts {
  /** Groups, documents, channels. */
  readonly layer: ChannelLayer;
  /** Whose pages may act for somebody by their cookie. */
  readonly origins: Origins;
  /** Told of faults. */
  readonly report: Report;
  /** The service's address as browsers see it; undefined: what each request says. */
  readonly publicUrl?: string | undefined;
  /** The operator's own key; undefined: there is no operator. */
  readonly apiKey?: string | undefined;
  /** How a host site's tokens are checked; undefined: there is no host site. */
  readonly signed?: SignedOptions | undefined;
  /** Counts what costs more than its request says. Default: nothing does. */
  readonly limits?: Pick<Limits, "takeMore">;
  /** Whether webhooks may go to private addresses. Default false. */
  readonly allowPrivateWebhooks?: boolean;
  /** Milliseconds since 1970. Default `Date.now`. */
  readonly now?: () => number;
}

/** A service that can be asked. */
export interface RunningService {
  /** Every part of it. */
  readonly service: Service;
  /** Who asks. */
  readonly authenticator: Auth["authenticator"];
  /** A room's log as lines without their ends, for those who may have it; refuses with the first line. */
  exportRoom(caller: Caller, room: string): Lines;
  /** All that is kept of the caller, as lines without their ends. */
  exportPerson(caller: Caller): Lines;
  /** Begins what goes on in the background. */
  start(): void;
  /** Ends all that goes on; the layer stays its owner's. */
  close(): Promise<void>;
}

/** Rooms in `my_rooms` that cost as much as a `read`. */
const ROOMS_A_READ = 50;

/** How often an incoming webhook may post. */
const HOOK_RATE = { perSecond: 1, burst: 20 };

/**
 * Makes the parts, and connects them.
 *
 * @param given See {@linkcode ServiceParts}.
 */
export function createService(given: ServiceParts): RunningService {
  const { layer, report, now = Date.now } = given;
  const failed = (what: string) => (error: unknown) => report(what, error);
  const auth = createAuth({ ...given, now });
  const standings = new Standings(layer, now);
  const findUser = async (id: string): Promise<User | undefined> => (await auth.people.find(id))?.user;
  /** Somebody that one can still have to do with. */
  const findLiving = async (id: string): Promise<User | undefined> => {
    const found = await auth.people.find(id);
    return found?.erased ? undefined : found?.user;
  };
  const parts = { layer, standings, now, findUser };

  const search = new Search(layer, { failed: (room, error) => report(`the index of ${room}`, error) });
  const messages = new Messages({ ...parts, hooks: search });
  const reactions = new Reactions(parts);
  const history = new History({ ...parts, reactions });
  const members = new Members(parts);
  const presence = new Presence(layer, { now, failed: failed("presence") });
  const reading = new Reading(parts);
  const watching = new Watching({ layer, reading, now, failed: failed("watching") });
  const posting = { allowPrivate: given.allowPrivateWebhooks ?? false };
  const erasures = new Erasures(layer, {
    forgetPerson: auth.forget,
    deleteMessage: (caller, room, cursor) => messages.delete(caller, room, cursor),
    unreact: (caller, room, cursor, emoji) => reactions.react(caller, room, cursor, emoji, false),
  }, { now, failed: (person, error) => report(`the erasure of ${person}`, error) });
  const leases = new Leases(layer, { now, failed: (name, error) => report(`the work ${name}`, error) });

  const service: Service = {
    ...auth,
    standings,
    messages,
    history,
    reactions,
    pins: new Pins(parts),
    live: new Live({ ...parts, members, history }),
    presence,
    roomPeople: new RoomPeople(layer, standings, presence),
    reading,
    myRooms: new MyRooms(layer, reading, {
      charge: (person, rooms) => given.limits?.takeMore(person, "read", Math.floor(rooms / ROOMS_A_READ)),
    }),
    watching,
    hooks: new Hooks({
      ...parts,
      isFreeName: (name) => isFreeName(layer, name),
      limit: new RateLimit(HOOK_RATE),
      send: sendFor(messages),
    }),
    webhooks: new Webhooks({ ...parts, posting }),
    rooms: new Rooms(parts),
    members,
    direct: new Direct({ ...parts, findUser: findLiving }),
    invites: new Invites(parts),
    moderation: new Moderation(parts),
    reports: new Reports(parts),
    audit: new Audit(layer, standings),
    finder: new Finder({ ...parts, search }),
    erasures,
  };

  return {
    service,
    authenticator: auth.authenticator,
    exportRoom(caller, room) {
      return exportRoom(layer, room, () => allowed(standings, caller, room, () => ["export"], true));
    },
    async *exportPerson(caller) {
      yield* exportPerson(layer, caller.user.id, await auth.sessions.list(caller.user.id), caller.rooms);
    },
    start() {
      leases.run("webhooks", createWebhookWorker({ layer, posting, report }));
      leases.run("retention", (signal) => {
        return keepRetention(layer, signal, {
          now,
          failed: (room, error) => report(`the retention of ${room}`, error),
        });
      });
      leases.run("erasures", (signal) => erasures.run(signal));
    },
    async close() {
      watching.close();
      reading.close();
      await Promise.all([leases.close(), presence.close(), search.close()]);
    },
  };
}

/** A hook is no member of its room: it speaks there, and nowhere else, as somebody who always may. */
function sendFor(messages: Messages): ConstructorParameters<typeof Hooks>[0]["send"] {
  return (user, room, draft) => {
    const caller: Caller = { user, kind: "bot", isAdmin: true, rooms: [room], credential: `hook_${user.id}` };
    return messages.send(caller, room, draft);
  };
}
