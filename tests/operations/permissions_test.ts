import { assert, assertEquals } from "@std/assert";
import { History } from "../../chat/history.ts";
import { roomGroup } from "../../chat/keys.ts";
import { Messages } from "../../chat/messages.ts";
import { type Level, LEVELS, RULES } from "../../chat/permissions.ts";
import { Pins } from "../../chat/pins.ts";
import { Reactions } from "../../chat/reactions.ts";
import type { ChannelLayer } from "../../layers/layer.ts";
import { createMemoryLayer } from "../../layers/memory.ts";
import { MEMBER_OPERATIONS } from "../../operations/members.ts";
import { MESSAGE_OPERATIONS } from "../../operations/messages.ts";
import { MODERATION_OPERATIONS } from "../../operations/moderation.ts";
import type { Operation } from "../../operations/operation.ts";
import { ROOM_OPERATIONS } from "../../operations/rooms.ts";
import type { Service } from "../../operations/service.ts";
import type { Caller } from "../../protocol/caller.ts";
import { ChatError } from "../../protocol/errors.ts";
import { ADMIN, JIHUN, MINJI, MORITZ, OLIVIA, openIsolate, SUA } from "../chat/house.ts";
import { type Place, ROWS } from "./permission_rows.ts";

const OPERATIONS = new Map<string, Operation>(
  [...ROOM_OPERATIONS, ...MEMBER_OPERATIONS, ...MODERATION_OPERATIONS, ...MESSAGE_OPERATIONS].map((
    one,
  ) => [one.type, one]),
);
const KINDS = ["public", "private", "direct"] as const;
/** Names that were never given to a room. */
const NONE = { private: "p-00000000000000000000", direct: "d-00000000000000000000" };

/** A layer that counts what is asked of it. */
function counting(layer: ChannelLayer) {
  const counts = { get: 0, list: 0, read: 0, publish: 0, commit: 0 };
  const counted = new Proxy(layer, {
    get(target, name) {
      const value = Reflect.get(target, name);
      if (typeof value !== "function") return value;
      return (...given: unknown[]) => {
        if (name in counts) counts[name as keyof typeof counts]++; // it is one of them
        return Reflect.apply(value, target, given);
      };
    },
  });
  return { layer: counted, counts };
}

function openService() {
  const memory = createMemoryLayer();
  const { layer, counts } = counting(memory);
  const house = openIsolate(layer, { ms: 1_795_000_000_000 });
  const { standings } = house;
  const parts = { layer, standings, now: () => house.clock.ms++ };
  const reactions = new Reactions(parts);
  // These operations ask nothing else of the service.
  const service = {
    ...house,
    messages: new Messages(parts),
    history: new History({ ...parts, reactions }),
    reactions,
    pins: new Pins(parts),
  } as unknown as Service;
  /** The error's code and message, or undefined. */
  const ask = async (
    caller: Caller,
    type: string,
    input: object,
  ): Promise<{ code: string; message: string } | undefined> => {
    const operation = OPERATIONS.get(type);
    if (operation === undefined) throw new TypeError(`No operation is called ${type}`);
    try {
      await operation.run(service, { caller, address: "", origin: "" }, operation.input.parse(input));
      return undefined;
    } catch (error) {
      if (!(error instanceof ChatError)) throw error;
      return { code: error.code, message: error.message };
    }
  };
  return { ...house, ask, counts, [Symbol.asyncDispose]: () => memory.close() };
}

type Stage = ReturnType<typeof openService>;

/** A room of a kind where somebody is something; undefined: nobody is that there. */
async function arrange(stage: Stage, kind: typeof KINDS[number], level: Level, isArchived: boolean) {
  const who = level === "admin" ? ADMIN : MINJI;
  const id = who.user.id;
  const isIn = !["stranger", "admin"].includes(level);
  const isDirect = kind === "direct";
  if (isDirect && (isArchived || level === "moderator" || level === "owner")) return undefined;
  const { name: room } = kind === "direct"
    ? (await stage.direct.open(OLIVIA, isIn ? id : SUA.user.id)).room
    : await stage.rooms.create(OLIVIA, kind === "public" ? { kind, name: "lobby" } : { kind });
  if (!isDirect) {
    const { code } = await stage.invites.create(OLIVIA, room, { uses: 0 });
    for (const person of [MORITZ, JIHUN, ...isIn ? [who] : []]) await stage.invites.accept(person, code);
    // So that the one who asks is not the only one.
    await stage.members.setRole(OLIVIA, room, MORITZ.user.id, "owner");
  }
  const say = async (user: Caller["user"]) => {
    const event = { type: "message", at: stage.clock.ms, user, text: "a" };
    return (await stage.layer.publish(roomGroup(room), event)).cursor;
  };
  const place: Place = {
    room,
    own: await say(who.user),
    others: await say(OLIVIA.user),
    member: isDirect ? OLIVIA.user.id : JIHUN.user.id,
    outsider: isDirect ? JIHUN.user.id : SUA.user.id,
  };
  if (level === "banned") await stage.moderation.ban(ADMIN, room, id);
  if (level === "muted") await stage.moderation.mute(ADMIN, room, id);
  if (level === "moderator" || level === "owner") await stage.members.setRole(OLIVIA, room, id, level);
  if (isArchived) await stage.rooms.update(OLIVIA, room, { archived: true });
  assertEquals((await stage.standings.find(who, room, true)).level, level);
  return { who, place };
}

