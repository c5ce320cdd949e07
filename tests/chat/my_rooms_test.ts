import { assert, assertEquals } from "@std/assert";
import { documentKey, personGroup, roomGroup } from "../../chat/keys.ts";
import { MyRooms } from "../../chat/my_rooms.ts";
import { Reading } from "../../chat/reading.ts";
import { Standings } from "../../chat/standings.ts";
import { openKvLayer } from "../../layers/kv.ts";
import type { ChannelLayer, Cursor } from "../../layers/layer.ts";
import { nextTurn } from "../layers/until.ts";
import { callerOf } from "./chat_stage.ts";

const MINJI = callerOf("g_minji", "민지");
const JUN = callerOf("g_jun", "준");
const ROOMS = 100;

Deno.test("100 rooms that an isolate knows nothing of cost two lists each, and few reads besides", async () => {
  const kv = await Deno.openKv(":memory:");
  const { asked, counted } = counting(kv);
  const layer = await openKvLayer(kv, { reads: counted, pollMs: 60_000 });
  const reading = new Reading({ layer, standings: new Standings(layer) });
  const names = Array.from({ length: ROOMS }, (_, n) => `room-${n}`);
  await Promise.all(names.map((name, n) => furnish(layer, name, n % 6)));
  const cost = async () => {
    asked.clear();
    const rooms = await new MyRooms(layer, reading).list(MINJI);
    assertEquals(
      rooms.map(({ room, unread, lastMessage }) => [room.name, unread, lastMessage?.text]).toSorted(),
      [
        ...names.map((name, n) => [name, n % 6, `${n % 6}`]),
      ].toSorted(),
    );
    // What a subscription reads by itself, it reads after it was made.
    await nextTurn();
    return ["get", "getMany", "list"].map((what) => asked.get(what) ?? 0);
  };
  const [gets = 0, manyGets = 0, lists = 0] = await cost();
  // A log and its amendments; the memberships, the markers, and who was mentioned.
  assert(lists <= 2 * ROOMS + 6, `${lists} lists`);
  // Two documents of each room, ten at a time.
  assertEquals(manyGets, 2 * ROOMS / 10);
  // Eight bells, as often as rooms are counted in one go, and once when they begin to be listened to.
  assert(gets <= 4 * 8, `${gets} gets`);
  // Known, they cost no look at any log.
  assertEquals(await cost(), [0, 2 * ROOMS / 10, 2]);
  reading.close();
  await layer.close();
  kv.close();
});

Deno.test("the last message is found where the marker stands behind it", async () => {
  const kv = await Deno.openKv(":memory:");
  const layer = await openKvLayer(kv);
  const reading = new Reading({ layer, standings: new Standings(layer) });
  await furnish(layer, "lobby", 0);
  const { cursor } = await layer.publish(roomGroup("lobby"), { type: "topic", at: 3, user: JUN.user, topic: "차" });
  await layer.commit({ sets: [{ key: documentKey("read", MINJI.user.id, "lobby"), value: cursor }] });
  const [room] = await new MyRooms(layer, reading).list(MINJI);
  assertEquals([room?.unread, room?.lastMessage?.text, room?.head], [0, "0", cursor]);
  reading.close();
  await layer.close();
  kv.close();
});

/** A database, and how often it was asked for what. */
function counting(kv: Deno.Kv): { asked: Map<string, number>; counted: Deno.Kv } {
  const asked = new Map<string, number>();
  const get = (target: Deno.Kv, name: string) => {
    const method = Reflect.get(target, name, target);
    if (typeof method !== "function") return method;
    return (...given: unknown[]) => {
      asked.set(name, (asked.get(name) ?? 0) + 1);
      return method.apply(target, given);
    };
  };
  return { asked, counted: new Proxy(kv, { get }) };
}

/** A room that Minji is in, of 60 messages, all but `unread` of which she has read, each of a commit of its own group. */
async function furnish(layer: ChannelLayer, room: string, unread: number): Promise<void> {
  const cursors: Cursor[] = [];
  for (let n = 59; n >= 0; n--) {
    // The last one says how many there were behind the marker.
    const text = n === 0 ? `${unread}` : "x";
    const event = { type: "message", at: 2, user: JUN.user, text };
    cursors.push((await layer.publish(roomGroup(room), event)).cursor);
  }
  await layer.publish(personGroup(MINJI.user.id), { type: "mention", at: 2, user: JUN.user, room });
  const member = { user: MINJI.user, role: "member", joinedAt: 1 };
  await layer.commit({
    sets: [
      { key: documentKey("member", room, MINJI.user.id), value: member },
      { key: documentKey("membership", MINJI.user.id, room), value: { joinedAt: 1, notify: "all", favourite: false } },
      { key: documentKey("read", MINJI.user.id, room), value: cursors.at(-unread - 1) },
    ],
  });
}
