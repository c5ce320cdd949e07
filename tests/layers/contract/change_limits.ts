import { assertEquals, assertRejects } from "@std/assert";
import type { Change, ChannelLayer, DocumentKey, PublishOptions } from "../../../layers/layer.ts";
import type { Rule } from "../setting.ts";
import { numbers, readAll, say, textsOf } from "../witness.ts";
import { valuesOf } from "./documents.ts";

const KEY: DocumentKey = ["a"];
/** What only who has no types can say. */
const NO_KEY = JSON.parse("[]");

export const changeLimitRules: readonly Rule[] = [
  {
    name:
      "[L11] a change over a limit is a RangeError, a value over 60,000 bytes too_long, at once; the neighbours do not mind",
    async test({ layer }) {
      const sets = (count: number) => numbers(1, count).map((n) => ({ key: ["n", `${n}`] as const, value: n }));
      const cursor = (await layer.publish("room", say("right"))).cursor;
      const amends = numbers(1, 200).map(() => ({ group: "room", cursor, event: say("wrong") }));
      const cyclic: Record<string, unknown> = {};
      cyclic["self"] = cyclic;
      const wrong: Record<string, [string, Change]> = {
        "81 checks": ["RangeError", { checks: sets(81).map(({ key }) => ({ key, version: null })) }],
        "401 sets": ["RangeError", { sets: sets(401) }],
        "401 deletes": ["RangeError", { deletes: sets(401).map(({ key }) => key) }],
        "401 of all": ["RangeError", { sets: sets(201), amends }],
        "a key of 1,001 bytes": ["RangeError", { sets: [{ key: ["a", "x".repeat(1_000)], value: 1 }] }],
        "a Korean key of 1,002 bytes": ["RangeError", { deletes: [["가".repeat(334)]] }],
        "a key without parts": ["RangeError", { deletes: [NO_KEY] }],
        "a version that nobody read": ["RangeError", { checks: [{ key: KEY, version: "latest" }] }],
        "600,000 bytes": ["RangeError", { sets: sets(20).map(({ key }) => ({ key, value: "x".repeat(30_000) })) }],
        "an expiry of 0": ["RangeError", { sets: [{ key: KEY, value: 1, expireInMs: 0 }] }],
        "an expiry that is no number": ["RangeError", { sets: [{ key: KEY, value: 1, expireInMs: NaN }] }],
        "an empty group": ["RangeError", { amends: [{ group: "", cursor, event: say(1) }] }],
        "a value of 60,001 bytes": ["ChatError", { sets: [{ key: KEY, value: "x".repeat(60_001) }] }],
        "a Korean value of 60,002 bytes": ["ChatError", { sets: [{ key: KEY, value: "가".repeat(30_001) }] }],
        "bytes over 60,000": ["ChatError", { sets: [{ key: KEY, value: [new Uint8Array(60_001)] }] }],
        "a long amendment": ["ChatError", { amends: [{ group: "room", cursor, event: say("x".repeat(60_001)) }] }],
        "no cursor": ["ChatError", { amends: [{ group: "room", cursor: "12", event: say(1) }] }],
      };
      wrong["a function"] = ["TypeError", { sets: [{ key: KEY, value: { run() {} } }] }];
      wrong["a date"] = ["TypeError", { sets: [{ key: KEY, value: new Date() }] }];
      wrong["a cycle"] = ["TypeError", { sets: [{ key: KEY, value: cyclic }] }];
      await refuses(
        layer,
        Object.entries(wrong).map(([what, [name, change]]) => ({ what, name, options: { change } })),
      );
      assertEquals(await valuesOf(layer, KEY, ["n", "1"]), [undefined, undefined]);
    },
    where: ({ isLocal }) => isLocal,
  },
  {
    name:
      "[L11] too many, too long or misnamed entries beside another are refused at once, and its neighbours do not mind",
    async test({ layer }) {
      const also = (count: number, text: string) =>
        numbers(1, count).map((n) => ({ group: `g${n}`, event: say(text) }));
      await refuses(layer, [
        { what: "101 others", name: "RangeError", options: { also: also(101, "x") } },
        { what: "an empty group", name: "RangeError", options: { also: [{ group: "", event: say(1) }] } },
        { what: "a long group", name: "RangeError", options: { also: [{ group: "x".repeat(201), event: say(1) }] } },
        { what: "a long event", name: "ChatError", options: { also: also(1, "x".repeat(60_000)) } },
        { what: "two long ones together", name: "ChatError", options: { also: also(2, "x".repeat(40_000)) } },
      ]);
      await layer.publish("room", say("right"), { also: also(100, "x".repeat(200)) });
      assertEquals(textsOf(await readAll(layer, "g100")), ["x".repeat(200)]);
    },
  },
  {
    name: "[L11] a change as large as it may be is made, and beside the largest entry, too",
    async test({ layer }) {
      const sets = numbers(1, 400).map((n) => ({ key: ["n", `${n}`] as const, value: "x".repeat(1_000) }));
      const checks = numbers(1, 8).map((n) => ({ key: ["n", `${n}`] as const, version: null }));
      await layer.publish("room", say("x".repeat(59_000)), { key: "k".repeat(64), change: { sets, checks } });
      await layer.commit({ sets: [{ key: ["x".repeat(998), ""], value: "x".repeat(59_900) }] });
      const few = numbers(1, 8).map((n) => ({ key: ["few", `${n}`] as const, value: "가".repeat(29_000) }));
      await layer.publish("room", say("가".repeat(29_000)), { change: { sets: few } });
      assertEquals((await layer.list({ prefix: ["n"], limit: 1_000 })).length, 400);
      assertEquals((await layer.list({ prefix: ["few"], limit: 1_000 })).length, 8);
      assertEquals((await readAll(layer, "room")).length, 2);
    },
  },
  {
    name: "[L11] get() and list() refuse keys and limits that cannot be",
    async test({ layer }) {
      await assertRejects(() => layer.get([KEY, NO_KEY]), RangeError);
      await assertRejects(() => layer.get([["x".repeat(1_001)]]), RangeError);
      for (const limit of [0, -1, 1.5, NaN, 1_001]) {
        await assertRejects(() => layer.list({ prefix: ["a"], limit }), RangeError);
      }
      await assertRejects(() => layer.list({ prefix: ["a"], after: "x".repeat(1_001), limit: 1 }), RangeError);
    },
  },
  {
    name: "[L11] a document that may be forgotten is there until then",
    async test({ layer }) {
      await layer.commit({ sets: [{ key: KEY, value: 1, expireInMs: 60_000.5 }] });
      assertEquals(await valuesOf(layer, KEY), [1]);
    },
  },
];

/** Publishes what is refused, each between two that are not. */
async function refuses(
  layer: ChannelLayer,
  wrong: readonly { what: string; name: string; options: PublishOptions }[],
): Promise<void> {
  const before = (await readAll(layer, "room")).length;
  for (const { what, name, options } of wrong) {
    const [left, refused, right] = await Promise.allSettled([
      layer.publish("room", say("right"), { change: { checks: [{ key: ["none"], version: null }] } }),
      layer.publish("room", say("wrong"), options),
      layer.publish("room", say("right")),
    ]);
    assertEquals([what, refused.status === "rejected" && refused.reason.name], [what, name]);
    assertEquals([left.status, right.status], ["fulfilled", "fulfilled"]);
  }
  assertEquals((await readAll(layer, "room")).length, before + 2 * wrong.length);
}
