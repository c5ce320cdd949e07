import { assertEquals, assertRejects } from "@std/assert";
import { documentKey } from "../../chat/keys.ts";
import { Slots } from "../../chat/webhooks/slots.ts";
import { createMemoryLayer } from "../../layers/memory.ts";
import { ChatError } from "../../protocol/errors.ts";
import { ADMIN, say, webhooksOf, work } from "../chat/webhooks/house.ts";
import { openReceiver } from "../chat/webhooks/receiver.ts";
import { gate, until } from "../layers/until.ts";

const never = new AbortController().signal;

/** Asks for slots and notes who got one, in order. */
function asked(slots: Slots) {
  const got: string[] = [];
  const ends: (() => void)[] = [];
  const take = async (name: string, as = name, signal = never) => {
    const end = await slots.take(name, signal);
    got.push(as);
    ends.push(end);
  };
  return { got, ends, take };
}

/** Lets all that can go on go on. */
const settle = () => new Promise<void>((resolve) => setTimeout(resolve));

Deno.test("a host that takes long has a few of all slots, and the others take turns", async () => {
  const slots = new Slots(4, 2);
  const { got, ends, take } = asked(slots);
  for (let n = 1; n <= 4; n++) void take("tarpit", `tarpit ${n}`);
  for (const name of ["a", "b", "c"]) void take(name);
  void take("a", "a again");
  await settle();
  assertEquals(got, ["tarpit 1", "tarpit 2", "a", "b"]);
  ends[2]?.();
  await settle();
  assertEquals(got.slice(4), ["c"]);
  ends[3]?.();
  await settle();
  assertEquals(got.slice(5), ["a again"]);
  // Nobody else waits: the tarpit still has no more than its own.
  ends[4]?.();
  ends[5]?.();
  await settle();
  assertEquals(got.length, 6);
  ends[0]?.();
  await settle();
  assertEquals(got.slice(6), ["tarpit 3"]);
});

Deno.test("of several hosts that wait each gets one in turn, and who gives up is passed over", async () => {
  const slots = new Slots(1, 1);
  const { got, ends, take } = asked(slots);
  await take("first");
  const given = new AbortController();
  const refused = assertRejects(() => take("a", "given up", given.signal));
  for (let n = 1; n <= 3; n++) void take("a", `a ${n}`);
  void take("b", "b 1");
  given.abort();
  await refused;
  for (let n = 0; n < 4; n++) {
    ends[n]?.();
    await settle();
  }
  assertEquals(got, ["first", "a 1", "b 1", "a 2", "a 3"]);
  await assertRejects(() => slots.take("a", AbortSignal.abort()));
});

Deno.test("webhooks whose receiver never answers do not keep another's from its own", async () => {
  const layer = createMemoryLayer();
  const goOn = gate();
  // Two hosts, one machine.
  await using tarpit = openReceiver(async () => {
    await goOn.passed;
    return new Response(null, { status: 204 });
  });
  await using receiver = openReceiver();
  {
    await using worker = work(layer, { maxPosts: 6 });
    const webhooks = webhooksOf(layer);
    for (let n = 0; n < 12; n++) await webhooks.create(ADMIN, "lobby", { url: tarpit.url });
    await webhooks.create(ADMIN, "lobby", { url: receiver.url.replace("127.0.0.1", "localhost") });
    await say(layer, "hello");
    await until(() => tarpit.received.length === 5 && receiver.received.length === 1, "it came");
    assertEquals(tarpit.received.length, 5);
    goOn.open();
    await until(() => tarpit.received.length === 12, "all came");
    assertEquals(worker.faults, []);
  }
  await layer.close();
});

Deno.test("one person makes at most 100 webhooks, whatever the number of rooms, also at once; a deleted one makes room", async () => {
  const layer = createMemoryLayer();
  const webhooks = webhooksOf(layer);
  const make = (n: number) => webhooks.create(ADMIN, `room-${n % 9}`, { url: "https://hooks.example/" });
  const made = [];
  for (let n = 0; n < 97; n++) made.push(await make(n));
  const raced = await Promise.allSettled([1, 2, 3, 4, 5, 6].map(make));
  assertEquals(raced.filter(({ status }) => status === "fulfilled").length, 3);
  const refused = await assertRejects(() => make(1), ChatError);
  assertEquals(refused.code, "forbidden");
  const other = { ...ADMIN, user: { id: "s_other", name: "other" } };
  const first = made[0];
  await webhooks.create(other, "room-8", { url: "https://hooks.example/" });
  // By whomever it is deleted.
  await webhooks.delete(other, first?.room ?? "", first?.id ?? "");
  await webhooks.delete(other, first?.room ?? "", first?.id ?? "");
  await make(0);
  await assertRejects(() => make(1), ChatError);
  const [list] = await layer.get<string[]>([documentKey("webhook_by", ADMIN.user.id)]);
  assertEquals([list?.value.length, new Set(list?.value).size], [100, 100]);
  await layer.close();
});
