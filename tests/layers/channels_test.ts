import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { CHANNEL_CAPACITY, CHANNEL_EXPIRY_MS, Channels, type ChannelsParts } from "../../layers/channels.ts";
import { ChannelFull, LayerUnavailable, type Receipt, type SubscribeOptions } from "../../layers/layer.ts";
import { ScriptedLog } from "./scripted_log.ts";
import { gate, nextTurn, until } from "./until.ts";
import { numbers, say } from "./witness.ts";

const CHANNEL = "specific.a!b";

/** Channels over a log that does what it is told. */
function stage(parts: Partial<ChannelsParts> = {}) {
  const log = new ScriptedLog();
  const taken = new Set<string>();
  const sent: { channel: string; delayMs: number }[] = [];
  const subscribed: SubscribeOptions[] = [];
  const clock = { now: 1_000 };
  let counts = 0;
  const origin = log.head;
  const channels = new Channels({
    layer: {
      read(_, { after = origin, limit }) {
        counts++;
        const page = log.page(after, "~", limit + taken.size);
        return Promise.resolve({ ...page, entries: page.entries.filter(({ cursor }) => !taken.has(cursor)) });
      },
      subscribe(_, options) {
        subscribed.push(options);
        return Promise.resolve({ close() {} });
      },
    },
    publishFor: async (_, event): Promise<Receipt> => {
      await Promise.resolve();
      const [entry] = log.commit("");
      assert(entry !== undefined);
      log.entries[log.entries.length - 1] = { ...entry, json: JSON.stringify(event) };
      return { cursor: entry.cursor, duplicate: false, event };
    },
    take: (_, stamp) => {
      const found = log.entries.filter(({ cursor }) => cursor.includes(stamp) && !taken.has(cursor));
      for (const { cursor } of found) taken.add(cursor);
      return Promise.resolve(found.map(({ json }) => json));
    },
    jobs: {
      send(channel, _, delayMs) {
        sent.push({ channel, delayMs });
        return Promise.resolve();
      },
    },
    origin,
    now: () => clock.now,
    ...parts,
  });
  const deliver = async () => {
    const entries = log.entries.filter(({ cursor }) => !taken.has(cursor));
    await subscribed.at(-1)?.deliver({ group: `channel:${CHANNEL}`, prev: origin, entries, head: log.head });
  };
  return { channels, log, taken, sent, clock, deliver, counts: () => counts };
}

Deno.test("a name with an exclamation mark is a connection's, any other a worker's, with its delay", async () => {
  const { channels, log, sent } = stage();
  await channels.send("mail", say(1));
  await channels.send("mail.later", say(1), { delayMs: 5 });
  await channels.send(CHANNEL, say(1));
  assertEquals(sent, [{ channel: "mail", delayMs: 0 }, { channel: "mail.later", delayMs: 5 }]);
  assertEquals(log.entries.length, 1);
  assertMatch(channels.newChannel("x"), /^x\.[^.!]+![^.!]+$/);
});

Deno.test("a hundred sends at once are counted once, and only the first hundred are taken", async () => {
  const { channels, log, counts } = stage();
  const results = await Promise.allSettled(numbers(1, 100).map((n) => channels.send(CHANNEL, say(n))));
  assertEquals([results.filter(({ status }) => status === "rejected").length, log.entries.length], [0, 100]);
  assertEquals(counts(), 1);
  const error = await assertRejects(() => channels.send(CHANNEL, say(101)), ChannelFull);
  assertMatch(error.message, /100 events wait there already/);
});

Deno.test("what was sent is on its way: it counts although it is not in the log yet, and it does not count twice", async () => {
  const { passed, open } = gate();
  const { log } = stage();
  const { channels } = stage({
    layer: {
      read: (_, { after = log.head }) => Promise.resolve(log.page(after, "~")),
      subscribe: () => Promise.resolve({ close() {} }),
    },
    publishFor: async (_, event) => {
      await passed;
      const [entry] = log.commit("");
      assert(entry !== undefined);
      log.entries[log.entries.length - 1] = { ...entry, json: JSON.stringify(event) };
      return { cursor: entry.cursor, duplicate: false, event };
    },
    origin: log.head,
  });
  const sending = Promise.allSettled(numbers(1, 150).map((n) => channels.send(CHANNEL, say(n))));
  await nextTurn();
  open();
  const results = await sending;
  assertEquals(results.map(({ status }) => status === "fulfilled"), numbers(1, 150).map((n) => n <= CHANNEL_CAPACITY));
});

