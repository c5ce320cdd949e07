import {
  assert,
  assertEquals,
  assertGreater,
  assertInstanceOf,
  assertLessOrEqual,
  assertMatch,
  assertRejects,
} from "@std/assert";
import { ChannelFull, type ChannelLayer, type LayerEvent } from "../../../layers/layer.ts";
import { peer, type Rule } from "../setting.ts";
import { gate, until } from "../until.ts";
import { numbers, say, textsOf } from "../witness.ts";

export const channelRules: readonly Rule[] = [
  {
    name: "[L7] what is sent to a channel comes to its receiver, once, in the order in which it was sent",
    async test({ layer }) {
      const channel = layer.newChannel();
      const inbox = await receive(layer, channel);
      await Promise.all(numbers(1, 50).map((n) => layer.send(channel, say(n))));
      for (const n of numbers(51, 60)) await layer.send(channel, say(n));
      await inbox.has(60);
      assertEquals(inbox.texts, numbers(1, 60));
    },
  },
  {
    name: "[L7] what waits comes to whoever receives later, on any isolate, in order",
    async test(setting) {
      const channel = setting.layer.newChannel();
      for (const n of numbers(1, 10)) await peer(setting, n).send(channel, say(n));
      await Promise.all(numbers(11, 40).map((n) => setting.layer.send(channel, say(n))));
      const inbox = await receive(peer(setting, 1), channel);
      await inbox.has(40);
      assertEquals(inbox.texts, numbers(1, 40));
    },
  },
  {
    name: "[L7] large events that wait come all, in order, however pages cut them",
    async test({ layer }) {
      const channel = layer.newChannel();
      const send = (n: number, length: number) => layer.send(channel, say(`${n}`.padEnd(length, ".")));
      await send(1, 40_000);
      await Promise.all([send(2, 15_000), send(3, 15_000), send(4, 15_000)]);
      await Promise.all(numbers(5, 12).map((n) => send(n, 27_000)));
      const inbox = await receive(layer, channel);
      await send(13, 1);
      await until(() => inbox.texts.some((text) => parseInt(String(text)) === 13), "the last");
      assertEquals(inbox.texts.map((text) => parseInt(String(text))), numbers(1, 13));
    },
  },
  {
    name: "[L7] an event comes as the JSON that it was when it was sent",
    async test({ layer }) {
      const channel = layer.newChannel();
      const inbox = await receive(layer, channel);
      const event = { type: "x", at: new Date(0), none: undefined, list: [1] };
      const sending = layer.send(channel, event);
      event.list.push(2);
      await sending;
      await inbox.has(1);
      assertEquals(inbox.events, [{ type: "x", at: "1970-01-01T00:00:00.000Z", list: [1] }]);
    },
  },
  {
    name: "[L7] of two receivers of one channel, on any isolates, exactly one gets each event",
    async test(setting) {
      const channel = setting.layer.newChannel();
      const inboxes = await Promise.all(numbers(0, 3).map((i) => receive(peer(setting, i), channel)));
      for (let n = 1; n <= 60;) {
        const some = numbers(n, n + n % 4);
        await Promise.all(some.map((m) => peer(setting, n).send(channel, say(m))));
        n += some.length;
      }
      const texts = () => inboxes.flatMap((inbox) => inbox.texts);
      await until(() => texts().length >= 60, "sixty events, wherever");
      const sorted = texts().map(Number).toSorted((a, b) => a - b);
      assertEquals(sorted, numbers(1, sorted.length));
      for (const inbox of inboxes) assertEquals(inbox.texts, inbox.texts.map(Number).toSorted((a, b) => a - b));
    },
  },
  {
    name: "[L7] two receivers that come late to what waits share it, nothing doubled",
    async test(setting) {
      const channel = setting.layer.newChannel();
      await Promise.all(numbers(1, 30).map((n) => setting.layer.send(channel, say(n))));
      for (const n of numbers(31, 60)) await setting.layer.send(channel, say(n));
      const inboxes = await Promise.all(numbers(0, 1).map((i) => receive(peer(setting, i), channel)));
      const texts = () => inboxes.flatMap((inbox) => inbox.texts);
      await until(() => texts().length >= 60, "sixty events, wherever");
      assertEquals(texts().map(Number).toSorted((a, b) => a - b), numbers(1, 60));
    },
  },
  {
    name: "[L7] a hundred events wait; the next is a ChannelFull, and is not delivered",
    async test(setting) {
      const channel = setting.layer.newChannel();
      for (const n of numbers(1, 100)) await peer(setting, n).send(channel, say(n));
      for (const layer of setting.peers) {
        const error = await assertRejects(() => layer.send(channel, say("too many")), ChannelFull);
        assertEquals(error.code, "unavailable");
      }
      await setting.layer.send(setting.layer.newChannel(), say("another channel"));
      const inbox = await receive(setting.layer, channel);
      await inbox.has(100);
      await setting.layer.send(channel, say("end"));
      await inbox.has(101);
      assertEquals(inbox.texts, [...numbers(1, 100), "end"]);
    },
  },
  {
    name: "[L7] of 200 sends at once exactly a hundred are taken, the first ones, and none is lost",
    async test({ layer }) {
      const channel = layer.newChannel();
      const results = await Promise.allSettled(numbers(1, 200).map((n) => layer.send(channel, say(n))));
      const taken = numbers(1, 200).filter((n) => results[n - 1]?.status === "fulfilled");
      for (const result of results) if (result.status === "rejected") assertInstanceOf(result.reason, ChannelFull);
      assertEquals(taken, numbers(1, 100));
      const inbox = await receive(layer, channel);
      await inbox.has(100);
      assertEquals(inbox.texts, taken);
    },
  },
  {
    name: "[L7] 200 sends at once from all isolates: what is taken is bounded and delivered, the rest is ChannelFull",
    async test(setting) {
      const channel = setting.layer.newChannel();
      const results = await Promise.allSettled(numbers(1, 200).map((n) => peer(setting, n).send(channel, say(n))));
      const taken = numbers(1, 200).filter((n) => results[n - 1]?.status === "fulfilled");
      for (const result of results) if (result.status === "rejected") assertInstanceOf(result.reason, ChannelFull);
      // Each isolate knows what is on its way only from itself.
      assert(taken.length >= 100);
      assertLessOrEqual(taken.length, 100 * setting.peers.length);
      const inbox = await receive(setting.layer, channel);
      await inbox.has(taken.length);
      assertEquals(inbox.texts.map(Number).toSorted((a, b) => a - b), taken);
    },
  },
  {
    name: "[L7] a channel that is emptied while 300 events are sent to it takes more than a hundred, and loses none",
    async test({ layer }) {
      const channel = layer.newChannel();
      const inbox = await receive(layer, channel);
      const taken: number[] = [];
      let refused = 0;
      for (let n = 1; n <= 300; n += 50) {
        const results = await Promise.allSettled(numbers(n, n + 49).map((m) => layer.send(channel, say(m))));
        for (const [i, { status }] of results.entries()) status === "fulfilled" ? taken.push(n + i) : refused++;
      }
      await inbox.has(taken.length);
      assertEquals(inbox.texts, taken);
      assertEquals(refused + taken.length, 300);
      assertGreater(taken.length, 100);
    },
  },
  {
    name: "[L7] events that waited for 60 s are not delivered, and no longer count as waiting",
    async test(setting) {
      const { layer } = setting;
      const channel = layer.newChannel();
      for (const n of numbers(1, 60)) await layer.send(channel, say(n));
      await setting.advance(30_000);
      for (const n of numbers(61, 100)) await layer.send(channel, say(n));
      await assertRejects(() => layer.send(channel, say("too many")), ChannelFull);
      await setting.advance(30_001);
      await layer.send(channel, say(101));
      const inbox = await receive(layer, channel);
      await inbox.has(41);
      await layer.send(channel, say("end"));
      await inbox.has(42);
      assertEquals(inbox.texts, [...numbers(61, 101), "end"]);
    },
  },
  {
    name: "[L7] a receiver handles one event at a time",
    async test({ layer }) {
      const channel = layer.newChannel();
      let busy = 0;
      let most = 0;
      const inbox = await receive(layer, channel, async () => {
        most = Math.max(most, ++busy);
        await new Promise((resolve) => setTimeout(resolve, 0));
        busy--;
      });
      await Promise.all(numbers(1, 20).map((n) => layer.send(channel, say(n))));
      await inbox.has(20);
      await until(() => busy === 0, "done with the last");
      assertEquals([most, inbox.texts], [1, numbers(1, 20)]);
    },
  },
  {
    name: "[L7] a receiver that closes takes no further event; those that wait are the next one's",
    async test({ layer }) {
      const channel = layer.newChannel();
      for (const n of numbers(1, 10)) await layer.send(channel, say(n));
      const { passed, open } = gate();
      const first = await receive(layer, channel, (_, texts) => texts.length === 3 ? passed : undefined);
      await first.has(3);
      first.close();
      open();
      const second = await receive(layer, channel);
      await second.has(7);
      await layer.send(channel, say(11));
      await second.has(8);
      assertEquals([first.texts, second.texts], [numbers(1, 3), numbers(4, 11)]);
    },
  },
  {
    name: "[L7] a receiver whose handle fails does not stop another one",
    async test({ layer }) {
      const channel = layer.newChannel();
      const failing = await receive(layer, channel, () => {
        throw new Error("the handler failed");
      });
      await layer.send(channel, say(1));
      await failing.has(1);
      const next = await receive(layer, channel);
      await layer.send(channel, say(2));
      await layer.send(channel, say(3));
      await until(() => failing.texts.length + next.texts.length === 3, "all three");
    },
  },
  {
    name: "[L7] names of channels are unique, and say their prefix and that somebody connected has them",
    test(setting) {
      const names = setting.peers.flatMap((layer) => numbers(1, 100).map(() => layer.newChannel()));
      assertEquals(new Set(names).size, names.length);
      for (const name of names) assertMatch(name, /^specific\.[^!]+![^!]+$/);
      assertMatch(setting.layer.newChannel("한글"), /^한글\.[^!]+![^!]+$/);
      return Promise.resolve();
    },
  },
  {
    name: "[L7] channels do not meet, nor a channel and a group of its name",
    async test({ layer }) {
      const [one, two] = [layer.newChannel(), layer.newChannel()];
      const inboxes = [await receive(layer, one), await receive(layer, two), await receive(layer, "__proto__!한글")];
      await layer.publish(one, say("to the group"));
      await layer.send(one, say(1));
      await layer.send(two, say(2));
      await layer.send("__proto__!한글", say(3));
      for (const inbox of inboxes) await inbox.has(1);
      assertEquals(inboxes.map(({ texts }) => texts), [[1], [2], [3]]);
      assertEquals(textsOf((await layer.read(one, { limit: 9 })).entries), ["to the group"]);
    },
  },
];

interface Inbox {
  readonly events: LayerEvent[];
  readonly texts: unknown[];
  has(count: number): Promise<void>;
  close(): void;
}

async function receive(
  layer: ChannelLayer,
  channel: string,
  handle?: (event: LayerEvent, texts: readonly unknown[]) => void | Promise<void>,
): Promise<Inbox> {
  const events: LayerEvent[] = [];
  const texts: unknown[] = [];
  const subscription = await layer.receive(channel, (event) => {
    events.push(event);
    texts.push(event["text"]);
    return handle?.(event, texts);
  });
  return {
    events,
    texts,
    has: (count) => until(() => texts.length >= count, `${count} events in the channel, instead of ${texts.length}`),
    close: () => subscription.close(),
  };
}
