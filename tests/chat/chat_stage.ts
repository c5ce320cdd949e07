import { Members } from "../../chat/members.ts";
import { roomGroup } from "../../chat/keys.ts";
import { mentionEntries } from "../../chat/mentions.ts";
import { Messages } from "../../chat/messages.ts";
import { MyRooms } from "../../chat/my_rooms.ts";
import { Reading } from "../../chat/reading.ts";
import { Standings } from "../../chat/standings.ts";
import { openKvLayer } from "../../layers/kv.ts";
import { createMemoryLayer } from "../../layers/memory.ts";
import type { Caller } from "../../protocol/caller.ts";
import { ManualTimers } from "./manual_timers.ts";

/** Somebody who asks. */
export function callerOf(id: string, name: string): Caller {
  return { user: { id, name }, kind: "guest", isAdmin: false, credential: id };
}

/** What reading needs of a service, with a clock that goes on when it is told. */
export async function chatStage(kind: "memory" | "kv" = "memory") {
  const timers = new ManualTimers();
  const { now } = timers;
  const kv = kind === "kv" ? await Deno.openKv(":memory:") : undefined;
  const layer = kv === undefined ? createMemoryLayer() : await openKvLayer(kv);
  const standings = new Standings(layer, now);
  const members = new Members({ layer, standings, now, findUser: () => Promise.resolve(undefined) });
  const messages = new Messages({ layer, standings, now });
  const newReading = () => new Reading({ layer, standings, now, timers });
  const readings = [newReading()];
  const [reading = newReading()] = readings;
  const myRooms = new MyRooms(layer, reading);
  const counts = async (caller: Caller, room: string) => {
    const mine = (await myRooms.list(caller)).find((each) => each.room.name === room);
    if (mine === undefined) throw new Error(`${caller.user.name} is not in ${room}`);
    return mine;
  };
  return {
    timers,
    layer,
    standings,
    members,
    messages,
    reading,
    myRooms,
    counts,
    unread: async (caller: Caller, room: string) => (await counts(caller, room)).unread,
    enter: async (room: string, ...callers: Caller[]) => {
      for (const caller of callers) await members.enter(caller, room);
    },
    say: async (caller: Caller, room: string, text: string) => (await messages.send(caller, room, { text })).cursor,
    /** A message that mentions these ids, as `Messages` publishes it. */
    sayTo: async (caller: Caller, room: string, mentions: readonly string[]) => {
      const event = { type: "message", at: now(), user: caller.user, text: "x", mentions };
      const also = mentionEntries(room, mentions, caller.user, now());
      return (await layer.publish(roomGroup(room), event, { also })).cursor;
    },
    /** One that knows nothing yet, as on another isolate. */
    cold: () => {
      const cold = newReading();
      readings.push(cold);
      return cold;
    },
    async [Symbol.asyncDispose]() {
      for (const each of readings) each.close();
      await layer.close();
      kv?.close();
    },
  };
}