Deno.test("a send that fails fails alone: the next ones are sent, in order", async () => {
  let calls = 0;
  const published: unknown[] = [];
  const { channels } = stage({
    publishFor(_, event) {
      if (++calls % 3 === 1) throw new LayerUnavailable("at once");
      if (calls % 3 === 2) return Promise.reject(new LayerUnavailable("later"));
      published.push((event["event"] as { text: unknown }).text); // as it was sent below
      return Promise.resolve({ cursor: "", duplicate: false, event });
    },
  });
  const results = await Promise.allSettled(numbers(1, 9).map((n) => channels.send(CHANNEL, say(n))));
  assertEquals(results.map(({ status }) => status === "fulfilled"), numbers(1, 9).map((n) => n % 3 === 0));
  assertEquals(published, [3, 6, 9]);
});

Deno.test("a log that cannot be counted is no full channel", async () => {
  let isDown = true;
  const { channels } = stage({
    layer: {
      read: () => {
        if (isDown) return Promise.reject(new LayerUnavailable("not now"));
        return Promise.resolve({ entries: [], more: false, head: "" });
      },
      subscribe: () => Promise.resolve({ close() {} }),
    },
  });
  await assertRejects(() => channels.send(CHANNEL, say(1)), LayerUnavailable);
  isDown = false;
  await channels.send(CHANNEL, say(2));
});

Deno.test("a log that cannot be counted is asked once for all who wait, and again for who comes later", async () => {
  let counts = 0;
  const { channels } = stage({
    layer: {
      async read() {
        counts++;
        await nextTurn();
        if (counts === 1) throw new LayerUnavailable("after a long time");
        return { entries: [], more: false, head: "" };
      },
      subscribe: () => Promise.resolve({ close() {} }),
    },
  });
  const results = await Promise.allSettled(numbers(1, 50).map((n) => channels.send(CHANNEL, say(n))));
  assertEquals(results.filter(({ status }) => status === "fulfilled"), []);
  assertEquals(counts, 1);
  await Promise.all([channels.send(CHANNEL, say(51)), channels.send(CHANNEL, say(52))]);
  assertEquals(counts, 2);
});

Deno.test("an event is delivered until its 60 s are over, and not in the moment in which they are", async () => {
  const { channels, clock, deliver } = stage();
  const handled: unknown[] = [];
  await channels.receive(CHANNEL, (event) => void handled.push(event["text"]));
  await channels.send(CHANNEL, say(1));
  clock.now += CHANNEL_EXPIRY_MS - 1;
  await channels.send(CHANNEL, say(2));
  await deliver();
  assertEquals(handled, [1, 2]);
  await channels.send(CHANNEL, say(3));
  clock.now += CHANNEL_EXPIRY_MS;
  await channels.send(CHANNEL, say(4));
  await deliver();
  assertEquals(handled, [1, 2, 4]);
});

Deno.test("a receiver takes a commit whole, and handles nothing that another one took", async () => {
  const handled: unknown[] = [];
  const commits = new Map([["0".repeat(19) + "1", [1, 2, 3]], ["0".repeat(19) + "2", [4]]]);
  const log = new ScriptedLog();
  // A page that holds a part of the first commit, and all of the second.
  const [first] = log.commit("", "", "");
  const [second] = log.commit("");
  assert(first !== undefined && second !== undefined);
  const subscribed: SubscribeOptions[] = [];
  const { channels } = stage({
    layer: {
      read: () => Promise.reject(new Error("Nobody counts here")),
      subscribe(_, options) {
        subscribed.push(options);
        return Promise.resolve({ close() {} });
      },
    },
    take(_, stamp) {
      const texts = commits.get(stamp) ?? [];
      commits.delete(stamp);
      return Promise.resolve(
        texts.map((text) => JSON.stringify({ type: "channel", expiresAt: 1e15, event: say(text) })),
      );
    },
  });
  await channels.receive(CHANNEL, (event) => void handled.push(event["text"]));
  const batch = { group: "", prev: "", entries: [first, second], head: second.cursor };
  await subscribed[0]?.deliver(batch);
  await subscribed[0]?.deliver(batch);
  assertEquals(handled, [1, 2, 3, 4]);

  // What was taken with an event in whose handling the receiver closed is lost: at most once.
  commits.set("0".repeat(19) + "1", [5, 6]);
  const subscription = await channels.receive(CHANNEL, (event) => {
    handled.push(event["text"]);
    subscription.close();
  });
  await subscribed[1]?.deliver(batch);
  assertEquals(handled, [1, 2, 3, 4, 5]);
});

Deno.test("a receiver that is closed while it handles an event is handed no other", async () => {
  const { channels, taken, deliver } = stage();
  const handled: unknown[] = [];
  const { passed, open } = gate();
  const subscription = await channels.receive(CHANNEL, (event) => {
    handled.push(event["text"]);
    return passed;
  });
  for (const n of [1, 2, 3]) await channels.send(CHANNEL, say(n));
  const delivering = deliver();
  await until(() => handled.length === 1, "the first");
  subscription.close();
  open();
  await delivering;
  assertEquals([handled, taken.size], [[1], 1]);
});
