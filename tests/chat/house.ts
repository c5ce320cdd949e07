import { assertEquals, assertRejects } from "@std/assert";
import { Audit } from "../../chat/audit.ts";
import { Direct } from "../../chat/direct.ts";
import { Invites } from "../../chat/invites.ts";
import { roomGroup } from "../../chat/keys.ts";
import { Members } from "../../chat/members.ts";
import { Moderation } from "../../chat/moderation.ts";
import { Reports } from "../../chat/reports.ts";
import { Rooms } from "../../chat/rooms.ts";
import { Standings } from "../../chat/standings.ts";
import type { ChannelLayer, Cursor } from "../../layers/layer.ts";
import { createMemoryLayer } from "../../layers/memory.ts";
import type { Caller } from "../../protocol/caller.ts";
import { ChatError, type ErrorCode } from "../../protocol/errors.ts";
import { type AnyRoomEvent, anyRoomEvent } from "../../protocol/events.ts";

/** A clock that a test moves. */
export interface Clock {
  ms: number;
}

/** Somebody, by a name that is also the end of their id. */
export function caller(name: string, more: Partial<Caller> = {}): Caller {
  return { user: { id: `g_${name}`, name }, kind: "guest", isAdmin: false, credential: `c_${name}`, ...more };
}

/** Everybody of the tests: whoever is not among them is nobody. */
export const [OLIVIA, MORITZ, MINJI, JIHUN, SUA] = ["olivia", "moritz", "minji", "jihun", "sua"].map((name) =>
  caller(name)
) as [
  // As many as there are names.
  Caller,
  Caller,
  Caller,
  Caller,
  Caller,
];
/** Keeps order everywhere. */
export const ADMIN = caller("admin", { isAdmin: true });

const KNOWN = [OLIVIA, MORITZ, MINJI, JIHUN, SUA, ADMIN];

/** One isolate's part of the service, as far as rooms go. */
export function openIsolate(layer: ChannelLayer, clock: Clock) {
  const now = () => clock.ms++;
  const standings = new Standings(layer, now);
  const findUser = (id: string) => Promise.resolve(KNOWN.find(({ user }) => user.id === id)?.user);
  const parts = { layer, standings, findUser, now };
  return {
    layer,
    clock,
    standings,
    rooms: new Rooms(parts),
    members: new Members(parts),
    moderation: new Moderation(parts),
    invites: new Invites(parts),
    direct: new Direct(parts),
    reports: new Reports(parts),
    audit: new Audit(layer, standings),
  };
}

/** See {@linkcode openIsolate}. */
export type Isolate = ReturnType<typeof openIsolate>;

/** An isolate with a layer of its own in memory. */
export function openHouse(): Isolate & AsyncDisposable {
  const layer = createMemoryLayer();
  return { ...openIsolate(layer, { ms: 1_795_000_000_000 }), [Symbol.asyncDispose]: () => layer.close() };
}

/** A public room of Olivia's, with Moritz as its moderator, and Minji and Jihun in it. */
export async function openLobby(house: Isolate, settings: { kind?: "public" | "private" } = {}): Promise<string> {
  const { kind = "public" } = settings;
  const { name } = await house.rooms.create(
    OLIVIA,
    kind === "public" ? { kind, name: "lobby" } : { kind, title: "Lobby" },
  );
  const { code } = await house.invites.create(OLIVIA, name, { uses: 0 });
  for (const person of [MORITZ, MINJI, JIHUN]) await house.invites.accept(person, code);
  await house.members.setRole(OLIVIA, name, MORITZ.user.id, "moderator");
  return name;
}

/** Everything that is in a room's log. */
export async function logOf(
  { layer }: { layer: ChannelLayer },
  room: string,
): Promise<(AnyRoomEvent & { cursor: Cursor })[]> {
  const events: (AnyRoomEvent & { cursor: Cursor })[] = [];
  let before: Cursor | undefined;
  for (;;) {
    const page = await layer.read(roomGroup(room), { ...(before !== undefined && { before }), limit: 1_000 });
    events.unshift(...page.entries.map(({ cursor, json }) => ({ ...anyRoomEvent.parse(JSON.parse(json)), cursor })));
    before = page.entries[0]?.cursor;
    if (!page.more || before === undefined) return events;
  }
}

/** What a room's log says of standings, in short: `joined minji`. */
export async function newsOf(house: { layer: ChannelLayer }, room: string): Promise<string[]> {
  return (await logOf(house, room)).map((event) =>
    event.type === "member"
      ? `${event.change} ${event.member.name}${event.role === undefined ? "" : ` (${event.role})`}`
      : event.type
  );
}

/** What a refusal says; fails when there is none. */
export async function refusalOf(act: () => Promise<unknown>): Promise<{ code: ErrorCode; message: string }> {
  const { code, message } = await assertRejects(act, ChatError);
  return { code, message };
}

/** Expects a refusal with this code. */
export async function assertRefused(act: () => Promise<unknown>, code: ErrorCode): Promise<void> {
  assertEquals((await refusalOf(act)).code, code);
}
