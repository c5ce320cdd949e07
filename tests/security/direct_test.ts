import { assert, assertEquals } from "@std/assert";
import { MAX_ASKED, MAX_REQUESTS } from "../../chat/direct_lists.ts";
import { documentKey } from "../../chat/keys.ts";
import { openKvLayer } from "../../layers/kv.ts";
import { onService, type Stage } from "../testing/stage.ts";
import type { Person } from "../testing/person.ts";

const KEY = "operator-key-operator-key-operator";

const namesOf = async (person: Person): Promise<string[]> => {
  const { rooms } = await person.ok("GET", "/v1/me/rooms");
  return rooms.map((mine: { room: { name: string } }) => mine.room.name);
};

async function open(person: Person, other: Person): Promise<string> {
  return (await person.ok("POST", "/v1/direct", { person: other.user.id })).room.name;
}

async function say(person: Person, room: string, key: string): Promise<void> {
  await person.ok("PUT", `/v1/rooms/${room}/messages/${key}`, { text: key });
}

/** Some strangers, each with a direct room. */
async function strangers(service: Stage, person: Person, count: number): Promise<{ who: Person; room: string }[]> {
  const all: { who: Person; room: string }[] = [];
  for (let i = 0; i < count; i++) {
    const who = await service.signIn(`stranger ${i}`);
    all.push({ who, room: await open(who, person) });
  }
  return all;
}

async function mineIn(person: Person, room: string) {
  const { rooms } = await person.ok("GET", "/v1/me/rooms");
  return rooms.find((one: { room: { name: string } }) => one.room.name === room);
}

Deno.test(
  "a direct room is in the other one's list from the first message on, as a request until they answer",
  onService(async (service) => {
    const [minji, jihun] = [await service.signIn("Minji"), await service.signIn("Jihun")];
    const socket = await service.session();
    await socket.ok({ type: "hello", token: jihun.token });
    const room = await open(minji, jihun);
    assertEquals([await namesOf(minji), await namesOf(jihun)], [[room], []]);
    await say(minji, room, "hello");
    const mine = await mineIn(jihun, room);
    assertEquals([mine?.request, mine?.unread, mine?.lastMessage.text], [true, 1, "hello"]);
    assertEquals((await service.layer.list({ prefix: ["asked", minji.user.id], limit: 10 })).length, 1);
    await jihun.ok("PATCH", `/v1/me/rooms/${room}`, { notify: "none" });
    await say(jihun, room, "yes?");
    const then = await mineIn(jihun, room);
    assertEquals([then?.request, then?.notify], [undefined, "none"]);
    assertEquals(await service.layer.list({ prefix: ["asked", minji.user.id], limit: 10 }), []);
    const [document] = await service.layer.get<Record<string, unknown>>([documentKey("room", room)]);
    assertEquals([document?.value["absent"], document?.value["asker"]], [undefined, undefined]);
    // From now on nothing is written with a message but the message.
    await say(minji, room, "good");
    const [same] = await service.layer.get([documentKey("room", room)]);
    assertEquals(same?.version, document?.version);
  }),
);

Deno.test(
  "who hides a direct room has it back with the next message, whoever writes it, or by opening it or choosing something for it",
  onService(async (service) => {
    const [minji, jihun] = [await service.signIn("Minji"), await service.signIn("Jihun")];
    const room = await open(minji, jihun);
    await say(minji, room, "1");
    await say(jihun, room, "2");
    const choose = () => jihun.ok("PATCH", `/v1/me/rooms/${room}`, { favourite: true });
    const ways = [() => say(minji, room, "3"), () => say(jihun, room, "4"), () => open(jihun, minji), choose];
    for (const back of ways) {
      await jihun.ok("DELETE", `/v1/rooms/${room}/members/me`);
      await jihun.ok("DELETE", `/v1/rooms/${room}/members/me`);
      assertEquals([await namesOf(jihun), await namesOf(minji)], [[], [room]]);
      await back();
      assertEquals(await namesOf(jihun), [room]);
      assertEquals((await mineIn(jihun, room))?.request, undefined);
    }
    assertEquals((await jihun.ok("GET", `/v1/rooms/${room}/messages`)).items.length, 4, "nothing was lost");
  }),
);

Deno.test(
  "messages and hiding at the same time leave a room in the list or out of it, as its document says",
  onService(async (service) => {
    const [minji, jihun] = [await service.signIn("Minji"), await service.signIn("Jihun")];
    const room = await open(minji, jihun);
    await say(minji, room, "first");
    for (let i = 0; i < 20; i++) {
      await Promise.all([jihun.ok("DELETE", `/v1/rooms/${room}/members/me`), say(minji, room, `m${i}`)]);
      const [document] = await service.layer.get<{ absent?: string[] }>([documentKey("room", room)]);
      const isAbsent = document?.value.absent?.includes(jihun.user.id) ?? false;
      assertEquals((await namesOf(jihun)).includes(room), !isAbsent, `round ${i}`);
      if (isAbsent) await say(minji, room, `again${i}`);
      assertEquals(await namesOf(jihun), [room]);
    }
  }),
);

