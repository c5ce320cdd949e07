import { assertEquals } from "@std/assert";
import { Person } from "../testing/person.ts";
import { SIGNED, signToken } from "../testing/signing.ts";
import { onService } from "../testing/stage.ts";

Deno.test(
  "lists of people go on behind whomever they end with, also behind the longest id that a host site may give",
  onService(async (service) => {
    const people = await Promise.all(["a", "b", "c"].map(async (letter) => {
      const sub = letter.repeat(128);
      const token = await signToken(Date.now() + 600_000, { sub });
      return new Person(service.app, { token, user: { id: `s_${sub}`, name: "민지" } });
    }));
    const olivia = await service.signIn("Olivia");
    await olivia.ok("POST", "/v1/rooms", { kind: "public", name: "hall" });
    for (const each of people) await each.enter("hall");
    const all = async (path: string) => {
      const found: string[] = [];
      for (let after = "";;) {
        const { items, next } = await olivia.ok("GET", `/v1/rooms/hall/${path}?limit=1${after}`);
        found.push(...items.map(({ user }: { user: { id: string } }) => user.id));
        if (next === undefined) return found;
        after = `&after=${encodeURIComponent(next)}`;
      }
    };
    const ids = people.map(({ user }) => user.id);
    assertEquals(await all("members"), [olivia.user.id, ...ids]);
    for (const id of ids) await olivia.ok("PUT", `/v1/rooms/hall/bans/${id}`, {});
    assertEquals(await all("bans"), ids);
  }, { signed: SIGNED }),
);
