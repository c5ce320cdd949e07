import { assert, assertEquals, assertThrows } from "@std/assert";
import { Leases } from "../../chat/leases.ts";
import { createMemoryLayer } from "../../layers/memory.ts";
import { aborted } from "./aborted.ts";

const QUICK = { ttlMs: 50, renewMs: 10 };

Deno.test("one of two does the work, and the other one takes over when it closes", async () => {
  const layer = createMemoryLayer();
  const [one, two] = [new Leases(layer, QUICK), new Leases(layer, QUICK)];
  const working: string[] = [];
  const begun = { one: Promise.withResolvers<void>(), two: Promise.withResolvers<void>() };
  const work = (name: "one" | "two") => async (signal: AbortSignal) => {
    working.push(name);
    begun[name].resolve();
    await aborted(signal);
    working.push(`${name} ended`);
  };
  one.run("job", work("one"));
  await begun.one.promise;
  two.run("job", work("two"));
  await one.close();
  assertEquals(working.slice(0, 2), ["one", "one ended"]);
  await begun.two.promise;
  await two.close();
  assertEquals(working, ["one", "one ended", "two", "two ended"]);
  assertEquals(await layer.list({ prefix: ["lease"], limit: 10 }), []);
  await layer.close();
});

Deno.test("a lease of the dead is taken when it has ended, not before", async () => {
  const layer = createMemoryLayer();
  let now = 1_000;
  const key = ["lease", "job"] as const;
  await layer.commit({ sets: [{ key, value: { holder: "dead", until: 2_000 } }] });
  let looks = 0;
  const begun = Promise.withResolvers<void>();
  const looking = {
    ...layer,
    get: (...given: Parameters<typeof layer.get>) => {
      // The third look comes when the lease has ended.
      if (++looks === 3) now = 2_001;
      return layer.get(...given);
    },
  } as typeof layer; // The same layer, which counts.
  const leases = new Leases(looking, { ...QUICK, now: () => now });
  leases.run("job", (signal) => {
    begun.resolve();
    return aborted(signal);
  });
  await begun.promise;
  assert(looks >= 3);
  await leases.close();
  await layer.close();
});

Deno.test("who loses the lease is told to stop", async () => {
  const layer = createMemoryLayer();
  const leases = new Leases(layer, QUICK);
  const begun = Promise.withResolvers<void>();
  const stopped = Promise.withResolvers<void>();
  leases.run("job", async (signal) => {
    begun.resolve();
    await aborted(signal);
    stopped.resolve();
  });
  await begun.promise;
  const key = ["lease", "job"] as const;
  await layer.commit({ sets: [{ key, value: { holder: "thief", until: Date.now() + 60_000 } }] });
  await stopped.promise;
  await leases.close();
  const [document] = await layer.get<{ holder: string }>([key]);
  assertEquals(document?.value.holder, "thief");
  await layer.close();
});

Deno.test("work that throws is told of and begun again", async () => {
  const layer = createMemoryLayer();
  const told: unknown[] = [];
  const again = Promise.withResolvers<void>();
  const leases = new Leases(layer, { ...QUICK, failed: (name, error) => told.push([name, String(error)]) });
  let tries = 0;
  leases.run("job", () => {
    if (++tries === 2) again.resolve();
    throw new Error("no");
  });
  await again.promise;
  await leases.close();
  assertEquals(told[0], ["job", "Error: no"]);
  await layer.close();
});

Deno.test("when the backend fails the work goes on, until another may take the lease", async () => {
  const layer = createMemoryLayer();
  let isDown = false;
  const failing = {
    ...layer,
    get: (...given: Parameters<typeof layer.get>) => isDown ? Promise.reject(new Error("down")) : layer.get(...given),
  } as typeof layer; // The same layer, which fails.
  const leases = new Leases(failing, QUICK);
  const begun = Promise.withResolvers<void>();
  const stopped = Promise.withResolvers<number>();
  leases.run("job", async (signal) => {
    isDown = true;
    begun.resolve();
    await aborted(signal);
    stopped.resolve(Date.now());
  });
  await begun.promise;
  const [document] = await layer.get<{ until: number }>([["lease", "job"]]);
  assert(await stopped.promise <= (document?.value.until ?? 0) + 30);
  await leases.close();
  await layer.close();
});

Deno.test("a lease that could not be renewed in time is refused", () => {
  const layer = createMemoryLayer();
  assertThrows(() => new Leases(layer, { ttlMs: 10, renewMs: 5 }), RangeError);
});
