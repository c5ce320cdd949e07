import { documentKey, roomGroup } from "../chat/keys.ts";
import { MyRooms } from "../chat/my_rooms.ts";
import { Reading } from "../chat/reading.ts";
import { Finder } from "../chat/search/finder.ts";
import { Search } from "../chat/search/search.ts";
import { Standings } from "../chat/standings.ts";
import { openKvLayer } from "../layers/kv.ts";
const folder = await Deno.makeTempDir();
const kv = await Deno.openKv(`${folder}/b.sqlite`);
const reads = await Deno.openKv(`${folder}/b.sqlite`);
const layer = await openKvLayer(kv, { reads });
const me = { user: { id: "g_m", name: "m" }, kind: "guest", isAdmin: false, credential: "c" } as const;
const author = { id: "g_j", name: "j" };
for (let m = 0; m < 30; m++) {
  await Promise.all(Array.from({ length: 1000 }, (_, n) => layer.publish(roomGroup(`r-${n}`), { type: "message", at: 2, user: author, text: m % 10 === 0 ? "needle hay" : "hay ".repeat(20) })));
}
for (let n = 0; n < 1000; n += 50) {
  await layer.commit({ sets: Array.from({ length: 50 }, (_, i) => `r-${n + i}`).flatMap((room) => [
    { key: documentKey("member", room, me.user.id), value: { user: me.user, role: "member", joinedAt: 1 } },
    { key: documentKey("membership", me.user.id, room), value: { joinedAt: 1, notify: "all", favourite: false } }]) });
}
const standings = new Standings(layer);
const t = async (name: string, f: () => Promise<unknown>) => { const s = performance.now(); const r = await f(); console.log(name, (performance.now() - s).toFixed(0), "ms", r ?? ""); };
const search = new Search(layer); const finder = new Finder({ layer, standings, search });
let next: string | undefined; let found = 0;
for (let k = 0; k < 14; k++) { await t(`search page ${k}`, async () => { const p = await finder.messages(me, { text: "needle" }, { limit: 20, next }); next = p.next; found += p.items.length; return p.items.length; }); }
let lag = 0, last = performance.now();
const iv = setInterval(() => { const n = performance.now(); lag = Math.max(lag, n - last - 5); last = n; }, 5);
await t("20 searches at once", () => Promise.all(Array.from({ length: 20 }, () => finder.messages(me, { text: "needle" }, { limit: 20 }))).then(() => `lag ${lag.toFixed(0)}`));
const reading = new Reading({ layer, standings }); const rooms = new MyRooms(layer, reading);
lag = 0; await t("my_rooms 1000 cold", () => rooms.list(me).then((r) => `${r.length} lag ${lag.toFixed(0)}`));
lag = 0; await t("my_rooms 1000 warm", () => rooms.list(me).then((r) => `${r.length} lag ${lag.toFixed(0)}`));
lag = 0; await t("my_rooms 1000 warm", () => rooms.list(me).then((r) => `${r.length} lag ${lag.toFixed(0)}`));
const limited = new MyRooms(layer, reading, {});
lag = 0; await t("9 x my_rooms 1000", () => Promise.all(Array.from({ length: 9 }, () => limited.list(me))).then(() => `lag ${lag.toFixed(0)}`));
clearInterval(iv); reading.close(); await search.close(); await layer.close(); kv.close(); reads.close(); await Deno.remove(folder, { recursive: true });