Deno.test("the rows are of all rules but those that are tested where they belong", () => {
  const elsewhere = ["writeModerated", "mentionRoom", "export"];
  assertEquals([...ROWS.map(({ action }) => action), ...elsewhere].sort(), Object.keys(RULES).sort());
});

for (const { action, asks, least, inArchived, except = [] } of ROWS) {
  Deno.test(`who may ${action}`, async () => {
    for (const [i, kind] of KINDS.entries()) {
      for (const level of LEVELS.filter((one) => !except.includes(one))) {
        for (const isArchived of [false, true]) {
          for (const request of asks) {
            await using stage = openService();
            const arranged = await arrange(stage, kind, level, isArchived);
            if (arranged === undefined) continue;
            const { who, place } = arranged;
            const [type, input] = request(place);
            const lowest = least[i] ?? "-";
            const mayDo = lowest !== "-" && LEVELS.indexOf(level) >= LEVELS.indexOf(lowest) &&
              (inArchived || !isArchived);
            const what = `${type} in a ${isArchived ? "archived " : ""}${kind} room by: ${level}`;
            const answer = await stage.ask(who, type, input);
            assertEquals(answer?.code, mayDo ? undefined : "forbidden", `${what}: ${answer?.message}`);
          }
        }
      }
    }
  });
}

Deno.test("[B20] who is not in a private or direct room is answered as if there were none: same words, same work", async () => {
  for (const kind of ["private", "direct"] as const) {
    for (const level of ["stranger", "banned"] as const) {
      for (const request of ROWS.flatMap(({ asks }) => asks)) {
        await using stage = openService();
        const arranged = await arrange(stage, kind, level, false);
        assert(arranged !== undefined);
        const { who, place } = arranged;
        const answerIn = async (room: string) => {
          const [type, input] = request({ ...place, room });
          // Neither is known.
          stage.standings.forget(room);
          const before = { ...stage.counts };
          const answer = await stage.ask(who, type, input);
          const work = Object.entries(stage.counts).map((
            [name, count],
          ) => [name, count - before[name as keyof typeof before]]); // its own names
          return { type, code: answer?.code, message: answer?.message.replaceAll(room, "<room>"), work };
        };
        const there = await answerIn(place.room);
        assertEquals(there, await answerIn(NONE[kind]));
        assertEquals(there.message, 'Cannot use the room "<room>": you are not in it');
      }
    }
  }
});

Deno.test("not even an admin makes a room by using a name of the given form", async () => {
  for (const room of [NONE.private, NONE.direct]) {
    for (const request of ROWS.flatMap(({ asks }) => asks)) {
      await using stage = openService();
      const { cursor } = await stage.layer.publish("elsewhere", { type: "message" });
      const [type, input] = request({ room, own: cursor, others: cursor, member: "g_minji", outsider: "g_sua" });
      assertEquals((await stage.ask(ADMIN, type, input))?.code, "forbidden", type);
      assertEquals((await stage.layer.read(roomGroup(room), { limit: 1 })).entries, []);
    }
  }
});

Deno.test("where only moderators write, a member does not, and may react all the same", async () => {
  for (const level of LEVELS) {
    await using stage = openService();
    const arranged = await arrange(stage, "public", level, false);
    assert(arranged !== undefined);
    const { who, place: { room, others } } = arranged;
    await stage.rooms.update(OLIVIA, room, { write: "moderators" });
    const may = (least: Level) => LEVELS.indexOf(level) >= LEVELS.indexOf(least) ? undefined : "forbidden";
    assertEquals((await stage.ask(who, "send", { room, key: "k", text: "a" }))?.code, may("moderator"), level);
    assertEquals((await stage.ask(who, "react", { room, cursor: others, emoji: "👍" }))?.code, may("member"), level);
  }
});
