import { assert, assertEquals, assertGreaterOrEqual, assertMatch, assertRejects, assertThrows } from "@std/assert";
import type { LayerEvent } from "../../../layers/layer.ts";
import { BACKOFF_MS, peer, type Rule } from "../setting.ts";
import { nextTurn, until } from "../until.ts";
import { numbers, say } from "../witness.ts";

const DAY_MS = 24 * 60 * 60 * 1_000;

export const workerRules: readonly Rule[] = [
  {
    name: "[L7] jobs are done once each, by one worker of those on all isolates",
    async test(setting) {
      const done: unknown[] = [];
      for (const layer of setting.peers) assert(layer.work({ mail: (event) => void done.push(event["text"]) }));
      await Promise.all(numbers(1, 30).map((n) => peer(setting, n).send("mail", say(n))));
      await until(() => done.length >= 30, "thirty jobs");
      assertEquals(done.map(Number).toSorted((a, b) => a - b), numbers(1, 30));
      assertEquals(await setting.layer.failedJobs(), []);
    },
  },
  {
    name: "[L7] jobs go to the handler of their channel, whatever it is called",
    async test({ layer }) {
      const done: string[] = [];
      const handlers = ["mail", "thumbnail", "__proto__", "constructor", "한글"].map((channel) =>
        [channel, (event: LayerEvent) => void done.push(`${channel}:${event["text"]}`)] as const
      );
      layer.work(Object.fromEntries(handlers));
      for (const [channel] of handlers) await layer.send(channel, say(channel));
      await until(() => done.length >= 5, "five jobs");
      assertEquals(done.toSorted(), handlers.map(([channel]) => `${channel}:${channel}`).toSorted());
    },
  },
  {
    name: "[L7] jobs wait for a worker",
    async test({ layer }) {
      for (const n of [1, 2, 3]) await layer.send("mail", say(n));
      await nextTurn(3);
      const done: unknown[] = [];
      layer.work({ mail: (event) => void done.push(event["text"]) });
      await until(() => done.length >= 3, "three jobs");
      assertEquals(done.map(Number).toSorted((a, b) => a - b), [1, 2, 3]);
    },
  },
  {
    name: "[L7] a job is the JSON that it was when it was sent, of up to 59,000 bytes",
    async test({ layer }) {
      const done: LayerEvent[] = [];
      layer.work({ mail: (event) => void done.push(event) });
      const event = { type: "x", at: new Date(0), none: undefined, list: [1] };
      const sending = layer.send("mail", event);
      event.list.push(2);
      await sending;
      await until(() => done.length >= 1, "a job");
      assertEquals(done[0], { type: "x", at: "1970-01-01T00:00:00.000Z", list: [1] });
      for (const large of [{ type: "x", list: Array(14_000).fill(0.5) }, { type: "x", text: "가".repeat(29_000) }]) {
        await layer.send("mail", large);
        await until(() => done.length >= 2, "a large job");
        assertEquals(done.pop(), large);
      }
      await assertRejects(() => layer.send("mail", say("x".repeat(60_001))), Error, "60000");
    },
  },
  {
    name: "[L7] a job that throws or rejects is tried again, with its number, after pauses",
    async test({ layer }) {
      const tries: { attempt: number; at: number }[] = [];
      layer.work({
        mail(_, attempt) {
          tries.push({ attempt, at: performance.now() });
          if (attempt === 1) throw new Error("at once");
          if (attempt === 2) return Promise.reject(new Error("later"));
        },
      });
      await layer.send("mail", say(1));
      await until(() => tries.length >= 3, "three tries");
      assertEquals(tries.map(({ attempt }) => attempt), [1, 2, 3]);
      for (const [i, pauseMs] of BACKOFF_MS.entries()) {
        // A millisecond for clocks that round.
        assertGreaterOrEqual((tries[i + 1]?.at ?? 0) - (tries[i]?.at ?? 0), pauseMs - 1);
      }
      await nextTurn(3);
      assertEquals(tries.length, 3);
      assertEquals(await layer.failedJobs(), []);
    },
  },
  {
    name: "[L7] a job that fails for good is kept where it can be seen, oldest first",
    async test({ layer }) {
      let tries = 0;
      layer.work({
        mail(event, attempt) {
          tries++;
          throw event["text"] === 2 ? "no error at all" : new Error(`mail ${event["text"]}, attempt ${attempt}`);
        },
      });
      const startedAt = Date.now();
      for (const n of [1, 2, 3]) {
        await layer.send("mail", say(n));
        await until(async () => (await layer.failedJobs()).length >= n, `${n} failed jobs`);
      }
      assertEquals(tries, 3 * (BACKOFF_MS.length + 1));
      const failed = await layer.failedJobs();
      assertEquals(
        failed.map(({ channel, event, attempts, error }) => ({ channel, event, attempts, error })),
        [
          { channel: "mail", event: say(1), attempts: 3, error: "mail 1, attempt 3" },
          { channel: "mail", event: say(2), attempts: 3, error: "no error at all" },
          { channel: "mail", event: say(3), attempts: 3, error: "mail 3, attempt 3" },
        ],
      );
      assertEquals(failed.map(({ id }) => id), failed.map(({ id }) => id).toSorted());
      for (const { failedAt } of failed) assert(failedAt >= startedAt && failedAt <= Date.now());
      assertEquals((await layer.failedJobs({ limit: 2 })).map(({ event }) => event["text"]), [1, 2]);
    },
  },
  {
    name: "[L7] a large job that fails with a long message is kept, too",
    async test({ layer }) {
      layer.work({
        mail() {
          throw new Error("the whole page: " + "x".repeat(100_000));
        },
      });
      await layer.send("mail", say("y".repeat(58_000)));
      await until(async () => (await layer.failedJobs()).length >= 1, "a failed job");
      assertMatch((await layer.failedJobs())[0]?.error ?? "", /^the whole page: x+/);
    },
  },
  {
    name: "[L7] a job for a channel that no worker knows is tried, and then failed, with the reason",
    async test({ layer }) {
      layer.work({ mail() {} });
      await layer.send("male", say(1));
      await until(async () => (await layer.failedJobs()).length >= 1, "a failed job");
      assertMatch((await layer.failedJobs())[0]?.error ?? "", /No worker here knows the channel male/);
    },
  },
  {
    name: "[L7] a delayed job is done after its delay, others meanwhile",
    async test({ layer }) {
      const done: { text: unknown; at: number }[] = [];
      layer.work({ mail: (event) => void done.push({ text: event["text"], at: performance.now() }) });
      const sentAt = performance.now();
      await layer.send("mail", say("later"), { delayMs: 120 });
      await layer.send("mail", say("now"));
      await until(() => done.length >= 2, "two jobs");
      assertEquals(done.map(({ text }) => text), ["now", "later"]);
      assertGreaterOrEqual((done[1]?.at ?? 0) - sentAt, 119);
    },
  },
  {
    name: "[L7] a job may be delayed by up to 30 days, and is not done before",
    async test({ layer }) {
      const done: unknown[] = [];
      layer.work({ mail: (event) => void done.push(event["text"]) });
      await layer.send("mail", say("in 25 days"), { delayMs: 25 * DAY_MS });
      await layer.send("mail", say("in 30 days"), { delayMs: 30 * DAY_MS });
      await layer.send("mail", say("soon"), { delayMs: 30 });
      await until(() => done.includes("soon"), "the one that is due");
      assertEquals(done, ["soon"]);
    },
  },
  {
    name: "[L7] a delay below 0, above 30 days or that is no number is a RangeError",
    async test({ layer }) {
      for (const delayMs of [-1, 30 * DAY_MS + 1, NaN, Infinity]) {
        await assertRejects(() => layer.send("mail", say(1), { delayMs }), RangeError);
      }
    },
  },
  {
    name: "[L7] work() is called once; a second call says so",
    where: (traits) => traits.isLocal,
    test({ layer }) {
      layer.work({});
      assertThrows(() => layer.work({}), TypeError);
      return Promise.resolve();
    },
  },
];