const strangersWrite = async (service: Stage): Promise<void> => {
  const victim = await service.signIn("Victim");
  const friend = await service.signIn("Friend");
  await victim.ok("PUT", "/v1/rooms/zoo/members/me");
  const room = await open(friend, victim);
  await say(friend, room, "hi");
  await say(victim, room, "hi you");
  // As if the rest had come already.
  const value = { joinedAt: 1, notify: "all", favourite: false, request: true };
  const names = Array.from({ length: MAX_REQUESTS }, (_, i) => `d-${String(i).padStart(20, "0")}`);
  for (const name of names) {
    const info = { name, kind: "direct", write: "members", slowModeS: 0, retentionDays: 0, archived: false };
    const document = { info, createdAt: 1, pins: [], owners: [], rules: 0 };
    await service.layer.commit({
      sets: [
        { key: documentKey("membership", victim.user.id, name), value },
        { key: documentKey("member", name, victim.user.id), value: { user: victim.user, role: "member" } },
        { key: documentKey("room", name), value: document },
      ],
    });
  }
  const more = await strangers(service, victim, 5);
  assertEquals((await namesOf(victim)).length, MAX_REQUESTS + 2, "to open a room changes nothing for others");
  for (const { who, room } of more) await say(who, room, "buy this");
  const after = await namesOf(victim);
  assertEquals(after.length, MAX_REQUESTS + 2);
  for (const kept of ["zoo", room, ...more.map((one) => one.room)]) assert(after.includes(kept), kept);
  await victim.ok("PUT", "/v1/rooms/another/members/me");
};

Deno.test(
  "strangers who write to somebody push nothing out of their list, and do not keep them from coming in elsewhere",
  onService(strangersWrite),
);

Deno.test("strangers who write push nothing out of a list on Deno KV either", async () => {
  using kv = await Deno.openKv(":memory:");
  await onService(strangersWrite, { layer: await openKvLayer(kv) })();
});

Deno.test(
  "what the operator writes in a direct room is no answer of the other one's",
  onService(async (service) => {
    const [minji, jihun] = [await service.signIn("Minji"), await service.signIn("Jihun")];
    const room = await open(minji, jihun);
    await say(service.operator(KEY), room, "a word");
    assertEquals((await mineIn(jihun, room))?.request, true);
    await say(service.operator(KEY), room, "another");
    assertEquals((await service.layer.list({ prefix: ["asked", minji.user.id], limit: 10 })).length, 1);
    await say(jihun, room, "yes?");
    assertEquals((await mineIn(jihun, room))?.request, undefined);
  }, { apiKey: KEY }),
);

Deno.test(
  "1,000 direct rooms neither hide a room that one came into nor count against coming into more",
  onService(async (service) => {
    const victim = await service.signIn("Victim");
    await victim.ok("PUT", "/v1/rooms/zoo/members/me");
    await victim.ok("PUT", "/v1/rooms/zoo/messages/k", { text: "needle" });
    for (let i = 0; i < 1_100; i += 100) {
      const sets = Array.from({ length: 100 }, (_, n) => {
        const key = documentKey("membership", victim.user.id, `d-${String(i + n).padStart(20, "0")}`);
        return { key, value: { joinedAt: 1, notify: "all", favourite: false } };
      });
      await service.layer.commit({ sets });
    }
    assert((await namesOf(victim)).includes("zoo"));
    await victim.ok("PUT", "/v1/rooms/another/members/me");
    const { items } = await victim.ok("GET", "/v1/search?q=needle&limit=10");
    assertEquals(items.length, 1);
  }),
);

Deno.test(
  "a guest writes to 20 people who do not answer, and to one more when one of them has",
  onService(async (service) => {
    const spammer = await service.signIn("Spammer");
    const people: Person[] = [];
    for (let i = 0; i <= MAX_ASKED; i++) people.push(await service.signIn(`p${i}`));
    const last = people.pop() ?? spammer;
    const rooms: string[] = [];
    for (const person of people) {
      const room = await open(spammer, person);
      rooms.push(room);
      await say(spammer, room, "hi");
      // To hide it is no way around it.
      await spammer.ok("DELETE", `/v1/rooms/${room}/members/me`);
    }
    const refused = await spammer.request("POST", "/v1/direct", { person: last.user.id });
    assertEquals([refused.status, (await refused.json()).code], [403, "forbidden"]);
    // One that there is may be opened as often as one likes.
    assertEquals(await open(spammer, people[1] ?? last), rooms[1]);
    await people[0]?.ok("PUT", `/v1/rooms/${rooms[0]}/messages/k`, { text: "yes?" });
    await open(spammer, last);
  }),
);

Deno.test(
  "nobody opens a direct room with somebody who was erased: it is said as of an id that is nobody's",
  onService(async (service) => {
    const [minji, jihun] = [await service.signIn("Minji"), await service.signIn("Jihun")];
    await jihun.ok("DELETE", "/v1/me");
    const refusals = await Promise.all([jihun.user.id, "g_0000000000000000"].map(async (person) => {
      const response = await minji.request("POST", "/v1/direct", { person });
      const { code, detail } = await response.json();
      return [response.status, code, detail?.replace(person, "…")];
    }));
    assertEquals(refusals[0], refusals[1]);
    assertEquals(refusals[0]?.slice(0, 2), [403, "forbidden"]);
    assertEquals(await namesOf(minji), []);
  }),
);
