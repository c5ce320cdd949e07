/** A room with people in it, for the tests of messages: on memory, and on a KV of its own. */

import { assertEquals, assertRejects } from "@std/assert";
import type { MemberDocument, RoomDocument } from "../../chat/documents.ts";
import { History } from "../../chat/history.ts";
import { documentKey, roomGroup } from "../../chat/keys.ts";
import { renamed } from "../../chat/mentions.ts";
import { type MessageHooks, Messages } from "../../chat/messages.ts";
import { Pins } from "../../chat/pins.ts";
import { Reactions } from "../../chat/reactions.ts";
import { Standings } from "../../chat/standings.ts";
import { together } from "../../chat/stored_message.ts";
import { openKvLayer } from "../../layers/kv.ts";
import type { ChannelLayer } from "../../layers/layer.ts";
import { createMemoryLayer } from "../../layers/memory.ts";
import type { Caller } from "../../protocol/caller.ts";
import { ChatError, type ErrorCode } from "../../protocol/errors.ts";
import type { Role, RoomInfo } from "../../protocol/events.ts";

/** A guest called like their id. */
export function callerOf(name: string): Caller {
  return { user: { id: `g_${name}`, name }, kind: "guest", isAdmin: false, credential: `s_${name}` };
}

/** Somebody who is the room's owner. */
export const minji: Caller = callerOf("민지");
/** A member. */
export const jihun: Caller = callerOf("jihun");
/** Somebody outside. */
export const stranger: Caller = callerOf("stranger");

/** The parts of one isolate. */
export function partsOn(layer: ChannelLayer, now: () => number, hooks?: MessageHooks) {
  const standings = new Standings(layer, now);
  const parts = { layer, standings, now, ...(hooks && { hooks }) };
  const reactions = new Reactions(parts);
  return {
    standings,
    reactions,
    messages: new Messages(parts),
    pins: new Pins(parts),
    history: new History({ ...parts, reactions }),
  };
}

/** Opens the room `r` of minji (owner) and jihun. */
export async function openRoom(
  options: { info?: Partial<RoomInfo>; hooks?: MessageHooks; layer?: ChannelLayer; end?: () => void } = {},
) {
  const { hooks, layer = createMemoryLayer(), end = () => {} } = options;
  const clock = { ms: 1_795_000_000_000 };
  const now = () => clock.ms++;
  let document: RoomDocument = {
    info: {
      name: "r",
      kind: "public",
      write: "members",
      slowModeS: 0,
      retentionDays: 0,
      archived: false,
      ...options.info,
    },
    createdAt: 0,
    pins: [],
    owners: [minji.user.id],
    rules: 0,
  };
  const roomKey = documentKey("room", "r");
  /** Gives somebody a standing; whatever is for the worse changes the room's version. */
  const become = async (caller: Caller, member: Omit<MemberDocument, "user">) => {
    const { user } = caller;
    const key = documentKey("member", "r", user.id);
    const [before, room] = await layer.get([key, roomKey]);
    // Only this function writes them.
    const [old, kept] = [before?.value as MemberDocument | undefined, room?.value as RoomDocument | undefined];
    document = { ...(kept ?? document), rules: document.rules + 1 };
    const after = { user, ...member };
    await layer.commit(
      together({ sets: [{ key, value: after }, { key: roomKey, value: document }] }, renamed("r", old, after)),
    );
  };
  const join = (caller: Caller, role: Role = "member") => become(caller, { role, joinedAt: 0 });
  await join(minji, "owner");
  await join(jihun);
  /** The whole log, with what else is in it. */
  const log = async () => {
    const { entries } = await layer.read(roomGroup("r"), { limit: 1_000 });
    return entries.map(({ json }) => JSON.parse(json));
  };
  return {
    ...partsOn(layer, now, hooks),
    layer,
    clock,
    now,
    become,
    join,
    log,
    async [Symbol.asyncDispose]() {
      await layer.close();
      end();
    },
  };
}

/** The same on a KV. */
export async function openKvRoom(options: { info?: Partial<RoomInfo> } = {}) {
  const kv = await Deno.openKv(":memory:");
  return await openRoom({ ...options, layer: await openKvLayer(kv), end: () => kv.close() });
}

/** It is refused with this code. */
export async function assertRefused(operation: Promise<unknown>, code: ErrorCode): Promise<ChatError> {
  const error = await assertRejects(() => operation, ChatError);
  assertEquals(error.code, code, error.message);
  return error;
}
