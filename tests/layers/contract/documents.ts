import { assert, assertEquals, assertNotEquals, assertRejects } from "@std/assert";
import type { ChannelLayer, DocumentKey } from "../../../layers/layer.ts";
import { Stale } from "../../../layers/layer.ts";
import { peer, type Rule } from "../setting.ts";
import { numbers } from "../witness.ts";

/** Sorted as UTF-8 sorts; UTF-16 would put the last two the other way round. */
const SORTED = [
  "",
  "\u0000",
  "\u0000a",
  "a",
  "a\u0000",
  "a\u0000b",
  "aa",
  "b",
  "~",
  "\u007f",
  "é",
  "한글",
  "\uffee",
  "😀",
];

export const documentRules: readonly Rule[] = [
  {
    name: "[L11] what commit() set is what get() finds on every isolate, in the order of the keys that were asked for",
    async test(setting) {
      const keys: DocumentKey[] = numbers(1, 25).map((n) => ["room", `${n}`]);
      await setting.layer.commit({ sets: keys.map((key, i) => ({ key, value: { n: i } })) });
      for (const layer of setting.peers) {
        const asked: DocumentKey[] = [["room", "none"], ...keys.toReversed(), ["room"], ["room", "1", "deeper"]];
        const found = await layer.get<{ n: number }>(asked);
        assertEquals(found.map((document) => document?.value.n), [
          undefined,
          ...numbers(0, 24).toReversed(),
          undefined,
          undefined,
        ]);
        assertEquals(found.slice(1, 26).map((document) => document?.key), keys.toReversed());
        assertEquals(await layer.get([]), []);
      }
    },
  },
  {
    name: "[L11] a document's version changes with each set, even to the same value, and is the same on every isolate",
    async test(setting) {
      const versions = new Set<string>();
      for (let i = 0; i < 6; i++) {
        await peer(setting, i).commit({ sets: [{ key: ["a"], value: "same" }] });
        const found = await Promise.all(setting.peers.map((layer) => versionOf(layer, ["a"])));
        assertEquals(new Set(found).size, 1);
        assert(typeof found[0] === "string");
        versions.add(found[0]);
      }
      assertEquals(versions.size, 6);
    },
  },
  {
    name: "[L11] a check of what was read holds, any other is Stale, and then nothing is changed",
    async test(setting) {
      const { layer } = setting;
      await layer.commit({ checks: [{ key: ["a"], version: null }], sets: [{ key: ["a"], value: 1 }] });
      const first = await versionOf(layer, ["a"]);
      await layer.commit({ checks: [{ key: ["a"], version: first }], sets: [{ key: ["a"], value: 2 }] });
      const second = await versionOf(layer, ["a"]);
      assertNotEquals(first, second);
      for (const wrong of [null, first]) {
        for (const other of setting.peers) {
          const sets = [{ key: ["a"] as const, value: 3 }, { key: ["b"] as const, value: 3 }];
          const checks = [{ key: ["none"] as const, version: null }, { key: ["a"] as const, version: wrong }];
          const error = await assertRejects(() => other.commit({ checks, sets }), Stale);
          assertEquals([error.name, error.retryable], ["Stale", true]);
          assert(error.message.includes(`["a"]`), error.message);
        }
      }
      assertEquals(await valuesOf(layer, ["a"], ["b"]), [2, undefined]);
      await layer.commit({ deletes: [["a"], ["never was"]], checks: [{ key: ["a"], version: second }] });
      await assertRejects(() => layer.commit({ checks: [{ key: ["a"], version: second }] }), Stale);
      await layer.commit({ checks: [{ key: ["a"], version: null }] });
    },
  },
  {
    name: "[L11] increments raced from all isolates are all counted when each tries again after a Stale",
    async test(setting) {
      let stale = 0;
      const increment = async (layer: ChannelLayer) => {
        for (;;) {
          const [count] = await layer.get<number>([["count"]]);
          const checks = [{ key: ["count"] as const, version: count?.version ?? null }];
          try {
            return await layer.commit({ checks, sets: [{ key: ["count"], value: (count?.value ?? 0) + 1 }] });
          } catch (error) {
            if (!(error instanceof Stale)) throw error;
            stale++;
          }
        }
      };
      await Promise.all(numbers(0, 23).map((i) => increment(peer(setting, i))));
      assertEquals(await valuesOf(setting.layer, ["count"]), [24]);
      assert(stale > 0);
    },
  },
  {
    name: "[L11] a document's value is plain data of any form, copied on its way in and out",
    async test({ layer }) {
      const bytes = new Uint8Array([9, 1, 2, 3, 9]).subarray(1, 4);
      const value = {
        text: "가😀\u0000\ud800",
        none: null,
        list: [1, -0.5, true, { deep: [[]] }],
        own: JSON.parse(`{"__proto__":{"admin":true}}`),
        bytes,
      };
      const expected = structuredClone({ ...value, bytes: bytes.slice() });
      const committing = layer.commit({ sets: [{ key: ["a"], value }] });
      value.text = "changed";
      value.list.length = 0;
      bytes[0] = 77;
      await committing;
      const [first] = await layer.get<typeof value>([["a"]]);
      assertEquals(first?.value, expected);
      assert(first !== undefined);
      assertEquals(Object.getPrototypeOf(first.value.own), Object.prototype);
      first.value.list.push(5);
      assertEquals((await layer.get([["a"]]))[0]?.value, expected);
      for (const plain of [null, 0, "", false, [], {}]) {
        await layer.commit({ sets: [{ key: ["plain"], value: plain }] });
        assertEquals((await layer.get([["plain"]]))[0]?.value, plain);
      }
    },
  },
  {
    name: "[L11] list() lists what begins with a prefix and has more, as UTF-8 sorts, from either side, up to a limit",
    async test(setting) {
      const keys: DocumentKey[] = SORTED.map((name) => ["list", name]);
      const around: DocumentKey[] = [["list"], ["lis", "a"], ["list\u0000", "a"], ["lisu"], ["other", "a"]];
      await setting.layer.commit({ sets: [...keys, ...around].map((key) => ({ key, value: key.length })) });
      for (const layer of setting.peers) {
        assertEquals(await namesOf(layer, {}), SORTED);
        assertEquals(await namesOf(layer, { reverse: true }), SORTED.toReversed());
        assertEquals(await namesOf(layer, { limit: 3 }), SORTED.slice(0, 3));
        assertEquals(await namesOf(layer, { limit: 3, reverse: true }), SORTED.slice(-3).toReversed());
      }
      const [document] = await setting.layer.list({ prefix: ["list"], limit: 1 });
      assertEquals(await setting.layer.get([["list", ""]]), [document]);
      assertEquals(await setting.layer.list({ prefix: ["nothing"], limit: 1 }), []);
    },
  },
  {
    name: "[L11] list() divides at any part: what is before it, what is after it, what is between two",
    async test({ layer }) {
      await layer.commit({ sets: SORTED.map((name) => ({ key: ["list", name], value: 0 })) });
      for (const [i, name] of SORTED.entries()) {
        assertEquals(await namesOf(layer, { before: name }), SORTED.slice(0, i));
        assertEquals(await namesOf(layer, { after: name }), SORTED.slice(i + 1));
        assertEquals(
          await namesOf(layer, { after: name, reverse: true, limit: 2 }),
          SORTED.slice(i + 1).slice(-2).toReversed(),
        );
        for (const [j, other] of SORTED.entries()) {
          assertEquals(await namesOf(layer, { after: name, before: other }), SORTED.slice(i + 1, Math.max(j, i + 1)));
        }
      }
      // Between the parts that are there.
      assertEquals(await namesOf(layer, { after: "a\u0000a", before: "c" }), ["a\u0000b", "aa", "b"]);
    },
  },
  {
    name: "[L11] list() lists deeper documents too, and after a part nothing that is below it",
    async test({ layer }) {
      const keys: DocumentKey[] = [
        ["d", "a"],
        ["d", "a", "1"],
        ["d", "a", "2"],
        ["d", "b", "1"],
        ["d", "b", "1", "x"],
        ["d", "c"],
      ];
      await layer.commit({ sets: keys.toReversed().map((key) => ({ key, value: 0 })) });
      const list = async (
        options: { after?: string; before?: string; reverse?: boolean; limit?: number },
        ...below: string[]
      ) => {
        const found = await layer.list({ prefix: ["d", ...below], limit: 10, ...options });
        return found.map(({ key }) => key.slice(1).join("/"));
      };
      assertEquals(await list({}), ["a", "a/1", "a/2", "b/1", "b/1/x", "c"]);
      assertEquals(await list({ after: "a" }), ["b/1", "b/1/x", "c"]);
      assertEquals(await list({ before: "b" }), ["a", "a/1", "a/2"]);
      assertEquals(await list({ after: "a", before: "c" }), ["b/1", "b/1/x"]);
      assertEquals(await list({ before: "c", reverse: true, limit: 2 }), ["b/1/x", "b/1"]);
      assertEquals(await list({}, "b"), ["b/1", "b/1/x"]);
      assertEquals(await list({ after: "1" }, "a"), ["a/2"]);
    },
  },
  {
    name: "[L11] list() lists up to 1,000",
    async test({ layer }) {
      for (const from of [0, 400, 800]) {
        const some = numbers(from, from + 399).map((n) => `${n}`.padStart(4, "0"));
        await layer.commit({ sets: some.map((name) => ({ key: ["list", name], value: 0 })) });
      }
      const names = await namesOf(layer, { limit: 1_000 });
      assertEquals(names, numbers(0, 999).map((n) => `${n}`.padStart(4, "0")));
      assertEquals((await namesOf(layer, { after: "0999", limit: 1_000 })).length, 200);
    },
  },
  {
    name: "[L11] what was committed is there for whoever opens the database next, with its version",
    async test(setting) {
      if (setting.reopen === undefined) return;
      await setting.layer.commit({ sets: [{ key: ["a"], value: "kept" }] });
      const before = await setting.layer.get([["a"]]);
      await setting.reopen();
      assertEquals(await setting.layer.get([["a"]]), before);
    },
  },
];

/** A document's version, null when there is none. */
export async function versionOf(layer: ChannelLayer, key: DocumentKey): Promise<string | null> {
  const [document] = await layer.get([key]);
  return document?.version ?? null;
}

/** What documents hold. */
export async function valuesOf(layer: ChannelLayer, ...keys: DocumentKey[]): Promise<unknown[]> {
  return (await layer.get(keys)).map((document) => document?.value);
}

async function namesOf(
  layer: ChannelLayer,
  options: { after?: string; before?: string; reverse?: boolean; limit?: number },
): Promise<unknown[]> {
  const documents = await layer.list({ prefix: ["list"], limit: 100, ...options });
  return documents.map(({ key }) => key[1]);
}
