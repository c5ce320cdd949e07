/**
 * What one request for all of a person's rooms costs: 100 rooms of 300 messages, on a file that is fsynced. `warm`: this isolate has counted
 * them lately; `cold`: it knows nothing of them. What a process's very first one takes, whose code nobody has run yet, is printed.
 *
 * @module
 */

import type { RoomDocument } from "../chat/documents.ts";
import { documentKey, roomGroup } from "../chat/keys.ts";
import { MyRooms } from "../chat/my_rooms.ts";
import { Reading } from "../chat/reading.ts";
import { unusedRoom } from "../chat/room_names.ts";
import { Standings } from "../chat/standings.ts";
import { openKvLayer } from "../layers/kv.ts";
import type { Caller } from "../protocol/caller.ts";

const ROOMS = 100;
const MESSAGES = 300;
const UNREAD = 20;

const folder = await Deno.makeTempDir({ prefix: "maru_bench_" });
const kv = await Deno.openKv(`${folder}/bench.sqlite`);
const reads = await Deno.openKv(`${folder}/bench.sqlite`);
const layer = await openKvLayer(kv, { reads });
const me: Caller = { user: { id: "g_minji", name: "민지" }, kind: "guest", isAdmin: false, credential: "c" };
const author = { id: "g_jun", name: "준" };

for (let n = 0; n < ROOMS; n++) {
  const room = `room-${n}`;
  const event = { type: "message", at: 2, user: author, text: "x".repeat(80) };
  const cursors: string[] = [];
  // A few at a time, as they come: the more of them are in one commit, the more often a marker stands within one.
  while (cursors.length < MESSAGES) {
    const receipts = await Promise.all(Array.from({ length: 7 }, (_, index) => {
      const isMention = index === 0 && cursors.length % 50 === 0;
      const mention = { group: `person:${me.user.id}`, event: { type: "mention", at: 2, user: author, room } };
      return layer.publish(roomGroup(room), event, { also: isMention ? [mention] : [] });
    }));
    cursors.push(...receipts.map(({ cursor }) => cursor));
  }
  const document: RoomDocument = { info: unusedRoom(room), createdAt: 1, pins: [], owners: [], rules: 0 };
  await layer.commit({
    sets: [
      { key: documentKey("room", room), value: document },
      { key: documentKey("member", room, me.user.id), value: { user: me.user, role: "member", joinedAt: 1 } },
      { key: documentKey("membership", me.user.id, room), value: { joinedAt: 1, notify: "all", favourite: false } },
      { key: documentKey("read", me.user.id, room), value: cursors.at(-UNREAD - 1) },
    ],
  });
}

const standings = new Standings(layer);
const warm = new Reading({ layer, standings });
const warmRooms = new MyRooms(layer, warm);
const startedAt = performance.now();
const rooms = await warmRooms.list(me);
console.log(`my_rooms of ${ROOMS} rooms, the first of this process: ${(performance.now() - startedAt).toFixed(1)} ms`);
if (rooms.length !== ROOMS || rooms.some(({ unread }) => unread !== UNREAD)) throw new Error("The counts are wrong");

Deno.bench(`my_rooms of ${ROOMS} rooms, warm`, async () => {
  await warmRooms.list(me);
});

Deno.bench(`my_rooms of ${ROOMS} rooms, cold`, async () => {
  const cold = new Reading({ layer, standings });
  await new MyRooms(layer, cold).list(me);
  cold.close();
});

globalThis.addEventListener("unload", () => {
  warm.close();
  kv.close();
  reads.close();
  Deno.removeSync(folder, { recursive: true });
});
